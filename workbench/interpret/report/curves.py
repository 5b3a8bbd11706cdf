"""A run's losses as a picture."""

from __future__ import annotations

import io
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from workbench.runs.scalars import Curve

MOST = 2000
"""Points that are drawn of a curve."""


def curves_svg(curves: Mapping[str, Curve]) -> bytes:
    """Draw training and validation loss over steps, as SVG; b"" where nothing was recorded.

    Of many points, means of as many neighbours are drawn as leave 2,000.
    """
    named = {"train_loss": "train", "val_loss": "validation"}
    shown = {
        named[name]: _thinned(*curves[name]) for name in named if name in curves and len(curves[name][0])
    }
    if not shown:
        return b""
    from matplotlib import rc_context
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    # without a date and with fixed names, the same curves are the same file
    with rc_context({"svg.hashsalt": "workbench", "svg.fonttype": "path"}):
        figure = Figure(figsize=(8, 3.2), layout="constrained")
        axes = figure.add_subplot()
        for name, (steps, values) in shown.items():
            marker = "o" if len(steps) <= 60 else ""
            axes.plot(steps, values, label=name, linewidth=1.4, marker=marker, markersize=3)
        axes.set_xlabel("step")
        axes.set_ylabel("loss")
        axes.grid(alpha=0.3)
        axes.legend()
        content = io.BytesIO()
        FigureCanvasSVG(figure).print_svg(content, metadata={"Date": None})  # type: ignore[no-untyped-call]
    return content.getvalue()


def _thinned(
    steps: NDArray[np.int64], values: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    together = -(-len(steps) // MOST)
    if together <= 1:
        return steps, values
    starts = np.arange(0, len(steps), together)
    counts = np.diff([*starts, len(steps)])
    return steps[starts], np.add.reduceat(np.asarray(values, np.float64), starts) / counts
