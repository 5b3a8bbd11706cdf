"""The training section as a form: its fields in groups, in two columns where there is room."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QCoreApplication, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from workbench.graph import TrainingSection
from workbench.ui.cards import label, tab_through
from workbench.ui.form import ModelForm

GROUPS = {
    "Basics": ("epochs", "batch_size", "optimizer"),
    "Learning rate": ("schedule",),
    "Loss": ("loss",),
    "Start": ("seed", "init", "weights"),
    "Early stopping": ("patience", "min_delta"),
    "Regularisation": ("clip_norm", "clip_value", "l1", "l2", "ema", "mixup"),
    "Precision and speed": (
        "accumulate",
        "precision",
        "tf32",
        "channels_last",
        "compile",
        "processes",
        "shard",
    ),
    "Checkpoints": ("keep", "save_minutes"),
    "Probes": ("probes",),
}
"""Fields by heading. The device is chosen in the bar on top."""
FIRST = 5
"""Groups in the first of two columns."""
COLUMN = 300
"""Least width of a column."""


class TrainingForm(QWidget):
    """Edits how the next run is trained; each valid edit is sent as a new section."""

    edited = Signal(str, object)
    """The field's path, such as ``optimizer.lr``, and the new section."""
    rejected = Signal(str)
    """Why what is typed can't be; "" once it can or is given up."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("trainingForm")
        self._forms: dict[str, ModelForm] = {}
        self._groups: list[QWidget] = []
        self._editors: list[QWidget] = []
        self._columns = (QVBoxLayout(), QVBoxLayout())
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(28)
        for column in self._columns:
            column.setSpacing(18)
            row.addLayout(column, 1)
        for title in GROUPS:
            self._groups.append(self._group(title))
        self._count = 0
        self._arrange(1)

    @property
    def editors(self) -> list[QWidget]:
        """The editors that are shown, top to bottom."""
        return list(self._editors)

    def editor(self, path: str) -> QWidget:
        """Return the editor of a field; nested fields are named ``optimizer.lr``."""
        name = path.partition(".")[0]
        title = next(title for title, names in GROUPS.items() if name in names)
        return self._forms[title].editor(path)

    def show_section(self, section: TrainingSection) -> None:
        """Show a section, keeping the focus where it is."""
        before = self._editors
        focused = next((editor.objectName() for editor in before if editor.hasFocus()), "")
        for _ in self.show_groups(section):
            pass
        self._editors = [editor for form in self._forms.values() for editor in form.editors]
        if self._editors != before:  # another optimiser, schedule or loss has other fields
            tab_through(self._editors)
            again = next((editor for editor in self._editors if editor.objectName() == focused), None)
            if again is not None:
                again.show()  # only what is seen gets the focus
                again.setFocus()

    def show_groups(self, section: TrainingSection) -> Iterator[None]:
        """Show a section, a group each step; to be followed by `show_section`."""
        for title, names in GROUPS.items():
            self._forms[title].show_model(section, names)
            yield

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange(2 if self.width() >= 2 * COLUMN + 28 else 1)

    def _group(self, title: str) -> QWidget:
        group = QWidget(self)
        column = QVBoxLayout(group)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        said = QCoreApplication.translate("TrainingForm", title)
        heading = label(said.upper(), "group")
        heading.setAccessibleName(said)
        column.addWidget(heading)
        form = self._forms[title] = ModelForm(group)
        form.edited.connect(self._pass_on)
        form.rejected.connect(self.rejected)
        column.addWidget(form)
        return group

    def _pass_on(self, path: str, section: object) -> None:
        """Send an edit; another section's fields come once the box that chose it is done."""
        if path.endswith(".name"):
            QTimer.singleShot(0, self, lambda: self.edited.emit(path, section))
        else:
            self.edited.emit(path, section)

    def _arrange(self, count: int) -> None:
        if count == self._count:
            return
        self._count = count
        first, second = self._columns
        for column in self._columns:
            while column.count():
                column.takeAt(0)
        for number, group in enumerate(self._groups):
            (first if count == 1 or number < FIRST else second).addWidget(group)
        for column in self._columns:
            column.addStretch(1)
        row = self.layout()
        assert isinstance(row, QHBoxLayout)
        row.setStretch(1, count - 1)
        row.setSpacing(28 if count == 2 else 0)
