"""Importing ahead leaves the collector as it was, with less to go through."""

import gc
import sys
from pathlib import Path

import pytest

from workbench.ui.ahead import import_ahead


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


def test_what_is_imported_is_left_alone_by_the_collector(place: Path) -> None:
    (place / "ahead_large.py").write_text(
        "import gc\ncollecting = gc.isenabled()\nkept = [[] for _ in range(9)]"
    )
    before = gc.get_freeze_count()
    import_ahead("ahead_large")
    try:
        assert gc.isenabled()
        assert not sys.modules["ahead_large"].collecting
        frozen = gc.get_freeze_count()
        assert frozen > before
        import_ahead("ahead_large")  # it is there already
        assert gc.get_freeze_count() <= frozen
    finally:
        gc.unfreeze()
        del sys.modules["ahead_large"]


def test_the_collector_goes_on_after_a_failure(place: Path) -> None:
    (place / "ahead_broken.py").write_text("1 / 0")
    with pytest.raises(ZeroDivisionError):
        import_ahead("ahead_broken")
    assert gc.isenabled()
