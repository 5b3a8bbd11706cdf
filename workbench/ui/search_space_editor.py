"""What to search for: settings with ranges, added from a list of all that there are."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QStringListModel, Qt
from PySide6.QtWidgets import QCompleter, QLineEdit, QVBoxLayout, QWidget

from workbench.errors import UserError
from workbench.graph import Project
from workbench.graph.search import Choices, FloatRange, IntRange, Range, SearchSection
from workbench.search.settings import Setting, nearest, reachable
from workbench.search.space import check_range
from workbench.search.typed import parse
from workbench.ui.cards import Card, button, label, scrolling, tab_through
from workbench.ui.jobs import Latest
from workbench.ui.setting_row import SettingRow
from workbench.ui.workspace import Workspace

if TYPE_CHECKING:
    from workbench.graph.facts import Facts


class SearchSpaceEditor(Card):
    """The space of the open project's search; every edit can be undone."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__("", parent=parent)
        self.setObjectName("searchSpace")
        self._workspace = workspace
        self._rows: dict[str, SettingRow] = {}
        self._project: Project | None = None
        self._known: dict[str, Setting] = {}
        self._editable = True
        self._lay_out()
        self._suggesting = Latest(workspace.jobs)
        self._suggesting.answered.connect(self._take_suggested)
        self._suggesting.failed.connect(workspace.tell_error)

    def _lay_out(self) -> None:
        self.head.addWidget(label(self.tr("What to try"), "heading"))
        self.head.addStretch(1)
        self.suggest = button(self.tr("Suggest"), "flat", glyph="sparkle", name="searchSuggest")
        self.suggest.setToolTip(
            self.tr("Add learning rate, weight decay, batch size, dropout and the widest layers.")
        )
        self.suggest.clicked.connect(self.ask_for_suggestion)
        self.head.addWidget(self.suggest)
        self.body.addLayout(self.head)
        self._hint = label(
            self.tr(
                "Name a setting above, or let some be suggested. A range is written 1e-5..1e-1 log, "
                "16..256 step 16, or as values: 16, 32, 64."
            ),
            "muted",
            wrap=True,
            name="searchSpaceHint",
        )
        content = QWidget()
        self._column = QVBoxLayout(content)
        self._column.setContentsMargins(0, 0, 4, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self._hint)
        self._column.addStretch(1)
        area = scrolling(content)
        area.setMinimumHeight(90)
        self.add = QLineEdit()
        self.add.setObjectName("searchAdd")
        self.add.setPlaceholderText(self.tr("Add a setting: dropout, lr, …"))
        self.add.setAccessibleName(self.tr("Add a setting to search for"))
        self._paths = QStringListModel(self)
        completer = QCompleter(self._paths, self)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setMaxVisibleItems(12)
        # queued: the field takes the chosen path on after this signal
        completer.activated.connect(self.add_setting, Qt.ConnectionType.QueuedConnection)
        self.add.setCompleter(completer)
        self.add.returnPressed.connect(lambda: self.add_setting(self.add.text()))
        self.body.addWidget(self.add)
        self._fault = label("", "problem", wrap=True, name="searchAddFault")
        self._fault.hide()
        self.add.textEdited.connect(lambda: self._tell(""))
        self.body.addWidget(self._fault)
        self.body.addWidget(area, 1)

    @property
    def space(self) -> dict[str, Range]:
        """The space as it is now."""
        section = self._workspace.project.search
        return dict(section.space) if section else {}

    @property
    def fault(self) -> str:
        """Why a search can't start: what is wrong with the space; "" for nothing."""
        for path, row in self._rows.items():
            if row.edit.property("invalid") == "true":
                return f"{path}: {row.edit.toolTip()}"
        return ""

    def set_editable(self, editable: bool) -> None:
        """Let the space be edited, or only read, while a search is on."""
        self._editable = editable
        for part in (self.add, self.suggest):
            part.setEnabled(editable)
        for row in self._rows.values():
            row.set_editable(editable)

    def refresh(self) -> None:
        """Show the project's space as it is now."""
        project = self._workspace.project
        if project is not self._project:
            self._project = project
            self._known = reachable(project, self.space)
            self._paths.setStringList([path for path in self._known if path not in self.space])
        space, before = self.space, list(self._rows)
        for path in [path for path in self._rows if path not in space]:
            row = self._rows.pop(path)
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        for number, (path, values) in enumerate(space.items()):
            if path not in self._rows:
                self._rows[path] = self._row(path)
                self._column.insertWidget(number + 1, self._rows[path])
                self._rows[path].show()
            self._rows[path].display(self._known.get(path), values)
        if list(self._rows) != before:
            tab_through([self.add, *(stop for row in self._rows.values() for stop in row.stops)])
        self._hint.setVisible(not space)

    def add_setting(self, text: str) -> None:
        """Add a setting by its path, or the only one that ends so, with a range around what it is now."""
        path = text.strip()
        if not path or path in self.space:
            self.add.clear()
            return
        ends = [name for name in self._known if name.rpartition(".")[2] == path]
        path = ends[0] if path not in self._known and len(ends) == 1 else path
        if path not in self._known:
            self._tell(self.tr("Nothing is called {}. {}").format(path, nearest(path, self._known)))
            return
        self._change(self.tr("Search for {}").format(path), {**self.space, path: usual(self._known[path])})
        self.add.clear()
        self._tell("")
        self._rows[path].focus()

    def ask_for_suggestion(self) -> None:
        """Add what is usually worth searching for; widths are tried on the stack in the background."""
        data = self._workspace.dataset
        samples = len(data.splits["train"]) if data else None
        self._suggesting.ask(partial(_suggested, self._workspace.project, self._workspace.facts, samples))

    def _take_suggested(self, found: dict[str, Range]) -> None:
        self._change(self.tr("Suggest what to search for"), {**found, **self.space})

    def _row(self, path: str) -> SettingRow:
        row = SettingRow(path)
        row.set_editable(self._editable)
        row.typed.connect(lambda text: self._type(path, text))
        row.removed.connect(lambda: self._remove(path))
        return row

    def _type(self, path: str, text: str) -> None:
        row = self._rows[path]
        try:
            values = parse(text, self._known[path].param)
            check_range(self._workspace.project, self._known[path], values)
        except KeyError:
            return
        except UserError as error:
            row.tell(f"{error.what} {error.remedy}".strip())
            return
        row.tell("")
        self._change(
            self.tr("Set the range of {}").format(path), {**self.space, path: values}, f"search.space.{path}"
        )

    def _remove(self, path: str) -> None:
        space = {name: values for name, values in self.space.items() if name != path}
        self._change(self.tr("Don't search for {}").format(path), space)

    def _change(self, text: str, space: dict[str, Range], merge_key: str | None = None) -> None:
        project = self._workspace.project
        section = (project.search or SearchSection()).model_copy(update={"space": space})
        self._workspace.edit(text, project.model_copy(update={"search": section}), merge_key)

    def _tell(self, fault: str) -> None:
        self._fault.setText(fault)
        self._fault.setVisible(bool(fault))


def usual(setting: Setting) -> Range:
    """Return a range to begin with, around what a setting is now and within what it may be."""
    param, value = setting.param, setting.value
    low, high = param.minimum, param.maximum
    if param.kind in ("choice", "section"):
        others = [name for name in param.choices if name != value]
        return Choices(values=(str(value), *others[:2]))
    if param.kind == "bool":
        return Choices(values=(False, True))
    if isinstance(value, int) and param.kind in ("int", "size"):
        least = max(1 if low is None else int(low), value // 2)
        most = max(2 * value, least + 1)
        most = most if high is None else min(most, int(high))
        return IntRange(low=min(least, most - 1), high=most)
    if isinstance(value, float):
        if high is not None and high <= 1:
            if value < 0.5:
                return FloatRange(low=low or 0.0, high=0.5)
            rest = 1 - value  # momentum, betas: what counts is how far they are from 1
            return FloatRange(low=float(f"{1 - 3 * rest:.4g}"), high=float(f"{1 - rest / 3:.4g}"))
        if value > 0:
            return FloatRange(low=value / 10, high=min(value * 10, high or value * 10), log=True)
        return FloatRange(low=1e-6, high=min(0.1, high or 0.1), log=True)
    if isinstance(value, tuple) and value:
        return Choices(values=(value, tuple(side + 2 for side in value)))
    return IntRange(low=1, high=8) if param.kind in ("int", "size") else Choices(values=("auto", "none"))


def _suggested(project: Project, facts: Facts | None, samples: int | None) -> dict[str, Range]:
    from workbench.search.suggest import suggest

    return suggest(project, facts, samples)
