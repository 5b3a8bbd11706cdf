"""One sample through the model: what the methods that show layers' outputs have in common."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.data.dataset import Dataset
from workbench.errors import UserError
from workbench.interpret.capture import Capture, capture
from workbench.interpret.method import Of, Result
from workbench.interpret.misfit import untold
from workbench.interpret.subject import Subject, Target, number

Array = NDArray[np.generic]


@dataclass(frozen=True)
class Look:
    """What a pass with one sample gave, and what its gradients refer to."""

    captured: Capture
    sample: int | None
    target: Target | None
    of: str
    """In words: the loss against …, the score of …."""
    unread: UserError | None = None
    """Why the outputs tell of no class or value, so that nothing is predicted, and there is no loss."""

    @property
    def predicted(self) -> Target | None:
        """The class number or value that the outputs tell of, if any."""
        return None if self.unread else number(self.captured.predicted)

    def result(self, arrays: Mapping[str, Array], note: str) -> Result:
        """Return arrays as a method's result."""
        return Result(arrays, note, self.sample, self.target, self.predicted, self.captured.loss)


def look(subject: Subject, *, of: Of = "loss") -> Look:
    """Run the subject's sample through its model and record its layer, or all. Raises `UserError`.

    A sample from elsewhere without a target has no loss, and so no gradients of it; nor has one of which the
    outputs tell nothing, such as embeddings.
    """
    model, dataset = subject.model, subject.dataset
    inputs, truth = subject.inputs(), subject.truth()
    unread = untold(model, dataset, subject.loss)
    layers = [subject.layer] if subject.layer else None
    if of == "score" and unread:
        raise unread
    if unread:
        found = capture(model, inputs, None, layers, task=dataset.task, loss=subject.loss)
        return Look(found, subject.number, None, "no loss", unread)
    if of == "loss":
        found = capture(model, inputs, truth, layers, task=dataset.task, loss=subject.loss)
        if truth is None:
            return Look(found, subject.number, None, "no loss")
        return Look(found, subject.number, number(truth), f"the loss against {named(dataset, number(truth))}")
    aimed = None if subject.target is None else truth
    found = capture(model, inputs, aimed, layers, task=dataset.task, of="score", loss=subject.loss)
    if dataset.task == "regression":
        return Look(found, subject.number, None if truth is None else number(truth), "the output")
    meant = number(found.predicted if aimed is None else aimed)
    return Look(found, subject.number, meant, f"the score of {named(dataset, meant)}")


def gradients(seen: Look, layer: str) -> dict[str, Array]:
    """Return the gradients without the batch dimension. Raises `UserError` if ``layer`` has none."""
    found = {name: gradient[0] for name, gradient in seen.captured.gradients.items()}
    if not layer or layer in found:
        if not found and seen.of == "no loss":
            raise seen.unread or no_target()
        return found
    if seen.captured.activations[layer].dtype == np.int64:
        raise UserError(
            "it holds whole-number ids, which have no gradient.",
            place=f"layer {layer}",
            remedy="Choose the Embedding that reads them, or a layer after it.",
        )
    if seen.of == "no loss":
        raise seen.unread or no_target()
    raise UserError(
        "the output doesn't depend on it, so there is no gradient.",
        place=f"layer {layer}",
        remedy="Choose another layer, or let one read it.",
    )


def no_target() -> UserError:
    """Return the error of asking for a loss where no true answer is known."""
    return UserError(
        "its true answer isn't known, so there is no loss and no gradient of it.",
        place="sample",
        remedy="Say which answer is meant, or look at the gradient of a class's score.",
    )


def named(dataset: Dataset, target: Target) -> str:
    """Return a target in words: its class, or its value."""
    if dataset.task == "classification":
        return f"class {dataset.classes[int(target)]}"
    return f"{dataset.target} = {target:g}"
