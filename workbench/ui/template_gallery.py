"""The gallery of templates: find one, look at it, and take it."""

from __future__ import annotations

from collections.abc import Generator

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from workbench.errors import UserError
from workbench.templates.registry import TEMPLATES
from workbench.ui import cards, theme
from workbench.ui.cards import label
from workbench.ui.dialog import Dialog
from workbench.ui.icons import icon
from workbench.ui.template_details import TemplateDetails
from workbench.ui.template_list import TemplateList
from workbench.ui.workspace import Workspace

_STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 6, Qt.Key.Key_PageUp: -6}


class TemplateGallery(Dialog):
    """Every template; Enter takes the one that is shown."""

    use_wanted = Signal(str, object)
    """Title and `Graph` of the template that is to be the open project's stack."""
    new_wanted = Signal(str, object)
    """Title and `Graph` of the template that is to be a project of its own."""

    def __init__(self, workspace: Workspace, parent: QWidget) -> None:
        super().__init__("templateGallery", self.tr("Start from a template"), QSize(1180, 740), parent)
        self._workspace = workspace
        self.search = QLineEdit()
        self.search.setObjectName("templateSearch")
        self.search.setPlaceholderText(self.tr("Search templates"))
        self.search.setAccessibleName(self.tr("Search templates"))
        self.search.addAction(icon("magnifying-glass", "muted"), QLineEdit.ActionPosition.LeadingPosition)
        self.search.setClearButtonEnabled(True)
        self.list = TemplateList()
        self.details = TemplateDetails(workspace.jobs, workspace.facts)
        self._none = label(self.tr("No template matches."), "muted", name="templateNone")
        self._lay_out()
        self.search.textChanged.connect(self._fill)
        self.search.installEventFilter(self)
        self.list.installEventFilter(self)
        self.list.chosen.connect(self._show)
        self.list.taken.connect(lambda: self._default.click())
        self._fill("")
        self.search.setFocus()
        self._count = workspace.jobs.run(_sizes)
        self._count.events.connect(self._on_sizes)
        self._count.failed.connect(workspace.tell_error)
        self.finished.connect(self._count.stop)
        self._count.start()

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.setSpacing(theme.S)
        left.addWidget(self.search)
        left.addWidget(self._none)
        left.addWidget(self.list, 1)
        side = QWidget()
        side.setLayout(left)
        side.setFixedWidth(390)
        left.setContentsMargins(0, 0, 0, 0)
        rule = QFrame()
        rule.setProperty("role", "rule")
        row = QHBoxLayout()
        row.setSpacing(theme.L)
        row.addWidget(side)
        row.addWidget(rule)
        row.addWidget(self.details, 1)
        self.column.addLayout(row, 1)
        self._keys = label(self.tr("↑ ↓ to choose · Enter to take it · Esc to leave"), "small")
        self._new = cards.button(self.tr("New project"), name="templateNew")
        self._use = cards.button(self.tr("Use for the open data"), "primary", name="templateUse")
        cancel = cards.button(self.tr("Cancel"), name="templateCancel")
        self._new.clicked.connect(lambda: self._take("new"))
        self._use.clicked.connect(lambda: self._take("use"))
        cancel.clicked.connect(self.reject)
        self.foot.addWidget(self._keys)
        self.foot.addStretch(1)
        for button in (cancel, self._new, self._use):
            self.foot.addWidget(button)
        project = self._workspace.project
        self._use.setVisible(self._workspace.is_open)
        if project.data is None:
            self._use.setText(self.tr("Use in the open project"))
        self._default = self._new

    def _on_sizes(self, found: list[tuple[str, int]]) -> None:
        self.list.set_params(dict(found))

    def _fill(self, text: str) -> None:
        self.list.fill(text, self._workspace.facts)
        self._none.setVisible(not self.list.names)

    def _show(self, name: str) -> None:
        self.details.setVisible(bool(name))
        self._new.setEnabled(bool(name))
        fault = self._why_not(name)
        self._use.setEnabled(bool(name) and not fault)
        self._use.setToolTip(fault)
        can_use = self._workspace.is_open and self._use.isEnabled()
        self._default = self._use if can_use else self._new
        for button in (self._use, self._new):
            cards.set_role(button, "primary" if button is self._default else "")
        self.set_default(self._default)
        if name:
            self.details.display(TEMPLATES[name])

    def _why_not(self, name: str) -> str:
        """Why a template can't be the open project's stack, "" where it can."""
        workspace = self._workspace
        if workspace.project.data is not None and workspace.facts is None:
            return self.tr("The open project's data aren't read yet.")
        return TEMPLATES[name].misfit(workspace.facts) if name and workspace.facts else ""

    def _take(self, how: str) -> None:
        """Hand the stack over, as it is for what it is wanted for."""
        template = self.details.template
        if template is None:
            return
        try:
            graph = template.graph(self._workspace.facts if how == "use" else None)
        except UserError as error:
            self.details.show_fault(error)
            return
        self.accept()
        (self.use_wanted if how == "use" else self.new_wanted).emit(template.title, graph)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            key = Qt.Key(event.key())
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._default.click()
                return True
            if key in _STEPS:
                self.list.step(_STEPS[key])
                return True
            if watched is self.list and event.text().isalnum():
                self.search.setFocus()
                self.search.setText(self.search.text() + event.text())
                return True
        return super().eventFilter(watched, event)


def _sizes() -> Generator[tuple[str, int]]:
    """Work out how many parameters each template has as published."""
    from workbench.build.check import check

    for name, template in TEMPLATES.items():
        yield name, check(template.graph()).params
