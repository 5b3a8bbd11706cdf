"""The stack as a torch module."""

from __future__ import annotations

from torch import Tensor, nn

from workbench.build.blocks import Standardize
from workbench.build.cost import cost
from workbench.build.modules import module
from workbench.graph.bypass import live
from workbench.graph.project import Graph
from workbench.layers import TensorSpec


class StackModel(nn.Module):
    """A stack of layers that runs. Each layer is a submodule named by its id; bypassed ones are left out.

    The weights' names are those of the generated code: ``conv1.weight``. Takes a tensor an Input layer,
    batch first, in the stack's order; gives the last layer's output. Build only stacks that check finds no
    error in; see `workbench.build.check.built`.
    """

    def __init__(self, graph: Graph) -> None:
        super().__init__()
        self.graph = graph = live(graph)
        self.layer_ids = tuple(node.id for node in graph)
        self.input_ids = tuple(node.id for node in graph if node.type == "Input")
        last = self.layer_ids[-1]
        outputs = (node.id for node in graph if node.type == "Output")
        self.output_ids = (*(name for name in outputs if name != last), last)
        specs: dict[str, TensorSpec] = {}
        uses = graph.sources()
        last_use = {name: row for row, names in enumerate(uses) for name in names}
        plan = []
        for row, node in enumerate(graph):
            inputs = tuple(specs[name] for name in uses[row])
            specs[node.id] = cost(node.layer, inputs).output
            declared = inputs or (specs[node.id],)
            self.add_module(node.id, module(node.layer.call(*declared)))
            done = tuple(dict.fromkeys(name for name in uses[row] if last_use[name] == row))
            plan.append((node.id, uses[row], done))
        self._plan = tuple(plan)

    def forward(self, *inputs: Tensor) -> Tensor:
        """Run the stack: one tensor of shape (batch, *sample) for each Input layer."""
        return self._run(inputs, ())[-1]

    def answers(self, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Run the stack as `forward` does; give the values of all `output_ids`, the main answer last."""
        return self._run(inputs, self.output_ids[:-1])

    def _run(self, inputs: tuple[Tensor, ...], wanted: tuple[str, ...]) -> tuple[Tensor, ...]:
        """Give the values of the wanted layers and of the last; let others go after their last use."""
        values: dict[str, Tensor] = dict(zip(self.input_ids, inputs, strict=True))
        output = inputs[0]
        for name, reads, done in self._plan:
            arguments = [values[read] for read in reads] if reads else [values[name]]
            output = self._modules[name](*arguments)  # type: ignore[misc]
            values[name] = output
            for read in done:
                if read not in wanted:
                    del values[read]
        return (*[values[name] for name in wanted], output)

    def fit_standardize(self, inputs: Tensor, targets: Tensor) -> None:
        """Measure what Standardize layers shift and scale by: inputs (N, *sample), targets (N,)."""
        for name in self.layer_ids:
            layer = self._modules[name]
            if isinstance(layer, Standardize):
                values = targets.reshape(-1, 1) if layer.invert else inputs
                layer.fit(values)
