"""Training where the arithmetic takes the time: ``python -m tests.bench.training_large``.

Prints JSON: medians of samples a second, and ``ratios`` of ours (with its events and vitals) over the loop of
PyTorch's tutorials, each with torch's default number of threads or with one, whichever is faster. They take
turns, and the first epoch isn't counted.

- ``cnn``: the sample fashion-mnist-cnn's stack on real digits enlarged to 28×28, in batches of 128.
- ``lstm``: LSTM(128) over sequences of 100 steps of 40 features, in batches of 32.
"""

import json
import statistics
from argparse import ArgumentParser
from collections.abc import Callable
from functools import partial
from pathlib import Path

import torch
from torch import Tensor, nn

from tests import training_loops as loops

SAMPLE = Path(__file__).parents[2] / "resources/samples/fashion-mnist-cnn/project.json"
LSTM = [
    {"id": "input", "type": "Input", "params": {"shape": [100, 40]}},
    {"id": "lstm", "type": "LSTM", "params": {"hidden_size": 128}},
    {"id": "linear", "type": "Linear", "params": {"out_features": loops.CLASSES}},
]


class PlainLSTM(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.lstm = nn.LSTM(40, 128, batch_first=True)
        self.linear = nn.Linear(128, loops.CLASSES)

    def forward(self, inputs: Tensor) -> Tensor:
        outputs, _ = self.lstm(inputs)
        return self.linear(outputs[:, -1])


def plain_cnn() -> nn.Module:
    """Return the sample's network as anyone writes it."""
    return nn.Sequential(
        nn.Conv2d(1, 32, 3),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(64, 64, 3),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(576, 64),
        nn.ReLU(),
        nn.Linear(64, loops.CLASSES),
    )


def tutorial(plain: Callable[[], nn.Module], data: loops.Arrays, batch: int, threads: int) -> float:
    """Train a new network by the tutorial's loop."""
    return loops.tutorial(plain(), data, batch, threads, epochs=3)


def main() -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=5)
    repeats = parser.parse_args().repeats
    threads = torch.get_num_threads()
    layers = json.loads(SAMPLE.read_text("utf-8"))["model"]["layers"]
    images, sequences = loops.digits(3_840), loops.sequences(1_280)
    kinds = {
        "cnn": (layers, plain_cnn, images, 128),
        "lstm": (LSTM, PlainLSTM, sequences, 32),
    }
    result: dict[str, dict] = {"samples_per_second": {}, "ratios": {}}
    for name, (stack, plain, data, batch) in kinds.items():
        contenders = {}
        for count in sorted({1, threads}):
            contenders[f"workbench_{count}"] = partial(loops.workbench, stack, data, batch, 3, threads=count)
            contenders[f"tutorial_{count}"] = partial(tutorial, plain, data, batch, count)
        speeds = loops.take_turns(contenders, repeats)
        medians = {who: statistics.median(found) for who, found in speeds.items()}
        result["samples_per_second"][name] = {who: round(speed) for who, speed in medians.items()}
        best = {
            ours: max(speed for who, speed in medians.items() if who.startswith(ours))
            for ours in ("workbench", "tutorial")
        }
        result["ratios"][name] = round(best["workbench"] / best["tutorial"], 2)
    print(json.dumps(result | {"repeats": repeats, "threads": threads}))


if __name__ == "__main__":
    main()
