"""Applying what may help a run: at once where training can take it, else to the project for the next run."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject

from workbench.errors import UserError
from workbench.graph import Graph
from workbench.graph.mend import mend
from workbench.graph.overrides import override
from workbench.layers import Fix
from workbench.train.controls import LIVE
from workbench.train.events import Finding, Remedy
from workbench.ui.notice import Notice
from workbench.ui.training import Training
from workbench.ui.workspace import Workspace


class Remedies(QObject):
    """Applies remedies. Edits of the project are named after them, and undone like any other."""

    def __init__(self, workspace: Workspace, training: Training) -> None:
        super().__init__(workspace)
        self._workspace, self._training = workspace, training

    def apply(self, finding: Finding, remedy: Remedy) -> None:
        """Apply a remedy of a finding; what can't be is told."""
        if self._is_live(remedy):
            for name, value in remedy.set:
                self._training.change(name, float(value))
        elif self._edit_stack(finding, remedy) and self._set(remedy):
            self._tell()

    def is_done(self, finding: Finding, remedy: Remedy) -> bool:
        """Return whether all that a remedy asks for is so already."""
        value = self._live_value if self._is_live(remedy) else self._project_value
        types = {node.id: node.type for node in self._workspace.graph}
        layers = (remedy.layers or (finding.layer,)) if remedy.replace else ()
        return (
            all(value(name) == wanted for name, wanted in remedy.set)
            and all(types.get(layer) == remedy.replace for layer in layers)
            and all(kind in self._read_types(layer, types) for layer, kind in remedy.insert)
        )

    def _read_types(self, layer: str, types: dict[str, str]) -> list[str]:
        """The types of what a layer reads; nothing for one that is gone."""
        graph = self._workspace.graph
        return [types[name] for name in graph.inputs_of(graph.index(layer))] if layer in types else []

    def _is_live(self, remedy: Remedy) -> bool:
        """Whether the training under way can take all of it."""
        running = self._training.state in ("running", "paused")
        edits = remedy.replace or remedy.insert
        return running and not edits and all(name in LIVE for name, _ in remedy.set)

    def _live_value(self, name: str) -> float | None:
        """What a setting was last changed to in this run; None where it wasn't."""
        return next(
            (change.value for change in reversed(self._training.changes) if change.name == name), None
        )

    def _project_value(self, name: str) -> Any:
        value: Any = self._workspace.project.training
        for part in name.split("."):
            value = getattr(value, part, None)
        return value

    def _edit_stack(self, finding: Finding, remedy: Remedy) -> bool:
        """Replace and insert layers, as one edit; return whether it could be."""
        replaced = (remedy.layers or (finding.layer,)) if remedy.replace else ()
        fixes = [(layer, Fix(remedy.text, "replace", remedy.replace)) for layer in replaced]
        fixes += [(layer, Fix(remedy.text, "insert_before", kind)) for layer, kind in remedy.insert]
        if not fixes:
            return True

        def change(graph: Graph) -> Graph:
            for layer, fix in fixes:
                graph = mend(graph, layer, fix)
            return graph

        alone = self.tr("{} for {}").format(remedy.text, replaced[0]) if len(replaced) == 1 else remedy.text
        return self._workspace.edit_graph(alone, change)

    def _set(self, remedy: Remedy) -> bool:
        if not remedy.set:
            return True
        settings = [f"training.{name}={value}" for name, value in remedy.set]
        try:
            changed = override(self._workspace.project, settings)
        except UserError as error:
            self._workspace.tell_error(error)
            return False
        self._workspace.edit(remedy.text, changed)
        return True

    def _tell(self) -> None:
        """Say from when on it holds; training goes on with what it was started with."""
        text = self.tr("Changed in the project: the next run will have it.")
        if self._training.active:
            text = self.tr(
                "Changed in the project: the run under way goes on as it is, the next will have it."
            )
        self._workspace.tell(Notice("good", text, ((self.tr("Undo"), self._workspace.undo),)))
