"""The samples that a unit fires most for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from workbench.errors import UserError
from workbench.interpret.method import Method, Result
from workbench.interpret.subject import Subject
from workbench.interpret.units import firing_unit, unit_axis, unit_word

if TYPE_CHECKING:
    from torch import Tensor

BATCH = 256
"""Samples at a time at most: progress is told, and cancelling noticed, after each."""


class TopSamples(Method):
    """``samples`` int64 (k,), their numbers; ``values`` (k,), largest first; ``places``, int64 (k, dims).

    A place is where in the output the unit is at its largest: (row, column) of a map, (step,) of a sequence;
    a vector has none, and k × 0. Samples whose values aren't finite numbers are left out and counted.
    """

    name = "top_samples"
    title = "Top samples"
    help = "The samples that make a unit of a layer fire most."
    scope = "samples"
    layers = "one"

    unit: int | None = Field(
        default=None, ge=0, description="The unit, channel or feature; empty for the sample's strongest."
    )
    most: int = Field(default=24, ge=1, le=1000, description="How many samples.")
    by: Literal["max", "mean"] = Field(
        default="max", description="Rank by the largest value anywhere in the unit's output, or by the mean."
    )

    def run(self, subject: Subject) -> Result:
        """See `Method.run`. Without a layer it is the last one."""
        import torch

        from workbench.interpret.capture import capture, device_of, known
        from workbench.interpret.observe import undisturbed
        from workbench.interpret.outputs import batch_size, output_of

        model, dataset = subject.model, subject.dataset
        layer = known(model, [subject.layer or model.layer_ids[-1]])[0]
        numbers = subject.chosen()
        own = capture(model, subject.inputs(), layers=[layer], task=dataset.task).activations[layer][0]
        axis = unit_axis(model.graph, layer, own.ndim)
        unit = firing_unit(self.unit, own, axis, layer)
        size = min(BATCH, batch_size(subject))
        values = np.empty(len(numbers), np.float64)
        places = np.empty(len(numbers), np.int64)
        with undisturbed(model), torch.no_grad(), output_of(model, layer) as last:
            for start in range(0, len(numbers), size):
                part = slice(start, start + size)
                batch = torch.as_tensor(dataset.batch(numbers[part]), device=device_of(model))
                model(batch)
                values[part], places[part] = self._found(last(), unit, axis)
                subject.tell(min(start + size, len(numbers)), len(numbers))
        return self._result(subject, layer, unit, numbers, values, _unravelled(places, own.shape, axis))

    def _found(self, output: Tensor, unit: int, axis: int) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """The unit's value for each sample, and where it is largest as a number among its places."""
        rows = output.movedim(axis + 1, 1)[:, unit] if output.dim() > 1 else output
        rows = rows.reshape(len(output), -1).double().cpu()
        value = rows.amax(1) if self.by == "max" else rows.mean(1)
        return value.numpy(), rows.argmax(1).numpy()

    def _result(
        self,
        subject: Subject,
        layer: str,
        unit: int,
        numbers: NDArray[np.int64],
        values: NDArray[np.float64],
        places: NDArray[np.int64],
    ) -> Result:
        finite = np.isfinite(values)
        if not finite.any():
            raise UserError(
                "its values aren't finite numbers for any of these samples.",
                place=f"layer {layer}",
                remedy="Look for the first layer that gives NaN, and train again with a lower rate.",
            )
        order = np.argsort(-np.where(finite, values, -np.inf), kind="stable")[: self.most]
        order = order[finite[order]]
        word = unit_word(places.shape[1] + 1, unit_axis(subject.model.graph, layer, places.shape[1] + 1))
        kind = "largest value" if self.by == "max" else "mean"
        if places.shape[1] == 0:
            kind = "value"
        return Result(
            {"samples": numbers[order], "values": values[order], "places": places[order]},
            f"Of {len(numbers)} samples those where the {kind} of {word} {unit} of {layer} is highest.",
            sample=subject.number,
            figures={
                "unit": float(unit),
                "looked_at": float(len(numbers)),
                "not_finite": float(len(numbers) - int(finite.sum())),
            },
        )


def _unravelled(places: NDArray[np.int64], shape: tuple[int, ...], axis: int) -> NDArray[np.int64]:
    """Places in the output of one unit, as (k, dims)."""
    rest = tuple(side for at, side in enumerate(shape) if at != axis)
    if not rest:
        return np.empty((len(places), 0), np.int64)
    return np.stack(np.unravel_index(places, rest), axis=1).astype(np.int64)
