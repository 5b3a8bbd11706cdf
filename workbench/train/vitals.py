"""How every layer fares while a model trains: a look beside the loop, which changes nothing in it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from time import perf_counter

import numpy as np
import torch
from torch import Tensor

from workbench.build.cost import cost
from workbench.build.model import StackModel
from workbench.graph.project import Graph
from workbench.layers import TensorSpec
from workbench.train import rehearsal
from workbench.train.events import LayerVitals
from workbench.train.layer_figures import BINS, FIGURES, LayerFigures

SAMPLES = 64
VALUES = 2**21
"""Activations that a look may hold: of large stacks it takes fewer samples."""
WINDOW = 4
"""A unit is dead that was silent in so many looks in a row."""
EVERY = 0.25
"""Seconds between looks, at least."""
FIRST_STEPS = 10
"""Steps before the first look."""
SHARE = 0.01
"""Share of the training time that looks may take."""
WEIGHTS = 4096
"""Weights of a parameter that the size of an update is worked out of."""

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
                yield Vitals(step + 1, layers, vitals.share(now))

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
        self._next_step, self._next = FIRST_STEPS, EVERY
        self._now = 0.0
        self.spent = 0.0
        """Seconds that measuring took so far."""
        self.off = False
        """Whether there is no memory for it: then it is over."""

    def due(self, step: int, now: float) -> bool:
        """Return whether to measure with the next step: after ``step`` steps and ``now`` seconds of training.

        It first is after a few steps, then at most four times a second, and as seldom as keeps all
        measuring within 2 % of the time. ``step`` may begin anywhere: a resumed run looks at once.
        """
        self._now = now
        return now >= self._next and step >= self._next_step and not self.off

    def share(self, now: float) -> float:
        """Return the share of ``now`` seconds of training that measuring took."""
        return self.spent / now if now > 0 else 0.0

    def before_step(self) -> None:
        """Note weights, right before a step after which `measure` is called."""
        begun = perf_counter()
        self._before = [_picked(parameter).clone() for parameter in self._flat]
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
        count = min(self._count, len(targets))
        try:
            found = self._look(tuple(tensor[:count] for tensor in taken), targets[:count])
        except (RuntimeError, MemoryError) as error:
            if not _is_memory(error):
                raise
            self.off, found = True, {}
        took = perf_counter() - begun
        self.spent += took
        self._next = max(self._now + EVERY, (self.spent + took) / SHARE)
        self._next_step = 0
        return found

    def _look(self, inputs: tuple[Tensor, ...], targets: Tensor) -> dict[str, LayerVitals]:
        count = len(targets)
        with rehearsal.rehearsal(self._model):
            answer, outputs = rehearsal.run(self._model, inputs)
            reached = [name for name, output in outputs.items() if output.requires_grad]
            asked = [*(outputs[name] for name in reached), *self._flat]
            loss = self._loss(answer, targets)
            known = bool(asked) and loss.requires_grad
            gradients = torch.autograd.grad(loss, asked, allow_unused=True) if known else (None,) * len(asked)
        with torch.no_grad(), _one_thread():
            return self._figures(count, outputs, reached, gradients)

    def _figures(
        self,
        count: int,
        outputs: dict[str, Tensor],
        reached: list[str],
        gradients: tuple[Tensor | None, ...],
    ) -> dict[str, LayerVitals]:
        """Work all figures out on the device and fetch them at once."""
        self._looks += 1
        table = self._layers.of(outputs, min(self._looks, WINDOW))
        given = [gradient for gradient in gradients if gradient is not None]
        now = [_picked(parameter) for parameter in self._flat] if self._before else []
        changes = list(torch._foreach_sub(now, self._before)) if now else []
        sized = [*given, *self._flat, *now, *changes]
        norms = torch._foreach_norm(sized) if sized else ()
        self._before = []
        fetched = torch.cat((table.reshape(-1), torch.stack(norms))) if norms else table.reshape(-1)
        numbers = fetched.to("cpu", torch.float64).numpy()

        rows = numbers[: len(outputs) * FIGURES].reshape(-1, FIGURES)
        rest = iter(numbers[rows.size :].tolist())
        sizes = [math.nan if gradient is None else next(rest) for gradient in gradients]
        weights = [next(rest) for _ in self._flat]
        seen = [next(rest) for _ in now] or [math.nan] * len(weights)
        changed = [next(rest) for _ in changes] or [math.nan] * len(weights)
        arriving = dict(zip(reached, sizes, strict=False))
        slopes = sizes[len(reached) :]
        found: dict[str, LayerVitals] = {}
        first = 0
        for row, name in enumerate(outputs):
            part = slice(first, first := first + len(self._parameters[name]))
            low, high, mean, std, dead, saturated = rows[row, BINS:].tolist()
            found[name] = LayerVitals(
                counts=rows[row, :BINS].astype(np.int64),
                low=low,
                high=high,
                mean=mean,
                std=std,
                dead=dead,
                saturated=saturated,
                gradient=arriving.get(name, math.nan) * math.sqrt(count),
                weight=_together(weights[part]),
                weight_gradient=_together(slopes[part]),
                update=_together(changed[part]) / max(_together(seen[part]), 1e-30),
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


def _picked(parameter: Tensor) -> Tensor:
    """Up to `WEIGHTS` of a parameter's values, evenly picked, as a view where its memory is in order."""
    flat = parameter.detach().reshape(-1)
    step = -(-flat.numel() // WEIGHTS) or 1
    while math.gcd(step, flat.numel()) > 1:
        step += 1
    return flat[::step]


def _together(norms: list[float]) -> float:
    """The norm of several tensors as one; nan for none, and parts without a gradient count as zero."""
    known = [norm for norm in norms if not math.isnan(norm)]
    if not norms:
        return math.nan
    return math.sqrt(sum(norm * norm for norm in known)) if known else math.nan
