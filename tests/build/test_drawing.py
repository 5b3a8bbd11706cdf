import torch
from torch import nn

from workbench.build.check import built
from workbench.build.drawing import Drawing
from workbench.graph import Graph

STACK = Graph.model_validate(
    {
        "layers": [
            {"id": "ids", "type": "Input", "params": {"shape": [6], "dtype": "int64"}},
            {"id": "emb", "type": "Embedding", "params": {"num_embeddings": 9, "embedding_dim": 8}},
            {"id": "at", "type": "TransformerEncoderLayer", "params": {"nhead": 2}},
            {"id": "lstm", "type": "LSTM", "params": {"hidden_size": 5, "bidirectional": True}},
            {"id": "fc", "type": "Linear", "params": {"out_features": 3}},
        ]
    }
)


def made():
    model = built(STACK)
    nn.init.orthogonal_(model.fc.weight)
    return nn.utils.parameters_to_vector(model.parameters()).detach()


def test_draws_what_the_global_generator_would_and_leaves_it_alone():
    torch.manual_seed(7)
    wanted = made()
    before = torch.get_rng_state()
    with Drawing(7):
        found = made()
    assert torch.equal(found, wanted)
    assert torch.equal(torch.get_rng_state(), before)


def test_a_generator_that_is_given_is_used():
    own = torch.Generator().manual_seed(1)
    with Drawing(7):
        found = torch.empty(3).normal_(generator=own)
    assert torch.equal(found, torch.empty(3).normal_(generator=torch.Generator().manual_seed(1)))
