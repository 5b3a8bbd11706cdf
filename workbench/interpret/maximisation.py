"""The input that a unit, a channel or a class asks for."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from typing import TYPE_CHECKING, Literal

import numpy as np
from pydantic import Field

from workbench.interpret.method import Method, Result
from workbench.interpret.subject import Subject

if TYPE_CHECKING:
    from workbench.interpret.ascent import Ascent


class Maximisation(Method):
    """``input``, as the network gets it; ``trace`` (steps + 1,), the unit's value on the way; ``start``.

    The trace is of the input as each step saw it, shifted by the jitter; its last value is of ``input``.
    Behind an Embedding that reads ids, ``input`` and ``start`` are its output, and ``ids``, int64 (time,),
    those whose rows are nearest by cosine. Without a layer and a unit, the score of the target's class, or
    of the predicted one, is maximised.

    Adam, in standard deviations of the data, on the unit's value less the penalties (Erhan et al., 2009),
    regularised as in Yosinski et al., 2015, and Olah, Mordvintsev and Schubert, 2017.
    """

    name = "maximisation"
    title = "Activation maximisation"
    help = "The input that makes a unit fire most, found by gradient ascent (Olah et al., 2017)."
    layers = "one"

    unit: int | None = Field(
        default=None, ge=0, description="The unit, channel or feature; empty for the sample's strongest."
    )
    objective: Literal["channel", "neuron"] = Field(
        default="channel",
        description="A channel's mean over all places, or the one value in the middle of it.",
    )
    start: Literal["noise", "zero", "sample"] = Field(
        default="noise",
        description="Begin with noise around the data's mean, zeros, or the sample.",
    )
    steps: int = Field(default=128, ge=1, le=10_000, description="Steps of gradient ascent.")
    lr: float = Field(
        default=0.05, gt=0, le=10, description="Learning rate of Adam, in standard deviations of the data."
    )
    l2: float = Field(
        default=0.01,
        ge=0,
        le=1000,
        description="Penalty on the square of the distance to the data's mean.",
    )
    total_variation: float = Field(
        default=0.02,
        ge=0,
        le=1000,
        description="Penalty on differences between neighbouring pixels or steps.",
    )
    jitter: int = Field(
        default=0, ge=0, le=256, description="Shift the input at random by up to so many pixels each step."
    )
    blur: float = Field(
        default=0.0,
        ge=0,
        le=20,
        description="Standard deviation of a blur every 4 steps, in pixels; 0 for none.",
    )
    bounded: bool = Field(default=True, description="Keep values between the data's least and greatest.")
    seed: int = Field(default=0, ge=0, le=2**31 - 1, description="Of the noise and the jitter.")

    def run(self, subject: Subject) -> Result:
        """See `Method.run`. Raises `UserError` also where the unit doesn't depend on the input smoothly."""
        return self.ascend(subject, lambda ascent: None)

    def ascend(self, subject: Subject, watch: Callable[[Ascent], object]) -> Result:
        """Do as `run`, and hand the ascent to ``watch`` after each step, to see its input as it grows."""
        import torch

        from workbench.interpret.ascent import Ascent
        from workbench.interpret.entrance import nearest

        with torch.inference_mode(mode=False):
            ascent = Ascent(self, subject)
            with closing(ascent.steps()) as steps:
                for done in steps:
                    watch(ascent)
                    subject.tell(done, self.steps)
        found = ascent.input()
        arrays = {"input": found, "trace": np.array(ascent.trace), "start": ascent.start}
        what = "The input"
        if ascent.into.table is not None:
            arrays["ids"] = nearest(ascent.into.table, found)
            what = f"The output of {ascent.into.name}"
        note = f"{what}, found by gradient ascent, that makes {ascent.aim.words} large."
        if not ascent.moved:
            note += " Its gradient was 0 all the way: begin with the sample, or with another seed."
        figures = {"start": ascent.trace[0], "end": ascent.trace[-1]}
        if ascent.aim.unit is not None:
            figures["unit"] = float(ascent.aim.unit)
        return Result(arrays, note, sample=subject.number, target=ascent.aim.target, figures=figures)
