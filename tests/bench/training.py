"""How fast training is, beside the loop that PyTorch's tutorials write: ``python -m tests.bench.training``.

All train Linear 784-128-10 on 20,000 real digits, enlarged to 28×28, in batches of 32 with Adam on the CPU.
They take turns; medians of samples a second are given, as JSON. The first epoch isn't counted: libraries load
and steps are compiled in it. Ours is run with its events and vitals, compiled and not.

The others are run with torch's default number of threads and with one, because several threads are many times
slower where others want the cores as well. ``ratios`` are ours over whichever of the two was faster, so they
show what the loop gains and not what the number of threads does. Lightning and Keras (on torch) are measured
where they are installed: ``pip install -e .[bench]``.
"""

import contextlib
import importlib.util
import io
import json
import logging
import statistics
import warnings
from argparse import ArgumentParser
from functools import partial

import torch
from torch import nn

from tests import training_loops as loops

SAMPLES = 20_000
BATCH = 32
HIDDEN = 128
LAYERS = [
    {"id": "input", "type": "Input", "params": {"shape": [784]}},
    {"id": "linear1", "type": "Linear", "params": {"out_features": HIDDEN}},
    {"id": "relu", "type": "ReLU"},
    {"id": "linear2", "type": "Linear", "params": {"out_features": loops.CLASSES}},
]


def plain() -> nn.Module:
    """Return the network as anyone writes it."""
    return nn.Sequential(nn.Linear(784, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, loops.CLASSES))


def main() -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=5)
    repeats = parser.parse_args().repeats
    images, targets = loops.digits(SAMPLES)
    data = images.reshape(SAMPLES, 784), targets
    threads = torch.get_num_threads()
    contenders = {
        "workbench": lambda: loops.workbench(LAYERS, data, BATCH, epochs=3),
        "workbench_compiled": lambda: loops.workbench(LAYERS, data, BATCH, epochs=3, compile=True),
    }
    others = {"tutorial": lambda count: loops.tutorial(plain(), data, BATCH, count, epochs=2)}
    if importlib.util.find_spec("lightning"):
        logging.getLogger("lightning").setLevel(logging.ERROR)
        others["lightning"] = lambda count: loops.lightning(plain(), data, BATCH, count, epochs=2)
    if importlib.util.find_spec("keras"):
        others["keras"] = lambda count: loops.keras(HIDDEN, data, BATCH, count, epochs=2)
    for name, contender in others.items():
        contenders[name] = partial(contender, threads)
        contenders[f"{name}_one_thread"] = partial(contender, 1)
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")  # the others' advice
        speeds = loops.take_turns(contenders, repeats)
    medians = {name: statistics.median(found) for name, found in speeds.items()}
    best = {name: max(medians[name], medians[f"{name}_one_thread"]) for name in others}
    result = {
        "samples_per_second": {name: round(speed) for name, speed in medians.items()},
        "ranges": {name: [round(min(found)), round(max(found))] for name, found in speeds.items()},
        "ratios": {
            f"{ours}_to_{name}": round(medians[ours] / speed, 2)
            for ours in ("workbench", "workbench_compiled")
            for name, speed in best.items()
        },
        "repeats": repeats,
        "threads": threads,
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
