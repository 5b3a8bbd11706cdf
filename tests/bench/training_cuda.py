"""A small model on a GPU, its steps captured as CUDA graphs: ``python -m tests.bench.training_cuda``.

The stack and data of the benchmark ``training``, beside the loop of PyTorch's tutorials on the same GPU.
Prints JSON: the device, medians of samples a second, and ours over the other; {"skipped": why} without one.
"""

import json
import statistics
from argparse import ArgumentParser

import torch

from tests import training_loops as loops
from tests.bench.training import BATCH, LAYERS, SAMPLES, plain


def main() -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=5)
    repeats = parser.parse_args().repeats
    if not torch.cuda.is_available():
        print(json.dumps({"skipped": "there is no CUDA device"}))
        return
    images, targets = loops.digits(SAMPLES)
    data = images.reshape(SAMPLES, 784), targets
    speeds = loops.take_turns(
        {
            "workbench": lambda: loops.workbench(LAYERS, data, BATCH, epochs=6, device="cuda"),
            "tutorial": lambda: loops.tutorial(plain(), data, BATCH, 1, epochs=3, device="cuda"),
        },
        repeats,
    )
    medians = {name: statistics.median(found) for name, found in speeds.items()}
    result = {
        "device": torch.cuda.get_device_name(),
        "samples_per_second": {name: round(speed) for name, speed in medians.items()},
        "ratio": round(medians["workbench"] / medians["tutorial"], 2),
        "repeats": repeats,
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
