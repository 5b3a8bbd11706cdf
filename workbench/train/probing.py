"""What a few samples make of the network after each epoch: looked at beside the loop, changing nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from time import perf_counter

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from workbench.build.model import StackModel
from workbench.data.dataset import Dataset, SplitName
from workbench.graph.training import Probes
from workbench.train.batches import Samples
from workbench.train.events import Probed
from workbench.train.probe_histograms import MOST, histograms, picked
from workbench.train.probe_plan import ProbePlan, drawn, plan
from workbench.train.probe_record import ProbeRecord
from workbench.train.setup import Setup
from workbench.train.steps.memory_errors import ran_out

SHARE = 0.01
"""Share of the training time that looks may take, but for the first `FREE` seconds of them."""
FREE = 0.1
VALUES = 2**22
"""Activations that are held at a time: of large stacks, fewer samples are run together."""
_LARGEST = 65504.0
"""The largest float16."""


class Probing:
    """Looks at the same samples again and again.

    Training computes the same, to the bit, with and without: no gradient, weight, running statistic, mode or
    random stream is touched. What looks take is kept within a hundredth of the time: where they take more,
    only every 2nd, 4th, ... epoch is looked at, and the last.
    """

    def __init__(self, section: Probes, dataset: Dataset, setup: Setup, seed: int) -> None:
        self._section, self._setup = section, setup
        self._model: StackModel = setup.model
        part: SplitName = "validation" if len(setup.validation) else "train"
        self._samples: Samples = setup.validation if part == "validation" else setup.train
        self._part, self._classes = part, len(dataset.classes)
        numbers = dataset.splits[part]
        self._places = drawn(dataset.targets[numbers], dataset.task, section.samples, seed)
        self._numbers = numbers[self._places]
        self._every = 1
        self.plan: ProbePlan | None = None
        """What is recorded; known from the first look on."""
        self.latest: ProbeRecord | None = None
        """What the last look saw."""
        self.spent = 0.0
        """Seconds that looking took so far."""
        self.off = False
        """Whether there is no memory for it: then it is over."""

    def look(self, epoch: int, step: int, now: float, *, last: bool) -> Probed | None:
        """Look after an epoch, unless that is too costly; ``now``: seconds of training so far."""
        if self.off or (epoch % self._every and not last):
            return None
        if self._samples.targets.is_cuda:
            torch.cuda.synchronize(self._samples.targets.device)  # the steps' time isn't ours
        begun = perf_counter()
        try:
            with _calm(self._model):
                self.latest = self._look(epoch, step)
        except (RuntimeError, MemoryError) as error:
            if not ran_out(error):
                raise
            self.off = True
            return None
        self.spent += perf_counter() - begun
        if self.spent > FREE + SHARE * now:
            self._every *= 2
        return Probed(epoch, step, self.spent / max(now, self.spent))

    def _look(self, epoch: int, step: int) -> ProbeRecord:
        places = torch.from_numpy(self._places).to(self._samples.targets.device)
        if self.plan is None:
            inputs, _ = self._samples.take(places[:1])
            self.plan = self._planned(*_run(self._model, inputs)[1:])
        chosen = self.plan
        count = len(chosen.samples)
        values = sum(int(np.prod(layer.shape)) for layer in chosen.layers)
        size = max(1, min(count, VALUES // max(1, values)))
        kept: dict[str, list[Tensor]] = {layer.id: [] for layer in chosen.layers}
        seen: dict[str, list[Tensor]] = {layer.id: [] for layer in chosen.layers}
        answers, losses = [], []
        for first in range(0, count, size):
            inputs, targets = self._samples.take(places[first : min(first + size, count)])
            answer, outputs, _ = _run(self._model, inputs)
            for layer in chosen.layers:
                output = outputs[layer.id]
                some = output[(slice(None), *(slice(None, None, every) for every in layer.every))]
                kept[layer.id].append(some.to("cpu", copy=True))
                seen[layer.id].append(picked(output.reshape(-1), MOST * len(targets) // count))
            answers.append(answer)
            losses.append(self._losses(answer, targets))
        probabilities, predicted = self._read(torch.cat(answers))
        rows = [torch.cat(parts) for parts in seen.values()]
        weights = [_weights(self._model.get_submodule(layer.id)) for layer in chosen.layers]
        found = histograms([*rows, *(flat.to(rows[0].device) for flat in weights)])
        return ProbeRecord(
            epoch,
            step,
            {name: _stored(torch.cat(parts), chosen.dtype) for name, parts in kept.items()},
            found.part(slice(len(rows))),
            found.part(slice(len(rows), None)),
            probabilities,
            predicted,
            _stored(torch.cat(losses), "float32"),
        )

    def _planned(self, outputs: Mapping[str, Tensor], passes_on: Mapping[str, str]) -> ProbePlan:
        """What to record: inputs stay the same, ids of words are no activations."""
        fixed = set(self._model.input_ids)
        shapes = {
            name: tuple(output.shape[1:])
            for name, output in outputs.items()
            if name not in passes_on and name not in fixed and output.is_floating_point() and output.dim()
        }
        known = {name: source for name, source in passes_on.items() if source in shapes}
        return plan(self._section, self._part, self._numbers.tolist(), shapes, known, self._classes)

    def _read(self, answers: Tensor) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Probabilities and predictions of all samples."""
        reading, nothing = self._setup.reading, np.zeros((len(answers), 0), np.float32)
        if reading.form == "embedding":
            return nothing, np.full(len(answers), np.nan, np.float32)
        predicted = _stored(reading.labels(answers), "float32")
        if reading.task == "regression":
            return nothing, predicted
        return _stored(reading.probabilities(answers), "float32"), predicted

    def _losses(self, answer: Tensor, targets: Tensor) -> Tensor:
        """Each sample's own loss."""
        if self._setup.reading.form == "embedding":
            return answer.new_full((len(answer),), torch.nan)
        function = self._setup.loss.function
        return torch.stack([function(answer[i : i + 1], targets[i : i + 1]) for i in range(len(answer))])


def _run(model: StackModel, inputs: Tensor) -> tuple[Tensor, dict[str, Tensor], dict[str, str]]:
    """The answer, each layer's output, and which layers hand on what another gave, by its id."""
    outputs: dict[str, Tensor] = {}
    passes_on: dict[str, str] = {}
    first: dict[tuple[int, int], str] = {}

    def record(name: str, layer: nn.Module, read: tuple[Tensor, ...], output: Tensor) -> None:
        outputs[name] = output
        # a flattened tensor is a copy where channels lie last in memory
        same = read[0] if isinstance(layer, nn.Flatten) else output
        source = first.setdefault((same.data_ptr(), same.numel()), name)
        if source != name and output.numel():
            passes_on[name] = source

    handles = [getattr(model, name).register_forward_hook(partial(record, name)) for name in model.layer_ids]
    try:
        return model(inputs), outputs, passes_on
    finally:
        for handle in handles:
            handle.remove()


@contextmanager
def _calm(model: nn.Module) -> Iterator[None]:
    """Run in eval mode, without gradients and at full precision; put modes and random state back."""
    modes = [(module, module.training) for module in model.modules()]
    devices = {parameter.device for parameter in model.parameters()}
    with (
        torch.random.fork_rng([device.index for device in devices if device.type == "cuda"]),
        torch.no_grad(),
        torch.autocast(next(iter(devices)).type if devices else "cpu", enabled=False),
    ):
        try:
            model.eval()
            yield
        finally:
            for module, mode in modes:
                module.training = mode


def _weights(layer: nn.Module) -> Tensor:
    """Up to `MOST` of a layer's weights, its biases left out where there are others."""
    named = [(name, parameter.detach().reshape(-1)) for name, parameter in layer.named_parameters()]
    chosen = [flat for name, flat in named if "weight" in name] or [flat for _, flat in named]
    if not chosen:
        return torch.zeros(0)
    return picked(torch.cat(chosen))


def _stored(values: Tensor, dtype: str) -> NDArray[np.floating]:
    if dtype == "float16":
        return values.clamp(-_LARGEST, _LARGEST).to("cpu", torch.float16).numpy()
    return values.to("cpu", torch.float32).numpy()
