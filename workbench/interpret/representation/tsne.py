"""t-SNE of a layer's activations."""

from __future__ import annotations

from pydantic import Field

from workbench.interpret.representation.progress import listening
from workbench.interpret.representation.projection import LEAST, Floats, Placed, Projection, dense
from workbench.interpret.subject import Progress


class Tsne(Projection):
    """See `Projection`. It places only the samples that it was fitted to: the map takes no others."""

    name = "tsne"
    title = "t-SNE"
    help = (
        "Samples that a layer finds alike lie together; distances between groups mean little. "
        "Van der Maaten and Hinton, 2008."
    )

    samples: int = Field(default=1000, ge=LEAST, le=20_000, description="At most so many, drawn evenly.")
    perplexity: float = Field(
        default=30.0, ge=1, le=500, description="About how many neighbours each sample keeps near."
    )
    iterations: int = Field(default=1000, ge=250, le=10_000, description="Steps of the optimisation.")

    def place(self, features: Floats, tell: Progress) -> Placed:
        """See `Projection.place`. scikit-learn's, Barnes-Hut, from the principal components on."""
        from sklearn.manifold import TSNE

        rows, said, _ = dense(features, self.seed)
        perplexity = min(self.perplexity, (len(rows) - 1) / 3)
        embedding = TSNE(
            perplexity=perplexity,
            init="pca" if rows.shape[1] > 1 else "random",
            max_iter=self.iterations,
            random_state=self.seed,
        )
        with listening(tell, "sklearn.manifold", "_kl_divergence_bh", self.iterations):
            points = embedding.fit_transform(rows)
        return Placed(
            points.astype("float64"),
            f"t-SNE with perplexity {perplexity:g}.{said}",
            {"kl_divergence": float(embedding.kl_divergence_), "perplexity": perplexity},
        )
