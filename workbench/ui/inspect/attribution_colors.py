"""The colours of attributions: blue lowers the score, red raises it; the colour-blind tell them apart too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QImage

from workbench.ui import theme
from workbench.ui.images import DIVERGING, heat

Array = NDArray[Any]
_SIZES = {"light": (217, 130, 0), "dark": (255, 176, 0)}
"""Amber, for sizes without a sign: neither of the colours of signs."""


@dataclass(frozen=True)
class Look:
    """How attributions are drawn.

    ``over``: colours over the picture, or alone. ``strength``: how far they cover it, 0 to 1. ``signed``:
    whether signs are told apart, where there are any; else only sizes are.
    """

    over: Literal["overlay", "map"] = "overlay"
    strength: float = 0.8
    signed: bool = True


def color(positive: bool, signed: bool) -> QColor:
    """Return the full colour of a value."""
    if not signed:
        return QColor(*_SIZES[theme.current().name])
    table = DIVERGING[theme.current().name]
    return QColor(*(int(c) for c in table[-1 if positive else 0]))


def shade(value: float, limit: float, signed: bool, most: float = 0.85) -> QColor:
    """Return a value's colour, the fainter the smaller the value is; grey for NaN and the infinities."""
    if not np.isfinite(value):
        return QColor(128, 128, 128, 160)
    found = color(value >= 0, signed)
    found.setAlphaF(most * min(abs(float(value)) / limit, 1.0))
    return found


def blended(value: float, limit: float, signed: bool, ground: QColor) -> QColor:
    """Return a value's shade on a ground, opaque."""
    top = shade(value, limit, signed)
    share = top.alphaF()
    pairs = zip(top.getRgb()[:3], ground.getRgb()[:3], strict=True)  # type: ignore[index]
    return QColor(*(round(share * over + (1 - share) * under) for over, under in pairs))


def map_of(values: Array, limit: float, signed: bool) -> QImage:
    """Return a matrix in colours."""
    return heat(values if signed else np.abs(values), signed=signed, limit=limit)


def overlay(values: Array, picture: QImage, limit: float, signed: bool, strength: float) -> QImage:
    """Return a matrix in colours over a picture of its size, which is made grey: colour is the matrix's."""
    height, width = values.shape
    grey = picture.convertToFormat(QImage.Format.Format_Grayscale8)
    lines = np.frombuffer(grey.constBits(), np.uint8).reshape(height, grey.bytesPerLine())
    base = np.repeat(lines[:, :width, None], 3, axis=2).astype(np.float64)
    ends = np.array(
        [(c.red(), c.green(), c.blue()) for c in (color(sign, signed) for sign in (False, True))], np.float64
    )
    finite = np.isfinite(values)
    share = strength * np.clip(np.abs(np.where(finite, values, 0.0)) / limit, 0.0, 1.0)[..., None]
    mixed = base * (1 - share) + ends[(values >= 0).astype(int)] * share
    mixed[~finite] = 128
    data = np.ascontiguousarray(mixed.round().astype(np.uint8))
    return QImage(data.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()
