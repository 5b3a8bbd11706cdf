"""Methods that show what is at the layers' outputs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from workbench.graph import training
from workbench.interpret.method import Method, Of, Result, Target

if TYPE_CHECKING:
    from workbench.build.model import StackModel
    from workbench.data.dataset import Dataset


class Activations(Method):
    """An array a layer, by its id: its output."""

    name = "activations"
    title = "Activations"
    help = "What each layer makes of the sample."

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
        """See `Method.run`."""
        from workbench.interpret.look import look

        seen = look(model, dataset, layer, sample, target, loss=loss)
        found = {name: output[0] for name, output in seen.captured.activations.items()}
        return seen.result(found, "Outputs of the layers in evaluation mode.")


class Gradients(Method):
    """An array a layer, by its id, in its output's shape."""

    name = "gradients"
    title = "Gradients"
    help = "How the loss, or a class's score, changes with each value of a layer's output."

    of: Of = Field(default="loss", description="The loss against the target, or the score of a class.")

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
        """See `Method.run`."""
        from workbench.interpret.look import gradients, look

        seen = look(model, dataset, layer, sample, target, of=self.of, loss=loss)
        note = f"Gradients of {seen.of} with respect to the layers' outputs."
        return seen.result(gradients(seen, layer), note)


class GradientXActivation(Method):
    """An array a layer, by its id, in its output's shape."""

    name = "gradient_x_activation"
    title = "Gradient × activation"
    help = "How much each value of a layer's output adds to a class's score, to first order."

    of: Of = Field(default="score", description="The score of a class, or the loss against the target.")

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
        """See `Method.run`."""
        from workbench.interpret.look import gradients, look

        seen = look(model, dataset, layer, sample, target, of=self.of, loss=loss)
        outputs = seen.captured.activations
        found = {name: gradient * outputs[name][0] for name, gradient in gradients(seen, layer).items()}
        return seen.result(found, f"Gradients of {seen.of}, times the layers' outputs.")
