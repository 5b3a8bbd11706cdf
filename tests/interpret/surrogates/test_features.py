import numpy as np
import pytest
from surrogate_subjects import classes_subject, people, table

from workbench.data.dataset import Dataset
from workbench.errors import UserError
from workbench.interpret.subject import Subject
from workbench.interpret.surrogates.features import features_of, squares
from workbench.interpret.surrogates.fitting import shared_out


def of_shape(*shape, kind="array", count=6):
    inputs = np.arange(count * np.prod(shape), dtype=np.float32).reshape(count, *shape)
    return Dataset(
        name="made",
        kind=kind,
        task="classification",
        inputs=inputs,
        targets=np.zeros(count, np.int64),
        classes=("a",),
    )


def test_names_and_values_of_squares():
    data = of_shape(3, 5, 4, kind="image")
    features = features_of(data, pool=2)
    assert features.names[:3] == tuple(f"rows 0–1, columns 0–1, {c}" for c in ("red", "green", "blue"))
    assert features.names[-1] == "row 4, columns 2–3, blue"
    assert features.grid == (3, 2)
    matrix = features.matrix(data.inputs)
    assert matrix.shape == (6, 18)
    assert matrix[1, 4] == data.inputs[1, 1, 0:2, 2:4].mean()
    together = features_of(data, pool=2, by_channel=False)
    assert len(together) == 6
    assert together.values(data.inputs, 5)[2] == pytest.approx(data.inputs[2, :, 4:, 2:].mean())
    made = together.placed(data.inputs, 0, 7)
    assert (made[:, :, :2, :2] == 7).all()
    np.testing.assert_array_equal(made[:, :, 2:], data.inputs[:, :, 2:])


def test_squares_are_the_smallest_that_are_few_enough():
    assert squares(8, 8, 256) == 1
    assert squares(28, 28, 256) == 2
    assert squares(28, 28, 64) == 4
    assert squares(224, 100, 256) == 10


def test_names_of_steps_and_values():
    assert features_of(of_shape(3, 1, kind="sequence")).names == ("step 0", "step 1", "step 2")
    assert features_of(of_shape(2, 2, kind="sequence")).names[1] == "step 0, value 1"
    assert features_of(of_shape(2)).names == ("value 0", "value 1")
    assert features_of(of_shape(1, 2, 1, 2)).names[-1] == "value 0, 1, 0, 1"
    with pytest.raises(UserError, match="more than the 4096"):
        features_of(of_shape(5000))


def test_categories_by_name_and_by_values():
    features = features_of(people())
    assert features.items[1].values == ("Bern", "Chur", "Zug")
    assert features.column(2)[1] == "Chur"
    assert features.column(4)[0].name == "member"
    np.testing.assert_array_equal(features.matrix(people().inputs), people().inputs)
    number = table([[0.5, 1], [2, 3], [1, 1]], [0, 1, 0], ("a=b", "a=c"), ("x", "y"))
    assert features_of(number).names == ("a=b", "a=c")  # no category: they aren't 0 and 1
    made = features.placed(people().inputs[:2], 1, 2)
    np.testing.assert_array_equal(made[:, 1:4], [[0, 0, 1]] * 2)


def test_what_is_fitted_to_and_what_is_held_out():
    subject = classes_subject()
    data = subject.dataset
    fitted, held = shared_out(subject, 1000, 0)
    np.testing.assert_array_equal(fitted, data.splits["train"])
    np.testing.assert_array_equal(held, data.splits["test"])
    few, judged = shared_out(subject, 10, 0)
    assert len(few) == len(judged) == 10
    assert set(few) <= set(fitted)
    # looking at the training split, the held-out samples are still others
    inside = Subject(subject.model, data, samples=data.splits["train"][:20])
    np.testing.assert_array_equal(shared_out(inside, 1000, 0)[1], data.splits["test"])
    data.splits.pop("test")
    fitted, held = shared_out(inside, 1000, 0)
    assert len(held) == 20
    assert not set(fitted) & set(held)
    data.splits["train"] = np.array([3])
    one = Subject(subject.model, data, samples=np.array([3]))
    with pytest.raises(UserError, match="one sample only"):
        shared_out(one, 1000, 0)
