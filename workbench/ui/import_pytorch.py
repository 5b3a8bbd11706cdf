"""Import PyTorch: a class of a .py file. Its code runs in a process apart, and only when the user says so."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from workbench.layers import TensorSpec
from workbench.ui import cards, theme
from workbench.ui.cards import label
from workbench.ui.import_dialog import ImportDialog
from workbench.ui.import_fields import ShapeEdit, dtype_choice, read_arguments
from workbench.ui.import_file import LABEL, hint, row_of
from workbench.ui.import_told import Told
from workbench.ui.jobs import Latest
from workbench.ui.param_editor import Choice, mark
from workbench.ui.workspace import Workspace

if TYPE_CHECKING:
    from workbench.importing.classes import ModuleClass
    from workbench.importing.result import Imported


class ImportPyTorch(ImportDialog):
    """Choose file, class, arguments and shapes; nothing runs before the button is pressed."""

    suffix = ".py"
    enter_begins = False  # what runs code is pressed on purpose

    def __init__(self, workspace: Workspace, parent: QWidget) -> None:
        self.classes: tuple[ModuleClass, ...] = ()
        self.shapes: list[ShapeEdit] = []
        self._dtypes: list[Choice] = []
        super().__init__(
            "importPyTorch",
            self.tr("Import PyTorch"),
            self.tr("A class of a Python file becomes a stack: layers, blocks, and the weights that it has."),
            self.tr("Run the file and import"),
            QSize(740, 580),
            workspace,
            parent,
        )
        self._reading = Latest(workspace.jobs)
        self._reading.setParent(self)
        self._reading.answered.connect(self._on_read)
        self._reading.failed.connect(self._on_unread)
        self.kinds = Choice()
        self.kinds.setObjectName("importClass")
        self.kinds.setAccessibleName(self.tr("Class"))
        self.kinds.setProperty("role", "param")
        self.kinds.setPlaceholderText(self.tr("Choose a file first"))
        self.kinds.currentIndexChanged.connect(self._on_class)
        self.arguments = QLineEdit()
        self.arguments.setObjectName("importArguments")
        self.arguments.setProperty("role", "param")
        self.arguments.setAccessibleName(self.tr("Arguments, as JSON"))
        self.arguments.textChanged.connect(self._on_arguments)
        self._inputs = QVBoxLayout()
        self._inputs.setSpacing(6)
        self._warning = Told("importWarning", "warning")
        class_hint, self._class_hint = hint()
        arguments_hint, self._arguments_hint = hint()
        self._class_hint.setObjectName("importClassHint")
        self._arguments_hint.setObjectName("importArgumentsHint")
        for first, second in (
            (row_of(self.tr("Class"), self.kinds), class_hint),
            (row_of(self.tr("Arguments"), self.arguments), arguments_hint),
        ):
            pair = QVBoxLayout()
            pair.setSpacing(4)
            pair.addLayout(first)
            pair.addLayout(second)
            self.fields.addLayout(pair)
        self.fields.addLayout(self._inputs)
        self.fields.addWidget(self._warning)
        self._on_class()

    def on_path(self, path: Path) -> None:
        """Read the file's classes; nothing in it runs."""
        self.classes = ()
        self.kinds.clear()
        self._reading.ask(partial(_classes, path))

    def why_not(self) -> str:
        """Return why importing can't begin yet, "" where it can."""
        if self.path is None:
            return self.tr("Choose a file first.")
        if not self.classes:
            return self.tr("There is no class to import.")
        try:
            read_arguments(self.arguments.text())
        except ValueError as error:
            return str(error)
        if any(edit.shape is None for edit in self.shapes):
            return self.tr("Say what a sample's shape is, such as 3×32×32.")
        return ""

    def begin(self) -> None:
        """Run the file and import the class."""
        if self.busy or self.why_not() or self.path is None:
            return
        shapes = [edit.shape for edit in self.shapes if edit.shape]
        work = partial(
            _imported,
            self.path,
            self.kinds.currentText(),
            shapes,
            read_arguments(self.arguments.text()),
            [kind.currentText() for kind in self._dtypes],
        )
        self.run(lambda cancelled: work(cancelled=cancelled), self.tr("Running {}…").format(self.path.name))

    def _on_read(self, found: tuple[ModuleClass, ...]) -> None:
        self.classes = found
        self.kinds.clear()
        self.kinds.addItems([item.name for item in found])
        self.kinds.setCurrentIndex(len(found) - 1)  # the last often is the model, made of those above
        if not found and self.path is not None:
            self.told.say(
                self.tr("It has no class."),
                str(self.path),
                self.tr("Import a file with a class that derives from torch.nn.Module."),
            )
        self._on_class()

    def _on_unread(self, error: Exception) -> None:
        self._on_class()
        self.tell(error)

    def _on_class(self) -> None:
        place = self.kinds.currentIndex()
        chosen = self.classes[place] if 0 <= place < len(self.classes) else None
        self._class_hint.setText(chosen.help if chosen else "")
        self._class_hint.setVisible(bool(chosen and chosen.help))
        self._show_arguments(chosen)
        self._show_inputs([item.name for item in chosen.inputs] if chosen else [])
        if self.path is not None and chosen is not None:
            self._warning.say(
                self.tr(
                    "Importing runs the code of this file, in a process of its own. It can do whatever a "
                    "program of yours can do: import only code that you trust."
                ),
                str(self.path),
            )
        else:
            self._warning.hide()
        self._update()

    def _show_arguments(self, chosen: ModuleClass | None) -> None:
        takes = chosen.arguments if chosen else ()
        plain = [item for item in takes if item.name not in ("args", "kwargs")]
        said = ", ".join(f"{item.name}={item.default}" if item.default else item.name for item in plain)
        needed = [item.name for item in plain if not item.default]
        if needed:
            self._arguments_hint.setText(self.tr("Needs {}. Takes {}.").format(", ".join(needed), said))
        elif plain:
            self._arguments_hint.setText(self.tr("Optional. Takes {}.").format(said))
        else:
            self._arguments_hint.setText(self.tr("It takes none.") if chosen else "")
        self._arguments_hint.setVisible(chosen is not None)
        example = ", ".join(f'"{name}": …' for name in needed) or '"num_classes": 10'
        self.arguments.setPlaceholderText(f"{{{example}}}" if plain or chosen is None else "")

    def _on_arguments(self) -> None:
        try:
            read_arguments(self.arguments.text())
        except ValueError as error:
            mark(self.arguments, str(error))
        else:
            mark(self.arguments, "")
        self._update()

    def _show_inputs(self, names: list[str]) -> None:
        """A row for each input of forward, the first as the open data are."""
        before = [
            (edit.text(), kind.currentText()) for edit, kind in zip(self.shapes, self._dtypes, strict=True)
        ]
        cards.clear(self._inputs)
        self.shapes, self._dtypes = [], []
        facts = self._workspace.facts
        for number, name in enumerate(names or [""]):
            edit, dtype = ShapeEdit(f"importShape{number}"), dtype_choice(f"importDtype{number}")
            said = self.tr("Shape of {}").format(name) if name else self.tr("Shape")
            edit.setAccessibleName(said)
            dtype.setAccessibleName(self.tr("Data type of {}").format(name or self.tr("the input")))
            kept = before[number] if number < len(before) and before[number][0] else None
            if kept:
                edit.setText(kept[0])
                dtype.setCurrentText(kept[1])
            elif facts is not None and number == 0:
                edit.show_spec(TensorSpec(facts.sample.shape))
                dtype.setCurrentText(facts.sample.dtype)
            edit.textChanged.connect(self._update)
            row = row_of(self.tr("Sample") if len(names) < 2 else name, edit, dtype)
            self._inputs.addLayout(row)
            self.shapes.append(edit)
            self._dtypes.append(dtype)
        foot = QHBoxLayout()
        foot.addSpacing(LABEL + theme.S)
        foot.addWidget(label(self.tr("A sample's shape, without the batch."), "small"), 1)
        self._inputs.addLayout(foot)


def _classes(path: Path) -> tuple[ModuleClass, ...]:
    from workbench.importing.classes import classes_of

    return classes_of(path)


def _imported(
    path: Path,
    name: str,
    shapes: list[tuple[int, ...]],
    args: dict[str, Any],
    dtypes: list[str],
    cancelled: Any,
) -> Imported:
    from workbench.importing.pytorch import import_pytorch

    return import_pytorch(path, name, shapes, args=args, dtypes=dtypes, cancelled=cancelled)
