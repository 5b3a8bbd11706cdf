"""Which layers DeepLIFT can follow."""

from __future__ import annotations

from torch import nn

from workbench.build.model import StackModel
from workbench.build.objective import last_of
from workbench.errors import UserError
from workbench.graph.project import Graph, Node
from workbench.interpret.attribution.rescale import has_rule
from workbench.interpret.attribution.shapes import needed_of
from workbench.train.outputs import Reading

_LINEAR_GROUPS = ("convolution", "regularisation", "shape")
_LINEAR = frozenset(
    {
        *("Input", "Output", "Standardize", "Linear", "Identity", "Embedding", "OneHot"),
        *("AvgPool1d", "AvgPool2d", "AvgPool3d", "GlobalAvgPool"),
        *("AdaptiveAvgPool1d", "AdaptiveAvgPool2d", "AdaptiveAvgPool3d"),
        *("BatchNorm1d", "BatchNorm2d", "BatchNorm3d"),
        *("MeanOverTime", "LastStep", "FirstStep", "ReverseTime"),
        *("SinusoidalPositions", "LearnedPositions", "RotaryPositions", "ClassToken"),
        *("Add", "Average", "Subtract", "Concat", "Stack"),
        *("Scale", "LayerScale", "Neg", "MeanOver", "SumOver"),
    }
)


def layers_behind(model: StackModel, entrance: str, read: Reading) -> frozenset[nn.Module]:
    """Return the modules with rules between a layer and the output. Raises `UserError` for one without."""
    if read.form == "sequence":
        raise _no_rule("CTC", model.layer_ids[-1])
    graph = model.graph
    softmax = final_softmax(graph)
    reached, found = {entrance}, set()
    needed = needed_of(graph)
    for node, sources in zip(graph, graph.sources(), strict=True):
        if node.id not in needed or reached.isdisjoint(sources):
            continue
        reached.add(node.id)
        module = model.get_submodule(node.id)
        if node.id == softmax:
            continue
        if has_rule(module) and node.type != "Softmax":
            found.add(module)
        elif not _linear(node):
            raise _no_rule(node.type, node.id)
    return frozenset(found)


def final_softmax(graph: Graph) -> str:
    """Return the stack's last layer where it makes probabilities of scores, "" if it doesn't.

    Attribution is to the score before it, as the paper has it (section 3.6): the difference of probabilities
    isn't shared out completely by captum's rule.
    """
    last = last_of(graph)
    return last.id if last.type in ("Softmax", "LogSoftmax") else ""


def _no_rule(what: str, layer: str) -> UserError:
    return UserError(
        f"DeepLIFT has no rule for {what}.",
        place=f"layer {layer}",
        remedy="Use integrated gradients, which take any layer.",
    )


def _linear(node: Node) -> bool:
    return node.type in _LINEAR or node.layer.group in _LINEAR_GROUPS
