"""What may help, as buttons: each applied as it stands."""

from __future__ import annotations

import re

from workbench.graph.training import LBFGS
from workbench.train.diagnosis.history import History
from workbench.train.events import Remedy


def lower_rate(history: History, by: float = 10) -> Remedy:
    """A lower learning rate, live."""
    rate = _round(history.rate / by)
    return Remedy(f"Lower the learning rate to {rate:g}", (("optimizer.lr", rate),))


def raise_rate(history: History, by: float = 10) -> Remedy:
    """A higher learning rate, live."""
    rate = _round(min(100.0, history.rate * by))
    return Remedy(f"Raise the learning rate to {rate:g}", (("optimizer.lr", rate),))


def larger_batch(history: History) -> Remedy:
    """Twice the batch, live."""
    size = 2 * history.batch_size
    return Remedy(f"Take batches of {size}", (("batch_size", size),))


def more_decay(history: History) -> tuple[Remedy, ...]:
    """More weight decay, live; nothing for an optimiser without."""
    now = history.weight_decay
    if now is None or now >= 1:
        return ()
    usual = 0.01 if history.training.optimizer.name in ("AdamW", "Muon") else 1e-4
    decay = _round(now * 10 if now else usual)
    return (Remedy(f"Raise weight decay to {decay:g}", (("optimizer.weight_decay", decay),)),)


def smoothing(history: History) -> tuple[Remedy, ...]:
    """Smoothed labels, in the next run, where the loss that was chosen has them."""
    if getattr(history.training.loss, "label_smoothing", None) != 0:
        return ()
    return (Remedy("Smooth the labels by 0.1", (("loss.label_smoothing", 0.1),)),)


def clip(history: History) -> tuple[Remedy, ...]:
    """Clipped gradients, in the next run."""
    if history.training.clip_norm or isinstance(history.training.optimizer, LBFGS):
        return ()
    return (Remedy("Clip gradients to a norm of 1", (("clip_norm", 1.0),)),)


def replaced(layers: tuple[str, ...], by: str) -> Remedy:
    """Another type in the place of layers, in the next run."""
    text = f"Use {by}" if len(layers) == 1 else f"Use {by} in all {len(layers)}"
    return Remedy(text, replace=by, layers=layers)


def initialised(history: History, how: str) -> tuple[Remedy, ...]:
    """Weights that start otherwise, in the next run; nothing where they start so already, or from a file."""
    if history.training.init == how or history.training.weights:
        return ()
    return (Remedy(f"Start from {how} weights", (("init", how),)),)


def normalised(history: History, layers: tuple[str, ...]) -> tuple[Remedy, ...]:
    """A normalisation before each layer that acts on what these give, in the next run.

    Before an activation it suits it; a layer of another kind gets it at what reads it. Batch norm goes with
    convolutions, layer norm with all else, as is usual. Nothing where there is one already.
    """
    known = [layer for layer in layers if layer in history.types]
    places = dict.fromkeys(place for layer in known if (place := _reader(history, layer)))
    pairs = tuple((place, norm) for place in places if (norm := _norm_before(history, place)))
    if not pairs:
        return ()
    kinds = list(dict.fromkeys(norm for _, norm in pairs))
    what = kinds[0] if len(kinds) == 1 else "a norm"
    where = pairs[0][0] if len(pairs) == 1 else f"{len(pairs)} layers"
    return (Remedy(f"Add {what} before {where}", insert=pairs),)


def _reader(history: History, layer: str) -> str:
    """The layer before which a norm has its place; "" where there is none that takes it."""
    graph = history.graph
    if type(graph.layers[graph.index(layer)].layer).group == "activation":
        return layer
    readers = [node for row, node in enumerate(graph) if graph.inputs_of(row) == (layer,)]
    return readers[0].id if len(readers) == 1 else ""


def _norm_before(history: History, layer: str) -> str:
    """The type of norm that suits what a layer reads, "" where that is normalised, or an input."""
    graph, row = history.graph, history.graph.index(layer)
    flat = False
    while reads := graph.inputs_of(row):
        row = graph.index(reads[0])
        node = graph.layers[row]
        group = type(node.layer).group
        if group == "normalisation":
            return ""
        if group == "convolution" and not flat:
            found = re.search(r"[123]d$", node.type)
            return f"BatchNorm{found[0]}" if found else "LayerNorm"
        if group in ("core", "recurrent", "attention", "convolution") and node.type != "Input":
            return "LayerNorm"
        flat = flat or group == "shape"
    return ""


def _round(value: float) -> float:
    return float(f"{value:.1g}")
