"""Every layer type as ONNX, a group's cases side by side in one stack: an export takes most of a second."""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from layer_cases import CASES, LayerCase

from workbench.build.check import built, check
from workbench.build.model import StackModel
from workbench.errors import UserError
from workbench.export.onnx import write_onnx
from workbench.graph import Graph
from workbench.layers import CATALOGUE


def side_by_side(cases: tuple[LayerCase, ...]) -> StackModel:
    """A stack of all cases, each with inputs of its own, their outputs laid flat and joined."""
    rows: list[dict[str, Any]] = []
    for number, case in enumerate(cases):
        branch = case.graph()
        for row in branch.model_dump(mode="json")["layers"]:
            reads = {"inputs": [f"{name}_{number}" for name in row["inputs"]]} if "inputs" in row else {}
            rows.append({**row, "id": f"{row['id']}_{number}", **reads})
        if check(branch).rows[-1].output.dtype == "int64":
            params = {"dtype": "float32"}
            rows.append({"id": f"ids_{number}", "type": "Cast", "params": params})
        rows.append({"id": f"end_{number}", "type": "Flatten"})
    ends = [f"end_{number}" for number in range(len(cases))]
    if len(ends) > 1:
        rows.append({"id": "all", "type": "Concat", "inputs": ends})
    return built(Graph.model_validate({"layers": rows}))


EXPORTED = tuple(name for name, layer_type in CATALOGUE.items() if not layer_type.no_onnx)
REFUSED = tuple(name for name, layer_type in CATALOGUE.items() if layer_type.no_onnx)


def together(name: str) -> str:
    """What a type is exported with: seven of its group; each recurrent type alone, which takes longest."""
    group = CATALOGUE[name].group
    if group == "recurrent":
        return name
    alike = [other for other in EXPORTED if CATALOGUE[other].group == group]
    return f"{group}{alike.index(name) // 7 + 1}"


@pytest.mark.parametrize("group", sorted({together(name) for name in EXPORTED}))
def test_agrees_with_onnx_runtime(group, tmp_path):
    torch.manual_seed(0)
    cases = tuple(case for name in EXPORTED if together(name) == group for case in CASES[name])
    model = side_by_side(cases).eval()
    for module in model.modules():  # figures that differ from a fresh layer's
        for name, buffer in module.named_buffers(recurse=False):
            if name in {"mean", "std", "running_mean", "running_var"}:
                buffer.uniform_(0.5, 2.0)
    samples = tuple(tensor.numpy() for case in cases for tensor in case.tensors(9))
    exported = write_onnx(model, samples, tmp_path / "layers.onnx", {})

    assert exported.checked.samples == 9
    assert exported.checked.max_rel_diff <= 5e-6
    assert [item["dtype"] for item in exported.inputs] == [str(sample.dtype) for sample in samples]
    onnx.checker.check_model(onnx.load(exported.path), full_check=True)
    session = onnxruntime.InferenceSession(exported.path, providers=["CPUExecutionProvider"])
    *_, got = session.run(None, {i.name: a for i, a in zip(session.get_inputs(), samples, strict=True)})
    with torch.inference_mode():
        wanted = model(*map(torch.from_numpy, samples)).numpy()
    start = 0
    for number, case in enumerate(cases):
        width = check(model.graph).rows[model.graph.index(f"end_{number}")].output.shape[0]
        own = np.s_[:, start : start + width]
        np.testing.assert_allclose(got[own], wanted[own], rtol=1e-4, atol=1e-5, err_msg=str(case))
        start += width
    assert start == got.shape[1]


def assert_refused(name: str, why: str, path: Path) -> None:
    case = CASES[name][0]
    model = built(case.graph())
    with pytest.raises(UserError) as caught:
        write_onnx(model, tuple(tensor.numpy() for tensor in case.tensors(2)), path, {})
    assert str(caught.value).startswith(f"layer layer: {name} can't be written as ONNX. {why} ")
    assert str(caught.value).endswith("export to python instead.")
    assert not path.exists()


@pytest.mark.parametrize("name", REFUSED)
def test_a_type_without_onnx_form_is_refused_with_the_reason(name, tmp_path):
    assert CATALOGUE[name].no_onnx.endswith(".")
    assert_refused(name, CATALOGUE[name].no_onnx, tmp_path / "layers.onnx")


def test_refusing_comes_before_any_translation(tmp_path, monkeypatch):
    monkeypatch.setattr(CATALOGUE["ReLU"], "no_onnx", "It was taken away.")
    assert_refused("ReLU", "It was taken away.", tmp_path / "layers.onnx")


def test_every_layer_type_is_tried():
    assert set(CASES) == set(CATALOGUE)
