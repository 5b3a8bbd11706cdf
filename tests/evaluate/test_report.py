import json

import numpy as np
import pytest
import sklearn.metrics as sk
import torch
from sklearn.datasets import load_iris
from sklearn.neighbors import NearestNeighbors
from sklearn.utils.class_weight import compute_class_weight
from torch.nn import functional

from workbench.build.check import built
from workbench.data.dataset import Dataset
from workbench.errors import UserError
from workbench.evaluate.predict import predict
from workbench.evaluate.report import evaluate
from workbench.graph import Graph, Project
from workbench.graph.training import CTC, L1, CosineEmbedding, CrossEntropy, Huber, TripletMargin
from workbench.train.batches import Samples
from workbench.train.events import EpochEnded
from workbench.train.losses import loss
from workbench.train.outputs import reading
from workbench.train.trainer import Trainer
from workbench.train.validation import validate


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
    loss = evaluate(make_model(1), data, "validation", loss=L1()).metrics["loss"]
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


def test_the_loss_has_the_settings_of_training(make_model, make_data):
    data = make_data(0)
    outputs = evaluate(make_model(1), data).predictions.labels
    truth = data.targets[data.splits["test"]]
    found = evaluate(make_model(1), data, loss=Huber(delta=0.3)).metrics["loss"]
    errors = np.abs(outputs - truth)
    by_hand = np.where(errors < 0.3, errors**2 / 2, 0.3 * (errors - 0.15)).mean()
    assert found == pytest.approx(by_hand, rel=1e-5)


def test_classes_weigh_as_in_the_training_split(make_model, make_data):
    data = make_data(3)
    found = evaluate(make_model(3), data, loss=CrossEntropy(class_weights="balanced"))
    truth = data.targets[data.splits["test"]]
    weights = compute_class_weight("balanced", classes=np.arange(3), y=data.targets[data.splits["train"]])
    expected = sk.log_loss(truth, found.predictions.probabilities, sample_weight=weights[truth])
    assert found.metrics["loss"] == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("classes", [2, 3])
def test_embeddings_are_judged_by_their_neighbours(make_model, make_data, classes):
    data = make_data(classes)
    report = evaluate(make_model(5), data, loss=TripletMargin(), loss_batch=8)
    rows = data.splits["test"]
    truth, outputs = data.targets[rows], report.predictions.outputs
    neighbours = NearestNeighbors(n_neighbors=2).fit(outputs).kneighbors(outputs)[1][:, 1]
    assert report.predictions.probabilities is None
    assert np.array_equal(report.predictions.labels, truth[neighbours])
    assert list(report.metrics) == ["loss", "accuracy", "precision", "recall", "f1"]
    average = "binary" if classes == 2 else "macro"
    assert report.metrics["f1"] == pytest.approx(sk.f1_score(truth, truth[neighbours], average=average))
    assert np.array_equal(report.confusion, sk.confusion_matrix(truth, truth[neighbours]))
    json.dumps(report.to_json(), allow_nan=False)


def test_the_loss_of_triplets_is_that_of_validation(make_model, make_data):
    data, model, section = make_data(3), make_model(5), TripletMargin()
    read = reading(model, "classification", section)
    chosen = loss(section, read, 5)
    samples = Samples(data, data.splits["test"], chosen, torch.device("cpu"))
    expected = validate(model, samples, chosen, read, size=8)
    found = evaluate(model, data, loss=section, loss_batch=8).metrics
    assert found["loss"] == pytest.approx(expected.loss, rel=1e-6)
    assert found["accuracy"] == expected.metrics["accuracy"]


def test_a_single_embedding_is_refused(make_model, make_data):
    data = make_data(3)
    with pytest.raises(UserError, match="has no neighbour"):
        predict(make_model(5), data, np.array([3]), loss=TripletMargin())


def test_embeddings_without_their_loss_are_refused(make_model, make_data):
    with pytest.raises(UserError, match="needs a score for each of 3 classes"):
        evaluate(make_model(5), make_data(3))


def test_sequences_are_judged_by_their_likeliest_class(make_data):
    random = np.random.default_rng(0)
    data = Dataset(**{**vars(make_data(3)), "inputs": random.normal(size=(90, 7, 4)).astype(np.float32)})
    rows = [{"id": "x", "type": "Input", "params": {"shape": [7, 4]}}, {"id": "n", "type": "LogSoftmax"}]
    model = built(Graph.model_validate({"layers": rows}))
    report = evaluate(model, data, loss=CTC())
    logs = torch.from_numpy(data.inputs[report.indices]).log_softmax(2).transpose(0, 1)
    losses = [
        functional.ctc_loss(logs, torch.full((30, 1), n), (7,) * 30, (1,) * 30, reduction="none").numpy()
        for n in (1, 2, 3)
    ]
    assert np.array_equal(report.predictions.labels, np.argmin(losses, 0))
    mean = np.choose(report.truth, losses).mean()
    assert report.metrics["loss"] == pytest.approx(mean, rel=1e-5)
    assert predict(model, data, np.zeros(0, np.int64), loss=CTC()).outputs.shape == (0, 7, 4)


def test_directions_are_judged_by_their_cosines(make_model, make_data):
    report = evaluate(make_model(3), make_data(3), loss=CosineEmbedding())
    outputs = report.predictions.outputs
    cosines = outputs / np.linalg.norm(outputs, axis=1, keepdims=True)
    assert np.array_equal(report.predictions.labels, cosines.argmax(1))
    assert report.metrics["loss"] == pytest.approx(1 - cosines[np.arange(30), report.truth].mean(), rel=1e-5)
