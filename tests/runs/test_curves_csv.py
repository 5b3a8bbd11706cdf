import csv
import math

import numpy as np
import pytest
from made_runs import made_run

from workbench.errors import UserError
from workbench.runs.curves_csv import write_csv
from workbench.runs.scalars import ScalarWriter, curves


def _rows(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_a_row_a_step_and_a_column_a_series(tmp_path):
    run = made_run(tmp_path, epochs=2, steps=3)
    write_csv([run], tmp_path / "new" / "curves.csv")
    rows = _rows(tmp_path / "new" / "curves.csv")
    assert list(rows[0]) == ["step", "train_loss", "val_loss", "accuracy", "lr"]
    assert [row["step"] for row in rows] == ["1", "2", "3", "4", "5", "6"]
    assert [row["val_loss"] for row in rows] == ["", "", "0.6", "", "", "0.5"]
    found = curves(run)
    assert [float(row["train_loss"]) for row in rows] == found["train_loss"][1].tolist()


def test_several_runs_are_told_apart(tmp_path):
    found = [made_run(tmp_path, steps=2), made_run(tmp_path, steps=1)]
    write_csv(found, tmp_path / "curves.csv")
    rows = _rows(tmp_path / "curves.csv")
    assert next(iter(rows[0])) == "run"
    assert [row["run"] for row in rows] == ["0001"] * 6 + ["0002"] * 3


def test_what_is_no_number_and_a_run_without_curves(tmp_path):
    run = made_run(tmp_path, epochs=0)
    write_csv([run], tmp_path / "none.csv")
    assert (tmp_path / "none.csv").read_text() == "step\n"
    writer = ScalarWriter(run.scalars, after=0)
    writer.add("train_loss", 1, [math.inf, math.nan, np.float32(0.1)])
    writer.flush()
    writer.close()
    write_csv([run], tmp_path / "odd.csv")
    values = [float(row["train_loss"]) for row in _rows(tmp_path / "odd.csv")]
    assert values[0] == math.inf
    assert math.isnan(values[1])
    assert np.float32(values[2]) == np.float32(0.1)


def test_a_place_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="can't be written"):
        write_csv([made_run(tmp_path)], tmp_path / "file" / "curves.csv")
