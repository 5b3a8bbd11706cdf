"""UMAP of a layer's activations, where its library is installed."""

from __future__ import annotations

import sys
import warnings
from importlib.util import find_spec
from typing import Any

from pydantic import Field

from workbench.errors import UserError
from workbench.interpret.representation.progress import listening
from workbench.interpret.representation.projection import LEAST, Floats, Placed, Projection, dense
from workbench.interpret.subject import Progress

EPOCHS = 500
"""umap-learn's own number of epochs for up to 10,000 samples."""


class Umap(Projection):
    """See `Projection`."""

    name = "umap"
    title = "UMAP"
    help = (
        "Samples that a layer finds alike lie together, and groups that are alike near each other. "
        "McInnes, Healy and Melville, 2018."
    )

    samples: int = Field(default=1000, ge=LEAST, le=20_000, description="At most so many, drawn evenly.")
    neighbours: int = Field(
        default=15,
        ge=2,
        le=200,
        description="Neighbours by which each sample is placed; more show the whole.",
    )
    min_dist: float = Field(default=0.1, ge=0, le=1, description="How close together points may lie.")

    def place(self, features: Floats, tell: Progress) -> Placed:
        """See `Projection.place`. Raises `UserError` where umap-learn isn't installed."""
        if find_spec("umap") is None:
            raise UserError(
                "UMAP needs the package umap-learn, which isn't installed.",
                place="method",
                remedy='Run pip install "model-workbench[umap]" and start again, or use t-SNE.',
            )
        rows, said, put = dense(features, self.seed)
        neighbours = min(self.neighbours, len(rows) - 1)
        # Its import tells of TensorFlow, and small or torn data have it fall back on other starting points.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            fitted = self._fit(rows, neighbours, tell)
        return Placed(
            fitted.embedding_.astype("float64"),
            f"UMAP with {neighbours} neighbours, minimum distance {self.min_dist:g}.{said}",
            put=lambda more: _transformed(fitted, put(more)),
        )

    def patience(self) -> str:
        """See `Projection.patience`. umap-learn compiles its functions in every process anew."""
        module = sys.modules.get("umap.umap_")
        compiled = module is not None and getattr(module.smooth_knn_dist, "signatures", True)
        if find_spec("umap") is None or compiled:
            return ""
        return "UMAP compiles its code first, once after each start: about 20 seconds."

    def _fit(self, rows: Floats, neighbours: int, tell: Progress) -> Any:
        tell(0, EPOCHS)
        from umap import UMAP

        embedding = UMAP(
            n_neighbors=neighbours,
            min_dist=self.min_dist,
            n_epochs=EPOCHS,
            init="spectral" if len(rows) > 2 * LEAST else "random",
            random_state=self.seed,
            n_jobs=1,  # as a seed asks for anyhow
        )
        with listening(tell, "tqdm.std", "__iter__", EPOCHS):
            return embedding.fit(rows)


def _transformed(fitted: Any, rows: Floats) -> Floats:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        points: Floats = fitted.transform(rows).astype("float64")
    return points
