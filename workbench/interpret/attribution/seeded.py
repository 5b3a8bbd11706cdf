"""Captum's random methods, drawing from a generator of their own.

The ones that all of torch and NumPy share are in use elsewhere meanwhile, such as by a training that must be
the same again. The numbers drawn are those that captum would draw after ``torch.manual_seed(seed)``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch
from captum._utils.models.linear_model import SkLearnLasso
from captum._utils.models.linear_model.model import LinearModel
from captum.attr import KernelShap, NoiseTunnel
from captum.attr._utils.attribution import GradientAttribution
from torch import Tensor
from torch.utils.data import DataLoader

from workbench.build.drawing import Drawing
from workbench.errors import UserError

Batches = DataLoader[tuple[Tensor, ...]]
RCOND = 1e-6
"""Singular values below this share of the largest count as 0, as scikit-learn's ``tol`` has it."""


class SeededLinear(LinearModel):  # type: ignore[misc]
    """A linear regression. Captum draws for it weights that aren't used."""

    def __init__(self) -> None:
        super().__init__(train_fn=_least_squares)

    def fit(self, train_data: Batches, **options: Any) -> Any:
        """Fit a batch of all parts that were left, (n, parts), scores (n,) and their weights (n,)."""
        _require_weights(train_data)
        with Drawing():
            return super().fit(train_data, **options)


class SeededLasso(SkLearnLasso):  # type: ignore[misc]
    """As `SeededLinear`, a lasso."""

    def fit(self, train_data: Batches, **options: Any) -> Any:
        """See `SeededLinear.fit`; captum draws a seed for loading data, too."""
        _require_weights(train_data)
        with Drawing():
            return super().fit(train_data, **options)


class SeededNoise(NoiseTunnel):  # type: ignore[misc]
    """NoiseTunnel with noise of ``stdev``, broadcastable to the input."""

    def __init__(self, method: GradientAttribution, generator: torch.Generator, stdev: Tensor) -> None:
        super().__init__(method)
        self._generator = generator
        self._stdev = stdev

    def _add_noise_to_input(self, input: Tensor, _stdev: float, samples: int) -> Tensor:
        stdev = self._stdev.expand(input.shape).repeat_interleave(samples, dim=0)
        noise = torch.normal(0.0, stdev, generator=self._generator)
        return input.repeat_interleave(samples, dim=0) + noise


class SeededKernelShap(KernelShap):  # type: ignore[misc]
    """KernelSHAP whose samples are drawn from a generator."""

    def __init__(self, forward: Callable[..., Tensor], generator: torch.Generator) -> None:
        super().__init__(forward)
        self.interpretable_model = SeededLinear()
        self._generator = generator

    def kernel_shap_perturb_generator(self, original_inp: Tensor, **options: Any) -> Iterator[Tensor]:
        """Yield which parts are there: all, none, then drawn by the kernel's weights; (1, parts) int64."""
        device, parts = original_inp.device, options["num_interp_features"]
        shares = options["num_select_distribution"].probs
        yield torch.ones(1, parts, device=device, dtype=torch.long)
        yield torch.zeros(1, parts, device=device, dtype=torch.long)
        while True:
            chosen = torch.multinomial(shares, 1, replacement=True, generator=self._generator)
            values = torch.randn(1, parts, generator=self._generator)
            threshold = torch.kthvalue(values, parts - int(chosen)).values.item()
            yield (values > threshold).to(device).long()


def half_of_them(generator: torch.Generator) -> Callable[..., Tensor]:
    """Return what draws for LIME which parts are there, each with a chance of one half; (1, parts) int64."""

    def draw(original_inp: Tensor, **options: Any) -> Tensor:
        shares = torch.full((1, options["num_interp_features"]), 0.5)
        return torch.bernoulli(shares, generator=generator).long().to(original_inp.device)

    return draw


def _least_squares(model: LinearModel, dataloader: Batches, **_options: Any) -> dict[str, float]:
    """Fit as scikit-learn's LinearRegression does, step by step in float32, but with torch's LAPACK.

    SciPy's least squares keep the interpreter to themselves until they are solved, and the window waits.
    """
    x, y, weights = (part.cpu().numpy() for part in dataloader.dataset[:])
    middle = np.average(x, axis=0, weights=weights).astype(x.dtype)
    mean = np.average(y, weights=weights).astype(y.dtype)
    scale = np.sqrt(weights)
    left = torch.from_numpy((x - middle) * scale[:, None])
    right = torch.from_numpy((y - mean) * scale)
    found = torch.linalg.lstsq(left, right[:, None], rcond=RCOND, driver="gelsd").solution[:, 0]
    bias = float(mean) - float(torch.from_numpy(middle) @ found)
    model._construct_model_params(weight_values=found[None], bias_value=torch.tensor([bias]))
    return {}


def _require_weights(train_data: Batches) -> None:
    weights = train_data.dataset[:][2]
    if not weights.sum() > 0:
        raise UserError(
            "no choice of parts is near enough to the sample to count.",
            place="kernel_width",
            remedy="Use a larger kernel width.",
        )
