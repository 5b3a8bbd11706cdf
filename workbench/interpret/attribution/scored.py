"""A model from one of its layers to one score: the function that captum explains."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from workbench.build.model import StackModel
from workbench.interpret.attribution.shapes import all_passes
from workbench.interpret.objective import scores
from workbench.train.outputs import Reading


class Scored(nn.Module):
    """From values at a layer's output, (batch, *shape), to the score of one class, (batch,).

    Other layers are run on the sample itself; those that read the layer get the values instead of its output.
    For regression the score is the output.
    """

    def __init__(
        self,
        model: StackModel,
        read: Reading,
        target: int | None,
        sample: Tensor,
        entrance: str,
        passed: Callable[[int], object] | None = None,
    ) -> None:
        """``sample``: (1, *shape), as the Input reads it. ``passed`` is told how many rows a pass had."""
        super().__init__()
        self.model = model
        self.entrance = nn.Identity()
        """What the values pass through: the layer, for methods that want a module for it."""
        self._read = read
        self._target = target
        self._sample = sample
        self._name = entrance
        self._passed = passed
        self._alone = all_passes(model.graph, entrance)

    def forward(self, values: Tensor) -> Tensor:
        """Return the score of each row."""
        # a copy, because a layer may work in place, and what autograd starts from must stay as it is
        outputs = self._answers(self.entrance(values).clone())
        found = self._score(outputs)
        if self._passed:
            self._passed(len(values))
        return found

    def _answers(self, values: Tensor) -> Tensor:
        if self._name in self.model.input_ids:
            answers: Tensor = self.model(values)
            return answers
        layer = self.model.get_submodule(self._name)
        # what comes before the layer is the same for all rows, and needed by each only if a way leads around
        copies = 1 if self._alone else len(values)
        handle = layer.register_forward_hook(lambda *_: values)
        try:
            rest: Tensor = self.model(self._sample.expand(copies, *self._sample.shape[1:]))
        finally:
            handle.remove()
        return rest

    def _score(self, outputs: Tensor) -> Tensor:
        if self._target is None:
            return outputs.flatten(1).sum(1)
        return scores(outputs, self._read)[:, self._target]


def at_layer(model: StackModel, inputs: Tensor, layer: str) -> Tensor:
    """Return a layer's output for inputs, (batch, *sample), without gradients."""
    found: list[Tensor] = []
    handle = model.get_submodule(layer).register_forward_hook(lambda _m, _i, output: found.append(output))
    try:
        with torch.no_grad():
            model(inputs)
    finally:
        handle.remove()
    return found[0]
