import csv
import io
import math
import re

import pytest
import torchinfo
from torch import nn

from workbench.build.check import built, check
from workbench.build.summary import Summary, summary
from workbench.build.summary_text import as_csv, as_markdown, as_text
from workbench.graph import Graph
from workbench.templates.registry import TEMPLATES


def stack(*rows: dict, blocks: tuple = ()) -> Graph:
    return Graph.model_validate({"layers": list(rows), "blocks": list(blocks)})


def layer(layer_id: str, kind: str, inputs: list[str] | None = None, block: str = "", **params) -> dict:
    made = {"id": layer_id, "type": kind, "params": params, "block": block}
    return made | ({"inputs": inputs} if inputs else {})


RESIDUAL = stack(
    layer("image", "Input", shape=[3, 16, 16]),
    layer("conv1", "Conv2d", out_channels=8, padding=1, bias=False, block="body/stem"),
    layer("bn1", "BatchNorm2d", block="body/stem"),
    layer("relu1", "ReLU", block="body"),
    layer("conv2", "Conv2d", out_channels=8, padding=1, stride=1, block="body"),
    layer("add1", "Add", ["relu1", "conv2"], block="body"),
    layer("pool1", "MaxPool2d", kernel_size=2),
    layer("flat1", "Flatten"),
    layer("fc1", "Linear", out_features=10),
    blocks=({"id": "body", "name": "Residual | <8>"}, {"id": "stem", "name": "stem"}),
)
WIDE = stack(
    layer("x", "Input", shape=[20]),
    layer("fc1", "Linear", out_features=64, bias=False),
    layer("relu1", "ReLU"),
    layer("fc2", "Linear", out_features=3, bias=False),
)
GROUPED = stack(
    layer("x", "Input", shape=[8, 30]),
    layer("conv1", "Conv1d", out_channels=16, kernel_size=5, stride=2, groups=4),
    layer("bn1", "BatchNorm1d"),
    layer("conv2", "Conv1d", out_channels=4, kernel_size=1),
    layer("flat1", "Flatten"),
    layer("fc1", "Linear", out_features=2),
)


def of(graph: Graph) -> Summary:
    return summary(graph, check(graph))


@pytest.mark.parametrize("graph", [RESIDUAL, WIDE, GROUPED], ids=["residual", "wide", "grouped"])
def test_agrees_with_torchinfo(graph: Graph):
    """But for what it adds: a multiply-add for each bias, and for each parameter of a norm."""
    model = built(graph).eval()
    (shape,) = (node.layer.shape for node in graph if node.type == "Input")
    theirs = torchinfo.summary(model, input_size=(1, *shape), verbose=0)
    ours = of(graph)
    assert ours.params == theirs.total_params
    assert ours.trainable == theirs.trainable_params
    assert ours.params_bytes == theirs.total_param_bytes
    outputs = {row.id: row.output.shape for row in ours.rows}
    extra = 0
    for name, module in model.named_children():
        if isinstance(module, nn.modules.batchnorm._BatchNorm):
            extra += sum(p.numel() for p in module.parameters())
        elif isinstance(module, nn.modules.conv._ConvNd | nn.Linear) and module.bias is not None:
            extra += math.prod(outputs[name])
    assert ours.mult_adds == theirs.total_mult_adds - extra
    learning = [row.output.shape for row in ours.rows if row.params and row.kind == "layer"]
    assert sum(2 * 4 * math.prod(shape) for shape in learning) == theirs.total_output_bytes
    assert ours.forward_bytes + ours.backward_bytes > theirs.total_output_bytes


PUBLISHED = {"alexnet": 0.71, "vgg-16": 15.47, "resnet-50": 4.09, "densenet-121": 2.83, "mobilenet-v2": 0.30}
"""Billions of multiply-adds of torchvision's models, from its table of weights, which calls them GFLOPS."""


@pytest.mark.parametrize("name", PUBLISHED)
def test_multiply_adds_are_those_that_are_published(name: str):
    found = of(TEMPLATES[name].graph())
    assert found.mult_adds / 1e9 == pytest.approx(PUBLISHED[name], abs=0.0051)


def test_rows_and_subtotals():
    found = of(RESIDUAL)
    assert [(row.kind, row.id, row.depth) for row in found.rows] == [
        ("layer", "image", 0), ("block", "body", 0), ("block", "stem", 1), ("layer", "conv1", 2),
        ("layer", "bn1", 2), ("layer", "relu1", 1), ("layer", "conv2", 1), ("layer", "add1", 1),
        ("layer", "pool1", 0), ("layer", "flat1", 0), ("layer", "fc1", 0),
    ]  # fmt: skip
    rows = {row.id: row for row in found.rows}
    assert rows["stem"].params == 3 * 8 * 9 + 16
    assert rows["body"].params == rows["stem"].params + 8 * 8 * 9 + 8
    assert rows["body"].flops == 2 * (3 + 8) * 8 * 9 * 256
    assert rows["body"].mult_adds == (3 + 8) * 8 * 9 * 256
    assert [str(spec) for spec in rows["body"].inputs] == ["3×16×16"]
    assert str(rows["body"].output) == "8×16×16"
    assert [str(spec) for spec in rows["add1"].inputs] == ["8×16×16", "8×16×16"]
    assert sum(row.share for row in found.rows if row.kind == "layer") == pytest.approx(1)
    assert found.layers == 9
    elements = 3 * 256 + 5 * 8 * 256 + 2 * 8 * 64 + 10
    assert (found.forward_bytes, found.backward_bytes) == (4 * elements, 4 * elements)


def test_ids_have_no_gradients():
    found = of(stack(layer("i", "Input", shape=[5], dtype="int64"),
                     layer("e", "Embedding", num_embeddings=10, embedding_dim=4)))  # fmt: skip
    assert (found.forward_bytes, found.backward_bytes) == (8 * 5 + 4 * 20, 4 * 20)


def test_bypassed_layers_are_left_out():
    rows = [dict(row) for row in RESIDUAL.model_dump(mode="json")["layers"]]
    rows[4]["bypass"] = True
    graph = Graph.model_validate({"layers": rows, "blocks": RESIDUAL.model_dump(mode="json")["blocks"]})
    found = of(graph)
    assert "conv2" not in {row.id for row in found.rows}
    assert found.layers == 8


def test_a_faulty_stack_has_a_summary_too():
    graph = stack(layer("x", "Input", shape=[4]), layer("c", "Conv2d", out_channels=2), layer("r", "ReLU"))
    found = of(graph)
    assert [row.output is None for row in found.rows] == [False, True, True]
    for text in (as_text(found), as_csv(found), as_markdown(found)):
        assert "Conv2d" in text
    assert of(Graph()).rows == ()
    assert as_text(of(Graph()))


@pytest.mark.parametrize("width", [72, 80, 100, 200])
def test_text_fits(width: int):
    found = of(RESIDUAL)
    text = as_text(found, width)
    table, totals = text.rsplit("─\n", 1)
    assert max(map(len, table.splitlines())) <= width
    assert "\n    conv1 " in table
    for figure in (f"{row.params:,}" for row in found.rows if row.params):
        assert figure in table
    assert f"{found.flops:,} ({found.mult_adds:,} multiply-adds)" in totals


def test_csv_adds_up():
    found = of(RESIDUAL)
    rows = list(csv.DictReader(io.StringIO(as_csv(found))))
    assert [row["id"] for row in rows] == [node.id for node in RESIDUAL]
    assert sum(int(row["params"]) for row in rows) == found.params
    assert sum(int(row["flops"]) for row in rows) == found.flops
    assert rows[1]["block"] == "body/stem"
    assert rows[5]["inputs"] == "8x16x16 8x16x16"


def test_markdown_shows_names_as_they_are():
    lines = as_markdown(of(RESIDUAL)).splitlines()
    table = [line for line in lines if line.startswith("|")]
    assert {len(re.findall(r"(?<!\\)\|", line)) for line in table} == {9}
    assert "**Residual \\| &lt;8&gt;**" in table[3]
    assert table[4].startswith("| &nbsp;&nbsp;&nbsp;&nbsp;**stem** |")
