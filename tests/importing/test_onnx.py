"""ONNX files as stacks: what a stack became comes back, foreign files too, and bad ones are refused."""

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from onnx import TensorProto, helper, numpy_helper

from workbench.build.check import built, check
from workbench.data.samples import SAMPLES, sample_project
from workbench.errors import UserError
from workbench.export.onnx import write_onnx
from workbench.graph import Graph
from workbench.graph.facts import Facts
from workbench.importing.onnx import import_onnx
from workbench.importing.parity import filled
from workbench.layers import TensorSpec
from workbench.templates.transformer import TransformerClassifier
from workbench.templates.vit import ViTTiny

FLOATS = TensorProto.FLOAT
GONE = {"Dropout", "Identity"}
"""What an export leaves nothing of: it does nothing once trained."""

STACKS = {
    "resnet": [
        ("x", "Input", {"shape": (3, 8, 8)}, None),
        ("norm", "BatchNorm2d", {}, None),  # behind a convolution the exporter folds it into that
        ("conv", "Conv2d", {"out_channels": 4, "padding": "same", "bias": False}, None),
        ("act", "GELU", {}, None),
        ("down", "Conv2d", {"out_channels": 4, "kernel_size": 1}, ["x"]),
        ("join", "Add", {}, ["act", "down"]),
        ("pool", "AdaptiveAvgPool2d", {}, None),
        ("flat", "Flatten", {}, None),
        ("head", "Linear", {"out_features": 3}, None),
    ],
    "lstm": [
        ("ids", "Input", {"shape": (5,), "dtype": "int64"}, None),
        ("embed", "Embedding", {"num_embeddings": 9, "embedding_dim": 4}, None),
        ("first", "LSTM", {"hidden_size": 3, "bidirectional": True, "returns": "sequence"}, None),
        ("second", "GRU", {"hidden_size": 4, "num_layers": 2}, None),
        ("head", "Linear", {"out_features": 2, "bias": False}, None),
        ("scores", "LogSoftmax", {}, None),
    ],
    "attention": [
        ("x", "Input", {"shape": (4, 8)}, None),
        ("token", "ClassToken", {}, None),
        ("attend", "MultiheadAttention", {"num_heads": 2}, None),
        ("encode", "TransformerEncoderLayer", {"nhead": 2, "dim_feedforward": 12, "norm_first": True}, None),
        ("first", "FirstStep", {}, None),
    ],
    "several answers": [
        ("x", "Input", {"shape": (8,)}, None),
        ("hidden", "Linear", {"out_features": 5}, None),
        ("act", "ReLU", {}, None),
        ("head", "Linear", {"out_features": 3}, None),
        ("output1", "Output", {}, ["act"]),
        ("output2", "Output", {}, ["head"]),
    ],
    "unet": [
        ("x", "Input", {"shape": (2, 8, 8)}, None),
        ("down", "MaxPool2d", {}, None),
        ("deep", "Conv2d", {"out_channels": 4, "padding": "same"}, None),
        ("group", "GroupNorm", {"num_groups": 2}, None),
        ("act", "SiLU", {}, None),
        ("up", "ConvTranspose2d", {"out_channels": 2, "stride": 2}, None),
        ("join", "Concat", {}, ["x", "up"]),
        ("shuffle", "PixelShuffle", {}, None),
        ("grow", "Upsample", {}, None),
        ("clip", "ReLU6", {}, None),
    ],
}


def graph_of(rows):
    layers = [
        {"id": i, "type": t, "params": p} | ({} if reads is None else {"inputs": reads})
        for i, t, p, reads in rows
    ]
    return Graph.model_validate({"layers": layers})


def exported(graph, path, seed=0):
    torch.manual_seed(seed)
    model = built(graph).eval()
    for name, value in [*model.named_buffers(), *model.named_parameters()]:
        if value.is_floating_point():
            with torch.no_grad():
                value.uniform_(0.5, 1.5) if "var" in name or "std" in name else value.uniform_(-0.5, 0.5)
    shapes = [node.layer for node in graph if node.type == "Input"]
    samples = tuple(
        np.random.default_rng(1).integers(0, 9, (6, *layer.shape))
        if layer.dtype == "int64"
        else np.random.default_rng(1).standard_normal((6, *layer.shape)).astype(np.float32)
        for layer in shapes
    )
    write_onnx(model, samples, path, {})
    return model, samples


def same_again(graph, tmp_path):
    model, samples = exported(graph, tmp_path / "model.onnx")
    found = import_onnx(tmp_path / "model.onnx")
    wanted = [(n.id, n.type, n.layer) for n in graph if n.type not in GONE]
    assert [(n.id, n.type, n.layer) for n in found.graph] == wanted
    with torch.no_grad():
        inputs = [torch.from_numpy(item) for item in samples]
        torch.testing.assert_close(
            filled(found.graph, found.weights)(*inputs), model(*inputs), rtol=1e-4, atol=1e-5
        )
    assert found.parity.max_rel_diff < 1e-4


@pytest.mark.parametrize("name", [sample.name for sample in SAMPLES if sample.name != "fashion-mnist-cnn"])
def test_the_samples_come_back_as_they_were(name, tmp_path):
    same_again(sample_project(name).model, tmp_path)


@pytest.mark.parametrize("name", STACKS)
def test_stacks_come_back_as_they_were(name, tmp_path):
    same_again(graph_of(STACKS[name]), tmp_path)


def test_a_small_transformer_comes_back(tmp_path):
    small = TransformerClassifier(vocabulary=20, width=8, num_heads=2)
    graph = small.graph(Facts(TensorSpec((6,), "int64"), "classification", 3))
    exported(graph, tmp_path / "model.onnx")
    types = [node.type for node in import_onnx(tmp_path / "model.onnx").graph]
    layers = ["TransformerEncoderLayer", "TransformerEncoderLayer"]
    assert types == ["Input", "Embedding", "LearnedPositions", *layers, "MeanOver", "Linear"]


def test_a_small_vision_transformer_comes_back(tmp_path):
    graph = ViTTiny(depth=2, dropout=0.1).graph(Facts(TensorSpec((1, 14, 14)), "classification", 3))
    exported(graph, tmp_path / "model.onnx")
    wanted = [(node.id, node.type, node.layer) for node in graph if node.type not in GONE]
    found = import_onnx(tmp_path / "model.onnx")
    positions = next(node.id for node in graph if node.type == "LearnedPositions")
    assert [(n.id, n.type, n.layer) for n in found.graph if n.id != positions] == [
        row for row in wanted if row[0] != positions
    ]


def test_a_file_of_torchs_older_exporter_style_is_read(tmp_path):
    """Layer norm and GELU written out, MatMul and Add, a reshape by the batch's own size."""
    rng = np.random.default_rng(0)
    weights = {
        "w": rng.standard_normal((8, 6)).astype(np.float32),
        "b": rng.standard_normal(6).astype(np.float32),
        "gain": rng.uniform(0.5, 2, 6).astype(np.float32),
        "shift": rng.standard_normal(6).astype(np.float32),
        "two": np.array(2.0, np.float32), "eps": np.array(1e-5, np.float32),
        "root": np.array(2**0.5, np.float32),
        "one": np.array(1.0, np.float32), "half": np.array(0.5, np.float32), "zero": np.array(0, np.int64),
        "minus": np.array([-1], np.int64), "axis": np.array([0], np.int64),
    }  # fmt: skip
    n = helper.make_node
    nodes = [
        n("Shape", ["x"], ["s"]), n("Gather", ["s", "zero"], ["n"]), n("Unsqueeze", ["n", "axis"], ["n1"]),
        n("Concat", ["n1", "minus"], ["to"], axis=0), n("Reshape", ["x", "to"], ["f"]),
        n("MatMul", ["f", "w"], ["m"]), n("Add", ["m", "b"], ["l"]),
        n("ReduceMean", ["l"], ["mu"], axes=[-1]), n("Sub", ["l", "mu"], ["d"]),
        n("Pow", ["d", "two"], ["d2"]),
        n("ReduceMean", ["d2"], ["v"], axes=[-1]), n("Add", ["v", "eps"], ["ve"]), n("Sqrt", ["ve"], ["sd"]),
        n("Div", ["d", "sd"], ["h"]), n("Mul", ["h", "gain"], ["hg"]), n("Add", ["hg", "shift"], ["ln"]),
        n("Div", ["ln", "root"], ["g1"]), n("Erf", ["g1"], ["g2"]), n("Add", ["g2", "one"], ["g3"]),
        n("Mul", ["ln", "g3"], ["g4"]), n("Mul", ["g4", "half"], ["y"]),
    ]  # fmt: skip
    path = saved(tmp_path, nodes, ["N", 2, 4], weights)
    found = import_onnx(path)
    assert [node.type for node in found.graph] == ["Input", "Flatten", "Linear", "LayerNorm", "GELU"]
    samples = rng.standard_normal((4, 2, 4)).astype(np.float32)
    (wanted,) = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"]).run(
        None, {"x": samples}
    )
    got = filled(found.graph, found.weights)(torch.from_numpy(samples)).detach().numpy()
    np.testing.assert_allclose(got, wanted, rtol=1e-4, atol=1e-5)


def saved(tmp_path, nodes, shape, weights=None, opset=17, kind=FLOATS):
    graph = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info("x", kind, shape)],
        [helper.make_tensor_value_info("y", FLOATS, None)],
        [numpy_helper.from_array(array, name) for name, array in (weights or {}).items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)
    path = tmp_path / "model.onnx"
    onnx.save(model, path)
    return path


def refusal(path, shapes=()):
    with pytest.raises(UserError) as caught:
        import_onnx(path, shapes)
    assert str(path) in str(caught.value)
    return str(caught.value)


def test_operators_without_a_layer_are_all_named(tmp_path):
    nodes = [
        helper.make_node("Sin", ["x"], ["a"], name="wave"),
        helper.make_node("Sinh", ["a"], ["b"], name="bend"),
        helper.make_node("Sin", ["b"], ["y"], name="again"),
    ]
    said = refusal(saved(tmp_path, nodes, ["N", 3]))
    assert "3 operators of 2 kinds can't be imported: Sin (wave) and 1 more; Sinh (bend)" in said


def test_an_open_size_needs_a_shape(tmp_path):
    path = saved(tmp_path, [helper.make_node("Relu", ["x"], ["y"])], ["N", 3, "side"])
    assert "--shape" in refusal(path)
    assert import_onnx(path, [(3, 5)]).graph.layers[0].layer.shape == (3, 5)


def test_images_with_channels_last_come_in_by_their_transpose(tmp_path):
    weight = np.random.default_rng(0).standard_normal((2, 3, 3, 3)).astype(np.float32)
    nodes = [
        helper.make_node("Transpose", ["x"], ["t"], perm=[0, 3, 1, 2]),
        helper.make_node("Conv", ["t", "w"], ["y"]),
    ]
    found = import_onnx(saved(tmp_path, nodes, [1, 6, 6, 3], {"w": weight}))
    assert [node.type for node in found.graph] == ["Input", "Permute", "Conv2d"]
    assert found.notes


def test_a_mixed_batch_is_refused(tmp_path):
    nodes = [helper.make_node("ReduceMean", ["x"], ["y"], axes=[0], keepdims=0)]
    assert "batch" in refusal(saved(tmp_path, nodes, ["N", 4]))


@pytest.mark.parametrize("content", [b"", b"\x00" * 40, b"PK\x03\x04 not onnx", b"hello, world\n" * 20])
def test_what_is_no_onnx_is_refused_in_a_sentence(content, tmp_path):
    path = tmp_path / "model.onnx"
    path.write_bytes(content)
    assert "no sound ONNX file" in refusal(path)


@pytest.mark.parametrize("share", [0.2, 0.6, 0.95])
def test_a_file_cut_short_is_refused(share, tmp_path):
    exported(graph_of(STACKS["resnet"]), tmp_path / "model.onnx")
    whole = (tmp_path / "model.onnx").read_bytes()
    cut = tmp_path / "cut.onnx"
    cut.write_bytes(whole[: int(len(whole) * share)])
    refusal(cut)


def test_a_missing_file_is_refused(tmp_path):
    assert "no such file" in refusal(tmp_path / "none.onnx")


def outside(tmp_path, location, offset=0, length=48):
    path = saved(
        tmp_path,
        [helper.make_node("MatMul", ["x", "w"], ["y"])],
        ["N", 3],
        {"w": np.ones((3, 4), np.float32)},
    )
    model = onnx.load(path)
    tensor = model.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    for key, value in {"location": location, "offset": offset, "length": length}.items():
        tensor.external_data.add(key=key, value=str(value))
    path.write_bytes(model.SerializeToString())
    return path


@pytest.mark.parametrize("location", ["../secret.bin", "/etc/passwd", "a/../../secret.bin", "", "."])
def test_weights_outside_the_folder_are_not_opened(location, tmp_path):
    folder = tmp_path / "models"
    folder.mkdir()
    (tmp_path / "secret.bin").write_bytes(b"\0" * 64)
    assert "outside its folder" in refusal(outside(folder, location))


def test_a_link_out_of_the_folder_is_not_followed(tmp_path):
    folder = tmp_path / "models"
    folder.mkdir()
    (tmp_path / "secret.bin").write_bytes(b"\0" * 64)
    (folder / "weights.bin").symlink_to(tmp_path / "secret.bin")
    assert "outside its folder" in refusal(outside(folder, "weights.bin"))


def test_weights_beside_the_model_are_read(tmp_path):
    path = outside(tmp_path, "weights.bin", offset=4)
    (tmp_path / "weights.bin").write_bytes(b"\0" * 4 + np.full((3, 4), 2, np.float32).tobytes())
    assert import_onnx(path).weights["y.weight"].eq(2).all()


def test_weights_that_are_not_all_there_are_refused(tmp_path):
    (tmp_path / "weights.bin").write_bytes(b"\0" * 20)
    assert "doesn't hold all" in refusal(outside(tmp_path, "weights.bin"))


def test_absurd_sizes_are_not_believed(tmp_path):
    path = saved(
        tmp_path,
        [helper.make_node("MatMul", ["x", "w"], ["y"])],
        ["N", 3],
        {"w": np.ones((3, 4), np.float32)},
    )
    model = onnx.load(path)
    model.graph.initializer[0].dims[:] = [3, 2**40]
    path.write_bytes(model.SerializeToString())
    assert "GiB" in refusal(path)


def test_the_imported_stack_has_no_problem(tmp_path):
    exported(graph_of(STACKS["resnet"]), tmp_path / "model.onnx")
    assert not check(import_onnx(tmp_path / "model.onnx").graph).problems
