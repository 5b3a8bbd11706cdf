"""The projects that ship, to open and train at once."""

from __future__ import annotations

from dataclasses import dataclass

from workbench.errors import UserError
from workbench.graph.file import load
from workbench.graph.project import Project
from workbench.resources import resource


@dataclass(frozen=True)
class Sample:
    """A project that ships: the folder's name, and what people read."""

    name: str
    title: str
    description: str


SAMPLES = (
    Sample(
        "digits-mlp",
        "Handwritten digits, dense",
        "1\N{NO-BREAK SPACE}797 digits of 8×8 pixels, told apart by dense layers.",
    ),
    Sample("digits-cnn", "Handwritten digits, CNN", "The same digits with convolutions: fewer mistakes."),
    Sample(
        "breast-cancer-mlp",
        "Breast cancer",
        "569 tumours, malignant or benign, by 30 measurements of their cells.",
    ),
    Sample(
        "wine-softmax",
        "Wine",
        "178 wines of three cultivars by 13 chemical measurements; one layer is enough.",
    ),
    Sample(
        "diabetes-regression",
        "Diabetes progression",
        "A regression: 442 patients, ten measurements, the year after.",
    ),
    Sample(
        "fashion-mnist-cnn",
        "Fashion-MNIST",
        "70\N{NO-BREAK SPACE}000 images of clothing, 28×28 pixels, ten kinds; minutes an epoch.",
    ),
)


def sample_project(name: str) -> Project:
    """Return a project that ships. Raises `UserError` listing the names where there is none of this one."""
    if name not in {sample.name for sample in SAMPLES}:
        names = ", ".join(sample.name for sample in SAMPLES)
        raise UserError(f"no sample is called {name!r}.", remedy=f"The samples are {names}.")
    return load(resource("samples", name))
