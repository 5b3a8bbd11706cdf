"""The projects that ship load, fit their data, and are written as the program writes them."""

import numpy as np
import pytest
import torch

from workbench.build.check import built, check
from workbench.data.load import load
from workbench.data.missing import MissingData
from workbench.data.samples import SAMPLES, sample_project
from workbench.errors import UserError
from workbench.graph.file import dump
from workbench.resources import resource

NAMES = [sample.name for sample in SAMPLES]


def data_of(name, folder):
    try:
        return load(sample_project(name).data, folder)
    except MissingData:
        pytest.skip("Fashion-MNIST is not on this machine")


def test_every_folder_is_listed_and_described():
    assert {folder.name for folder in resource("samples").iterdir()} == set(NAMES)
    assert all(sample.title and sample.description.endswith(".") for sample in SAMPLES)


@pytest.mark.parametrize("name", NAMES)
def test_files_are_as_the_program_writes_them(name):
    text = resource("samples", name, "project.json").read_text(encoding="utf-8")
    assert text == dump(sample_project(name))
    lines = [line for line in text.splitlines() if '"type"' in line]
    assert len(lines) == len(sample_project(name).model)


@pytest.mark.parametrize("name", NAMES)
def test_the_stack_fits_the_data(name, tmp_path):
    project, dataset = sample_project(name), data_of(name, tmp_path)
    assert not check(project.model, dataset.facts).problems
    assert project.model.layers[0].layer.shape == dataset.sample_shape
    model = built(project.model, dataset.facts)
    chosen = dataset.splits["train"][:20]
    inputs = torch.from_numpy(dataset.batch(chosen))
    model.fit_standardize(inputs, torch.from_numpy(dataset.targets[chosen]))
    output = model(inputs)
    assert torch.isfinite(output).all()
    wide = len(dataset.classes) if len(dataset.classes) > 2 else 1
    assert output.shape == (20, wide)


def test_fashion_mnist_is_whole(tmp_path):
    dataset = data_of("fashion-mnist-cnn", tmp_path)
    assert {name: len(indices) for name, indices in dataset.splits.items()} == FASHION_SPLITS
    assert dataset.classes[9] == "Ankle boot"
    assert dataset.inputs.shape == (70_000, 1, 28, 28)
    np.testing.assert_array_equal(np.bincount(dataset.targets), 7000)
    np.testing.assert_array_equal(dataset.splits["test"], np.arange(60_000, 70_000))


FASHION_SPLITS = {"train": 54_000, "validation": 6_000, "test": 10_000}


def test_the_fashion_mnist_network():
    graph = sample_project("fashion-mnist-cnn").model
    assert [node.type for node in graph] == [
        "Input", "Conv2d", "ReLU", "MaxPool2d", "Conv2d", "ReLU", "MaxPool2d", "Conv2d", "ReLU",
        "Flatten", "Linear", "ReLU", "Linear",
    ]  # fmt: skip
    assert sum(row.params for row in check(graph).rows) == 93_322


def test_an_unknown_name_is_told_with_the_known():
    with pytest.raises(UserError, match=r"'mnist'.*digits-mlp, digits-cnn"):
        sample_project("mnist")
