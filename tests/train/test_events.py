import json
import subprocess
import sys

import numpy as np
import pytest

from workbench.train.events import CheckpointSaved, EpochEnded, Failed, Finished, Started, Steps

EVENTS = [
    Started(10, 5, 2, "cpu", 100, 20, 1, 0),
    Steps(3, np.array([0.5, 0.25], np.float32), 1e-3, 1000.0),
    EpochEnded(1, 5, 0.5, 0.4, {"accuracy": 0.9}, 1.5, 1e-3, True),
    CheckpointSaved("best", 1, 5),
    Finished("completed", 2, 10, 3.0, 1000.0, 2, 0.3),
    Failed("It went wrong.", "Mend it.", 1, 3, "linear1"),
]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.kind)
def test_json_holds_every_field(event):
    found = json.loads(json.dumps(event.to_json(), allow_nan=False))
    assert found.pop("event") == event.kind
    assert set(found) == set(vars(event))


def test_json_of_arrays_and_of_what_is_no_number():
    steps = Steps(0, np.array([0.5, np.nan], np.float32), 1e-3, float("inf")).to_json()
    assert steps["losses"] == [0.5, None]
    assert steps["samples_per_second"] is None
    ended = EpochEnded(1, 5, 0.5, None, {"r2": float("nan")}, 1.5, 1e-3, False).to_json()
    assert ended["val_loss"] is None
    assert ended["metrics"] == {"r2": None}


def test_events_are_frozen():
    with pytest.raises(AttributeError):
        EVENTS[0].epochs = 3


def test_importing_events_loads_no_heavy_library():
    code = (
        "import sys, workbench.train.events; print({'torch', 'sklearn', 'polars', 'onnx'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
