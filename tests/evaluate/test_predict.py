import numpy as np
import pytest
import torch

from workbench.errors import UserError
from workbench.evaluate.predict import predict


def outputs_of(model, data, indices):
    with torch.inference_mode():
        return model.eval()(torch.from_numpy(data.batch(indices))).numpy()


@pytest.mark.parametrize("batch_size", [1, 7, 1024])
def test_predictions_are_in_the_order_of_the_indices(make_model, make_data, batch_size):
    model, data = make_model(3), make_data(3)
    indices = np.array([5, 2, 80, 2, 7, 11, 12, 13, 14])
    found = predict(model, data, indices, batch_size)
    np.testing.assert_allclose(found.outputs, outputs_of(model, data, indices), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(found.probabilities.sum(1), 1, rtol=1e-6)
    assert np.array_equal(found.labels, found.probabilities.argmax(1))
    assert found.labels.dtype == np.int64
    assert len(found) == 9


def test_one_output_gives_two_classes_probabilities(make_model, make_data):
    data = make_data(2)
    scores = predict(make_model(1), data, np.arange(90))
    shares = predict(make_model(1, "Sigmoid"), data, np.arange(90))
    assert scores.probabilities.shape == (90, 2)
    np.testing.assert_allclose(scores.probabilities, shares.probabilities, rtol=1e-5, atol=1e-6)
    assert np.array_equal(scores.labels, (scores.outputs[:, 0] > 0).astype(int))
    assert np.array_equal(scores.labels, shares.labels)


def test_regression_predicts_values(make_model, make_data):
    found = predict(make_model(1), make_data(0), np.arange(90))
    assert found.probabilities is None
    assert np.array_equal(found.labels, found.outputs[:, 0])


def test_no_samples_are_no_predictions(make_model, make_data):
    found = predict(make_model(3), make_data(3), np.zeros(0, np.int64))
    assert found.outputs.shape == (0, 3)
    assert found.labels.shape == (0,)


def test_progress_is_told_and_can_end_it(make_model, make_data):
    told = []
    predict(make_model(3), make_data(3), np.arange(90), 40, progress=lambda *at: told.append(at))
    assert told == [(40, 90), (80, 90), (90, 90)]

    class CancelledError(Exception):
        pass

    def cancel(done, total):
        raise CancelledError

    threads = torch.get_num_threads()
    with pytest.raises(CancelledError):
        predict(make_model(3), make_data(3), np.arange(90), 40, progress=cancel)
    assert torch.get_num_threads() == threads


def test_data_of_another_shape_are_refused(make_model, make_data):
    with pytest.raises(UserError, match=r"samples of 4 \(float32\), but the Input is 5"):
        predict(make_model(3, features=5), make_data(3), np.arange(5))


def test_data_of_more_classes_are_refused(make_model, make_data):
    with pytest.raises(UserError, match="needs a score for each of 4 classes"):
        predict(make_model(3), make_data(4), np.arange(5))


def test_outputs_that_are_no_numbers_are_refused(make_model, make_data):
    data = make_data(3)
    data.inputs[7, 0] = np.nan
    with pytest.raises(UserError, match="the model's output for sample 7 is no finite number"):
        predict(make_model(3), data, np.arange(3, 12))


def test_cuda_where_there_is_none(make_model, make_data, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(UserError, match="no CUDA device"):
        predict(make_model(3), make_data(3), np.arange(3), device="cuda")
