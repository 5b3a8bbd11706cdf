"""A linear model of what a network answers when parts of a sample are taken away: KernelSHAP's and LIME's."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import torch
from captum.attr import Lime
from captum.attr._core.lime import get_exp_kernel_similarity_function
from torch import Tensor

from workbench.errors import UserError
from workbench.interpret.attribution.answer import answering
from workbench.interpret.attribution.baseline import baseline_at
from workbench.interpret.attribution.completeness import completeness
from workbench.interpret.attribution.parts import count, parts_of
from workbench.interpret.attribution.scored import Scored
from workbench.interpret.attribution.seeded import Batches, SeededLasso, SeededLinear, half_of_them
from workbench.interpret.method import Result
from workbench.interpret.subject import Subject
from workbench.train.outputs import TINY

if TYPE_CHECKING:
    from workbench.interpret.attribution import perturbation


def explained(
    subject: Subject,
    make: Callable[[Scored], Lime],
    method: perturbation.KernelShap | perturbation.Lime,
    *,
    adds_up: bool,
) -> Result:
    """Return a surrogate's weights as attributions, a number for all values of a part."""
    with answering(subject, "values") as answer:
        start, words = baseline_at(answer, method.baseline)
        parts = parts_of(subject.dataset, method.parts)
        if count(parts) < 2:
            raise UserError(
                "it is of one part only, so there is nothing to share out.",
                place="sample",
                remedy="Use integrated gradients.",
            )
        answer.total = method.n_samples + (2 if adds_up else 0)
        scored = answer.scored()
        places = torch.as_tensor(parts, device=answer.values.device)
        with warnings.catch_warnings():
            # the lasso says so when it could do with more rounds; its weights are good enough for a surrogate
            warnings.filterwarnings("ignore", "Objective did not converge")
            weights = make(scored).attribute(
                answer.values,
                start,
                feature_mask=places[None],
                n_samples=method.n_samples,
                perturbations_per_eval=answer.rows,
                return_input_shape=False,
            )
        weights = weights.flatten().to(answer.values.device)
        figures = completeness(weights, answer.difference(scored, start)) if adds_up else {}
        note = (
            f"{method.title} of {answer.seen.of}: {count(parts)} parts, taken away in {method.n_samples} ways"
            f" in favour of {words}."
        )
        if method.n_samples < count(parts):
            note += " Fewer ways than parts: take more for numbers to rely on."
        return answer.result(weights[places][None], note, figures)


def lime(
    scored: Scored, generator: torch.Generator, alpha: float, kernel_width: float, *, of_parts: bool
) -> Lime:
    """Return captum's LIME; how near a choice is to the sample is told by values, or by the parts left."""
    return Lime(
        scored,
        interpretable_model=_ScaledLasso(alpha) if alpha else SeededLinear(),
        similarity_func=(
            _by_parts(kernel_width)
            if of_parts
            else get_exp_kernel_similarity_function("cosine", kernel_width)
        ),
        perturb_func=half_of_them(generator),
    )


class _ScaledLasso(SeededLasso):
    """A lasso whose alpha is a share of the scores' deviation: their units are the last layer's own."""

    def __init__(self, alpha: float) -> None:
        super().__init__(alpha=alpha)
        self._share = alpha

    def fit(self, train_data: Batches, **options: Any) -> Any:
        """See `SeededLinear.fit`."""
        deviation = float(train_data.dataset[:][1].double().std(correction=0))
        self.construct_kwargs = {"alpha": self._share * max(deviation, TINY)}
        return super().fit(train_data, **options)


def _by_parts(kernel_width: float) -> Callable[..., float]:
    """The kernel for ids, whose sizes mean nothing: by the cosine between the parts left and all of them."""

    def similarity(_original: Tensor, _changed: Tensor, there: Tensor, **_options: object) -> float:
        distance = 1 - math.sqrt(float(there.float().mean()))
        return math.exp(-(distance**2) / (2 * kernel_width**2))

    return similarity
