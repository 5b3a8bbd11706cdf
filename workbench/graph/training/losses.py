"""The losses that a project may name, and what can be set in each."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from workbench.graph.frozen import Frozen
from workbench.graph.training.named import named

ClassWeights = Annotated[
    Literal["equal", "balanced"],
    Field(description="balanced weighs each class by how rare it is in the training split."),
]
Smoothing = Annotated[
    float, Field(ge=0, lt=1, description="Share of the truth that is spread over all classes.")
]


class Auto(Frozen):
    """What fits the task and the last layer."""

    name: Literal["auto"] = "auto"


AUTO = Auto()


class CrossEntropy(Frozen):
    """Scores of several classes, of which one is right (torch's cross_entropy)."""

    name: Literal["cross_entropy"] = "cross_entropy"
    label_smoothing: Smoothing = 0.0
    class_weights: ClassWeights = "equal"


class NLL(Frozen):
    """Log-probabilities of several classes, of which one is right (torch's nll_loss)."""

    name: Literal["nll"] = "nll"
    class_weights: ClassWeights = "equal"


class BCE(Frozen):
    """Binary cross-entropy: one output, scores or probabilities, or a Sigmoid that scores classes apart."""

    name: Literal["bce"] = "bce"
    label_smoothing: Smoothing = 0.0
    class_weights: ClassWeights = "equal"


class BCEWithLogits(Frozen):
    """Binary cross-entropy of scores, one or one a class (torch's binary_cross_entropy_with_logits)."""

    name: Literal["bce_with_logits"] = "bce_with_logits"
    label_smoothing: Smoothing = 0.0
    class_weights: ClassWeights = "equal"


class KLDiv(Frozen):
    """Divergence of the predicted distribution over classes from the true one (torch's kl_div)."""

    name: Literal["kl_div"] = "kl_div"
    label_smoothing: Smoothing = 0.0


class CosineEmbedding(Frozen):
    """Angle between the output and the true class's axis, as 1 - cosine (Barz and Denzler, 2020)."""

    name: Literal["cosine"] = "cosine"


class TripletMargin(Frozen):
    """Samples of a class together, others apart: the batch's hardest triplets (Hermans et al., 2017)."""

    name: Literal["triplet"] = "triplet"
    margin: float = Field(default=0.2, gt=0, le=100, description="How much farther other classes shall be.")


class CTC(Frozen):
    """A class found anywhere in a sequence of scores, blank first (Graves et al., 2006; torch's ctc_loss)."""

    name: Literal["ctc"] = "ctc"


class MSE(Frozen):
    """Squared error."""

    name: Literal["mse"] = "mse"


class L1(Frozen):
    """Absolute error."""

    name: Literal["l1"] = "l1"


class Huber(Frozen):
    """Squared error near zero, absolute error beyond delta (torch's huber_loss)."""

    name: Literal["huber"] = "huber"
    delta: float = Field(default=1.0, gt=0, le=1e6, description="Where the error ceases to be squared.")


Loss = Annotated[
    Annotated[
        Auto
        | CrossEntropy
        | NLL
        | BCE
        | BCEWithLogits
        | KLDiv
        | CosineEmbedding
        | TripletMargin
        | CTC
        | MSE
        | L1
        | Huber,
        Field(discriminator="name"),
    ],
    BeforeValidator(named),
]

LossName = Literal[
    "auto",
    "cross_entropy",
    "nll",
    "bce",
    "bce_with_logits",
    "kl_div",
    "cosine",
    "triplet",
    "ctc",
    "mse",
    "l1",
    "huber",
]
