"""Every layer type to ONNX and back: with the same answers, or refused by its operators' names."""

import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import onnx
import pytest
import torch
from layer_cases import CASES, LayerCase

from workbench.build.check import built
from workbench.build.model import StackModel
from workbench.errors import UserError
from workbench.export.onnx import write_onnx
from workbench.graph import Graph
from workbench.importing.onnx import import_onnx
from workbench.importing.parity import filled
from workbench.layers import CATALOGUE

REFUSED = {"Bilinear", "TransformerDecoderLayer", "MelSpectrogram", "MFCC"}
GONE = {
    "Input", "Output", "Identity", "Dropout", "Dropout1d", "Dropout2d", "Dropout3d", "AlphaDropout",
    "FeatureAlphaDropout", "DropPath", "GaussianNoise", "Reparameterize",
}  # fmt: skip
"""What an export leaves nothing of, because once trained it does nothing."""
OTHERWISE = {
    "EmbeddingBag", "DepthwiseConv2d", "SeparableConv2d", "GlobalAvgPool", "GlobalMaxPool", "RReLU",
    "Reshape", "Unflatten", "Permute", "Squeeze", "Select", "ConstantPad1d", "ConstantPad2d", "ConstantPad3d",
    "MeanOverTime", "MaxOverTime", "SinusoidalPositions", "Spectrogram",
}  # fmt: skip
"""What comes back as other layers that do the same, such as a constant padding by 0 as padding by zeros."""

EXPORTED = tuple(name for name, layer_type in CATALOGUE.items() if not layer_type.no_onnx)


def side_by_side(cases: list[LayerCase]) -> Graph:
    """A stack of all cases, each with inputs and an answer of its own, so that one export does for all."""
    rows: list[dict[str, Any]] = []
    for number, case in enumerate(cases):
        for row in case.graph().model_dump(mode="json")["layers"]:
            reads = {"inputs": [f"{name}_{number}" for name in row["inputs"]]} if "inputs" in row else {}
            rows.append({**row, "id": f"{row['id']}_{number}", **reads})
        rows.append({"id": f"end_{number}", "type": "Output"})
    return Graph.model_validate({"layers": rows})


def randomised(model: StackModel) -> StackModel:
    """In eval mode, with figures that differ from a fresh layer's."""
    torch.manual_seed(0)
    for name, value in model.state_dict().items():
        if value.is_floating_point() and value.numel():
            low, high = (0.5, 2.0) if "std" in name or "var" in name else (-0.5, 0.5)
            with torch.no_grad():
                value.uniform_(low, high)
    return model.eval()


def together(name: str) -> list[str]:
    """The types that one is exported with: each recurrent one alone, which takes longest."""
    alike = [other for other in EXPORTED if CATALOGUE[other].group == CATALOGUE[name].group]
    place = alike.index(name)
    step = 1 if CATALOGUE[name].group == "recurrent" else 16
    return alike[place - place % step :][:step]


@cache
def exported(names: tuple[str, ...]) -> Any:
    """The first cases of types as one ONNX model, and torch's."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "layers.onnx"
        cases = [CASES[name][0] for name in names]
        model = randomised(built(side_by_side(cases)))
        samples = tuple(tensor.numpy() for case in cases for tensor in case.tensors(5))
        write_onnx(model, samples, path, {})
        return model, onnx.load(path)


def cut_out(proto: Any, inputs: list[str], output: str) -> Any:
    """The part of a model between some inputs and an output. It counts the samples at its own inputs."""
    copied = onnx.ModelProto()
    copied.CopyFrom(proto)
    entrances = {item.name for item in copied.graph.input}
    for node in copied.graph.node:
        if node.op_type == "Shape" and node.input[0] in entrances.difference(inputs):
            node.input[0] = inputs[0]
    return onnx.utils.Extractor(copied).extract_model(inputs, [output])


def written(name: str, path: Path) -> tuple[StackModel, int]:
    """Write a type's first case as ONNX; return the stack that it stands in, and which of its cases it is."""
    names = tuple(together(name))
    whole, proto = exported(names)
    number = names.index(name)
    rows = [node.id for node in whole.graph if node.type == "Input" and node.id.endswith(f"_{number}")]
    onnx.save(cut_out(proto, rows, proto.graph.output[place_of(whole, number)].name), path)
    return whole, number


def place_of(whole: StackModel, number: int) -> int:
    """Where among the answers of a stack a case's stands."""
    return whole.output_ids.index(f"end_{number}")


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_what_no_layer_does_alone_is_refused_by_name(name, tmp_path):
    path = tmp_path / "layer.onnx"
    written(name, path)
    with pytest.raises(UserError, match="can't be imported") as caught:
        import_onnx(path)
    operators = {node.op_type for node in onnx.load(path).graph.node}
    assert any(f"{operator} (" in str(caught.value) for operator in operators)


@pytest.mark.parametrize("name", [name for name in EXPORTED if name not in REFUSED])
def test_a_type_comes_back_with_the_same_answers(name, tmp_path):
    path = tmp_path / "layer.onnx"
    whole, number = written(name, path)
    found = import_onnx(path)
    names, case = together(name), CASES[name][0]
    samples = case.tensors(7, seed=1)
    given = [tensor for other in names for tensor in CASES[other][0].tensors(7)]
    start = sum(len(CASES[other][0].specs()) for other in names[:number])
    given[start : start + len(samples)] = samples
    with torch.inference_mode():
        wanted = whole.answers(*given)[place_of(whole, number)]
        got = filled(found.graph, found.weights)(*samples)
    torch.testing.assert_close(got, wanted, rtol=1e-4, atol=1e-5, equal_nan=True)
    if name not in GONE:
        types = [node.type for node in found.graph if node.type not in ("Input", "Output")]
        assert (types == [name]) == (name not in OTHERWISE), types
