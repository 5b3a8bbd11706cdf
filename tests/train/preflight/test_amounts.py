import pytest

from workbench.train.preflight.amounts import size_of, span


@pytest.mark.parametrize(
    ("size", "said"),
    [(0, "0 B"), (999, "999 B"), (1023, "1.0 KiB"), (1024, "1.0 KiB"), (200 * 1024, "200 KiB"),
     (1.5 * 2**20, "1.5 MiB"), (22 * 2**30, "22.0 GiB"), (2**41, "2.0 TiB"), (5000 * 2**40, "5000 TiB")],
)  # fmt: skip
def test_bytes(size, said):
    assert size_of(size) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.0034, "3.4 ms"), (0.34, "0.34 s"), (12.3, "12 s"), (59.6, "1:00 min"), (247, "4:07 min"),
     (3800, "1:03:20 h")],
)  # fmt: skip
def test_times(seconds, said):
    assert span(seconds) == said
