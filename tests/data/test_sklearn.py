from pathlib import Path

import numpy as np
import pytest
from sklearn import datasets

from workbench.data.load import load
from workbench.data.sklearn import NAMES, Sklearn
from workbench.errors import UserError
from workbench.graph import DataSection


def test_digits_are_images(read):
    source = read("sklearn", Path("digits"))
    reference = datasets.load_digits()
    assert (source.kind, source.task, source.sample_shape) == ("image", "classification", (1, 8, 8))
    assert source.classes == tuple("0123456789")
    np.testing.assert_array_equal(source.inputs[:, 0], reference.images)
    np.testing.assert_allclose(source.batch(slice(0, 3))[:, 0], reference.images[:3] / 16)
    assert (source.batch(slice(None)) <= 1).all()


@pytest.mark.parametrize("name", ["iris", "wine", "breast_cancer"])
def test_tables_of_classes(read, name):
    source = read("sklearn", Path(name))
    reference = getattr(datasets, f"load_{name}")()
    np.testing.assert_allclose(source.inputs, reference.data, rtol=1e-6)
    np.testing.assert_array_equal(source.targets, reference.target)
    assert source.classes == tuple(reference.target_names)
    assert source.features == tuple(reference.feature_names)
    assert all(type(name) is str for name in (*source.classes, *source.features))
    assert (source.kind, source.inputs.dtype) == ("table", np.float32)


def test_diabetes_is_a_regression_in_real_units(read):
    source = read("sklearn", Path("diabetes"))
    assert source.task == "regression"
    assert source.targets.dtype == np.float32
    ages = source.inputs[:, source.features.index("age")]
    assert 18 < ages.min() < ages.max() < 90


@pytest.mark.parametrize("name", NAMES)
def test_a_name_needs_no_file(name, tmp_path):
    assert Sklearn().recognises(Path(name))
    assert len(load(DataSection(format="sklearn", path=name), tmp_path)) > 100


def test_the_projects_task_wins(tmp_path):
    found = load(DataSection(format="sklearn", path="iris", task="regression"), tmp_path)
    assert (found.task, found.classes, found.targets.dtype) == ("regression", (), np.float32)


def test_an_unknown_name_is_told_with_the_known(tmp_path):
    with pytest.raises(UserError, match=r"'boston'.*digits, iris"):
        load(DataSection(format="sklearn", path="boston"), tmp_path)
