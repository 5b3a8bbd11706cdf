"""What tests of dialogs share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QPushButton, QWidget


def opened(name: str) -> Any:
    """The dialog that is open; it must be the one of this name."""
    found = QApplication.activeModalWidget()
    assert found is not None
    assert found.objectName() == name
    return found


def part(owner: QWidget, name: str) -> Any:
    """A widget, by its name."""
    found = owner.findChild(QWidget, name)
    assert found is not None, name
    return found


def click(owner: QWidget, name: str) -> None:
    """Click a button that is there to be clicked."""
    button = part(owner, name)
    assert isinstance(button, QPushButton)
    assert button.isVisible()
    assert button.isEnabled(), button.toolTip()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def drop(target: QWidget, path: Path) -> bool:
    """Drop a file on a widget; return whether it was taken."""
    carried = QMimeData()
    carried.setUrls([QUrl.fromLocalFile(str(path))])
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    place = QPointF(200, 200)
    entering = QDragEnterEvent(place.toPoint(), copy, carried, left, none)
    entering.setAccepted(False)
    target.dragEnterEvent(entering)
    if entering.isAccepted():
        target.dropEvent(QDropEvent(place, copy, carried, left, none))
    return entering.isAccepted()


def choose_file(monkeypatch: pytest.MonkeyPatch, path: Path, kind: str = "") -> list[tuple[Any, ...]]:
    """Let the next file dialogs answer with a path; what they were asked is kept in the list returned."""
    asked: list[tuple[Any, ...]] = []

    def answer(*words: Any, **_named: Any) -> tuple[str, str]:
        asked.append(words)
        return str(path), kind

    for method in ("getOpenFileName", "getSaveFileName"):
        monkeypatch.setattr(QFileDialog, method, answer)
    return asked
