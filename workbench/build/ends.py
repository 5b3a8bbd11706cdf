"""Comparing the two ends of a stack with the data that it is for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from workbench.build.objective import Form, form_of, last_of
from workbench.build.problem import Problem
from workbench.graph import training
from workbench.graph.facts import Facts
from workbench.graph.project import Graph, Node
from workbench.layers import Fix, TensorSpec

Outputs = Mapping[str, TensorSpec | None]

_APART: frozenset[Form] = frozenset({"embedding", "sequence"})
_AUTO = Fix("Set the loss to auto", "training", params=(("loss", "auto"),))
_EMBEDDINGS = ("Embedding", "EmbeddingBag")
_CONSTANT = {"Softmax": 1, "LogSoftmax": 0}


def ends(graph: Graph, facts: Facts, outputs: Outputs, loss: training.LossName = "auto") -> list[Problem]:
    """Return what doesn't fit between the data and where the stack takes them in and gives its answer.

    The loss says what the answer is to be: a score for each class, an embedding, or a sequence of scores.
    """
    form = form_of(loss) if facts.task == "classification" else "classes"
    answer = _output(graph, facts, outputs, loss) if form in _APART else _scores(graph, facts, outputs)
    return [*_inputs(graph, facts), *_looked_up(graph, facts), *_standardized(graph, facts), *answer]


def _inputs(graph: Graph, facts: Facts) -> Iterator[Problem]:
    found = [node for node in graph if node.type == "Input"]
    for node in found[1:]:
        message = "The data have one input a sample, but this is another Input. Remove it."
        yield Problem(node.id, "error", message, (Fix("Remove Input", "remove"),))
    if not found:
        return
    first = found[0]
    layer = first.layer
    shape, dtype = layer.shape, layer.dtype  # type: ignore[attr-defined]
    if (shape, dtype) != facts.sample:
        wanted = (("shape", facts.sample.shape), ("dtype", facts.sample.dtype))
        yield Problem(
            first.id,
            "error",
            f"The data have samples of {facts.sample} ({facts.sample.dtype}), but the Input is "
            f"{TensorSpec(shape)} ({dtype}). Set the Input to {facts.sample}.",
            (Fix(f"Set Input to {facts.sample}", "set", params=wanted),),
        )


def _looked_up(graph: Graph, facts: Facts) -> Iterator[Problem]:
    """What reads the data's ids must have a vector for each."""
    entrances = {node.id for node in graph if node.type == "Input"}
    for row, node in enumerate(graph):
        if node.type not in _EMBEDDINGS or not entrances.issuperset(graph.inputs_of(row)):
            continue
        known = node.layer.num_embeddings  # type: ignore[attr-defined]
        if known < facts.ids:
            yield Problem(
                node.id,
                "error",
                f"The data have ids of 0 to {facts.ids - 1:,}, but there are vectors for {known:,} only. Set "
                f"num_embeddings to {facts.ids}.",
                (Fix(f"Set num_embeddings to {facts.ids}", "set", params=(("num_embeddings", facts.ids),)),),
            )


def _standardized(graph: Graph, facts: Facts) -> Iterator[Problem]:
    """Standardize is measured on the data, so it stands right behind the Input, or inverted at the end."""
    entrances = {node.id for node in graph if node.type == "Input"}
    remove = Fix("Remove Standardize", "remove")
    for row, node in enumerate(graph):
        if node.type != "Standardize":
            continue
        if not node.layer.invert:  # type: ignore[attr-defined]
            if not entrances.issuperset(graph.inputs_of(row)):
                message = "Standardize measures the data, so it must read the Input. Use a norm layer here."
                yield Problem(
                    node.id, "error", message, (Fix("Use LayerNorm", "replace", "LayerNorm"), remove)
                )
        elif facts.task != "regression":
            message = (
                "Inverted, Standardize turns numbers into the target's units; classes have none. Remove it."
            )
            yield Problem(node.id, "error", message, (remove,))
        elif row < len(graph) - 1:
            message = (
                "Inverted, Standardize gives the final answer, so it must be the last layer. Move it down."
            )
            yield Problem(node.id, "error", message, (remove,))


def _output(graph: Graph, facts: Facts, outputs: Outputs, loss: training.LossName) -> Iterator[Problem]:
    """The answers that aren't a score for each class: embeddings and sequences."""
    last = graph.layers[-1]
    output = outputs[last.id]
    if output is None:
        return
    fixes: tuple[Fix, ...] = ()
    if form_of(loss) == "embedding":
        fits = len(output.shape) == 1
        what = "an embedding, one row of numbers a sample"
        if len(output.shape) > 1:
            fixes = (Fix("Add Flatten", "insert_after", "Flatten"),)
    else:
        width = facts.classes + 1
        fits = len(output.shape) == 2 and output.shape[1] == width
        what = f"a sequence of scores, at each step blank's and those of {facts.classes} classes ({width})"
        if len(output.shape) == 2:
            last, fixes = _widths(graph, outputs, width)
    if fits and output.dtype == "float32":
        return
    fixes = (*(fixes if output.dtype == "float32" else ()), _AUTO)
    yield Problem(last.id, "error", f"The loss {loss} needs {what}, but the stack gives {output}.", fixes)


def _scores(graph: Graph, facts: Facts, outputs: Outputs) -> Iterator[Problem]:
    last = graph.layers[-1]
    output = outputs[last.id]
    if output is None:
        return
    if facts.task == "regression":
        width, what = 1, "one value a sample"
    else:
        width, what = facts.classes, f"a score for each of {facts.classes} classes"
    fits = output.shape == (width,) or (facts.classes == 2 and output.shape == (1,))
    if fits and output.dtype == "float32":
        yield from _squashed(last_of(graph), facts, output.shape[0])
        return
    layer, fixes = _output_fixes(graph, outputs, output, width)
    message = f"The task needs {what} ({width}), but the stack gives {output}."
    yield Problem(layer.id, "error", message, fixes)


def _squashed(last: Node, facts: Facts, width: int) -> Iterator[Problem]:
    """Activations at the end that can't give this task's answers."""
    if last.type in _CONSTANT and width == 1:
        message = f"{last.type} of a single value is always {_CONSTANT[last.type]}."
        if facts.task == "regression":
            yield Problem(last.id, "error", f"{message} Remove it.", (Fix(f"Remove {last.type}", "remove"),))
        else:
            fix = Fix("Use Sigmoid", "replace", "Sigmoid")
            yield Problem(last.id, "error", f"{message} Use Sigmoid.", (fix,))
    if last.type == "Sigmoid" and width > 1:
        message = "Sigmoid scores each class apart, so the scores don't add up to 1. Use Softmax."
        yield Problem(last.id, "warning", message, (Fix("Use Softmax", "replace", "Softmax"),))


def _output_fixes(
    graph: Graph, outputs: Outputs, output: TensorSpec, width: int
) -> tuple[Node, tuple[Fix, ...]]:
    """The layer to mend, and how: the Linear that decides the width, or one more layer at the end."""
    last = graph.layers[-1]
    if len(output.shape) > 1:
        return last, (Fix("Add Flatten", "insert_after", "Flatten"),)
    if output.dtype != "float32":
        return last, ()
    return _widths(graph, outputs, width)


def _widths(graph: Graph, outputs: Outputs, width: int) -> tuple[Node, tuple[Fix, ...]]:
    """Mending the number of outputs, the last dimension's."""
    last = graph.layers[-1]
    params = (("out_features", width),)
    deciding = _deciding(graph, outputs)
    if deciding:
        return deciding, (Fix(f"Set out_features to {width}", "set", params=params),)
    return last, (Fix(f"Add Linear {width}", "insert_after", "Linear", params),)


def _deciding(graph: Graph, outputs: Outputs) -> Node | None:
    """The Linear at the end, or above layers at the end that keep its width and alone read it."""
    readers = Counter(name for row in range(len(graph)) for name in graph.inputs_of(row))
    row = len(graph) - 1
    while graph.layers[row].type != "Linear":
        reads = graph.inputs_of(row)
        if len(reads) != 1 or readers[reads[0]] > 1 or outputs[reads[0]] != outputs[graph.layers[row].id]:
            return None
        row = graph.index(reads[0])
    return graph.layers[row]
