"""How every layer fares while a model trains: a look beside the loop, which changes nothing in it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from time import perf_counter

import numpy as np
import torch
from torch import Tensor

from workbench.build.cost import cost
from workbench.build.model import StackModel
from workbench.graph.project import Graph
from workbench.layers import TensorSpec
from workbench.train import rehearsal
from workbench.train.effective_rank import effective_ranks
from workbench.train.events import LayerVitals
from workbench.train.gradient_figures import GRADIENT_FIGURES, gradient_figures, named
from workbench.train.layer_figures import BINS, FIGURES, LayerFigures
from workbench.train.layer_times import LayerTimes
from workbench.train.weight_figures import picked, together

SAMPLES = 64
VALUES = 2**21
"""Activations that a look may hold: of large stacks it takes fewer samples."""
WINDOW = 4
"""A unit is dead that was silent in so many looks in a row."""
EVERY = 0.25
"""Seconds between looks, at least."""
FIRST_STEPS = 40
"""Steps before the first look, which takes about as long as one: so it stays below 3 % from the start."""
SHARE = 0.01
"""Share of the training time that looks may take."""
THOROUGH = 4
"""One look in so many measures what changes slowly and costs more: ranks, and shares of the time."""
Function = Callable[[Tensor, Tensor], Tensor]


class VitalSigns:
    """Measures layers by an extra forward and backward pass, now and then.

    In the loop, with ``now`` the seconds trained so far without pauses::

        vitals = VitalSigns(model, loss.function)
        ...
        look = vitals.due(step, now)          # each step; a comparison or two
        if look:
            vitals.before_step()              # notes some of the weights
        loss = step_function(inputs, targets)
        if look:
            layers = vitals.measure(inputs, targets)
            if layers:
                yield Vitals(step + 1, layers, vitals.share(now), vitals.every)

    Training computes the same, to the bit, with and without: no gradient, weight, running statistic, mode or
    random stream is touched. The size of an update is that of up to 4,096 weights of each parameter, noted
    by `before_step` and compared after the one step: exact for small ones, and cheap for large.
    ``model`` is the bare stack on its device, not a compiled or distributed wrapper of it; in a team of
    processes only one need measure, and none where weights are sharded. ``loss(outputs, targets)`` is the
    mean over the batch.
    """

    def __init__(self, model: StackModel, loss: Function) -> None:
        self._model, self._loss = model, loss
        self._layers = LayerFigures(model)
        self._parameters = {
            name: [p for p in model.get_submodule(name).parameters() if p.requires_grad]
            for name in model.layer_ids
        }
        self._flat = [parameter for some in self._parameters.values() for parameter in some]
        self._before: list[Tensor] = []
        self._count = max(1, min(SAMPLES, VALUES // max(1, _values(model.graph))))
        self._looks = 0
        self._times = LayerTimes(model)
        self._ranks: dict[str, tuple[float, float]] = {}
        self._costs: dict[bool, float] = {}
        """Seconds that the last look took, thorough or not."""
        self._next_step, self._next = FIRST_STEPS, EVERY
        self._now = 0.0
        self.spent = 0.0
        """Seconds that measuring took so far."""
        self.off = False
        """Whether there is no memory for it: then it is over."""

    def due(self, step: int, now: float) -> bool:
        """Return whether to measure with the next step: after ``step`` steps and ``now`` seconds of training.

        It first is after a few steps, then at most four times a second, and as seldom as keeps all
        measuring within 1 % of the time. ``step`` may begin anywhere: a resumed run looks at once.
        """
        self._now = now
        return now >= self._next and step >= self._next_step and not self.off

    def share(self, now: float) -> float:
        """Return the share of ``now`` seconds of training that measuring took."""
        return self.spent / now if now > 0 else 0.0

    @property
    def every(self) -> float:
        """Seconds of training from the last look to the next."""
        return self._next - self._now

    def before_step(self) -> None:
        """Note weights, right before a step after which `measure` is called."""
        begun = perf_counter()
        self._before = [picked(parameter).clone() for parameter in self._flat]
        self.spent += perf_counter() - begun

    def measure(self, inputs: Tensor | tuple[Tensor, ...], targets: Tensor) -> Mapping[str, LayerVitals]:
        """Return each layer's vitals on up to 64 samples of a batch, as it is after the step.

        ``inputs``: (batch, *sample), a tuple of one an Input layer, or just the one; ``targets`` as the loss
        wants them; both on the device. Empty where memory didn't suffice, and nothing is measured from
        then on.
        """
        taken = inputs if isinstance(inputs, tuple) else (inputs,)
        if targets.is_cuda:
            torch.cuda.synchronize(targets.device)  # the steps' time isn't ours
        begun = perf_counter()
        thorough = self._thorough
        count = min(self._count, len(targets))
        try:
            found = self._look(tuple(tensor[:count] for tensor in taken), targets[:count])
        except (RuntimeError, MemoryError) as error:
            if not _is_memory(error):
                raise
            self.off, found = True, {}
        took = perf_counter() - begun
        self.spent += took
        self._costs[thorough] = took
        self._next = max(self._now + EVERY, (self.spent + self._costs.get(self._thorough, took)) / SHARE)
        self._next_step = 0
        return found

    @property
    def _thorough(self) -> bool:
        """Whether the next look is one that measures all."""
        return self._looks % THOROUGH == 1  # the first look is to come soon, and so to cost little

    def _look(self, inputs: tuple[Tensor, ...], targets: Tensor) -> dict[str, LayerVitals]:
        count, times, thorough = len(targets), self._times, self._thorough
        with rehearsal.rehearsal(self._model):
            with times.timed() if thorough else nullcontext():
                answer, outputs = rehearsal.run(self._model, inputs)
            reached = [name for name, output in outputs.items() if output.requires_grad]
            asked = [*(outputs[name] for name in reached), *self._flat]
            loss = self._loss(answer, targets)
            known = bool(asked) and loss.requires_grad
            with times.timed_backward(outputs) if thorough and known else nullcontext():
                gradients = (
                    torch.autograd.grad(loss, asked, allow_unused=True) if known else (None,) * len(asked)
                )
        with torch.no_grad(), _one_thread():
            if thorough:
                self._measure_ranks(outputs)
            self._looks += 1
            return self._figures(count, outputs, reached, gradients)

    def _measure_ranks(self, outputs: dict[str, Tensor]) -> None:
        found = effective_ranks(outputs, self._layers.unit_dims).tolist()
        self._ranks = {name: (rank, most) for name, (rank, most) in zip(outputs, found, strict=True)}

    def _figures(
        self,
        count: int,
        outputs: dict[str, Tensor],
        reached: list[str],
        gradients: tuple[Tensor | None, ...],
    ) -> dict[str, LayerVitals]:
        """Work all figures out on the device and fetch them at once."""
        table = self._layers.of(outputs, min(self._looks, WINDOW))
        arriving = dict(zip(reached, gradients, strict=False))
        there = {name: gradient for name, gradient in arriving.items() if gradient is not None}
        slopes = gradient_figures(list(there.values()), float(count)) if there else table.new_zeros(0)
        given = [gradient for gradient in gradients if gradient is not None]
        now = [picked(parameter) for parameter in self._flat] if self._before else []
        changes = list(torch._foreach_sub(now, self._before)) if now else []
        sized = [*given, *self._flat, *now, *changes]
        norms = torch._foreach_norm(sized) if sized else ()
        self._before = []
        parts = [table.reshape(-1), slopes.reshape(-1), *([torch.stack(norms)] if norms else ())]
        numbers = torch.cat(parts).to("cpu", torch.float64).numpy()

        rows = numbers[: table.numel()].reshape(-1, FIGURES)
        logs = numbers[rows.size : rows.size + slopes.numel()].reshape(-1, GRADIENT_FIGURES)
        rest = iter(numbers[rows.size + logs.size :].tolist())
        sizes = [math.nan if gradient is None else next(rest) for gradient in gradients]
        weights = [next(rest) for _ in self._flat]
        seen = [next(rest) for _ in now] or [math.nan] * len(weights)
        changed = [next(rest) for _ in changes] or [math.nan] * len(weights)
        norm = dict(zip(reached, sizes, strict=False))
        by_weights = sizes[len(reached) :]
        logged = dict(zip(there, logs, strict=True))
        times = self._times.shares()
        found: dict[str, LayerVitals] = {}
        first = 0
        for row, name in enumerate(outputs):
            part = slice(first, first := first + len(self._parameters[name]))
            low, high, mean, std, dead, saturated = rows[row, BINS:].tolist()
            slope = logged.get(name)
            rank, most_rank = self._ranks.get(name, (math.nan, math.nan))
            found[name] = LayerVitals(
                counts=rows[row, :BINS].astype(np.int64),
                low=low,
                high=high,
                mean=mean,
                std=std,
                dead=dead,
                saturated=saturated,
                gradient=norm.get(name, math.nan) * math.sqrt(count),
                weight=together(weights[part]),
                weight_gradient=together(by_weights[part]),
                update=together(changed[part]) / max(together(seen[part]), 1e-30),
                **({} if slope is None else named(slope)),
                rank=rank,
                most_rank=most_rank,
                time=times.get(name, math.nan),
            )
        return found


def _is_memory(error: Exception) -> bool:
    """Whether it says that memory doesn't suffice; on the CPU torch says so in words only."""
    return isinstance(error, torch.OutOfMemoryError | MemoryError) or "allocate memory" in str(error)


@contextmanager
def _one_thread() -> Iterator[None]:
    """Work in this thread alone: where cores are busy, each small operation would wait for a second one."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def _values(graph: Graph) -> int:
    """How many numbers the layers' outputs for a sample hold together."""
    specs: dict[str, TensorSpec] = {}
    for node, reads in zip(graph, graph.sources(), strict=True):
        specs[node.id] = cost(node.layer, tuple(specs[name] for name in reads)).output
    return sum(math.prod(spec.shape) for spec in specs.values())
