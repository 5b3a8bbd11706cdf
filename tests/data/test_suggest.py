import numpy as np
import pytest
import torch

from workbench.build.check import built, check
from workbench.data.suggest import first_stack, training_for

N = 30
CASES = {
    "small image": ((1, 8, 8), np.uint8, "image"),
    "colour image": ((3, 28, 20), np.uint8, "image"),
    "large image": ((3, 64, 48), np.uint8, "image"),
    "flat image": ((1, 1, 9), np.uint8, "image"),
    "pixel": ((1, 1, 1), np.float32, "image"),
    "table": ((7,), np.float32, "table"),
    "sequence": ((20, 3), np.float32, "sequence"),
    "ids": ((12,), np.int64, "array"),
    "ids in rows": ((12, 3), np.int64, "array"),
    "array": ((2, 3, 4, 5), np.float32, "array"),
}
TARGETS = {
    "two": np.arange(N) % 2,
    "three": np.arange(N) % 3,
    "values": np.linspace(10, 20, N, dtype=np.float32),
}


def types(graph):
    return [node.type for node in graph]


@pytest.fixture
def dataset(made, request):
    shape, dtype, kind = CASES[request.param[0]]
    inputs = np.random.default_rng(0).integers(0, 9, (N, *shape)).astype(dtype)
    return made(inputs, TARGETS[request.param[1]], kind)


@pytest.mark.parametrize("dataset", [(c, t) for c in CASES for t in TARGETS], indirect=True, ids="-".join)
def test_the_first_stack_fits_the_data_and_runs(dataset):
    graph = first_stack(dataset)
    assert not check(graph, dataset.facts).problems
    model = built(graph, dataset.facts)
    inputs = torch.from_numpy(dataset.batch(slice(0, 4)))
    model.fit_standardize(inputs, torch.from_numpy(dataset.targets[:4]))
    assert torch.isfinite(model(inputs)).all()


def test_images_get_a_cnn(made):
    graph = first_stack(made(np.zeros((N, 1, 28, 28), np.uint8), TARGETS["three"], "image"))
    block = ["Conv2d", "ReLU", "MaxPool2d"]
    assert types(graph) == ["Input", *block, *block, "Flatten", "Linear", "ReLU", "Linear"]
    assert [node.id for node in graph][:6] == ["input1", "conv1", "relu1", "pool1", "conv2", "relu2"]


def test_tables_get_an_mlp(made):
    middle = ["Input", "Standardize", "Linear", "ReLU", "Linear", "ReLU", "Linear"]
    inputs = np.zeros((N, 4), np.float32)
    assert types(first_stack(made(inputs, TARGETS["two"]))) == [*middle, "Sigmoid"]
    assert types(first_stack(made(inputs, TARGETS["three"]))) == middle
    regression = first_stack(made(inputs, TARGETS["values"]))
    assert types(regression) == [*middle, "Standardize"]
    assert regression.layers[-1].layer.invert


def test_sequences_and_ids_get_a_gru(made):
    assert "GRU" in types(first_stack(made(np.zeros((N, 9, 2), np.float32), TARGETS["two"], "sequence")))
    graph = first_stack(made(np.full((N, 9), 6), TARGETS["two"], "array"))
    assert types(graph)[:3] == ["Input", "Embedding", "GRU"]
    assert graph.layers[1].layer.num_embeddings == 7


@pytest.mark.parametrize(("count", "batch"), [(10, 16), (1_000, 32), (20_000, 64), (100_000, 128)])
def test_training_settings_grow_with_the_data(made, count, batch):
    training = training_for(made(np.zeros((count, 1), np.float32), np.arange(count) % 2))
    assert training.batch_size == batch
    assert 5 <= training.epochs <= 100
    assert 0 < training.patience < training.epochs


@pytest.mark.parametrize(("name", "least"), [("iris", 0.9), ("wine", 0.9), ("breast_cancer", 0.9)])
def test_the_first_training_learns(name, least):
    from workbench.data.intake import project_for

    project, dataset = project_for(name)
    torch.manual_seed(0)
    model = built(project.model, dataset.facts)
    inputs = {k: torch.from_numpy(dataset.batch(v)) for k, v in dataset.splits.items()}
    targets = {k: torch.from_numpy(dataset.targets[v]) for k, v in dataset.splits.items()}
    model.fit_standardize(inputs["train"], targets["train"])
    adam = torch.optim.Adam(model.parameters(), project.training.optimizer.lr)
    binary = len(dataset.classes) == 2
    for _ in range(min(project.training.epochs, 30)):
        for batch in torch.randperm(len(targets["train"])).split(project.training.batch_size):
            output, wanted = model(inputs["train"][batch]), targets["train"][batch]
            if binary:
                loss = torch.nn.functional.binary_cross_entropy(output[:, 0], wanted.float())
            else:
                loss = torch.nn.functional.cross_entropy(output, wanted)
            adam.zero_grad()
            loss.backward()
            adam.step()
    output = model(inputs["test"])
    found = (output[:, 0] > 0.5).long() if binary else output.argmax(1)
    assert (found == targets["test"]).float().mean() >= least
