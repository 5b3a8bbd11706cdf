"""How much worse the network does when a feature's values are shuffled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from workbench.interpret.method import Method, Result
from workbench.interpret.subject import Subject
from workbench.interpret.surrogates.dependence import input_features
from workbench.interpret.surrogates.features import Features
from workbench.interpret.surrogates.fitting import r2

if TYPE_CHECKING:
    from workbench.interpret.surrogates.network import Answers

Array = NDArray[Any]
Metric = Literal["score", "loss"]


@dataclass(frozen=True, eq=False)
class Importance:
    """``drops``: (features, repeats), by how much the metric got worse. ``whole``: the metric, unshuffled."""

    features: Features
    drops: NDArray[np.float64]
    whole: float
    metric: str
    """accuracy, r2 or loss."""
    samples: int

    @property
    def mean(self) -> NDArray[np.float64]:
        """Over the repeats, (features,)."""
        found: NDArray[np.float64] = self.drops.mean(1)
        return found

    @property
    def std(self) -> NDArray[np.float64]:
        """Over the repeats, (features,), population's."""
        found: NDArray[np.float64] = self.drops.std(1)
        return found


class PermutationImportance(Method):
    """Arrays ``mean`` and ``std``, (features,), and ``drops``, (features, repeats).

    Breiman, 2001; Fisher, Rudin and Dominici, 2019; as scikit-learn's ``permutation_importance`` has it.
    """

    name = "permutation_importance"
    title = "Permutation importance"
    help = (
        "How much worse the network does when a feature's values are shuffled among samples (Breiman, 2001)."
    )
    scope = "samples"
    layers = "input"

    metric: Metric = Field(
        default="score", description="Accuracy for classes and R² for values, or the loss."
    )
    repeats: int = Field(default=5, ge=1, le=100, description="How often each feature is shuffled.")
    pool: int = Field(
        default=0, ge=0, description="Side of the squares of pixels that are shuffled as one; 0 chooses it."
    )
    samples: int = Field(default=1000, ge=2, description="Most samples that are gone through.")
    seed: int = Field(default=0, ge=0, le=2**32 - 1, description="Random state of the draw and of shuffling.")

    def run(self, subject: Subject) -> Result:
        """See `Method.run`."""
        found = importance(subject, self)
        arrays = {"mean": found.mean, "std": found.std, "drops": found.drops}
        note = (
            f"By how much {found.metric} gets worse when a feature is shuffled, over {self.repeats} shuffles."
        )
        return Result(arrays, note, figures={found.metric: found.whole}, text=words(found))


def words(found: Importance) -> str:
    """Return a line a feature, the most important first."""
    order = np.argsort(-found.mean, kind="stable")
    return "\n".join(f"{found.mean[n]:.4g} ± {found.std[n]:.2g}  {found.features.names[n]}" for n in order)


def importance(subject: Subject, params: PermutationImportance) -> Importance:
    """Shuffle each feature in turn. Raises `UserError`, see `features_of`.

    Every feature is shuffled in the same ways, each shuffle going on from the last, as in scikit-learn.
    """
    from workbench.interpret.surrogates.network import Network

    numbers = subject.chosen(params.samples, params.seed)
    features = input_features(subject, params.pool)
    samples, truth = subject.dataset.inputs[numbers], subject.dataset.targets[numbers]
    name, judge = _judge(subject, params.metric, truth)
    network = Network(subject)
    network.expect(len(samples) * (1 + len(features) * params.repeats))
    whole = judge(network.answer(samples))
    seed = np.random.RandomState(params.seed).randint(np.iinfo(np.int32).max + 1)
    drops = np.zeros((len(features), params.repeats))
    sign = -1 if name == "loss" else 1
    for number, item in enumerate(features.items):
        random = np.random.RandomState(seed)
        shuffled, order = np.array(samples), np.arange(len(samples))
        flat = shuffled.reshape(len(shuffled), -1)
        for repeat in range(params.repeats):
            random.shuffle(order)
            flat[:, item.places] = flat[np.ix_(order, item.places)]
            drops[number, repeat] = sign * (whole - judge(network.answer(shuffled)))
    return Importance(features, drops, whole, name, len(samples))


def _judge(subject: Subject, metric: Metric, truth: Array) -> tuple[str, Callable[[Answers], float]]:
    if metric == "loss":
        import torch

        from workbench.interpret.objective import mean_loss

        dataset = subject.dataset
        loss = mean_loss(subject.model, dataset.task, torch.from_numpy(truth), subject.loss)
        return "loss", lambda answers: float(loss(answers.outputs))
    if subject.dataset.task == "regression":
        return "r2", lambda answers: r2(truth, answers.labels)
    return "accuracy", lambda answers: float(np.mean(answers.labels == truth))
