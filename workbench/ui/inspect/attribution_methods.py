"""The methods that attribute an answer to its input, and which of them a person looks at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from workbench.interpret.method import Method
from workbench.interpret.registry import METHODS
from workbench.ui import places

if TYPE_CHECKING:
    from workbench.data.dataset import Dataset

OF_LAYERS = ("grad_cam", "layer_grad_cam", "layer_integrated_gradients", "layer_deeplift")
"""Attributions through a layer's output, or to it. Other methods that are of a layer attribute nothing."""

ATTRIBUTIONS: Mapping[str, Method] = {
    name: method
    for name, method in METHODS.items()
    if method.scope == "sample" and (method.layers == "input" or name in OF_LAYERS)
}
"""Methods of the input alone answer with a number for each of its values."""

FIRST = {
    "image": ("saliency", "integrated_gradients", "grad_cam", "occlusion"),
    "ids": ("integrated_gradients", "input_x_gradient", "occlusion"),
    "table": ("integrated_gradients", "input_x_gradient", "feature_ablation", "saliency"),
}
"""What is shown at first, for kinds of data; of others what is shown for a table."""


def kept(dataset: Dataset) -> tuple[str, ...]:
    """Return the names of the methods that were chosen last for data of this kind, or those to begin with."""
    stored = places.settings().value(_key(dataset))
    if stored is None:
        first = FIRST.get(kind_of(dataset), FIRST["table"])
        return tuple(name for name in ATTRIBUTIONS if name in first)
    names = [stored] if isinstance(stored, str) else list(stored)
    return tuple(name for name in ATTRIBUTIONS if name in names)


def keep(dataset: Dataset, names: Iterable[str]) -> None:
    """Remember which methods are chosen."""
    places.settings().setValue(_key(dataset), list(names))


def kind_of(dataset: Dataset) -> str:
    """Return the kind of data that a choice of methods is for."""
    return "ids" if dataset.input_dtype == "int64" else dataset.kind


def _key(dataset: Dataset) -> str:
    return f"attribution/{kind_of(dataset)}"
