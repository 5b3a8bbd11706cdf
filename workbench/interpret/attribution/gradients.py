"""Attribution by gradients with respect to the input."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from workbench.interpret.attribution.params import BaselineField, Seed
from workbench.interpret.method import Layers, Method, Result
from workbench.interpret.subject import Subject

STEPS = (64, 256, 1024)
"""Integrated gradients' steps, tried in turn."""
COMPLETE = 0.01
"""The completeness error that is good enough."""

Variant = Literal["smoothgrad", "smoothgrad_sq", "vargrad"]


class InputXGradient(Method):
    """Arrays ``attribution`` and ``input``, in the sample's shape; for ids a number each."""

    name = "input_x_gradient"
    title = "Input × gradient"
    help = "How much each value of the input adds to a class's score, to first order. Shrikumar et al., 2016."
    layers = "input"

    def run(self, subject: Subject) -> Result:
        """See `Method.run`."""
        from captum.attr import InputXGradient as Captum

        from workbench.interpret.attribution.answer import answering

        with answering(subject, "vectors") as answer:
            found = Captum(answer.scored()).attribute(answer.leaf())
            return answer.result(found, f"Gradient of {answer.seen.of}, times the input.")


class IntegratedGradients(Method):
    """Arrays ``attribution`` and ``input``, in the sample's shape; for ids a number each.

    Figures as `completeness` gives them.
    """

    name = "integrated_gradients"
    title = "Integrated gradients"
    help = (
        "What each value of the input adds to a class's score on the way from a baseline to the sample:"
        " gradients along it, summed. Sundararajan et al., 2017."
    )
    layers: ClassVar[Layers] = "input"
    at: ClassVar[Literal["vectors", "layer"]] = "vectors"

    n_steps: int | None = Field(
        default=None,
        ge=2,
        le=4096,
        description="Points on the way; more are more exact. Empty takes 64, or up to 1024 until attributions"
        " add up to within 1 %.",
    )
    baseline: BaselineField = "auto"

    def run(self, subject: Subject) -> Result:
        """See `Method.run`."""
        from captum.attr import IntegratedGradients as Captum

        from workbench.interpret.attribution.answer import answering
        from workbench.interpret.attribution.baseline import baseline_at
        from workbench.interpret.attribution.completeness import completeness

        with answering(subject, self.at) as answer:
            start, words = baseline_at(answer, self.baseline)
            scored = answer.scored()
            answer.total = (self.n_steps or STEPS[0]) + 2
            difference = answer.difference(scored, start)
            for steps in (self.n_steps,) if self.n_steps else STEPS:
                answer.expect(steps)
                found = Captum(scored).attribute(
                    answer.leaf(), start, n_steps=steps, internal_batch_size=answer.rows
                )
                figures = completeness(found, difference)
                if figures.get("completeness_error", 0.0) <= COMPLETE:
                    break
            note = f"Integrated gradients of {answer.seen.of} from {words}, in {steps} steps."
            return answer.result(found, note, figures)


class SmoothGrad(Method):
    """Arrays ``attribution`` and ``input``, in the sample's shape; for ids a number each."""

    name = "smoothgrad"
    title = "SmoothGrad"
    help = (
        "The mean gradient of a class's score over copies of the sample with noise, which is less ragged"
        " than one. Smilkov et al., 2017."
    )
    layers = "input"

    n_samples: int = Field(default=50, ge=1, le=4096, description="Copies with noise.")
    noise: float = Field(
        default=0.15,
        gt=0,
        le=10,
        description="Standard deviation of the noise, as a share of the sample's range; for a table of each"
        " column's deviation.",
    )
    variant: Variant = Field(
        default="smoothgrad", description="The gradients' mean, the mean of their squares, or their variance."
    )
    seed: Seed = 0

    def run(self, subject: Subject) -> Result:
        """See `Method.run`."""
        import torch
        from captum.attr import Saliency

        from workbench.interpret.attribution.answer import answering
        from workbench.interpret.attribution.baseline import spread_of
        from workbench.interpret.attribution.seeded import SeededNoise

        with answering(subject, "vectors") as answer:
            answer.total = self.n_samples
            generator = torch.Generator(answer.values.device).manual_seed(self.seed)
            noise = SeededNoise(Saliency(answer.scored()), generator, self.noise * spread_of(answer))
            found = noise.attribute(
                answer.values,
                nt_type=self.variant,
                nt_samples=self.n_samples,
                nt_samples_batch_size=answer.rows,
                abs=False,
            )
            note = f"Gradient of {answer.seen.of}, over {self.n_samples} copies of the sample with noise."
            return answer.result(found, note)


class GradientShap(Method):
    """Arrays ``attribution`` and ``input``, in the sample's shape; for ids a number each.

    Figures as `completeness` gives them, against the mean of the baselines.
    """

    name = "gradient_shap"
    title = "Gradient SHAP"
    help = (
        "Expected gradients: between the sample and random training samples, at random places on the way."
        " Lundberg and Lee, 2017; Erion et al., 2021."
    )
    layers = "input"

    n_samples: int = Field(default=64, ge=1, le=4096, description="Places where the gradient is taken.")
    n_baselines: int = Field(default=32, ge=1, le=1024, description="Training samples to compare with.")
    noise: float = Field(
        default=0.0,
        ge=0,
        le=10,
        description="Standard deviation of noise on the sample, as in SmoothGrad.",
    )
    seed: Seed = 0

    def run(self, subject: Subject) -> Result:
        """See `Method.run`."""
        from workbench.interpret.attribution.answer import answering
        from workbench.interpret.attribution.baseline import spread_of, training_values
        from workbench.interpret.attribution.completeness import completeness
        from workbench.interpret.attribution.expected import expected_gradients

        with answering(subject, "vectors") as answer:
            starts = training_values(answer, self.n_baselines, self.seed)
            answer.total = 3 * self.n_samples
            found, difference = expected_gradients(
                answer.scored(),
                answer.values,
                starts,
                self.noise * spread_of(answer),
                samples=self.n_samples,
                rows=answer.rows,
                seed=self.seed,
            )
            note = f"Expected gradients of {answer.seen.of}, from {len(starts)} training samples."
            return answer.result(found, note, completeness(found, difference))
