"""The step as torch runs it, operation by operation: what every other kind is compared with."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from workbench.graph.training import TrainingSection
from workbench.train.ema import Ema
from workbench.train.memory_format import has_channels_last
from workbench.train.mixup import Batch, blended
from workbench.train.optimisers import needs_closure
from workbench.train.penalties import Penalty
from workbench.train.steps.adjust import adjuster
from workbench.train.steps.gradients import Gradients
from workbench.train.steps.kernels import stepper
from workbench.train.steps.precision import Precision
from workbench.train.steps.random import random_state, set_random_state


class Eager:
    """Any optimiser, any device, any batch. See `workbench.train.steps.Step`."""

    def __init__(
        self,
        gradients: Gradients,
        optimizer: torch.optim.Optimizer,
        training: TrainingSection,
        precision: Precision,
        ema: Ema | None = None,
    ) -> None:
        self.ema = ema
        self.updating = False
        """Whether the last step came as far as changing weights."""
        self._gradients = gradients
        self._optimizer = optimizer
        self._precision = precision
        self._training = training
        self._parameters = parameters(optimizer)
        self._channels_last = has_channels_last(self._parameters)
        self._adjust = adjuster(training, self._parameters)
        self._penalty = Penalty(training.l1, training.l2) if training.l1 or training.l2 else None
        self._by_closure = needs_closure(optimizer)
        self._update = stepper(optimizer)

    @property
    def note(self) -> str:
        """Why steps aren't compiled although they should be, as a sentence; or ""."""
        return self._gradients.note

    @property
    def parts(self) -> int:
        """How many parts a batch is run in."""
        return self._gradients.parts

    @parts.setter
    def parts(self, parts: int) -> None:
        self._gradients.parts = parts

    def __call__(self, inputs: Tensor, targets: Tensor) -> Tensor:
        """Learn from a batch; return its mean loss."""
        return self.learn(self.batch(inputs, targets))

    def batch(self, inputs: Tensor, targets: Tensor) -> Batch:
        """Return the batch as it is learned from: blended, in another memory format."""
        if self._channels_last and inputs.dim() == 4:
            inputs = inputs.contiguous(memory_format=torch.channels_last)
        if self._training.mixup:
            return blended(inputs, targets, self._training.mixup)
        return Batch(inputs, targets)

    def learn(self, batch: Batch) -> Tensor:
        """Learn from what `batch` gave; return its mean loss."""
        self.updating = False
        if self._by_closure:
            loss = self._asked(batch)
        else:
            loss = self._gradients(batch)
            self.updating = True
            if self._precision.scaler:
                self._precision.update(self._optimizer, self._adjust)
            else:
                if self._adjust:
                    self._adjust()
                self._update()
        if self.ema:
            self.ema.update()
        return loss

    def state(self) -> Mapping[str, Tensor]:
        """Return the averages of the weights and the scale of the gradients."""
        averages = self.ema.state() if self.ema else {}
        found = {f"ema.{name}": tensor for name, tensor in averages.items()}
        return found | {f"scaler.{name}": tensor for name, tensor in self._precision.state().items()}

    def restore(self, state: Mapping[str, Tensor]) -> None:
        """Take over what `state` gave. Raises `UserError` for averages of another stack."""
        parts: dict[str, dict[str, Tensor]] = {"ema": {}, "scaler": {}}
        for key, tensor in state.items():
            part, _, name = key.partition(".")
            parts[part][name] = tensor
        if self.ema and parts["ema"]:
            self.ema.restore(parts["ema"])
        elif self.ema:  # averaged only from here on
            self.ema.begin()
        self._precision.restore(parts["scaler"])

    def forget(self) -> None:
        """Let the gradients go, and the memory that they take."""
        self._gradients.forget()

    def _asked(self, batch: Batch) -> Tensor:
        """Let the optimiser ask for loss and gradients as often as it wants, with the same random numbers."""
        device = batch.inputs.device
        state = random_state(device)
        found: list[Tensor] = []

        def closure() -> Tensor:
            set_random_state(state, device)
            loss = self._gradients(batch)
            found.append(loss)
            if self._adjust:
                self._adjust()
            self.updating = True
            return loss + self._penalty.value(self._parameters) if self._penalty else loss

        self._optimizer.step(closure)  # type: ignore[arg-type]  # torch's own hint; it wants a tensor
        return found[0]


def parameters(optimizer: torch.optim.Optimizer) -> list[Tensor]:
    """Return all weights that an optimiser changes."""
    return [weight for group in optimizer.param_groups for weight in group["params"]]
