"""How fast training is, beside the loop that PyTorch's tutorials write: ``python -m tests.bench.training``.

Both train Linear 784-128-10 on real digits, enlarged to 28×28, in batches of 32 with Adam on the CPU. They
take turns; medians of samples a second are given, as JSON. The tutorial's loop is run with torch's default
number of threads and with one, because several threads are many times slower where others want the cores as
well: ``ratio`` is ours over whichever of the two was faster, so it shows what the loop gains and not what the
number of threads does.
"""

import json
import statistics
import time
from argparse import ArgumentParser

import numpy as np
import torch
from sklearn.datasets import load_digits
from torch.utils.data import DataLoader, TensorDataset

from workbench.data.dataset import Dataset
from workbench.graph import Project
from workbench.train.events import Finished
from workbench.train.trainer import Trainer

BATCH = 32
EPOCHS = 2


def digits() -> tuple[np.ndarray, np.ndarray]:
    """Return 14,376 digits of 784 pixels: the 1,797 real ones, shifted by up to a pixel."""
    images, targets = load_digits(return_X_y=True)
    large = np.kron(images.reshape(-1, 8, 8), np.ones((3, 3)))
    padded = np.pad(large, ((0, 0), (2, 2), (2, 2))).astype(np.float32) / 16
    shifts = [(0, 0), (0, 1), (1, 0), (1, 1), (0, -1), (-1, 0), (-1, -1), (1, -1)]
    moved = [np.roll(padded, shift, (1, 2)) for shift in shifts]
    return np.concatenate(moved).reshape(-1, 784), np.tile(targets, len(shifts)).astype(np.int64)


def workbench_loop(inputs: np.ndarray, targets: np.ndarray) -> float:
    """Return samples a second of a whole training, with events and all, validation apart."""
    layers = [
        {"id": "input", "type": "Input", "params": {"shape": [784]}},
        {"id": "linear1", "type": "Linear", "params": {"out_features": 128}},
        {"id": "relu", "type": "ReLU"},
        {"id": "linear2", "type": "Linear", "params": {"out_features": 10}},
    ]
    project = Project.model_validate(
        {"model": {"layers": layers}, "training": {"epochs": EPOCHS, "batch_size": BATCH}}
    )
    indices = np.arange(len(inputs))
    dataset = Dataset(
        name="digits",
        kind="table",
        task="classification",
        inputs=inputs,
        targets=targets,
        classes=tuple("0123456789"),
        splits={"train": indices, "validation": indices[:0], "test": indices[:0]},
    )
    for event in Trainer(project, dataset, device="cpu").events():
        if isinstance(event, Finished):
            return event.samples_per_second
    raise AssertionError("training did not finish")


def tutorial_loop(inputs: np.ndarray, targets: np.ndarray, threads: int) -> float:
    """Return samples a second of the loop in "Learn the Basics", which reads the loss of each step."""
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    data = TensorDataset(torch.from_numpy(inputs), torch.from_numpy(targets))
    loader = DataLoader(data, batch_size=BATCH, shuffle=True)
    model = torch.nn.Sequential(torch.nn.Linear(784, 128), torch.nn.ReLU(), torch.nn.Linear(128, 10))
    loss_fn = torch.nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters())
    started = time.perf_counter()
    total = 0.0
    for x, y in loader:
        loss = loss_fn(model(x), y)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        total += loss.item()
    seconds = time.perf_counter() - started
    torch.set_num_threads(before)
    return len(inputs) / seconds


def main() -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=7)
    repeats = parser.parse_args().repeats
    inputs, targets = digits()
    threads = torch.get_num_threads()
    turns: dict[str, list[float]] = {"workbench": [], "tutorial": [], "tutorial_one_thread": []}
    for _ in range(repeats + 1):
        turns["workbench"].append(workbench_loop(inputs, targets))
        turns["tutorial"].append(tutorial_loop(inputs, targets, threads))
        turns["tutorial_one_thread"].append(tutorial_loop(inputs, targets, 1))
    # The first turn warms up.
    medians = {name: statistics.median(speeds[1:]) for name, speeds in turns.items()}
    ratio = medians["workbench"] / max(medians["tutorial"], medians["tutorial_one_thread"])
    result = {
        "samples_per_second": {name: round(speed) for name, speed in medians.items()},
        "ranges": {name: [round(min(s[1:])), round(max(s[1:]))] for name, s in turns.items()},
        "ratio": round(ratio, 2),
        "repeats": repeats,
        "threads": threads,
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
