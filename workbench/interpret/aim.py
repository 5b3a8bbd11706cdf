"""What is to become large: a unit of a layer, or a class's score."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from workbench.errors import UserError
from workbench.interpret.capture import capture, device_of, known
from workbench.interpret.look import named
from workbench.interpret.misfit import untold
from workbench.interpret.objective import total_score
from workbench.interpret.subject import Subject, Target, number
from workbench.interpret.units import firing_unit, unit_axis, unit_word
from workbench.train.outputs import reading


@dataclass(frozen=True)
class Aim:
    """A layer, and ``of`` its output, (1, ...), the number that is to become large.

    ``unit``: its number, None for a class's score; ``target``: that class, None for a unit.
    """

    layer: str
    of: Callable[[Tensor], Tensor]
    words: str
    unit: int | None = None
    target: Target | None = None


def aim(subject: Subject, unit: int | None, *, centre: bool = False) -> Aim:
    """Return the aim at a unit of the subject's layer: its mean over all places, or the value at its centre.

    By default the unit that fires most for the sample. Without a layer and a unit it is the score of the
    target's class, or of the one that is predicted. Raises `UserError`.
    """
    model = subject.model
    layer = known(model, [subject.layer or model.layer_ids[-1]])[0]
    inputs, truth = subject.inputs(), subject.truth()
    seen = capture(model, inputs, layers=[layer], task=subject.dataset.task, loss=subject.loss)
    if not subject.layer and unit is None:
        return _class_score(subject, layer, seen.predicted if subject.target is None else truth)
    own = seen.activations[layer][0]
    axis = unit_axis(model.graph, layer, own.ndim)
    chosen = firing_unit(unit, own, axis, layer)

    def of(output: Tensor) -> Tensor:
        if output.dim() < 2:
            return output.sum()
        places = output.movedim(axis + 1, 1)[0, chosen]
        return places[tuple(side // 2 for side in places.shape)] if centre else places.mean()

    word = unit_word(own.ndim, axis)
    said = (
        "the value in the middle of " if centre and own.ndim > 1 else "the mean of " if own.ndim > 1 else ""
    )
    return Aim(layer, of, f"{said}{word} {chosen} of {layer}", unit=chosen)


def _class_score(subject: Subject, layer: str, meant: object) -> Aim:
    assert meant is not None
    unread = untold(subject.model, subject.dataset, subject.loss)
    if unread:
        raise unread
    read = reading(subject.model, subject.dataset.task, subject.loss)
    if subject.dataset.task == "regression":
        return Aim(layer, total_score(read), f"the predicted {subject.dataset.target}")
    if read.form == "sequence":
        raise UserError(
            "its outputs are a sequence of scores.",
            place=f"layer {layer}",
            remedy="Say which layer and unit are meant.",
        )
    classes = torch.as_tensor(meant, device=device_of(subject.model))
    target = number(classes.cpu().numpy())
    words = f"the score of {named(subject.dataset, target)}"
    return Aim(layer, total_score(read, classes), words, target=target)
