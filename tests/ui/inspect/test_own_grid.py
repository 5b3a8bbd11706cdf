"""What the field for a typed sample says that it expects."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from workbench.data.dataset import Dataset
from workbench.ui.inspect.own_grid import Grid


def data(inputs: np.ndarray) -> Dataset:
    return Dataset("d", "sequence", "classification", inputs, np.arange(len(inputs)) % 2)


@pytest.mark.parametrize(
    ("inputs", "says"),
    [
        (np.zeros((4, 1), np.float32), "1 number"),
        (np.zeros((4, 5), np.float32), "5 numbers"),
        (np.zeros((4, 1, 3), np.float32), "1 row of 3 numbers"),
        (np.zeros((4, 6, 1), np.float32), "6 rows of 1 number"),
        (np.full((4, 1), 7, np.int64), "1 id from 0 to 7"),
        (np.full((4, 12), 7, np.int64), "12 ids from 0 to 7"),
    ],
)
def test_what_is_expected(qtbot: QtBot, inputs: np.ndarray, says: str) -> None:
    grid = Grid(data(inputs))
    qtbot.addWidget(grid)
    told = grid.findChild(QLabel, "ownNumbersTold")
    assert told is not None
    assert told.text() == says
