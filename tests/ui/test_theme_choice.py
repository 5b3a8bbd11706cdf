"""The theme that was chosen is worn, now and at the next start."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from workbench.ui import theme, theme_choice


@pytest.mark.parametrize("name", ["dark", "light"])
def test_chosen_and_remembered(qapp: QApplication, home: Path, name: str) -> None:
    theme_choice.choose(qapp, name)
    assert theme.current().name == name
    theme.apply(qapp, theme.LIGHT if name == "dark" else theme.DARK)
    theme_choice.wear(qapp)
    assert theme.current().name == name


def test_the_systems_until_one_is_chosen(qapp: QApplication, home: Path) -> None:
    theme_choice.wear(qapp)
    assert theme.current() == theme.system()
    theme_choice.choose(qapp, "light")
    theme_choice.choose(qapp, "system")
    assert theme.current() == theme.system()
