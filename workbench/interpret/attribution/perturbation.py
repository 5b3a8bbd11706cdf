"""Attribution by taking parts of the input away."""

from __future__ import annotations

from pydantic import Field

from workbench.interpret.attribution.params import BaselineField, Choices, Parts, Seed
from workbench.interpret.method import Method, Result
from workbench.interpret.subject import Subject


class Occlusion(Method):
    """Arrays ``attribution`` and ``input``, in the sample's shape."""

    name = "occlusion"
    title = "Occlusion"
    help = (
        "How much a class's score falls when a window that slides over the input hides what is under it."
        " Zeiler and Fergus, 2014."
    )
    layers = "input"

    window: int | None = Field(
        default=None,
        ge=1,
        le=4096,
        description="Side of the window, in pixels, steps, columns or tokens; empty chooses by the data.",
    )
    stride: int | None = Field(
        default=None, ge=1, le=4096, description="How far the window moves; empty is half its side."
    )
    baseline: BaselineField = "auto"

    def run(self, subject: Subject) -> Result:
        """See `Method.run`."""
        from captum.attr import Occlusion as Captum

        from workbench.interpret.attribution.answer import answering
        from workbench.interpret.attribution.baseline import baseline_at
        from workbench.interpret.attribution.parts import window_of

        with answering(subject, "values") as answer:
            start, words = baseline_at(answer, self.baseline)
            window, stride, places = window_of(subject.dataset, self.window, self.stride)
            answer.total = places + 1
            found = Captum(answer.scored()).attribute(
                answer.values, window, stride, baselines=start, perturbations_per_eval=answer.rows
            )
            side = "×".join(map(str, window))
            note = f"How much {answer.seen.of} falls under a window of {side} that shows {words}."
            return answer.result(found, note)


class FeatureAblation(Method):
    """Arrays ``attribution`` and ``input``, in the sample's shape: a part's values have its number each."""

    name = "feature_ablation"
    title = "Feature ablation"
    help = (
        "How much a class's score falls when one part of the input is taken away: a patch of an image, a"
        " column of a table, a token."
    )
    layers = "input"

    parts: Parts = 64
    baseline: BaselineField = "auto"

    def run(self, subject: Subject) -> Result:
        """See `Method.run`."""
        import torch
        from captum.attr import FeatureAblation as Captum

        from workbench.interpret.attribution.answer import answering
        from workbench.interpret.attribution.baseline import baseline_at
        from workbench.interpret.attribution.parts import count, parts_of

        with answering(subject, "values") as answer:
            start, words = baseline_at(answer, self.baseline)
            parts = parts_of(subject.dataset, self.parts)
            answer.total = count(parts) + 1
            found = Captum(answer.scored()).attribute(
                answer.values,
                start,
                feature_mask=torch.as_tensor(parts, device=answer.values.device)[None],
                perturbations_per_eval=answer.rows,
            )
            note = f"How much {answer.seen.of} falls when one of {count(parts)} parts gives way to {words}."
            return answer.result(found, note)


class KernelShap(Method):
    """Arrays ``attribution`` and ``input``, in the sample's shape: a part's values have its number each.

    Figures as `completeness` gives them, over parts: Shapley values add up to the difference of scores.
    """

    name = "kernel_shap"
    title = "Kernel SHAP"
    help = (
        "Each part's Shapley value, its share of a class's score over all choices of other parts, estimated"
        " from some of them. Lundberg and Lee, 2017."
    )
    layers = "input"

    n_samples: Choices = 500
    parts: Parts = 64
    baseline: BaselineField = "auto"
    seed: Seed = 0

    def run(self, subject: Subject) -> Result:
        """See `Method.run`. Raises `UserError` for a sample of one part."""
        import torch

        from workbench.interpret.attribution.seeded import SeededKernelShap
        from workbench.interpret.attribution.surrogate import explained

        generator = torch.Generator().manual_seed(self.seed)
        return explained(subject, lambda scored: SeededKernelShap(scored, generator), self, adds_up=True)


class Lime(Method):
    """Arrays ``attribution`` and ``input``, in the sample's shape: a part's values have its number each."""

    name = "lime"
    title = "LIME"
    help = (
        "The weights of a sparse linear model that answers as the network does when parts of this sample are"
        " taken away. Ribeiro et al., 2016."
    )
    layers = "input"

    n_samples: Choices = 500
    parts: Parts = 64
    alpha: float = Field(
        default=0.01,
        ge=0,
        le=1e6,
        description="How strongly the lasso draws weights to 0, as a share of the scores' deviation; 0 not"
        " at all.",
    )
    kernel_width: float = Field(
        default=1.0, gt=0, le=1e6, description="How far from the sample a choice still counts."
    )
    baseline: BaselineField = "auto"
    seed: Seed = 0

    def run(self, subject: Subject) -> Result:
        """See `Method.run`. Raises `UserError` for a sample of one part."""
        import torch

        from workbench.interpret.attribution.surrogate import explained, lime

        generator = torch.Generator().manual_seed(self.seed)
        ids = subject.dataset.input_dtype == "int64"
        return explained(
            subject,
            lambda scored: lime(scored, generator, self.alpha, self.kernel_width, of_parts=ids),
            self,
            adds_up=False,
        )
