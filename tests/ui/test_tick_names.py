"""Names under an axis never stand over each other."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QApplication

from workbench.ui import theme
from workbench.ui.tick_names import named_ticks


@pytest.mark.usefixtures("qapp")
@given(st.lists(st.text("abcWi ", max_size=30), max_size=24), st.floats(1, 200))
def test_names_have_room(names: list[str], each: float) -> None:
    metrics = QFontMetrics(theme.mono(10))
    ticks = named_ticks(names, each, metrics)
    assert [at for at, _ in ticks[:1]] == [0.0][: len(names)]
    for (at, word), (then, _) in pairwise(ticks):
        assert metrics.horizontalAdvance(word) < (then - at) * each


def test_short_names_all_stand_and_long_ones_are_cut(qapp: QApplication) -> None:
    metrics = QFontMetrics(theme.mono(10))
    assert named_ticks(["a", "b", "c"], 20, metrics) == [(0, "a"), (1, "b"), (2, "c")]
    words = ["extraordinarily", "longwinded", "it", "is"]
    cut = named_ticks(words, 70, metrics)
    assert [at for at, _ in cut] == [0, 1, 2, 3]
    assert cut[0][1].endswith("…")
    assert cut[2][1] == "it"
    assert [at for at, _ in named_ticks(words, 40, metrics)] == [0, 2]
