import sys
from pathlib import Path

import workbench.resources
from workbench.resources import resource


def test_a_checkout_has_them_beside_the_package():
    assert resource("samples", "digits-cnn", "project.json").is_file()


def test_an_installed_wheel_has_them_in_the_package(tmp_path, monkeypatch):
    package = tmp_path / "workbench"
    (package / "_resources").mkdir(parents=True)
    monkeypatch.setattr(workbench.resources, "__file__", str(package / "resources.py"))
    assert resource("a", "b") == package.resolve() / "_resources" / "a" / "b"


def test_a_bundle_has_them_where_it_unpacks(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    assert resource("icons") == Path(tmp_path) / "resources" / "icons"
