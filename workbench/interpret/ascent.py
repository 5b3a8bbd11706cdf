"""Gradient ascent on an input, step by step."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from workbench.errors import UserError
from workbench.interpret.aim import aim
from workbench.interpret.capture import array, device_of
from workbench.interpret.entrance import entering, entrance
from workbench.interpret.observe import undisturbed
from workbench.interpret.outputs import output_of
from workbench.interpret.regularise import blurred, rolled, total_variation
from workbench.interpret.subject import Subject

if TYPE_CHECKING:
    from workbench.interpret.maximisation import Maximisation

BLUR_EVERY = 4
"""Steps from one blur to the next, as in Yosinski et al., 2015."""


class Ascent:
    """One ascent; `trace` holds what the unit gave so far. Raises `UserError` for a bad layer or unit."""

    def __init__(self, params: Maximisation, subject: Subject) -> None:
        self._params, self._subject = params, subject
        self.aim = aim(subject, params.unit, centre=params.objective == "neuron")
        self.into = entrance(subject)
        self._random = torch.Generator().manual_seed(params.seed)
        self._z = self._start().to(device_of(subject.model)).requires_grad_()
        self.start = self.input()
        self.trace: list[float] = []
        self.moved = False

    def input(self) -> NDArray[np.generic]:
        """Return the input now, as the network gets it, without the batch dimension."""
        found: NDArray[np.generic] = array(self.into.values(self._z.detach())[0])
        return found

    def steps(self) -> Generator[int]:
        """Go up, yielding the steps done: from 0, before the first, to the last.

        The model is watched until the generator ends or is closed. Raises `UserError` where the aim isn't a
        finite number, or doesn't depend on the input smoothly.
        """
        model, params, z, into = self._subject.model, self._params, self._z, self.into
        with undisturbed(model):
            model.requires_grad_(False)
            adam = torch.optim.Adam([z], lr=params.lr)
            with entering(model, into, self._subject) as run, output_of(model, self.aim.layer) as last:
                for done in range(params.steps):
                    shifted = rolled(z, params.jitter, into.places, self._random) if params.jitter else z
                    run(into.values(shifted))
                    value = self._checked(self.aim.of(last()))
                    yield done
                    slope = self._slope(value)
                    self.moved = self.moved or bool(slope.any())
                    penalty = params.l2 * z.square().mean()
                    penalty = penalty + params.total_variation * total_variation(z, into.places)
                    z.grad = torch.autograd.grad(penalty, z)[0] - slope
                    adam.step()
                    self._hold(done)
                with torch.no_grad():
                    run(into.values(z))
                    self._checked(self.aim.of(last()))
                yield params.steps

    def _start(self) -> Tensor:
        into = self.into
        if self._params.start == "sample":
            return into.sample.clone()
        if self._params.start == "zero":
            return (-into.mean / into.std).expand_as(into.sample).clone()
        return 0.3 * torch.randn(into.sample.shape, generator=self._random)

    def _checked(self, value: Tensor) -> Tensor:
        self.trace.append(float(value.detach()))
        if not np.isfinite(self.trace[-1]):
            raise UserError(
                f"{self.aim.words} is no finite number after {len(self.trace) - 1} steps.",
                place="maximisation",
                remedy="Lower lr, or begin with the sample.",
            )
        return value

    def _slope(self, value: Tensor) -> Tensor:
        found = torch.autograd.grad(value, self._z, allow_unused=True)[0] if value.requires_grad else None
        if found is None:
            raise UserError(
                "it doesn't depend on the input smoothly, so there is no gradient to go up.",
                place=f"layer {self.aim.layer}",
                remedy="Choose another layer.",
            )
        return found

    @torch.no_grad()
    def _hold(self, done: int) -> None:
        """Blur and bound what a step made."""
        if self._params.blur and self.into.places and (done + 1) % BLUR_EVERY == 0:
            self._z.copy_(blurred(self._z, self._params.blur, self.into.places))
        if self._params.bounded:
            torch.maximum(torch.minimum(self._z, self.into.high), self.into.low, out=self._z)
