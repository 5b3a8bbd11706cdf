"""The picture of the stack before it is saved: its colours, its blocks, and the file."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from workbench.errors import UserError
from workbench.graph.atomic import write_atomic
from workbench.ui import cards, theme
from workbench.ui.cards import Segments, label
from workbench.ui.dialog import Dialog
from workbench.ui.file_choice import ask_for_target
from workbench.ui.import_told import Told
from workbench.ui.jobs import Latest
from workbench.ui.notice import Notice
from workbench.ui.stack_picture import drawn, pixels, stem, subject, with_suffix
from workbench.ui.workspace import Workspace


class PictureDialog(Dialog):
    """Shows the picture as it will be saved."""

    def __init__(self, workspace: Workspace, parent: QWidget) -> None:
        super().__init__("pictureDialog", self.tr("Picture of the stack"), QSize(980, 720), parent)
        self._workspace = workspace
        self._what = subject(workspace)
        self._latest = Latest(workspace.jobs)
        self._latest.setParent(self)
        self._latest.answered.connect(self._show)
        self._latest.failed.connect(self._fail)
        self.look = Segments(
            [("light", self.tr("Light, for print")), ("dark", self.tr("Dark"))], "pictureLook"
        )
        self.look.choose(theme.current().name)
        self.blocks = Segments(
            [("as", self.tr("As in the stack")), ("open", self.tr("Open")), ("folded", self.tr("Folded"))],
            "pictureBlocks",
        )
        self.view = _View()
        self.told = Told("pictureTold")
        self._lay_out()
        self.look.group.buttonClicked.connect(self._draw)
        self.blocks.group.buttonClicked.connect(self._draw)
        self._draw()

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(theme.S)
        row.addWidget(label(self.tr("Colours"), "muted"))
        row.addWidget(self.look)
        blocks = label(self.tr("Blocks"), "muted")
        row.addSpacing(theme.L)
        row.addWidget(blocks)
        row.addWidget(self.blocks)
        row.addStretch(1)
        for part in (blocks, self.blocks):
            part.setVisible(bool(self._what[0].blocks))
        self.column.addLayout(row)
        self.column.addWidget(self.view, 1)
        self.column.addWidget(self.told)
        self.copy_button = cards.button(self.tr("Copy"), glyph="copy", name="pictureCopy")
        self.save_button = cards.button(self.tr("Save…"), "primary", glyph="floppy-disk", name="pictureSave")
        cancel = cards.button(self.tr("Close"), name="pictureClose")
        cancel.clicked.connect(self.reject)
        self.copy_button.clicked.connect(self._copy)
        self.save_button.clicked.connect(self._save)
        self.foot.addWidget(label(self.tr("SVG stays sharp at any size; PNG goes anywhere."), "small"), 1)
        for button in (cancel, self.copy_button, self.save_button):
            self.foot.addWidget(button)
        self.set_default(self.save_button)

    @property
    def folded(self) -> frozenset[str]:
        """Ids of the blocks that are drawn as one row."""
        if self.blocks.value == "as":
            return self._workspace.stack.folded
        blocks = self._what[0].blocks if self.blocks.value == "folded" else ()
        return frozenset(block.id for block in blocks)

    def _draw(self) -> None:
        self.copy_button.setEnabled(False)
        self._latest.ask(partial(pixels, self._what, self.look.value, self.folded))

    def _show(self, content: bytes) -> None:
        self.told.hide()
        self.view.display(QImage.fromData(content))
        self.copy_button.setEnabled(True)

    def _fail(self, error: Exception) -> None:
        self.view.display(QImage())
        self.told.display(error if isinstance(error, UserError) else UserError(str(error)))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setImage(self.view.image)
        self._workspace.tell(Notice("good", self.tr("The picture is on the clipboard.")))
        self.accept()

    def _save(self) -> None:
        kinds = self.tr("SVG (*.svg);;PNG (*.png)")
        name = (self._workspace.folder or Path()) / f"{stem(self._what[3])}.svg"
        path = ask_for_target(self, self.tr("Save the picture"), name, kinds, "picture")
        if path is None:
            return
        job = self._workspace.jobs.call(partial(_write, path, self._what, self.look.value, self.folded))
        job.done.connect(self._saved)
        job.failed.connect(self._not_saved)
        self.save_button.setEnabled(False)
        job.start()

    def _saved(self, path: Path) -> None:
        self._workspace.tell(Notice("good", self.tr("The picture is in {}.").format(path)))
        self.accept()

    def _not_saved(self, error: Exception) -> None:
        self.save_button.setEnabled(True)
        self.told.display(error if isinstance(error, UserError) else UserError(str(error)))


class _View(QWidget):
    """The picture, as large as there is room for."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("pictureView")
        self.setAccessibleName(self.tr("The picture"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.image = QImage()

    def display(self, image: QImage) -> None:
        """Show a picture."""
        self.image = image
        self._scaled = QImage()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        look = theme.current()
        painter.setPen(look.color("border"))
        painter.setBrush(look.color("well"))
        painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), 8, 8)
        if self.image.isNull():
            return
        room = self.rect().adjusted(12, 12, -12, -12)
        size = self.image.size().scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
        size = size.boundedTo(self.image.size())
        if self._scaled.size() != size * self.devicePixelRatioF():
            self._scaled = self.image.scaled(
                size * self.devicePixelRatioF(),
                Qt.AspectRatioMode.KeepAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )
        target = QRect(room.topLeft(), size)
        target.moveCenter(room.center())
        painter.drawImage(target, self._scaled)


def _write(path: Path, what: Any, look: str, folded: frozenset[str]) -> Path:
    suffix = with_suffix(path, (".svg", ".png"), "A picture")
    content = drawn(what, look, folded).encode() if suffix == ".svg" else pixels(what, look, folded)
    write_atomic(path, content)
    return path
