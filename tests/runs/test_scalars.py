import sqlite3

import numpy as np
import pytest

from workbench.errors import UserError
from workbench.runs.run import Run
from workbench.runs.scalars import ScalarWriter, curves


@pytest.fixture
def run(tmp_path):
    return Run(tmp_path)


@pytest.fixture
def writer(run):
    found = ScalarWriter(run.scalars, after=0)
    yield found
    found.close()


def test_curves_come_back_whole_and_in_the_order_they_came(run, writer):
    writer.add("train_loss", 1, [3.0, 2.0])
    writer.add("val_loss", 2, [1.5])
    writer.flush()
    writer.add("train_loss", 3, [1.0])
    writer.add("accuracy", 3, [float("nan")])
    writer.flush()
    found = curves(run)
    assert list(found) == ["train_loss", "val_loss", "accuracy"]
    steps, values = found["train_loss"]
    assert (steps.dtype, values.dtype) == (np.int64, np.float64)
    assert steps.tolist() == [1, 2, 3]
    assert values.tolist() == [3.0, 2.0, 1.0]
    assert np.isnan(found["accuracy"][1]).all()


def test_readers_see_what_was_flushed_while_it_is_written(run, writer):
    writer.add("train_loss", 1, [1.0])
    assert curves(run) == {}
    writer.flush()
    assert len(curves(run)["train_loss"][0]) == 1


def test_a_resumed_run_forgets_what_lies_ahead(run, writer):
    writer.add("train_loss", 1, range(10))
    writer.flush()
    writer.close()
    again = ScalarWriter(run.scalars, after=4)
    again.add("train_loss", 5, [0.5])
    again.flush()
    again.close()
    assert curves(run)["train_loss"][0].tolist() == [1, 2, 3, 4, 5]
    assert curves(run)["train_loss"][1].tolist() == [0, 1, 2, 3, 0.5]


def test_a_closed_file_stands_alone(run, writer):
    writer.add("train_loss", 1, [1.0])
    writer.flush()
    writer.close()
    curves(run)
    assert [path.name for path in run.folder.iterdir()] == ["scalars.sqlite"]


def test_no_file_is_no_curves(run):
    assert curves(run) == {}
    assert list(run.folder.iterdir()) == []


@pytest.mark.parametrize(
    "content", [b"rubbish that is no database" * 100, b"SQLite format 3\x00" + b"\x01" * 500]
)
def test_a_damaged_file_is_told(run, content):
    run.scalars.write_bytes(content)
    with pytest.raises(UserError, match=r"scalars\.sqlite: the curves are damaged .*Move the file away"):
        curves(run)
    with pytest.raises(UserError, match="the curves are damaged"):
        ScalarWriter(run.scalars, after=0)


def test_another_database_is_told(run):
    connection = sqlite3.connect(run.scalars)
    connection.execute("CREATE TABLE series (x)")
    connection.commit()
    connection.close()
    with pytest.raises(UserError, match="the curves can't be read"):
        curves(run)


def test_values_that_are_no_numbers_are_told(run, writer):
    writer.add("train_loss", 1, ["rubbish"])
    writer.flush()
    with pytest.raises(UserError, match="the curves are damaged"):
        curves(run)


def test_a_locked_file_is_told(run, writer, monkeypatch):
    real = sqlite3.connect
    monkeypatch.setattr(
        sqlite3, "connect", lambda *args, **kwargs: real(*args, **{**kwargs, "timeout": 0.05})
    )
    other = real(run.scalars)
    other.execute("BEGIN EXCLUSIVE")
    try:
        with pytest.raises(UserError, match=r"can't be read or written .*locked.*Close other programs"):
            ScalarWriter(run.scalars, after=0)
    finally:
        other.close()


def test_a_file_that_cannot_be_made_is_told(run):
    with pytest.raises(UserError, match="unable to open database file"):
        ScalarWriter(run.folder / "missing" / "scalars.sqlite", after=0)
