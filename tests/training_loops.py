"""The same training by several hands, for the benchmarks: PyTorch's tutorial, Lightning, Keras, and ours.

Each function trains for some epochs and returns samples a second over all epochs but the first, in which
libraries load, memory is found and steps are compiled.
"""

import os
import time
from collections.abc import Callable

import numpy as np
import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from workbench.data.dataset import Dataset
from workbench.graph import Project
from workbench.train.events import EpochEnded, Started, Steps, Vitals
from workbench.train.trainer import Trainer

Arrays = tuple[np.ndarray, np.ndarray]
CLASSES = 10


def digits(count: int) -> Arrays:
    """Return scikit-learn's digits, enlarged to 28×28 and shifted: float32 (N, 1, 28, 28), int64 (N,)."""
    images, targets = load_digits(return_X_y=True)
    large = np.kron(images.reshape(-1, 8, 8), np.ones((3, 3)))
    padded = np.pad(large, ((0, 0), (2, 2), (2, 2))).astype(np.float32) / 16
    shifts = [(down, right) for down in (0, 1, -1, 2) for right in (0, 1, -1)]
    moved = np.concatenate([np.roll(padded, shift, (1, 2)) for shift in shifts])[:count, None]
    return np.ascontiguousarray(moved), np.tile(targets, len(shifts))[:count].astype(np.int64)


def sequences(count: int, steps: int = 100, features: int = 40) -> Arrays:
    """Return noise, float32 (N, steps, features); its class is the feature with the largest mean."""
    values = np.random.default_rng(0).normal(size=(count, steps, features)).astype(np.float32)
    return values, values.mean(1)[:, :CLASSES].argmax(1).astype(np.int64)


def tutorial(
    model: nn.Module, data: Arrays, batch: int, threads: int, epochs: int, device: str = "cpu"
) -> float:
    """The loop of PyTorch's "Learn the Basics", with Adam, which reads the loss of each step."""
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    loader = DataLoader(TensorDataset(*map(torch.from_numpy, data)), batch_size=batch, shuffle=True)
    model = model.to(device)
    loss_fn = nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters())
    begun = 0.0
    total = 0.0
    for epoch in range(epochs):
        if epoch == 1:
            begun = time.perf_counter()
        for inputs, targets in loader:
            x, y = inputs.to(device), targets.to(device)
            loss = loss_fn(model(x), y)
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
            total += loss.item()
    seconds = time.perf_counter() - begun
    torch.set_num_threads(before)
    return len(data[0]) * (epochs - 1) / seconds


def workbench(
    layers: list[dict],
    data: Arrays,
    batch: int,
    epochs: int,
    device: str = "cpu",
    threads: int | None = None,
    **training: object,
) -> float:
    """Ours, with its events, vitals and all; there is no validation, as the others do none.

    ``threads``: None is torch's default. Small steps take one, whatever is said here.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(threads or before)
    inputs, targets = data
    project = Project.model_validate(
        {"model": {"layers": layers}, "training": {"epochs": epochs, "batch_size": batch, **training}}
    )
    indices = np.arange(len(inputs))
    dataset = Dataset(
        name="made",
        kind="array",
        task="classification",
        inputs=inputs,
        targets=targets,
        classes=tuple(map(str, range(CLASSES))),
        splits={"train": indices, "validation": indices[:0], "test": indices[:0]},
    )
    trainer = Trainer(project, dataset, device=device)
    begun = 0.0
    kinds = set()
    for event in trainer.events():
        kinds.add(type(event))
        if isinstance(event, EpochEnded) and event.epoch == 1:
            begun = time.perf_counter()
        if isinstance(event, EpochEnded) and event.epoch == epochs:
            break
    seconds = time.perf_counter() - begun
    assert {Started, Steps, Vitals, EpochEnded} <= kinds, f"events are missing: {kinds}"
    assert not trainer.note, trainer.note
    torch.set_num_threads(before)
    return len(inputs) * (epochs - 1) / seconds


def lightning(model: nn.Module, data: Arrays, batch: int, threads: int, epochs: int) -> float:
    """PyTorch Lightning's Trainer, without logger, checkpoints and progress bar."""
    import lightning as pl

    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    times = []

    class Module(pl.LightningModule):
        def __init__(self):
            super().__init__()
            self.model = model

        def training_step(self, batch):
            inputs, targets = batch
            return nn.functional.cross_entropy(self.model(inputs), targets)

        def configure_optimizers(self):
            return torch.optim.Adam(self.parameters())

        def on_train_epoch_end(self):
            times.append(time.perf_counter())

    loader = DataLoader(TensorDataset(*map(torch.from_numpy, data)), batch_size=batch, shuffle=True)
    trainer = pl.Trainer(
        max_epochs=epochs,
        accelerator="cpu",
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
    )
    trainer.fit(Module(), loader)
    torch.set_num_threads(before)
    return len(data[0]) * (epochs - 1) / (times[-1] - times[0])


def keras(hidden: int, data: Arrays, batch: int, threads: int, epochs: int) -> float:
    """Keras on torch: a network with one hidden layer, by ``fit``."""
    os.environ["KERAS_BACKEND"] = "torch"
    import keras as k

    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    times = []
    model = k.Sequential(
        [
            k.layers.Input(data[0].shape[1:]),
            k.layers.Dense(hidden, activation="relu"),
            k.layers.Dense(CLASSES),
        ]
    )
    model.compile(
        optimizer=k.optimizers.Adam(1e-3), loss=k.losses.SparseCategoricalCrossentropy(from_logits=True)
    )
    ended = k.callbacks.LambdaCallback(on_epoch_end=lambda *_: times.append(time.perf_counter()))
    model.fit(*data, batch_size=batch, epochs=epochs, verbose=0, callbacks=[ended])
    torch.set_num_threads(before)
    return len(data[0]) * (epochs - 1) / (times[-1] - times[0])


def take_turns(contenders: dict[str, Callable[[], float]], repeats: int) -> dict[str, list[float]]:
    """Run all in turn, so that whatever else the machine does falls on all alike; the first turn warms up."""
    speeds: dict[str, list[float]] = {name: [] for name in contenders}
    for turn in range(repeats + 1):
        for name, contender in contenders.items():
            found = contender()
            if turn:
                speeds[name].append(found)
    return speeds
