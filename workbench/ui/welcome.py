"""The page that is there before a project: samples, own data, templates, models, recent projects."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from workbench.data.samples import SAMPLES, Sample
from workbench.ui import cards
from workbench.ui.cards import Page, label
from workbench.ui.icons import IconLabel


class Welcome(Page):
    """The ways to start."""

    sample_chosen = Signal(str)
    wanted = Signal(str)
    """The key of an action."""
    recent_chosen = Signal(str)

    def __init__(self, recent: list[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("welcome")
        center = QHBoxLayout()
        center.addStretch(1)
        page = QVBoxLayout()
        page.setSpacing(10)
        center.addLayout(page, 8)
        center.addStretch(1)
        self.column.addSpacing(20)
        self.column.addLayout(center)
        self.column.addStretch(1)
        page.addWidget(label(self.tr("Start with real data"), "title"))
        intro = self.tr(
            "Open a sample, or drop a file of your own anywhere in this window. Nothing leaves this computer."
        )
        page.addWidget(label(intro, "muted", wrap=True))
        page.addSpacing(10)
        page.addWidget(label(self.tr("Samples"), "heading"))
        page.addLayout(self._samples())
        page.addSpacing(14)
        below = QGridLayout()
        below.setSpacing(12)
        for place, column in enumerate((self._own(), self._models(), self._recent(recent))):
            below.addLayout(column, 0, place)
            below.setColumnStretch(place, 1)
        page.addLayout(below)

    def _samples(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(12)
        for number, sample in enumerate(SAMPLES):
            made = _SampleButton(sample)
            made.clicked.connect(lambda _=False, name=sample.name: self.sample_chosen.emit(name))
            grid.addWidget(made, number // 3, number % 3)
        for column in range(3):
            grid.setColumnStretch(column, 1)
        return grid

    def _own(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.addWidget(label(self.tr("Your own data"), "heading"))
        zone = QFrame()
        zone.setObjectName("dropZone")
        zone.setProperty("role", "drop")
        inner = QVBoxLayout(zone)
        inner.setContentsMargins(12, 14, 12, 14)  # so that three columns are as wide as the samples'
        inner.setSpacing(8)
        text = self.tr("Drop a CSV file, a folder of images by class, .npz or .npy arrays, or IDX files.")
        inner.addWidget(label(text, "muted", wrap=True))
        row = QHBoxLayout()
        row.setSpacing(6)
        data = cards.button(self.tr("Choose a file…"), glyph="upload-simple", name="chooseData")
        data.clicked.connect(lambda: self.wanted.emit("open_data"))
        folder = cards.button(self.tr("Choose a folder…"), glyph="image", name="chooseDataFolder")
        folder.clicked.connect(lambda: self.wanted.emit("open_data_folder"))
        row.addWidget(data)
        row.addWidget(folder)
        row.addStretch(1)
        inner.addLayout(row)
        inner.addStretch(1)
        column.addWidget(zone, 1)
        return column

    def _models(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.addWidget(label(self.tr("Templates and imports"), "heading"))
        frame = QFrame()
        frame.setProperty("role", "card")
        inner = QVBoxLayout(frame)
        inner.setContentsMargins(12, 14, 12, 14)
        inner.setSpacing(8)
        text = self.tr(
            "From linear regression to ResNet and GPT. Or import a model, as PyTorch code or ONNX."
        )
        inner.addWidget(label(text, "muted", wrap=True))
        template = cards.button(self.tr("Start from a template…"), glyph="blueprint", name="startTemplate")
        template.clicked.connect(lambda: self.wanted.emit("new_template"))
        inner.addWidget(template, 0, Qt.AlignmentFlag.AlignLeft)
        row = QHBoxLayout()
        row.setSpacing(6)
        for key, text in (
            ("import_pytorch", self.tr("Import PyTorch…")),
            ("import_onnx", self.tr("Import ONNX…")),
        ):
            made = cards.button(text, name=f"start_{key}")
            made.clicked.connect(lambda _=False, key=key: self.wanted.emit(key))
            row.addWidget(made)
        row.addStretch(1)
        inner.addLayout(row)
        inner.addStretch(1)
        column.addWidget(frame, 1)
        return column

    def _recent(self, recent: list[str]) -> QVBoxLayout:
        column = QVBoxLayout()
        column.addWidget(label(self.tr("Recent projects"), "heading"))
        if not recent:
            column.addWidget(label(self.tr("Projects that you open are listed here."), "muted"))
        project = cards.button(self.tr("Open a project…"), glyph="folder-open", name="openProject")
        project.clicked.connect(lambda: self.wanted.emit("open_project"))
        for path in recent[:6]:
            made = cards.button(f"{Path(path).name}", "link", name="recent")
            made.setToolTip(path)
            made.setCursor(Qt.CursorShape.PointingHandCursor)
            made.clicked.connect(lambda _=False, path=path: self.recent_chosen.emit(path))
            column.addWidget(made)
        column.addWidget(project, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)
        return column


class _SampleButton(QPushButton):
    """A sample: what it is and what it teaches."""

    def __init__(self, sample: Sample) -> None:
        super().__init__()
        self.setObjectName(f"sample_{sample.name}")
        self.setProperty("role", "choice")
        self.setAccessibleName(f"{sample.title}. {sample.description}")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setMinimumHeight(92)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(4)
        head = QHBoxLayout()
        glyph = "image" if "cnn" in sample.name or "digits" in sample.name else "table"
        head.addWidget(IconLabel(glyph, "accent"))
        head.addWidget(label(sample.title, "heading"))
        head.addStretch(1)
        column.addLayout(head)
        column.addWidget(label(sample.description, "muted", wrap=True))
        column.addStretch(1)
        for child in self.findChildren(QLabel):
            child.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
