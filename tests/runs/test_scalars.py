import shutil
import sqlite3
import subprocess
import sys

import numpy as np
import pytest
from effort import bytes_needed, lines_run
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.errors import UserError
from workbench.runs.chunks import GROWS_TO, LONGEST
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


def test_a_run_that_is_deleted_while_it_is_read_has_no_curves(tmp_path, monkeypatch):
    folder = tmp_path / "0001"
    folder.mkdir()
    opened = sqlite3.connect

    def open_late(*args, **options):
        connection = opened(*args, **options)
        shutil.rmtree(folder)
        return connection

    run = Run(folder)
    run.scalars.write_bytes(b"not yet read")
    monkeypatch.setattr(sqlite3, "connect", open_late)
    assert curves(run) == {}


@pytest.mark.parametrize("ended", ["closed", "killed"])
def test_curves_are_read_where_nobody_may_write(run, writer, monkeypatch, ended):
    """A killed training leaves values in SQLite's log, which only a writer can put into the file."""
    writer.add("train_loss", 1, [3.0, 2.0])
    writer.flush()
    if ended == "closed":
        writer.close()
    before = {path.name: path.read_bytes() for path in run.folder.iterdir()}
    assert ("scalars.sqlite-wal" in before) == (ended == "killed")
    opened = []

    def connect(where, **options):
        opened.append(where)
        return sqlite3.Connection(where, **options)

    monkeypatch.setattr("workbench.runs.sqlite_reading.sqlite3.connect", connect)
    monkeypatch.setattr("workbench.runs.sqlite_reading.os.access", lambda path, mode: False)
    steps, values = curves(run)["train_loss"]
    assert (steps.tolist(), values.tolist()) == ([1, 2], [3.0, 2.0])
    assert {path.name: path.read_bytes() for path in run.folder.iterdir()} == before
    (uri,) = opened
    assert uri.endswith("?immutable=1") if ended == "closed" else str(run.folder) not in uri


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


def _ask(run, query, *values):
    connection = sqlite3.connect(run.scalars)
    found = connection.execute(query, values).fetchall()
    connection.commit()
    connection.close()
    return found


@pytest.mark.parametrize(
    "query",
    [
        "UPDATE scalars SET value = 'rubbish'",
        "UPDATE scalars SET step = -1.5e300",
        "UPDATE chunks SET content = 'rubbish'",
        "UPDATE chunks SET content = x'0000'",
        "UPDATE chunks SET width = 0",
        "UPDATE chunks SET width = 'rubbish'",
        "UPDATE chunks SET count = 1000000000000",
        "UPDATE chunks SET first_step = 'rubbish'",
        "UPDATE chunks SET first_step = 9223372036854775807",
    ],
)
def test_values_that_are_no_numbers_are_told(run, writer, query):
    writer.add("train_loss", 1, [1.0, 2.0])
    writer.add("val_loss", 1, [3.0])
    writer.flush()
    _ask(run, query)
    with pytest.raises(UserError, match="the curves are damaged"):
        curves(run)


def test_what_is_no_number_is_not_noted(run, writer):
    with pytest.raises(ValueError, match="rubbish"):
        writer.add("train_loss", 1, ["rubbish"])


def test_losses_take_four_bytes_and_come_back_to_the_bit(run, writer):
    losses = np.random.default_rng(0).standard_normal(2 * LONGEST + 5).astype(np.float32)
    losses[[3, 7, 11]] = np.nan, np.inf, -np.inf
    writer.add("train_loss", 1, losses)
    writer.add("lr", 1, [0.1, 1e300, 1 / 3])
    writer.flush()
    found = curves(run)
    assert np.array_equal(found["train_loss"][1].astype(np.float32), losses, equal_nan=True)
    assert found["lr"][1].tolist() == [0.1, 1e300, 1 / 3]
    assert _ask(run, "SELECT count, width FROM chunks WHERE series = 1") == [
        (LONGEST, 4),
        (LONGEST, 4),
        (5, 4),
    ]
    assert _ask(run, "SELECT count, width FROM chunks WHERE series = 2") == [(3, 8)]


def test_steps_that_come_singly_are_few_chunks_too(run, writer):
    for step in range(1, 3 * GROWS_TO):
        writer.add("train_loss", step, [step])
        if step % 3 == 0:
            writer.flush()
    writer.flush()
    assert curves(run)["train_loss"][1].tolist() == list(range(1, 3 * GROWS_TO))
    assert len(_ask(run, "SELECT 1 FROM chunks")) <= 3
    assert len(_ask(run, "SELECT 1 FROM scalars")) <= 1


def test_values_of_epochs_are_rows(run, writer):
    for epoch in range(1, 5):
        writer.add("val_loss", 100 * epoch, [1 / epoch])
        writer.flush()
    assert _ask(run, "SELECT step, value FROM scalars") == [(100 * e, 1 / e) for e in range(1, 5)]
    assert _ask(run, "SELECT * FROM chunks") == []


OLD = """
CREATE TABLE series (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE scalars (
    series INTEGER NOT NULL REFERENCES series, step INTEGER NOT NULL, value REAL, PRIMARY KEY (series, step)
) WITHOUT ROWID;
INSERT INTO series VALUES (1, 'train_loss');
INSERT INTO scalars VALUES (1, 1, 4.0), (1, 2, NULL), (1, 3, 2.0), (1, 4, 1.5);
"""


def test_files_of_older_versions_are_read_and_gone_on_with(run):
    connection = sqlite3.connect(run.scalars)
    connection.executescript(OLD)
    connection.close()
    assert np.array_equal(curves(run)["train_loss"][1], [4.0, np.nan, 2.0, 1.5], equal_nan=True)
    again = ScalarWriter(run.scalars, after=3)
    again.add("train_loss", 4, [1.0, 0.5])
    again.flush()
    again.close()
    steps, values = curves(run)["train_loss"]
    assert steps.tolist() == [1, 2, 3, 4, 5]
    assert np.array_equal(values, [4.0, np.nan, 2.0, 1.0, 0.5], equal_nan=True)


pieces = st.lists(
    st.tuples(
        st.sampled_from(["a", "b"]),
        st.integers(0, 30),
        st.lists(st.floats(width=32) | st.floats(), min_size=0, max_size=8),
        st.sampled_from(["", "flush", "reopen"]),
    ),
    max_size=12,
)


@settings(max_examples=40, deadline=None)
@given(pieces, st.integers(0, 40), st.integers(0, 40))
def test_whatever_is_written_reads_as_a_dictionary_would(tmp_path_factory, pieces, after, until):
    run = Run(tmp_path_factory.mktemp("run"))
    expected: dict[str, dict[int, float]] = {}
    writer = ScalarWriter(run.scalars, after=0)
    for name, first, values, then in pieces:
        writer.add(name, first, values)
        if values:
            expected.setdefault(name, {}).update(enumerate(values, first))
        if then:
            writer.flush()
        if then == "reopen":
            writer.close()
            writer = ScalarWriter(run.scalars, after=after)
            expected = {n: {s: v for s, v in c.items() if s <= after} for n, c in expected.items()}
    writer.flush()
    writer.close()
    _same(curves(run), expected)

    branch = Run(tmp_path_factory.mktemp("branch"))
    copy = ScalarWriter(branch.scalars, after=0)
    copy.copy_until(run, until)
    copy.close()
    before = {n: {s: v for s, v in c.items() if s <= until} for n, c in expected.items()}
    _same(curves(branch), {n: c for n, c in before.items() if c})


def _same(found, expected):
    assert list(found) == list(expected)
    for name, (steps, values) in found.items():
        assert steps.tolist() == sorted(expected[name])
        assert np.array_equal(values, [expected[name][step] for step in steps.tolist()], equal_nan=True)


WRITER = """
import sys
from pathlib import Path
from workbench.runs.scalars import ScalarWriter
writer = ScalarWriter(Path(sys.argv[1]), after=int(sys.argv[2]))
step = int(sys.argv[2])
while True:
    writer.add("train_loss", step + 1, range(step + 1, step + 38))
    step += 37
    writer.add("val_loss", step, [step])
    writer.flush()
    print(step, flush=True)
"""


def test_a_reader_and_a_kill_find_a_whole_beginning(run):
    """Whatever was flushed is there after SIGKILL, and at any time all series are of one moment."""
    after = 0
    for _ in range(3):
        words = [sys.executable, "-c", WRITER, str(run.scalars), str(after)]
        process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
        told = process.stdout.readline()
        seen = set()
        while len(seen) < 10:  # moments between which something was written
            seen.add(_whole(run, int(told)))
        process.kill()
        flushed = int((told + process.stdout.read()).split()[-1])
        process.stdout.close()
        process.wait()
        after = _whole(run, flushed) // 2


def _whole(run, flushed):
    found = curves(run)
    steps, values = found["train_loss"]
    assert len(steps) >= flushed
    assert np.array_equal(steps, np.arange(1, len(steps) + 1))
    assert np.array_equal(values, steps)
    assert found["val_loss"][0][-1] == steps[-1]
    return len(steps)


def test_ten_million_points_are_read_at_once(run, writer):
    losses = np.random.default_rng(0).random(10_000_000, dtype=np.float32)
    for start in range(0, len(losses), 40_000):
        writer.add("train_loss", start + 1, losses[start : start + 40_000])
        writer.flush()
    assert np.array_equal(curves(run)["train_loss"][1], losses)
    assert run.scalars.stat().st_size < 45e6
    assert lines_run(lambda: curves(run)) < 2500, "8 lines a block of 40,000 points: 0.16 s"
    assert bytes_needed(lambda: curves(run)) < 5.5 * losses.nbytes, "places and values are 4 times as much"


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
