"""What the words after ``workbench`` lead to: the window, a command, or a refusal."""

import sys
import types

import pytest
from typer.main import get_command

from workbench import __main__
from workbench.cli import app
from workbench.errors import UserError


@pytest.fixture
def opened(monkeypatch):
    """The projects that a window was opened with."""
    asked = []
    fake = types.ModuleType("workbench.app")
    fake.main = lambda project: asked.append(project) or 0
    monkeypatch.setitem(sys.modules, "workbench.app", fake)
    return asked


def test_verbs_are_the_commands():
    assert tuple(get_command(app).commands) == __main__.VERBS


def test_opens_the_window(opened, tmp_path):
    (tmp_path / "data.csv").write_text("a,b\n1,2\n")
    for words in ([], [str(tmp_path)], [str(tmp_path / "data.csv")], ["digits-cnn"]):
        assert __main__.main(words) == 0
    assert opened == [None, str(tmp_path), str(tmp_path / "data.csv"), "digits-cnn"]


def test_a_verb_is_no_project(opened, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "layers").mkdir()
    assert __main__.main(["layers", "--json"]) == 0
    assert capsys.readouterr().out.startswith('{"layers"')
    assert __main__.main(["--version"]) == 0
    assert __main__.main(["train"]) == 2
    assert __main__.main(["check", "none"]) == 1
    assert opened == []


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["trian"], "Did you mean 'train'?"),
        (["none/at/all"], "lists the commands"),
        (["digits-cnn", "more"], "lists the commands"),
    ],
)
def test_neither(opened, capsys, words, hint):
    assert __main__.main(words) == 2
    said = capsys.readouterr().err
    assert said.startswith("error: ")
    assert hint in said
    assert len(said.splitlines()) == 1
    assert opened == []


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is always a display")
def test_without_a_display(opened, monkeypatch, capsys):
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    assert __main__.main([]) == 1
    said = capsys.readouterr().err
    assert "there is no display" in said
    assert "'workbench train DIR'" in said
    assert opened == []
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    assert __main__.main([]) == 0


def test_a_window_that_cannot_open(monkeypatch, capsys):
    fake = types.ModuleType("workbench.app")

    def refuse(project):
        raise UserError("there is no project here.", place=project)

    fake.main = refuse
    monkeypatch.setitem(sys.modules, "workbench.app", fake)
    assert __main__.main(["digits-cnn"]) == 1
    assert capsys.readouterr().err == "error: digits-cnn: there is no project here.\n"
    monkeypatch.setitem(sys.modules, "workbench.app", None)
    assert __main__.main([]) == 1
    assert "workbench doctor" in capsys.readouterr().err
