"""Whether attributions add up to what they explain."""

from __future__ import annotations

import math

from torch import Tensor


def completeness(attribution: Tensor, score_difference: float) -> dict[str, float]:
    """Return how far an attribution's sum is from the difference of scores that it should explain.

    ``convergence_delta``: sum minus difference, as captum has it. ``score_difference``: the sample's score
    minus the baseline's. ``completeness_error``: the delta's size as a share of that difference's; left out
    where there is no difference to speak of.
    """
    total = float(attribution.detach().double().sum())
    delta = total - score_difference
    figures = {"convergence_delta": delta, "score_difference": score_difference}
    if abs(score_difference) > 1e-6 and math.isfinite(delta):
        figures["completeness_error"] = abs(delta) / abs(score_difference)
    return figures
