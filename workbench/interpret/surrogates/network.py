"""What the network answers, for samples of the data and for such as were made up of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from workbench.build.check import check
from workbench.errors import UserError
from workbench.graph.training import TrainingSection
from workbench.interpret.capture import device_of
from workbench.interpret.misfit import misfit
from workbench.interpret.observe import undisturbed
from workbench.interpret.subject import Subject
from workbench.train import validation
from workbench.train.outputs import reading
from workbench.train.thread import ThreadSettings

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Answers:
    """Answers for n samples.

    ``labels``: class numbers, int64 (n,), or values, float32 (n,). ``scores``: each class's probability,
    float64 (n, classes), or the value, (n, 1). ``outputs``: what the stack gives, on the CPU.
    """

    labels: Array
    scores: NDArray[np.float64]
    outputs: Tensor


class Network:
    """A subject's model as a function of samples in the data's own units; it is left as it was.

    Each batch counts towards the rows that `expect` announced, which the subject is told of.
    """

    def __init__(self, subject: Subject) -> None:
        """Raises `UserError` where the model doesn't fit the data, or answers with embeddings."""
        self._subject, dataset = subject, subject.dataset
        wrong = misfit(subject.model, dataset, subject.loss)
        if wrong:
            raise wrong
        report = check(subject.model.graph, dataset.facts, TrainingSection(loss=subject.loss))
        if report.errors:
            raise UserError(report.errors[0].message, place=f"layer {report.errors[0].layer}")
        self.batch_size = validation.batch_size(report, 1)
        """Samples that go through the model at once."""
        self._flops = report.flops
        self._read = reading(subject.model, dataset.task, subject.loss)
        self._done = self._rows = 0

    def expect(self, rows: int) -> None:
        """Say how many rows will be asked for in all."""
        self._done, self._rows = 0, rows
        self._subject.tell(0, rows)

    def answer(self, samples: Array) -> Answers:
        """Return the answers for samples, (n, *sample shape), in the data's units, of any dtype of numbers.

        Raises `UserError` for outputs that are no finite numbers.
        """
        model, dataset, read = self._subject.model, self._subject.dataset, self._read
        place = device_of(model)
        found: list[Tensor] = []
        with undisturbed(model), ThreadSettings(self._flops * self.batch_size, place):
            for start in range(0, len(samples), self.batch_size):
                batch = samples[start : start + self.batch_size]
                seen = batch.astype(np.float32) * np.float32(dataset.scale)
                with torch.no_grad():
                    found.append(model(torch.from_numpy(seen).to(place)).cpu())
                self._done += len(batch)
                self._subject.tell(min(self._done, self._rows), self._rows)
        outputs = torch.cat(found)
        if not outputs.isfinite().all():
            raise UserError(
                "the model's output is no finite number for some of the samples.",
                place="model",
                remedy="Its weights or those samples are damaged: train again, or clean the data.",
            )
        scores = read.probabilities(outputs) if dataset.task == "classification" else outputs[:, :1]
        return Answers(read.labels(outputs).numpy(), scores.double().numpy(), outputs)
