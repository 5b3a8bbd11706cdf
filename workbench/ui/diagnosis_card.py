"""What is to be said of the run, and what may help."""

from __future__ import annotations

from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from workbench.train.events import Finding
from workbench.ui import theme
from workbench.ui.cards import Card, label, scrolling
from workbench.ui.finding_row import FindingRow
from workbench.ui.remedies import Remedies
from workbench.ui.training import Training
from workbench.ui.workspace import Workspace

Key = tuple[str, str]
"""A finding's name and layer."""


class DiagnosisCard(Card):
    """Findings of the run that is watched, the worst first; a failure stands above them."""

    def __init__(self, workspace: Workspace, training: Training, parent: QWidget | None = None) -> None:
        super().__init__("Diagnosis", parent=parent)
        self.title.setText(self.tr("Diagnosis"))
        self.setObjectName("diagnosisCard")
        self._workspace, self._training = workspace, training
        self._remedies = Remedies(workspace, training)
        self._rows: dict[Key, FindingRow] = {}
        inner = QWidget()
        self._column = QVBoxLayout(inner)
        self._column.setContentsMargins(0, 0, 6, 0)
        self._column.setSpacing(theme.S)
        self._empty = label("", "muted", wrap=True, name="diagnosisEmpty")
        self._column.addWidget(self._empty)
        self._column.addStretch(1)
        area = scrolling(inner)
        area.setMinimumHeight(72)
        area.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.body.addWidget(area, 1)
        training.diagnosed.connect(self.refresh)
        training.state_changed.connect(self.refresh)
        training.run_opened.connect(self.refresh)
        training.changed.connect(lambda _change: self.refresh())
        training.ended.connect(lambda _run: self.refresh())
        workspace.opened.connect(self.refresh)
        workspace.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show what is to be said now."""
        findings = self._findings()
        keys = [(finding.name, finding.layer) for finding in findings]
        for key in [key for key in self._rows if key not in keys]:
            row = self._rows.pop(key)
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        known = {node.id for node in self._workspace.graph} if findings else set()
        for place, (key, finding) in enumerate(zip(keys, findings, strict=True)):
            row = self._rows.get(key) or self._new_row(key)
            if self._column.indexOf(row) != place:
                self._column.insertWidget(place, row)
                row.show()  # now, and not only when events are next seen to
            done = [remedy for remedy in finding.remedies if self._remedies.is_done(finding, remedy)]
            row.display(finding, known=finding.layer in known, done=done)
        self._empty.setVisible(not findings)
        self._empty.setText(self._nothing())

    def _findings(self) -> list[Finding]:
        failure, found = self._training.failure, list(self._training.findings)
        if failure is not None:
            # what may help stands below as buttons, where there are some
            said = failure.message if failure.remedies else f"{failure.message} {failure.remedy}"
            found = [
                Finding("failure", "broken", said, failure.layer, failure.remedies),
                *(finding for finding in found if finding.severity != "good"),
            ]
        return list({(finding.name, finding.layer): finding for finding in found}.values())

    def _nothing(self) -> str:
        project = self._training.project
        if project is not None and project.training.shard:
            return self.tr("Only the curves are judged: the weights are shared out among processes.")
        if self._training.active:
            return self.tr("Nothing stands out yet.")
        if self._training.run_id:
            return self.tr("Nothing stood out in this run.")
        return self.tr(
            "While the network learns, this tells what stands out: units that never fire, gradients that "
            "fade, overfitting, a loss that no longer falls, and what may help."
        )

    def _new_row(self, key: Key) -> FindingRow:
        row = self._rows[key] = FindingRow()
        row.layer_wanted.connect(self._workspace.select)
        row.remedy_wanted.connect(self._remedies.apply)
        return row
