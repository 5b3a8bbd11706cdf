"""A first stack and first training settings that fit the data: small, sound, and quick to train."""

from __future__ import annotations

from collections.abc import Iterator

from workbench.data.dataset import Dataset
from workbench.graph.edit import insert
from workbench.graph.project import Graph
from workbench.graph.training import Adam, TrainingSection
from workbench.layers import Layer
from workbench.layers.activation import ReLU, Sigmoid
from workbench.layers.conv import Conv2d
from workbench.layers.core import Embedding, Input, Linear, Standardize
from workbench.layers.pool import MaxPool2d
from workbench.layers.recurrent import GRU
from workbench.layers.shape import Flatten

_STEPS = 4000
"""About how many steps a first run takes."""


def first_stack(dataset: Dataset) -> Graph:
    """Return a stack for the data: a small CNN for images, a GRU for sequences and ids, else an MLP."""
    graph = Graph()
    for layer in (
        Input(shape=dataset.sample_shape, dtype=dataset.input_dtype),
        *_body(dataset),
        *_head(dataset),
    ):
        graph, _ = insert(graph, len(graph), layer)
    return graph


def training_for(dataset: Dataset) -> TrainingSection:
    """Return training settings for the data: more samples, larger batches and fewer epochs."""
    count = len(dataset.splits["train"])
    batch = next((size for size, most in ((16, 500), (32, 5_000), (64, 50_000)) if count <= most), 128)
    epochs = min(100, max(5, _STEPS * batch // count))
    return TrainingSection(epochs=epochs, batch_size=batch, optimizer=Adam(), patience=max(3, epochs // 5))


def _body(dataset: Dataset) -> Iterator[Layer]:
    rank = len(dataset.sample_shape)
    if dataset.input_dtype == "int64":
        yield Embedding(num_embeddings=dataset.ids, embedding_dim=32)
        yield from [GRU(hidden_size=64)] if rank == 1 else [Flatten(), Linear(out_features=64), ReLU()]
    elif dataset.kind == "image":
        yield from _convolutions(min(dataset.sample_shape[1:]))
    elif dataset.kind == "sequence":
        yield Standardize()
        yield GRU(hidden_size=64)
    else:
        yield Standardize()
        if rank > 1:
            yield Flatten()
        yield from (Linear(out_features=64), ReLU(), Linear(out_features=32), ReLU())


def _convolutions(side: int) -> Iterator[Layer]:
    """Two convolutions, three for larger images, each pooled while there is something to pool."""
    for filters in (32, 64, 64) if side > 32 else (32, 64):
        yield Conv2d(out_channels=filters, kernel_size=3, padding="same")
        yield ReLU()
        if side >= 2:
            yield MaxPool2d(kernel_size=2)
            side //= 2
    yield from (Flatten(), Linear(out_features=64), ReLU())


def _head(dataset: Dataset) -> tuple[Layer, ...]:
    if dataset.task == "regression":
        return Linear(out_features=1), Standardize(invert=True)
    if len(dataset.classes) == 2:
        return Linear(out_features=1), Sigmoid()
    return (Linear(out_features=len(dataset.classes)),)
