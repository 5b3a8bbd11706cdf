"""Single ONNX operators, and those that together are one layer, beside what ONNX Runtime makes of them."""

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from onnx import TensorProto, helper, numpy_helper

from workbench.errors import UserError
from workbench.importing.onnx import import_onnx
from workbench.importing.parity import filled

IMAGE = (4, 6, 8)
SEQUENCE = (5, 6)
VECTOR = (8,)
IDS = "ids"


def n(*numbers):
    """Decimal numbers as a constant."""
    return np.array(numbers[0] if len(numbers) == 1 else numbers, np.float32)


def i(*numbers):
    """Whole numbers as a constant."""
    return np.array(numbers, np.int64)


# what flows in · operators, each (type, inputs, attributes) and reading the one before at "" · the layers
CASES = {
    "sqrt": (VECTOR, [("Abs", [""], {}), ("Sqrt", [""], {})], ["Abs", "Sqrt"]),
    "log": (VECTOR, [("Exp", [""], {}), ("Log", [""], {})], ["Exp", "Log"]),
    "neg": (VECTOR, [("Neg", [""], {})], ["Neg"]),
    "reciprocal": (VECTOR, [("Reciprocal", [""], {})], ["Reciprocal"]),
    "pow": (VECTOR, [("Pow", ["", n(3.0)], {})], ["Pow"]),
    "l2": (
        IMAGE,
        [("ReduceL2", ["", i(1)], {"keepdims": 1}), ("Clip", ["", n(1e-12)], {}), ("Div", ["x", ""], {})],
        ["Normalize"],
    ),
    "lp": (SEQUENCE, [("LpNormalization", [""], {"axis": -1, "p": 1})], ["Normalize"]),
    "threshold": (VECTOR, [("ThresholdedRelu", [""], {"alpha": 0.3})], ["Threshold"]),
    "cut": (VECTOR, [("LessOrEqual", ["", n(0.1)], {}), ("Where", ["", n(-2.0), "x"], {})], ["Threshold"]),
    "at least": (VECTOR, [("Clip", ["", n(0.25)], {})], ["Threshold"]),
    "larger": (VECTOR, [("Max", ["", n(0.0)], {})], ["ReLU"]),
    "bounds": (VECTOR, [("Clip", ["", n(-2.0), n(0.5)], {})], ["Clamp"]),
    "hardtanh": (VECTOR, [("Clip", ["", n(-1.0), n(1.0)], {})], ["Hardtanh"]),
    "softplus": (VECTOR, [("Softplus", [""], {})], ["Softplus"]),
    "mish": (VECTOR, [("Mish", [""], {})], ["Mish"]),
    "hardswish": (VECTOR, [("HardSwish", [""], {})], ["Hardswish"]),
    "hardsigmoid": (VECTOR, [("HardSigmoid", [""], {"alpha": 1 / 6, "beta": 0.5})], ["Hardsigmoid"]),
    "hardshrink": (VECTOR, [("Shrink", [""], {"lambd": 0.4})], ["Hardshrink"]),
    "softshrink": (VECTOR, [("Shrink", [""], {"lambd": 0.4, "bias": 0.4})], ["Softshrink"]),
    "prelu": (IMAGE, [("PRelu", ["", n(0.1, 0.2, 0.3, 0.4).reshape(4, 1, 1)], {})], ["PReLU"]),
    "dropout": (VECTOR, [("Dropout", ["", n(0.25)], {}), ("Relu", [""], {})], ["Dropout", "ReLU"]),
    "one hot": (
        IDS,
        [("OneHot", ["", i(9), n(0.0, 1.0)], {"axis": -1})],
        ["OneHot"],
    ),
    "mean of an image": (IMAGE, [("ReduceMean", ["", i(2, 3)], {"keepdims": 0})], ["GlobalAvgPool"]),
    "mean of steps": (SEQUENCE, [("ReduceMean", ["", i(1)], {"keepdims": 0})], ["MeanOver"]),
    "argmax": (SEQUENCE, [("ArgMax", [""], {"axis": 1, "keepdims": 0})], ["ArgMax"]),
    "nearest": (IMAGE, [("Resize", ["", None, n(1, 1, 2, 2)], {"mode": "nearest",
        "coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"})], ["Upsample"]),
    "linear": (IMAGE, [("Resize", ["", None, n(1, 1, 2, 2)], {"mode": "linear"})], ["Upsample"]),
    "depth to space": (IMAGE, [("DepthToSpace", [""], {"blocksize": 2, "mode": "CRD"})], ["PixelShuffle"]),
    "lrn": (IMAGE, [("LRN", [""], {"size": 3, "alpha": 0.2, "bias": 2.0})], ["LocalResponseNorm"]),
    "tile": (SEQUENCE, [("Tile", ["", i(1, 3, 1)], {})], ["Repeat"]),
    "expand": (
        VECTOR,
        [("Unsqueeze", ["", i(1)], {}), ("Expand", ["", i(1, 3, 1)], {})],
        ["Unsqueeze", "Repeat"],
    ),
    "by channel": (
        IMAGE,
        [
            ("Sub", ["", n(1, 2, 3, 4).reshape(1, 4, 1, 1)], {}),
            ("Div", ["", n(2, 3, 4, 5).reshape(1, 4, 1, 1)], {}),
        ],
        ["Standardize"],
    ),
}  # fmt: skip


def model_of(shape, steps, path):
    """Write a model of operators that follow each other."""
    made, held, before = [], [], "x"
    for number, (kind, inputs, attributes) in enumerate(steps):
        names = []
        for place, item in enumerate(inputs):
            if isinstance(item, np.ndarray):
                held.append(numpy_helper.from_array(item, f"c{number}_{place}"))
                names.append(f"c{number}_{place}")
            else:
                names.append(before if item == "" else item or "")
        made.append(helper.make_node(kind, names, [f"y{number}"], name=f"{kind}{number}", **attributes))
        before = f"y{number}"
    kind = TensorProto.INT64 if shape == IDS else TensorProto.FLOAT
    sides = (6,) if shape == IDS else shape
    last = TensorProto.INT64 if steps[-1][0] == "ArgMax" else TensorProto.FLOAT
    graph = helper.make_graph(
        made,
        "g",
        [helper.make_tensor_value_info("x", kind, ["N", *sides])],
        [helper.make_tensor_value_info(before, last, None)],
        held,
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=8), path)
    random = np.random.default_rng(3)
    if shape == IDS:
        return random.integers(0, 9, (4, *sides))
    return random.standard_normal((4, *sides)).astype(np.float32)


@pytest.mark.parametrize("name", CASES)
def test_it_becomes_the_layer_that_does_the_same(name, tmp_path):
    shape, steps, types = CASES[name]
    path = tmp_path / "model.onnx"
    samples = model_of(shape, steps, path)
    found = import_onnx(path)
    assert [node.type for node in found.graph] == ["Input", *types]
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    (wanted,) = session.run(None, {"x": samples})
    with torch.inference_mode():
        got = filled(found.graph, found.weights)(torch.from_numpy(samples)).numpy()
    np.testing.assert_allclose(got, wanted, rtol=1e-4, atol=1e-5)


def test_the_share_that_drops_out_is_kept(tmp_path):
    shape, steps, _ = CASES["dropout"]
    model_of(shape, steps, tmp_path / "model.onnx")
    assert import_onnx(tmp_path / "model.onnx").graph.layers[1].layer.p == 0.25


@pytest.mark.parametrize(
    ("shape", "step"),
    [
        (SEQUENCE, ("MatMul", [np.ones((3, 5), np.float32), ""], {})),  # a constant before the data
        (VECTOR, ("HardSigmoid", [""], {"alpha": 0.2, "beta": 0.5})),  # not PyTorch's
        (IMAGE, ("DepthToSpace", [""], {"blocksize": 2, "mode": "DCR"})),
        (SEQUENCE, ("ReduceLogSumExp", ["", i(1)], {"keepdims": 0})),
        (VECTOR, ("Clip", ["", None, n(0.5)], {})),
    ],
)
def test_what_no_layer_does_is_refused_by_name(shape, step, tmp_path):
    model_of(shape, [step], tmp_path / "model.onnx")
    with pytest.raises(UserError, match=rf"1 operator can't be imported: {step[0]} \({step[0]}0\)"):
        import_onnx(tmp_path / "model.onnx")
