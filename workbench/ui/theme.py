"""The look: colours, type and spacing as tokens, in a dark and a light theme."""

from __future__ import annotations

from dataclasses import dataclass, fields
from string import Template
from typing import cast

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory

from workbench.resources import resource
from workbench.ui.collecting import nothing_collected

SANS = "Inter"
MONO = "JetBrains Mono"

# Spacing steps, in device-independent pixels.
S, M, L = 8, 12, 16
ROW = 38
FLUSH = "QHeaderView::section { padding: 6px 4px; } QTableView::item { padding: 4px 2px; }"
"""Style of a table whose heads stand flush with their cells."""


@dataclass(frozen=True)
class Theme:
    """Colours by what they mean."""

    name: str
    window: str
    card: str
    raised: str
    well: str
    border: str
    text: str
    muted: str
    accent: str
    on_accent: str
    hover: str
    selected: str
    good: str
    warning: str
    problem: str
    core: str
    convolution: str
    pooling: str
    normalisation: str
    activation: str
    regularisation: str
    shape: str
    recurrent: str
    attention: str
    merge: str
    arithmetic: str
    signal: str
    data: str
    grid: str
    validation: str
    test: str

    def color(self, token: str) -> QColor:
        """Return a token's colour; a token may also be a literal colour."""
        return QColor(getattr(self, token, token))


DARK = Theme(
    name="dark",
    window="#15171c",
    card="#1b1e25",
    raised="#262a33",
    well="#121419",
    border="#2b303a",
    text="#e8eaef",
    muted="#959cab",
    accent="#4c8dff",
    on_accent="#08142b",
    hover="#20242c",
    selected="#222c3f",
    good="#4ccd9c",
    warning="#ffb454",
    problem="#ff7373",
    core="#b794ff",
    convolution="#58a6ff",
    pooling="#8b95a5",
    normalisation="#4ccd9c",
    activation="#ffb454",
    regularisation="#c3cbd8",
    shape="#6f8199",
    recurrent="#4dd0e1",
    attention="#f78c6c",
    merge="#ff7eb6",
    arithmetic="#d4b483",
    signal="#9ad36a",
    data="#e8eaef",
    grid="#333945",
    validation="#ffb454",
    test="#b794ff",
)

LIGHT = Theme(
    name="light",
    window="#f4f5f8",
    card="#ffffff",
    raised="#e9ecf1",
    well="#f8f9fb",
    border="#d9dde4",
    text="#1a1d23",
    muted="#5c6471",
    accent="#1f62e0",
    on_accent="#ffffff",
    hover="#eef1f5",
    selected="#dfe9fd",
    good="#117350",
    warning="#925300",
    problem="#b82834",
    core="#7446d8",
    convolution="#1f6fd6",
    pooling="#66707f",
    normalisation="#14805a",
    activation="#c77700",
    regularisation="#8f98a6",
    shape="#4f6078",
    recurrent="#0a8394",
    attention="#c2512b",
    merge="#c83880",
    arithmetic="#8c6a33",
    signal="#4b7d1d",
    data="#3a414d",
    grid="#d4d9e1",
    validation="#d97706",
    test="#7446d8",
)

THEMES = {theme.name: theme for theme in (DARK, LIGHT)}


def current() -> Theme:
    """Return the theme that the running application wears."""
    app = QApplication.instance()
    return THEMES.get(str(app.property("theme")), DARK) if app else DARK


def system() -> Theme:
    """Return the theme that the system asks for."""
    app = cast(QApplication, QApplication.instance())
    return LIGHT if app.styleHints().colorScheme() == Qt.ColorScheme.Light else DARK


def load_fonts() -> None:
    """Register the fonts that ship."""
    for file in sorted(resource("fonts").glob("*.[ot]tf")):
        QFontDatabase.addApplicationFont(str(file))


def apply(app: QApplication, theme: Theme) -> None:
    """Dress the application. Widgets repaint on the palette change that this causes."""
    app.setProperty("theme", theme.name)
    font = QFont(SANS)
    font.setPixelSize(13)
    # Qt goes through all widgets, and crashes where one that nobody needs ends meanwhile.
    with nothing_collected():
        if app.font() != font:  # each of these dresses every widget anew, which takes a while
            app.setStyle(QStyleFactory.create("Fusion"))
            app.setFont(font)
        app.setStyleSheet("")  # widgets that wear nothing are dressed in a third of the time of a change
        app.setPalette(_palette(theme))
        app.setStyleSheet(stylesheet(theme))


def mono(pixels: int = 12) -> QFont:
    """Return the fixed-width font, for numbers in columns and for code."""
    font = QFont(MONO)
    font.setStyleHint(QFont.StyleHint.Monospace)
    font.setPixelSize(pixels)
    return font


def sans(pixels: int = 13, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """Return the text font."""
    font = QFont(SANS)
    font.setPixelSize(pixels)
    font.setWeight(weight)
    return font


def _palette(theme: Theme) -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    for target, token in {
        role.Window: "window",
        role.WindowText: "text",
        role.Base: "well",
        role.AlternateBase: "card",
        role.Text: "text",
        role.Button: "raised",
        role.ButtonText: "text",
        role.BrightText: "problem",
        role.Highlight: "accent",
        role.HighlightedText: "on_accent",
        role.ToolTipBase: "raised",
        role.ToolTipText: "text",
        role.PlaceholderText: "muted",
        role.Link: "accent",
        role.Mid: "border",
        role.Dark: "border",
        role.Light: "raised",
    }.items():
        palette.setColor(target, theme.color(token))
    for target in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, target, theme.color("muted"))
    return palette


def stylesheet(theme: Theme) -> str:
    """Return the style sheet for a theme."""
    tokens = {f.name: getattr(theme, f.name) for f in fields(theme)}
    arrow = resource("icons", f"caret-{theme.name}.svg").as_posix()
    arrow_up = resource("icons", f"caret-up-{theme.name}.svg").as_posix()
    check = resource("icons", f"check-{theme.name}.svg").as_posix()
    sheet = Template(resource("theme.qss").read_text(encoding="utf-8"))
    return sheet.substitute(tokens, mono=MONO, arrow=arrow, arrow_up=arrow_up, check=check)
