"""What is known of a sample on a map, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from workbench.ui.inspect.sample_pictures import in_words

if TYPE_CHECKING:
    from workbench.data.dataset import Dataset

WORDS = 8
"""Words of a sample that are told."""


@dataclass(frozen=True)
class Told:
    """A sample's number in the data, what it is and what the model says; "" where it says nothing."""

    number: int
    true: str
    predicted: str
    right: bool | None
    """None for values, and where the model says nothing."""
    more: str
    """The confidence, or the error."""
    words: str = ""
    """The first words of a sample of words, "" for all others."""


def told(dataset: Dataset, arrays: Mapping[str, NDArray[Any]], place: int) -> Told:
    """Return the words for a place in a map's arrays."""
    number = int(arrays["samples"][place])
    true, predicted, right, more = dataset.answer(number), "", None, ""
    if "predicted" in arrays:
        said = arrays["predicted"][place]
        predicted = dataset.classes[int(said)] if dataset.classes else f"{float(said):.4g}"
        error = float(arrays["error"][place])
        right = error == 0 if dataset.classes else None
        more = f"{100 * float(arrays['confidence'][place]):.1f} %" if dataset.classes else f"{error:+.3g}"
    words = in_words(dataset, dataset.inputs[number], WORDS) if dataset.vocabulary else ""
    return Told(number, true, predicted, right, more, words)
