"""Training from weights that are there already: the window tells how many of them were taken."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
import torch
from pytestqt.qtbot import QtBot

from workbench.build.check import built
from workbench.train.checkpoint import write
from workbench.ui.main_window import MainWindow
from workbench.ui.notice import Notice


@pytest.mark.parametrize(
    ("left_out", "tone", "said"),
    [
        (0, "good", "Started from all 4 weights of weights.safetensors."),
        (1, "warning", "Started from 3 of 4 weights; weights.safetensors has 3."),
    ],
)
def test_what_was_taken_is_told(
    left_out: int,
    tone: str,
    said: str,
    open_sample: Callable[[str], MainWindow],
    qtbot: QtBot,
) -> None:
    window = open_sample("wine-softmax")
    workspace = window.workspace
    assert workspace.folder is not None
    weights = built(workspace.graph).state_dict()
    kept = dict(list(weights.items())[: len(weights) - left_out])
    write(
        workspace.folder / "weights.safetensors",
        {k: torch.ones_like(t) for k, t in kept.items()},
        json.dumps({}),
    )
    training = workspace.project.training.model_copy(update={"weights": "weights.safetensors", "epochs": 1})
    workspace.edit("Start from weights", workspace.project.model_copy(update={"training": training}))

    told: list[Notice] = []
    workspace.notified.connect(told.append)
    with qtbot.waitSignal(window.training.ended):
        window.training.start("cpu")
    assert [notice.tone for notice in told] == [tone]
    assert told[0].text.startswith(said)
