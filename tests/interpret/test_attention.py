"""Each head's attention is torch's own, however a layer comes to call it."""

import numpy as np
import pytest
import torch
from torch import nn

from workbench.build.check import built
from workbench.data.dataset import Dataset
from workbench.graph import Graph
from workbench.interpret.attention import attention_of_all
from workbench.interpret.subject import Subject


def close(got, wanted):
    np.testing.assert_allclose(got, wanted.detach().numpy(), atol=1e-6, rtol=1e-6)


def made(*layers):
    torch.manual_seed(0)
    rows = [
        {"id": "x", "type": "Input", "params": {"shape": [5, 8]}},
        *layers,
        {"id": "pool", "type": "Flatten"},
        {"id": "fc", "type": "Linear", "params": {"out_features": 3}},
    ]
    return built(Graph.model_validate({"layers": rows})).eval()


@pytest.fixture(scope="module")
def sequences():
    random = np.random.default_rng(0)
    return Dataset(
        name="sequences",
        kind="sequence",
        task="classification",
        inputs=random.normal(size=(6, 5, 8)).astype(np.float32),
        targets=np.arange(6) % 3,
        classes=("a", "b", "c"),
        splits={"train": np.arange(6)},
    )


def wanted(attention, query, key, value, mask=None):
    """What torch answers when it is asked for the weights of each head."""
    plain = nn.MultiheadAttention(attention.embed_dim, attention.num_heads, batch_first=True).eval()
    plain.load_state_dict(attention.state_dict())
    return plain(query, key, value, attn_mask=mask, need_weights=True, average_attn_weights=False)[1][0]


@pytest.mark.parametrize("causal", [False, True])
def test_multihead_attention(sequences, causal):
    model = made(
        {"id": "attn", "type": "MultiheadAttention", "params": {"num_heads": 4, "is_causal": causal}}
    )
    x = torch.from_numpy(sequences.batch(np.array([2])))
    mask = torch.ones(5, 5, dtype=torch.bool).triu(1) if causal else None
    found = attention_of_all(Subject(model, sequences, sample=2))["attn"]
    assert list(found) == ["attention"]
    assert found["attention"].shape == (4, 5, 5)
    close(found["attention"], wanted(model.attn, x, x, x, mask))
    np.testing.assert_allclose(found["attention"].sum(-1), 1, rtol=1e-5)
    if causal:
        assert not np.triu(found["attention"][0], 1).any()


@pytest.mark.parametrize("norm_first", [False, True])
@pytest.mark.parametrize("causal", [False, True])
def test_encoder_layer(sequences, norm_first, causal):
    params = {"nhead": 2, "dim_feedforward": 16, "norm_first": norm_first, "is_causal": causal}
    model = made({"id": "enc", "type": "TransformerEncoderLayer", "params": params})
    x = torch.from_numpy(sequences.batch(np.array([1])))
    read = model.enc.norm1(x) if norm_first else x
    mask = torch.ones(5, 5, dtype=torch.bool).triu(1) if causal else None
    found = attention_of_all(Subject(model, sequences, sample=1))["enc"]
    assert list(found) == ["self_attn"]
    close(found["self_attn"], wanted(model.enc.self_attn, read, read, read, mask))


def test_decoder_layer_attends_to_itself_and_to_its_memory(sequences):
    model = made(
        {"id": "half1", "type": "MaxPool1d", "params": {"kernel_size": 1}},
        {"id": "dec", "type": "TransformerDecoderLayer", "params": {"nhead": 2}, "inputs": ["x", "half1"]},
    )
    x = torch.from_numpy(sequences.batch(np.array([0])))
    found = attention_of_all(Subject(model, sequences, sample=0))["dec"]
    assert list(found) == ["self_attn", "multihead_attn"]
    close(found["self_attn"], wanted(model.dec.self_attn, x, x, x))
    asked = model.dec.norm1(x + model.dec._sa_block(x, None, None))
    close(found["multihead_attn"], wanted(model.dec.multihead_attn, asked, x, x))


def test_all_layers_in_one_pass_and_without_a_trace(sequences):
    model = made(
        {"id": "attn", "type": "MultiheadAttention", "params": {"num_heads": 2}},
        {"id": "enc", "type": "TransformerEncoderLayer", "params": {"nhead": 2}},
    ).train()
    hooks = [len(module._forward_hooks) for module in model.modules()]
    found = attention_of_all(Subject(model, sequences, "", 4))
    assert {name: list(parts) for name, parts in found.items()} == {
        "attn": ["attention"],
        "enc": ["self_attn"],
    }
    assert model.enc.dropout.training
    assert [len(module._forward_hooks) for module in model.modules()] == hooks


def test_a_layer_that_does_not_attend(sequences):
    model = made({"id": "relu", "type": "ReLU"})
    assert attention_of_all(Subject(model, sequences)) == {}
