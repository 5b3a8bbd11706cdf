import json
import math
from dataclasses import fields, is_dataclass
from types import UnionType
from typing import Literal, get_args, get_origin, get_type_hints

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from workbench.train.event_json import event_from_json
from workbench.train.events import Changed, Event, Steps

KINDS = get_args(Event)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


def values(hint, numbers):
    origin, parts = get_origin(hint), get_args(hint)
    if is_dataclass(hint):
        return events(hint, numbers)
    if origin is np.ndarray:
        (dtype,) = get_args(parts[1])
        finite = {"allow_nan": False, "allow_infinity": False} if np.issubdtype(dtype, np.floating) else {}
        return arrays.arrays(dtype, st.integers(0, 5), elements=finite or None)
    if origin is UnionType:
        return st.one_of(*(values(part, numbers) for part in parts))
    if origin is tuple and parts[-1] is Ellipsis:
        return st.lists(values(parts[0], numbers), max_size=3).map(tuple)
    if origin is tuple:
        return st.tuples(*(values(part, numbers) for part in parts))
    if origin is Literal:
        return st.sampled_from(parts)
    if parts:
        return st.dictionaries(TEXT, values(parts[1], numbers), max_size=3)
    return {int: st.integers(), float: numbers, str: TEXT, bool: st.booleans(), type(None): st.none()}[hint]


def events(kind, numbers):
    hints = get_type_hints(kind)
    return st.builds(kind, **{field.name: values(hints[field.name], numbers) for field in fields(kind)})


def sent(event):
    """What arrives at the other end of a pipe."""
    return event_from_json(json.loads(json.dumps(event.to_json(), allow_nan=False)))


def same(a, b):
    if isinstance(a, np.ndarray):
        return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
    if is_dataclass(a):
        return type(a) is type(b) and all(same(getattr(a, f.name), getattr(b, f.name)) for f in fields(a))
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(value, b[key]) for key, value in a.items())
    if isinstance(a, tuple):
        return len(a) == len(b) and all(map(same, a, b))
    return type(a) is type(b) and a == b


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.kind)
@given(data=st.data())
def test_events_arrive_as_they_were(kind, data):
    event = data.draw(events(kind, st.floats(allow_nan=False, allow_infinity=False)))
    assert same(event, sent(event))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.kind)
@given(data=st.data())
def test_what_is_no_finite_number_arrives_as_none_or_nan(kind, data):
    event = data.draw(events(kind, st.floats()))
    assert sent(event).to_json() == event.to_json()


def test_nan_in_losses_and_metrics():
    found = sent(Steps(3, np.array([0.5, np.inf, np.nan], np.float32), 1e-3, math.inf))
    assert found.losses.dtype == np.float32
    assert found.losses[0] == 0.5
    assert np.isnan(found.losses[1:]).all()
    assert math.isnan(found.samples_per_second)


@pytest.mark.parametrize(
    "raw",
    [
        None,
        [],
        "started",
        {},
        {"event": "nothing"},
        {"event": ["started"]},
        {"event": "steps", "first_step": 0},
        {"event": "steps", "first_step": 0, "losses": 3, "lr": 0.1, "samples_per_second": 1.0},
        {"event": "steps", "first_step": "0", "losses": [], "lr": 0.1, "samples_per_second": 1.0},
        {"event": "steps", "first_step": True, "losses": [], "lr": 0.1, "samples_per_second": 1.0},
        {"event": "checkpoint_saved", "which": "worst", "epoch": 1, "step": 2},
        {"event": "diagnosed", "step": 1, "findings": [{"name": "plateau"}]},
        {**Changed(1, "batch_size", 32, 64, 10).to_json(), "more": 1},
    ],
)
def test_anything_else_is_refused(raw):
    with pytest.raises(ValueError, match=r"is"):
        event_from_json(raw)
