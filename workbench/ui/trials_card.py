"""The trials of a search: the table, and what can be done with the selected one."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from workbench.errors import UserError
from workbench.graph.atomic import write_atomic
from workbench.graph.search import SearchSection
from workbench.search.settings import apply_values
from workbench.search.trials import Trial
from workbench.ui.cards import Card, button, label
from workbench.ui.file_choice import ask_for_target
from workbench.ui.searching import Searching
from workbench.ui.trials_table import TrialsTable
from workbench.ui.wording import figure
from workbench.ui.workspace import Workspace


class TrialsCard(Card):
    """The table with its buttons; a failed trial says below why."""

    chosen = Signal(int)
    """Another trial is selected; -1 for none."""
    run_wanted = Signal(str)

    def __init__(self, workspace: Workspace, searching: Searching, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Trials"), parent=parent)
        self.setObjectName("trialsCard")
        self._workspace, self._searching = workspace, searching
        self.table = TrialsTable()
        self.table.setMinimumHeight(96)
        self.use = button(self.tr("Use these values"), glyph="check", name="trialUse")
        self.use.setToolTip(self.tr("Put the selected trial's values into the project."))
        self.open_run = button(self.tr("Open its run"), "flat", name="trialOpenRun")
        self._note = label("", "muted", wrap=True, name="trialNote")
        self._note.hide()
        searching.state_changed.connect(self._let_follow)
        self.head.addWidget(self.open_run)
        self.head.addWidget(self.use)
        self.body.addWidget(self.table, 1)
        self.body.addWidget(self._note)
        self.use.clicked.connect(self.use_values)
        self.open_run.clicked.connect(lambda: self.run_wanted.emit(self._selected_run()))
        self.table.chosen.connect(self._choose)
        self.table.save_wanted.connect(self._save)
        self._choose(-1)

    def display(self, section: SearchSection) -> None:
        """Show the trials as they are now."""
        searching = self._searching
        best = searching.best
        trials = [t for t in searching.trials.values() if t.state != "waiting"]
        self.table.display(trials, list(section.space), section.metric, best.number if best else -1)
        if best is not None and best.value is not None:
            self.set_hint(self.tr("best {}").format(figure(section.metric, best.value)))
        else:
            self.set_hint("")
        if not searching.trials:
            self.table.by_hand = False
        if best is not None and not (self.table.by_hand and self.table.trial >= 0):
            self.table.select(best.number)
        self._choose(self.table.trial)

    def select(self, number: int) -> None:
        """Select a trial, as a person does."""
        self.table.by_hand = True
        self.table.select(number)

    def _let_follow(self) -> None:
        """Have the best trial selected again once a search begins."""
        if self._searching.state == "starting":
            self.table.by_hand = False

    def use_values(self) -> None:
        """Put the selected trial's values into the project, as one edit."""
        trial = self._searching.trials.get(self.table.trial)
        if trial is None:
            return
        try:
            project = apply_values(self._workspace.project, trial.values)
        except UserError as error:
            self._workspace.tell_error(error)
            return
        self._workspace.edit(self.tr("Use the values of trial {}").format(trial.number), project)

    def _choose(self, number: int) -> None:
        trial = self._searching.trials.get(number)
        self.use.setEnabled(trial is not None)
        self.open_run.setEnabled(bool(trial and trial.run))
        why = (
            self.tr("Its run is kept.")
            if trial and trial.run
            else self.tr("Only the best trials' runs are kept.")
        )
        self.open_run.setToolTip(why)
        self._note.setText(self._told(trial))
        self._note.setVisible(bool(self._note.text()))
        self.chosen.emit(number)

    def _told(self, trial: Trial | None) -> str:
        if trial is None:
            return ""
        if trial.state == "pruned":
            return self.tr("Given up after {} epochs: others did better by then.").format(trial.epochs)
        if trial.state == "stopped":
            return self.tr(
                "Stopped by you or the program's end; its values are tried again when the search goes on."
            )
        return trial.message

    def _selected_run(self) -> str:
        trial = self._searching.trials.get(self.table.trial)
        return trial.run if trial else ""

    def _save(self) -> None:
        name = (self._workspace.folder or Path()) / "trials.csv"
        path = ask_for_target(self, self.tr("Save the trials"), name, "CSV (*.csv)", "trials")
        if path is not None:
            try:
                write_atomic(path, self.table.to_csv().encode())
            except UserError as error:
                self._workspace.tell_error(error)
