"""Which layer a method is of that is of one: the one selected in the stack, or always the same."""

from __future__ import annotations

from workbench.graph.bypass import live
from workbench.interpret.method import Method
from workbench.ui.param_editor import Choice
from workbench.ui.workspace import Workspace

FOLLOW = ""
OF_MAPS = ("grad_cam", "layer_grad_cam")
"""Methods of feature maps only, which choose a layer where none is given."""


class LayerChoice(Choice):
    """Offers the layers that a method can be of."""

    def __init__(self, workspace: Workspace, method: Method, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setProperty("role", "param")
        self.setAccessibleName(self.tr("Layer"))
        self.setToolTip(self.tr("Auto is the layer selected in the stack, if the method can be of it."))
        self._workspace, self._of_maps = workspace, method.name in OF_MAPS
        self._stale = True
        workspace.checked.connect(self._on_checked)

    def layer_for(self, selected: str) -> str:
        """Return the layer that is meant while one is selected in the stack; "" lets the method choose."""
        self._fill()
        chosen = str(self.currentData())
        if chosen != FOLLOW:
            return chosen
        if self.findData(selected) > 0:
            return selected
        return "" if self._of_maps or self.count() < 2 else str(self.itemData(1))

    def showPopup(self) -> None:
        self._fill()
        super().showPopup()

    def _on_checked(self) -> None:
        self._stale = True  # layers are listed when somebody asks: edits come in bursts

    def _fill(self) -> None:
        if not self._stale:
            return
        self._stale = False
        layers = self._layers()
        if [FOLLOW, *layers] == [self.itemData(n) for n in range(self.count())]:
            return
        before = self.currentData()
        self.clear()
        self.addItem(self.tr("auto"), FOLLOW)
        for name in layers:
            self.addItem(name, name)
        self.setCurrentIndex(max(self.findData(before), 0))

    def _layers(self) -> tuple[str, ...]:
        report, graph = self._workspace.report, live(self._workspace.graph)
        if report is None or report.errors:
            return ()
        specs = {row.id: row.output for row in report.rows if row.output is not None}
        if self._of_maps:
            from workbench.interpret.attribution.shapes import feature_maps

            return feature_maps(graph, specs)
        return tuple(n.id for n in graph if n.type != "Input" and specs[n.id].dtype == "float32")
