import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from workbench.data.dataset import SPLITS, Source
from workbench.data.split import split
from workbench.errors import UserError
from workbench.graph import Split


def source(targets: np.ndarray, given_test: np.ndarray | None = None) -> Source:
    whole = targets.dtype.kind != "f"
    classes = tuple(f"c{n}" for n in range(int(targets.max()) + 1)) if whole and len(targets) else ()
    return Source(
        name="made",
        kind="table",
        task="classification" if whole else "regression",
        inputs=np.zeros((len(targets), 1), np.float32),
        targets=targets,
        classes=classes,
        given_test=given_test,
    )


shares = st.builds(
    lambda validation, test, seed, stratify: Split(
        validation=validation, test=min(test, 0.99 - validation), seed=seed, stratify=stratify
    ),
    st.floats(0.01, 0.9),
    st.floats(0.01, 0.9),
    st.integers(0, 2**31 - 1),
    st.booleans(),
).filter(lambda s: s.test > 0)
class_numbers = st.lists(st.integers(0, 4), min_size=1, max_size=120).map(lambda v: np.array(v, np.int64))
values = st.integers(1, 120).map(lambda n: np.linspace(0, 1, n, dtype=np.float32))


@given(class_numbers | values, shares)
def test_no_sample_is_lost_or_doubled_and_no_split_empty(targets, section):
    if len(targets) < 3:
        with pytest.raises(UserError, match="at least 3"):
            split(source(targets), section)
        return
    found = split(source(targets), section)
    assert tuple(found.splits) == SPLITS
    np.testing.assert_array_equal(
        np.sort(np.concatenate(list(found.splits.values()))), np.arange(len(targets))
    )
    for name in SPLITS:
        assert found.splits[name].dtype == np.int64
        assert len(found.splits[name]) > 0


@given(st.integers(20, 3000), shares)
def test_splits_are_as_large_as_asked(count, section):
    found = split(source(np.zeros(count, np.float32)), section)
    wanted = {"validation": section.validation, "test": section.test}
    assume(all(share * count >= 1 for share in wanted.values()) and sum(wanted.values()) < 0.9)
    for name, share in wanted.items():
        assert abs(len(found.splits[name]) - share * count) <= 0.5 + 1e-9


@given(st.lists(st.integers(3, 200), min_size=2, max_size=6), st.integers(0, 1000))
def test_classes_keep_their_proportion(counts, seed):
    targets = np.repeat(np.arange(len(counts)), counts)
    found = split(source(targets), Split(seed=seed))
    assert found.notes == ()
    for name in ("validation", "test"):
        got = np.bincount(targets[found.splits[name]], minlength=len(counts))
        exact = np.array(counts) * len(found.splits[name]) / sum(counts)
        # a sample more or less: what was cut before rounds too
        assert (np.abs(got - exact) < 1.5).all()
    assert set(targets[found.splits["train"]]) == set(range(len(counts)))


@given(class_numbers, shares)
def test_the_same_seed_gives_the_same_split(targets, section):
    assume(len(targets) >= 3)
    first, second = (split(source(targets), section) for _ in range(2))
    for name in SPLITS:
        np.testing.assert_array_equal(first.splits[name], second.splits[name])


def test_the_split_is_this_one_on_every_machine():
    found = split(source(np.arange(20) % 2), Split(validation=0.2, test=0.2, seed=3))
    assert {name: indices.tolist() for name, indices in found.splits.items()} == {
        "train": [12, 3, 14, 18, 5, 2, 13, 17, 15, 11, 8, 6],
        "validation": [1, 16, 19, 10],
        "test": [0, 4, 9, 7],
    }


def test_another_seed_gives_another_split():
    first, second = (split(source(np.arange(100) % 2), Split(seed=seed)) for seed in (0, 1))
    assert set(first.splits["test"]) != set(second.splits["test"])


def test_first_samples_are_typical():
    found = split(source(np.repeat(np.arange(4), 100)), Split(validation=0.25, test=0.25))
    for name in SPLITS:
        assert len({int(n) // 100 for n in found.splits[name][:50]}) == 4


def test_the_share_of_validation_leaves_the_test_samples_alone():
    first, second = (split(source(np.arange(100) % 2), Split(validation=v)) for v in (0.1, 0.3))
    np.testing.assert_array_equal(first.splits["test"], second.splits["test"])


def test_given_test_samples_are_the_test_split():
    given_test = np.array([0, 5, 9])
    found = split(source(np.arange(40) % 2, given_test), Split(validation=0.2, test=0.3))
    np.testing.assert_array_equal(found.splits["test"], given_test)
    assert {name: len(indices) for name, indices in found.splits.items()} == {
        "train": 30,
        "validation": 7,
        "test": 3,
    }
    assert len(set(np.concatenate(list(found.splits.values())))) == 40
    assert "3 samples for testing, so the test share of 30% was not used" in found.notes[0]


def test_no_test_share_gives_no_test_samples():
    found = split(source(np.arange(40) % 2), Split(validation=0.25, test=0))
    assert {name: len(indices) for name, indices in found.splits.items()} == {
        "train": 30,
        "validation": 10,
        "test": 0,
    }


def test_a_class_with_too_few_samples_is_told():
    found = split(source(np.array([0] * 20 + [1] * 2)), Split())
    assert "'c1' has only 2 samples" in found.notes[0]


def test_proportions_are_let_go_at_word():
    found = split(source(np.array([0] * 20 + [1] * 2)), Split(stratify=False))
    assert found.notes == ()


@pytest.mark.parametrize("count", [1, 2])
def test_too_few_samples_are_told_with_how_many_it_takes(count):
    with pytest.raises(UserError, match=f"{count} sample.*at least 3.*Add samples"):
        split(source(np.zeros(count, np.float32)), Split())
    with pytest.raises(UserError, match="at least 2"):
        split(source(np.zeros(3, np.float32), given_test=np.array([0, 1])), Split())
