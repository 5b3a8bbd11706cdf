"""Import ONNX: an .onnx file as a stack with its weights. Nothing in the file is run but its operators."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from workbench.importing.onnx_file import read
from workbench.importing.onnx_graph import OnnxGraph
from workbench.importing.onnx_run import BATCH, Entrance, Runner, bounded, entrances
from workbench.importing.onnx_walk import Walk
from workbench.importing.parity import ONNX_TOLERANCE, compared
from workbench.importing.result import Imported, UnmappedError, refused
from workbench.importing.stack import stack

_REMEDY = "Simplify the model so that it does without, or rebuild these parts from layers by hand."


def import_onnx(path: Path, shapes: Sequence[tuple[int, ...]] = ()) -> Imported:
    """Return the model in an ONNX file as a stack.

    ``shapes`` are samples' shapes, an input each, for inputs that leave theirs open. The stack's answers are
    compared with ONNX Runtime's, to 1e-4 of the largest. Raises `UserError` naming what can't be imported.
    """
    model = read(path)
    inputs = entrances(model, path, shapes)
    bounded(model, path, inputs, BATCH)
    highest = _ids(model, inputs)
    feed = {item.name: item.example(item.batch or BATCH, 0, highest) for item in inputs}
    values = {**feed, **Runner(model, path, everything=True)(feed)}
    graph = OnnxGraph.of(model, values, [item.name for item in inputs])
    outputs = _answers(model)
    try:
        walk = Walk(graph, [item.name for item in inputs])
        answers = walk.run(outputs)
    except UnmappedError as error:
        raise refused([error.fault], "operator", str(path), _REMEDY) from error
    if walk.faults:
        raise refused(walk.faults, "operator", str(path), _REMEDY)
    made, weights = stack(walk.rows.found, answers)
    runner = Runner(model, path)
    counts = tuple(dict.fromkeys(item.batch or 0 for item in inputs))
    sizes = (counts[0],) if counts[0] else (2, 5)
    trials = []
    for size in sizes:
        samples = [item.example(size, size, highest) for item in inputs]
        given = dict(zip((item.name for item in inputs), samples, strict=True))
        wanted = runner(given)
        plain = [a.astype(np.int64 if i.whole else np.float32) for a, i in zip(samples, inputs, strict=True)]
        trials.append((plain, [wanted[name].astype(np.float32) for name in outputs]))
    parity = compared(made, weights, trials, ONNX_TOLERANCE, str(path))
    notes = [f"Its batch size is fixed at {sizes[0]}; the stack takes any."] if counts[0] else []
    name = path.stem.replace("_", " ").replace("-", " ").strip()[:200] or "Imported"
    return Imported(name, made, weights, tuple(notes), parity)


def _answers(model: object) -> list[str]:
    """The names of the outputs, the main answer first: our own files have it last, as the stack does."""
    names = [item.name for item in model.graph.output]  # type: ignore[attr-defined]
    ours = model.producer_name == "Model Workbench"  # type: ignore[attr-defined]
    return [names[-1], *names[:-1]] if ours else names


def _ids(model: object, inputs: Sequence[Entrance]) -> int:
    """How many different ids the smallest table that ids are looked up in holds."""
    names = {item.name for item in inputs if item.whole}
    graph = model.graph  # type: ignore[attr-defined]
    rows = {tensor.name: tensor.dims[0] for tensor in graph.initializer if len(tensor.dims) == 2}
    tables = [
        rows[node.input[0]] for node in graph.node if node.op_type == "Gather" and node.input[0] in rows
    ]
    return min(tables, default=10) if names else 10
