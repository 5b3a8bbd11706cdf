"""What a layer has learned, and where the loss would move it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.errors import UserError
from workbench.graph import training
from workbench.interpret.method import Method, Result, Target

if TYPE_CHECKING:
    from workbench.build.model import StackModel
    from workbench.data.dataset import Dataset


class Weights(Method):
    """Two arrays a parameter: ``conv1.weight`` and ``conv1.weight.grad``."""

    name = "weights"
    title = "Weights"
    help = "A layer's parameters, and the gradients of the sample's loss with respect to them."

    def run(
        self,
        model: StackModel,
        dataset: Dataset,
        layer: str | None = None,
        sample: int = 0,
        target: Target | None = None,
        *,
        loss: training.Loss = training.AUTO,
    ) -> Result:
        """See `Method.run`. A parameter that the output doesn't depend on has no ``.grad``."""
        from workbench.interpret.capture import array, known
        from workbench.interpret.look import look
        from workbench.interpret.parameters import gradients_of

        layers = known(model, [layer] if layer else None)
        wanted = {
            name: parameter
            for name, parameter in model.named_parameters()
            if name.partition(".")[0] in layers
        }
        if not wanted:
            raise UserError(
                "there are no weights in it.",
                place=f"layer {layer}" if layer else "model",
                remedy="Choose a layer that learns, such as Linear or Conv2d.",
            )
        seen = look(model, dataset, model.layer_ids[-1], sample, target, loss=loss)
        found = {name: array(parameter) for name, parameter in wanted.items()}
        slopes = gradients_of(model, dataset, wanted, sample, target, loss)
        found |= {f"{name}.grad": array(gradient) for name, gradient in slopes.items()}
        return seen.result(found, f"Parameters, and gradients of {seen.of} with respect to them.")
