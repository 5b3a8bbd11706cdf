"""The colours of a picture, by what they mean; the names are those of the window's themes."""

from __future__ import annotations

from dataclasses import dataclass

from workbench.layers.base import Group


@dataclass(frozen=True)
class Look:
    """Colours as SVG has them, such as ``#1f6fd6``: light on white unless told otherwise.

    ``window`` is the ground, ``accent`` tints blocks, ``merge`` draws lanes and merging layers.
    """

    window: str = "#ffffff"
    border: str = "#d9dde4"
    text: str = "#1a1d23"
    muted: str = "#5c6471"
    accent: str = "#1f62e0"
    problem: str = "#b82834"
    core: str = "#7446d8"
    convolution: str = "#1f6fd6"
    pooling: str = "#66707f"
    normalisation: str = "#14805a"
    activation: str = "#c77700"
    regularisation: str = "#8f98a6"
    shape: str = "#4f6078"
    recurrent: str = "#0a8394"
    attention: str = "#c2512b"
    merge: str = "#c83880"
    arithmetic: str = "#8c6a33"
    signal: str = "#4b7d1d"
    data: str = "#3a414d"

    def of(self, group: Group) -> str:
        """Return the colour of a group of layers."""
        colour: str = getattr(self, group)
        return colour


LIGHT = Look()
DARK = Look(
    window="#15171c",
    border="#2b303a",
    text="#e8eaef",
    muted="#959cab",
    accent="#4c8dff",
    problem="#ff7373",
    core="#b794ff",
    convolution="#58a6ff",
    pooling="#8b95a5",
    normalisation="#4ccd9c",
    activation="#ffb454",
    regularisation="#c3cbd8",
    shape="#6f8199",
    recurrent="#4dd0e1",
    attention="#f78c6c",
    merge="#ff7eb6",
    arithmetic="#d4b483",
    signal="#9ad36a",
    data="#e8eaef",
)
