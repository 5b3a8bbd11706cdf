"""How gradients fare on their way from the loss down to the first layer with weights."""

from __future__ import annotations

from collections.abc import Iterator

from workbench.train.diagnosis.history import History, median
from workbench.train.diagnosis.remedies import clip, initialised, lower_rate, normalised, replaced
from workbench.train.events import Finding

FADED, GONE = 1e-3, 1e-5
"""Of the gradient at the layers nearest the loss; healthy stacks keep a hundredth or more."""
GROWN, EXPLODED = 1e3, 1e5
SHRINKING = ("Sigmoid", "Tanh", "Softsign", "Hardsigmoid", "Hardtanh")
"""Activations whose slope is below 1 nearly everywhere."""

ADVICE = " Normalisation or skip connections help."


def vanishing(history: History) -> Iterator[Finding]:
    """Gradients so small at the lower layers that these can't learn (Hochreiter, 1991)."""
    sizes = _sizes(history)
    if len(sizes) < 2:
        return
    name, smallest = min(sizes, key=lambda pair: pair[1])
    nearest = sizes[-1][1]
    if not nearest or smallest / nearest > FADED:
        return
    share = smallest / nearest
    what = f"Only {share:.0e} of {sizes[-1][0]}'s gradient" if share else "No gradient"
    inner = {layer: kind for layer, kind in history.types.items() if layer in history.inner}
    guilty = tuple(layer for layer, kind in inner.items() if kind in SHRINKING)
    acting = tuple(
        node.id
        for node in history.graph
        if type(node.layer).group == "activation" and node.id in history.inner
    )
    yield Finding(
        "vanishing_gradients",
        "broken" if share < GONE else "watch",
        f"{what} reaches it: it hardly learns.{'' if guilty else ADVICE}",
        name,
        (
            *((replaced(guilty, "ReLU"),) if guilty else ()),
            *normalised(history, acting),
            *initialised(history, "xavier_normal" if guilty else "kaiming_normal"),
        ),
    )


def exploding(history: History) -> Iterator[Finding]:
    """Gradients that grow on their way down, so that the lower layers are thrown about (Pascanu, 2013)."""
    sizes = _sizes(history)
    if len(sizes) < 2 or not sizes[-1][1]:
        return
    name, largest = max(sizes, key=lambda pair: pair[1])
    growth = largest / sizes[-1][1]
    if growth > GROWN:
        yield Finding(
            "exploding_gradients",
            "broken" if growth > EXPLODED else "watch",
            f"The gradient here is {growth:.0e} times that at {sizes[-1][0]}.",
            name,
            (*clip(history), lower_rate(history)),
        )


def healthy(history: History) -> Iterator[Finding]:
    """The good news."""
    sizes = _sizes(history)
    if sizes and all(size > 0 for _, size in sizes):
        yield Finding("healthy_gradients", "good", "Gradients reach every layer.")


def _sizes(history: History) -> list[tuple[str, float]]:
    """The usual gradient at each layer with weights, in the stack's order."""
    return [
        (name, size)
        for name, looks in history.layers()
        if looks[-1].weight > 0 and (size := median([look.gradient for look in looks])) >= 0
    ]
