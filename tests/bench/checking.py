"""How fast a stack is checked: ``python -m tests.bench.checking``.

Prints JSON: medians and 95th percentiles in milliseconds, of time on the CPU so that others on the machine
don't count.

- ``edit_1000``: setting a param somewhere in a stack of 1,000 layers, and checking on from the last report.
- ``shapes_1000``: the same of a stride near the top, which changes all shapes below; never seen before.
- ``again_1000``: that edit taken back, with all shapes seen before.
- ``whole_1000``, ``whole_10000``: checking from scratch, with each kind of layer seen before.
- ``cold_10000``: the same, with nothing seen before.
- ``open_10000``: reading the project's text.
- ``huge``: a layer of four terabytes, never seen before.
- ``kinds``: what a layer and its inputs take to work out when they were never seen before, by type.
"""

import json
import statistics
import time
from argparse import ArgumentParser
from collections.abc import Callable

from workbench.build.check import check
from workbench.build.cost import _fitting, cost
from workbench.graph import Graph, Project, TrainingSection, edit
from workbench.graph.file import dump, parse
from workbench.layers import CATALOGUE, TensorSpec

TRAINING = TrainingSection()
IMAGE = TensorSpec((16, 32, 32))
KINDS = {
    "Conv2d": IMAGE,
    "BatchNorm2d": IMAGE,
    "ReLU": IMAGE,
    "MaxPool2d": IMAGE,
    "Linear": TensorSpec((64,)),
    "LSTM": TensorSpec((1_000, 16)),
    "TransformerEncoderLayer": TensorSpec((128, 64)),
}


def residual(layers: int) -> Graph:
    """A stack of blocks of a convolution, a norm, an activation and a skip connection."""
    rows: list[dict] = [{"id": "in0", "type": "Input", "params": {"shape": IMAGE.shape}}]
    above = "in0"
    for number in range((layers - 1) // 4):
        rows += [
            {"id": f"conv{number}", "type": "Conv2d", "params": {"out_channels": 16, "padding": 1}},
            {"id": f"norm{number}", "type": "BatchNorm2d"},
            {"id": f"relu{number}", "type": "ReLU"},
            {"id": f"add{number}", "type": "Add", "inputs": [f"relu{number}", above]},
        ]
        above = f"add{number}"
    return Graph.model_validate({"layers": rows})


def chain(layers: int) -> Graph:
    """A stack of convolutions and activations, whose strides nothing else must fit."""
    rows: list[dict] = [{"id": "in0", "type": "Input", "params": {"shape": (3, 64, 64)}}]
    for number in range((layers - 1) // 2):
        params = {"out_channels": 16 + 16 * (number // 100), "padding": 1}
        rows.append({"id": f"conv{number}", "type": "Conv2d", "params": params})
        rows.append({"id": f"relu{number}", "type": "ReLU"})
    return Graph.model_validate({"layers": rows})


def timed(work: Callable[[], object], repeats: int) -> dict[str, float]:
    """Median and 95th percentile of some runs, in milliseconds."""
    spent = []
    for _ in range(repeats):
        start = time.process_time()
        work()
        spent.append(1e3 * (time.process_time() - start))
    return summary(spent)


def summary(spent: list[float]) -> dict[str, float]:
    last = sorted(spent)[min(len(spent) - 1, int(0.95 * len(spent)))]
    return {"median": round(statistics.median(spent), 2), "p95": round(last, 2)}


def edits(graph: Graph, repeats: int) -> dict[str, float]:
    """Biases taken away and put back, all over the stack."""
    report = check(graph, None, TRAINING)
    convolutions = [node.id for node in graph if node.type == "Conv2d"]
    spent = []
    for number in range(repeats):
        start = time.process_time()
        chosen = convolutions[number * 37 % len(convolutions)]
        graph = edit.set_params(graph, chosen, {"bias": number % 2 == 1})
        report = check(graph, None, TRAINING, report)
        spent.append(1e3 * (time.process_time() - start))
    return summary(spent)


def shapes(graph: Graph, repeats: int) -> tuple[dict[str, float], dict[str, float]]:
    """A stride at the top set and taken back: shapes seen for the first time, and again."""
    first, again = [], []
    for _ in range(repeats):
        forget()
        report = check(graph, None, TRAINING)
        start = time.process_time()
        strided = edit.set_params(graph, "conv0", {"stride": 2})
        other = check(strided, None, TRAINING, report)
        middle = time.process_time()
        check(edit.set_params(strided, "conv0", {"stride": 1}), None, TRAINING, other)
        again.append(1e3 * (time.process_time() - middle))
        first.append(1e3 * (middle - start))
    return summary(first), summary(again)


def forget() -> None:
    """Work everything out anew from now on."""
    cost.cache_clear()
    _fitting.cache_clear()


def cold(graph: Graph) -> None:
    forget()
    check(graph, None, TRAINING)


def kind(name: str, spec: TensorSpec, repeats: int) -> float:
    layer = CATALOGUE[name]()
    return timed(lambda: cost.__wrapped__(layer, (spec,)), repeats)["median"]


def main() -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=20)
    repeats = parser.parse_args().repeats
    small, large = residual(1_000), residual(10_000)
    text = dump(Project(model=large))
    wide = {"type": "Linear", "id": "a", "params": {"out_features": 1_000_000}}
    entrance = {"type": "Input", "id": "in0", "params": {"shape": [1_000_000]}}
    huge = Graph.model_validate({"layers": [entrance, wide]})
    check(small, None, TRAINING)
    changed, back = shapes(chain(1_000), max(2, repeats // 5))
    result = {
        "edit_1000": edits(small, 10 * repeats),
        "shapes_1000": changed,
        "again_1000": back,
        "whole_1000": timed(lambda: check(small, None, TRAINING), repeats),
        "whole_10000": timed(lambda: check(large, None, TRAINING), max(3, repeats // 4)),
        "cold_10000": timed(lambda: cold(large), max(3, repeats // 4)),
        "open_10000": timed(lambda: parse(text), max(3, repeats // 4)),
        "huge": timed(lambda: cold(huge), repeats),
        "kinds": {name: kind(name, spec, repeats) for name, spec in KINDS.items()},
        "repeats": repeats,
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
