"""Ways to a sample that isn't in the data: drawn or typed, from a file, or the one in view to change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QMenu, QPushButton

from workbench.ui.icons import icon
from workbench.ui.inspect.inspected import Inspected, OwnSample

if TYPE_CHECKING:
    from workbench.data.dataset import Dataset


class OwnMenu(QPushButton):
    """A button with a menu."""

    new_wanted = Signal()
    edit_wanted = Signal()
    file_wanted = Signal()

    def __init__(self, inspected: Inspected) -> None:
        super().__init__()
        self.setObjectName("ownSample")
        self.setText(self.tr("Own sample"))
        self.setIcon(icon("pencil-simple"))
        self.setIconSize(QSize(19, 16))
        self.setToolTip(self.tr("Draw or type a sample, open a file, or change the one in view."))
        self._inspected = inspected
        self.menu_ = QMenu(self)
        self._new = self.menu_.addAction("")
        self._new.setObjectName("newOwnSample")
        self._new.triggered.connect(self.new_wanted)
        self._edit = self.menu_.addAction(icon("sliders-horizontal"), self.tr("Edit this sample"))
        self._edit.setObjectName("editSample")
        self._edit.triggered.connect(self.edit_wanted)
        file = self.menu_.addAction(icon("folder-open"), self.tr("Open file…"))
        file.setObjectName("openSample")
        file.setToolTip(self.tr("Or drop a file on the page."))
        file.triggered.connect(self.file_wanted)
        self.menu_.setToolTipsVisible(True)
        self.clicked.connect(self._offer)

    def show_data(self, dataset: Dataset) -> None:
        """Offer what goes with data: only pictures are drawn."""
        drawn = dataset.kind == "image"
        self._new.setText(self.tr("Draw…") if drawn else self.tr("Type…"))
        self._new.setIcon(icon("paint-brush" if drawn else "keyboard"))

    def _offer(self) -> None:
        self._edit.setEnabled(not isinstance(self._inspected.sample, OwnSample))
        self.menu_.popup(self.mapToGlobal(self.rect().bottomLeft()))
