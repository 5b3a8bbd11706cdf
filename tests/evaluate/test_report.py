import json

import numpy as np
import pytest
import sklearn.metrics as sk
from sklearn.datasets import load_iris

from workbench.data.dataset import Dataset
from workbench.errors import UserError
from workbench.evaluate.report import evaluate
from workbench.graph import Project
from workbench.train.events import EpochEnded
from workbench.train.trainer import Trainer


def test_a_classification_report(make_model, make_data):
    data = make_data(3)
    report = evaluate(make_model(3), data, "test")
    truth, labels = data.targets[data.splits["test"]], report.predictions.labels
    assert report.samples == 30
    assert np.array_equal(report.indices, data.splits["test"])
    assert np.array_equal(report.truth, truth)
    assert list(report.metrics) == ["loss", "accuracy", "precision", "recall", "f1", "roc_auc"]
    assert report.metrics["loss"] == pytest.approx(
        sk.log_loss(truth, report.predictions.probabilities, labels=range(3)), rel=1e-5
    )
    assert np.array_equal(report.confusion, sk.confusion_matrix(truth, labels))
    expected = sk.classification_report(truth, labels, output_dict=True, zero_division=0)
    for number, found in enumerate(report.classes):
        row = expected[str(number)]
        assert found.name == f"class {number}"
        assert (found.precision, found.recall, found.f1, found.support) == pytest.approx(
            (row["precision"], row["recall"], row["f1-score"], row["support"])
        )


@pytest.mark.parametrize("ends", [(), ("Sigmoid",)])
def test_two_classes_with_one_output(make_model, make_data, ends):
    data = make_data(2)
    report = evaluate(make_model(1, *ends), data)
    truth = data.targets[data.splits["test"]]
    expected = sk.log_loss(truth, report.predictions.probabilities)
    assert report.metrics["loss"] == pytest.approx(expected, rel=1e-5)
    assert report.confusion.shape == (2, 2)


def test_a_regression_report(make_model, make_data):
    data = make_data(0)
    report = evaluate(make_model(1), data, "validation")
    assert list(report.metrics) == [
        "loss", "r2", "mean_absolute_error", "mean_squared_error", "root_mean_squared_error",
    ]  # fmt: skip
    assert report.metrics["loss"] == pytest.approx(report.metrics["mean_squared_error"], rel=1e-6)
    assert report.confusion is None
    assert report.classes == ()
    loss = evaluate(make_model(1), data, "validation", loss="l1").metrics["loss"]
    assert loss == pytest.approx(report.metrics["mean_absolute_error"], rel=1e-6)


def test_it_is_json(make_model, make_data):
    data = make_data(3)
    data.targets[:] = 0
    found = json.loads(json.dumps(evaluate(make_model(3), data).to_json(), allow_nan=False))
    assert found["roc_auc"] is None
    assert found["samples"] == 30
    assert found["classes"][0]["support"] == 30
    assert np.array(found["confusion_matrix"]).shape == (3, 3)


def test_unknown_and_empty_splits_are_refused(make_model, make_data):
    data = make_data(3)
    with pytest.raises(UserError, match=r"no split is called 'tset'\. Use one of train, validation, test"):
        evaluate(make_model(3), data, "tset")
    empty = {**data.splits, "test": np.zeros(0, np.int64)}
    without = Dataset(**{**vars(data), "splits": empty})
    with pytest.raises(UserError, match="the test split is empty"):
        evaluate(make_model(3), without)


def test_a_trained_model_scores_as_it_did_while_training():
    inputs, targets = load_iris(return_X_y=True)
    order = np.random.default_rng(0).permutation(150)
    data = Dataset(
        name="iris",
        kind="table",
        task="classification",
        inputs=inputs.astype(np.float32),
        targets=targets.astype(np.int64),
        classes=("setosa", "versicolor", "virginica"),
        splits={"train": order[:90], "validation": order[90:120], "test": order[120:]},
    )
    layers = [
        {"id": "input", "type": "Input", "params": {"shape": [4]}},
        {"id": "scale", "type": "Standardize"},
        {"id": "hidden", "type": "Linear", "params": {"out_features": 16}},
        {"id": "act", "type": "ReLU"},
        {"id": "out", "type": "Linear", "params": {"out_features": 3}},
    ]
    settings = {"epochs": 60, "batch_size": 16, "optimizer": {"name": "Adam", "lr": 0.01}}
    trainer = Trainer(Project.model_validate({"model": {"layers": layers}, "training": settings}), data)
    last = [event for event in trainer.events() if isinstance(event, EpochEnded)][-1]
    report = evaluate(trainer.model, data, "validation")
    assert report.metrics["accuracy"] == last.metrics["accuracy"]
    assert report.metrics["loss"] == pytest.approx(last.val_loss, rel=1e-5)
    assert evaluate(trainer.model, data, "test").metrics["accuracy"] > 0.9
