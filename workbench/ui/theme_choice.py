"""Which theme a person chose: dark, light, or the system's; remembered between starts."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication

from workbench.ui import places, theme


def choose(app: QApplication, name: str) -> None:
    """Wear a theme from now on: "dark", "light" or "system"."""
    places.settings().setValue("theme", name)
    wear(app)


def wear(app: QApplication) -> None:
    """Wear the theme that was chosen last, the system's until then."""
    chosen = str(places.settings().value("theme") or "system")
    theme.apply(app, theme.THEMES.get(chosen) or theme.system())
