"""The templates as a list: grouped by what they take, found by typing."""

from __future__ import annotations

import re
from collections.abc import Mapping

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import (
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from workbench.graph.facts import Facts
from workbench.templates.base import Template
from workbench.templates.registry import TEMPLATES
from workbench.templates.samples import Takes
from workbench.ui import theme
from workbench.ui.elided import draw_elided
from workbench.ui.wording import count

_ROW, _HEAD = 50, 34
_NAME = Qt.ItemDataRole.UserRole
_FAULT = Qt.ItemDataRole.UserRole + 1
_PARAMS = Qt.ItemDataRole.UserRole + 2

WORDS: Mapping[Takes, str] = {
    "image": "images pictures vision",
    "vector": "tables numbers columns",
    "sequence": "sequences time series measurements",
    "ids": "text words ids language sequences",
    "waveform": "sound audio speech waveforms",
    "pairs of ids": "recommendation users items pairs",
}
"""What people type for the kinds of samples."""


def found(text: str) -> list[Template]:
    """Return the templates that every word of a text occurs in, in their groups' order."""
    words = text.lower().split()
    listed = sorted(TEMPLATES.values(), key=lambda item: list(WORDS).index(item.takes[0]))
    return [item for item in listed if all(word in _said(item) for word in words)]


def _said(item: Template) -> str:
    kinds = " ".join(WORDS[kind] for kind in item.takes)
    return f"{item.title} {item.name} {item.help()} {item.source} {kinds}".lower()


class TemplateList(QListWidget):
    """A row a template; one is current."""

    chosen = Signal(str)
    """Another template is current, by its name; "" for none."""
    taken = Signal()
    """The current template was double-clicked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("templateList")
        self.setAccessibleName(self.tr("Templates"))
        self.setItemDelegate(_Painter(self))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.setMouseTracking(True)
        self._params: dict[str, int] = {}
        self._facts: Facts | None = None
        self.currentItemChanged.connect(lambda *_: self.chosen.emit(self.current))
        self.itemDoubleClicked.connect(lambda item: self.taken.emit() if item.data(_NAME) else None)

    @property
    def current(self) -> str:
        """The name of the current template, "" for none."""
        item = self.currentItem()
        return str(item.data(_NAME) or "") if item else ""

    @property
    def names(self) -> list[str]:
        """The names of what is listed, from top to bottom."""
        names = (self.item(row).data(_NAME) for row in range(self.count()))
        return [str(name) for name in names if name]

    def fill(self, text: str, facts: Facts | None) -> None:
        """List what matches a text; what can't take the data is greyed. The current one stays if it can."""
        before, self._facts = self.current, facts
        self.blockSignals(True)
        self.clear()
        kind = ""
        for template in found(text):
            if template.takes[0] != kind:
                kind = template.takes[0]
                self._add_heading(_headings(self)[kind])
            self._add(template)
        self.blockSignals(False)
        self.go_to(before if before in self.names else self._best())

    def _best(self) -> str:
        """The first that can take the data."""
        fitting = (n for n in self.names if not (self._facts and TEMPLATES[n].misfit(self._facts)))
        return next(fitting, next(iter(self.names), ""))

    def go_to(self, name: str) -> None:
        """Make a template current."""
        for row in range(self.count()):
            if name and self.item(row).data(_NAME) == name:
                self.setCurrentRow(row)
                self.scrollToItem(self.item(row))
                return
        self.setCurrentRow(-1)
        self.chosen.emit("")

    def step(self, by: int) -> None:
        """Make another template current, further down or up."""
        names = self.names
        if names:
            place = names.index(self.current) if self.current in names else 0
            self.go_to(names[max(0, min(len(names) - 1, place + by))])
            if self.current == names[0]:
                self.scrollToTop()

    def set_params(self, found: Mapping[str, int]) -> None:
        """Say how many parameters templates have, by name."""
        self._params.update(found)
        for row in range(self.count()):
            name = self.item(row).data(_NAME)
            if name in found:
                self.item(row).setData(_PARAMS, found[name])
                self._describe(self.item(row), TEMPLATES[name])

    def _add_heading(self, text: str) -> None:
        item = QListWidgetItem(text)
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        item.setSizeHint(QSize(100, _HEAD))
        self.addItem(item)

    def _add(self, template: Template) -> None:
        item = QListWidgetItem(template.title)
        item.setData(_NAME, template.name)
        item.setData(_FAULT, template.misfit(self._facts) if self._facts else "")
        item.setData(_PARAMS, self._params.get(template.name))
        item.setSizeHint(QSize(100, _ROW))
        self._describe(item, template)
        self.addItem(item)

    def _describe(self, item: QListWidgetItem, template: Template) -> None:
        params, fault = item.data(_PARAMS), item.data(_FAULT)
        size = "" if params is None else self.tr(" {} parameters.").format(count(params))
        item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{template.title}.{size}")
        item.setData(Qt.ItemDataRole.AccessibleDescriptionRole, fault or template.help())
        item.setToolTip(f"{fault or template.help()}\n{template.source}")


def _headings(owner: TemplateList) -> dict[str, str]:
    return {
        "image": owner.tr("Images"),
        "vector": owner.tr("Tables of numbers"),
        "sequence": owner.tr("Sequences of measurements"),
        "ids": owner.tr("Text and other sequences"),
        "waveform": owner.tr("Sound"),
        "pairs of ids": owner.tr("Users and items"),
    }


class _Painter(QStyledItemDelegate):
    """Draws a template in two lines: name, paper and parameters; what it is."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        look, rect = theme.current(), QRect(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        name = index.data(_NAME)
        if not name:
            bold = theme.sans(11, QFont.Weight.DemiBold)
            low = rect.adjusted(10, 10, -10, 0)
            draw_elided(painter, low, str(index.data()), bold, "muted")
            painter.restore()
            return
        on = option.state & QStyle.StateFlag.State_Selected
        if on or option.state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.color("selected" if on else "hover"))
            painter.drawRoundedRect(rect.adjusted(0, 1, -2, -1), 6, 6)
            if on:
                painter.setBrush(look.color("accent"))
                painter.drawRoundedRect(QRect(rect.left(), rect.top() + 11, 3, rect.height() - 22), 1.5, 1.5)
        template, fault, params = TEMPLATES[name], index.data(_FAULT), index.data(_PARAMS)
        token = "muted" if fault else "text"
        inner = rect.adjusted(10, 6, -12, -6)
        upper = QRect(inner.left(), inner.top(), inner.width(), 19)
        if params is not None:
            used = draw_elided(painter, upper, count(params), theme.mono(11), "muted", right=True)
            upper.setRight(upper.right() - used - 10)
        used = draw_elided(painter, upper, template.title, theme.sans(13, QFont.Weight.DemiBold), token)
        upper.setLeft(upper.left() + used + 8)
        draw_elided(painter, upper, brief(template.source), theme.sans(11), "muted", least=24)
        lower = QRect(inner.left(), inner.top() + 19, inner.width(), 19)
        draw_elided(painter, lower, short(fault, template.title) or template.help(), theme.sans(12), "muted")
        painter.restore()


def short(fault: str, title: str) -> str:
    """Return why a template can't take the data without its title, which stands above it."""
    rest = fault.removeprefix(title).lstrip()
    return rest[:1].upper() + rest[1:]


def brief(source: str) -> str:
    """Return a paper in a few words: "He, Zhang, Ren, Sun 2015" as "He et al. 2015"."""
    match = re.match(r"(?P<names>[^\d;(]+?) (?P<year>\d{4})", source)
    if match is None:
        return source
    names = match["names"].split(", ")
    return (
        f"{names[0]} et al. {match['year']}" if len(names) > 2 else f"{' and '.join(names)} {match['year']}"
    )
