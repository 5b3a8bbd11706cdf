"""The palette: every layer type and block, by group or by what is typed."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QGridLayout, QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from workbench.ui import adding, cards
from workbench.ui.cards import Card, label
from workbench.ui.icons import icon
from workbench.ui.jobs import Latest
from workbench.ui.offer_list import OfferList
from workbench.ui.offers import Offer, block_offers, kept_offer, layer_offer, offers
from workbench.ui.palette_group import GroupChips, GroupName
from workbench.ui.palette_order import BLOCKS, GROUPS, shown_of, types_of
from workbench.ui.workspace import Workspace

MOST = 40
"""Offers that a search shows."""
AT_ONCE = 5
"""Groups that are made when the card is first shown; the others follow once it is painted."""


class PaletteCard(Card):
    """Layers and blocks to click, to drag onto the stack, or to search."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__("Add a layer", "click, or drag onto the stack")
        self.setObjectName("palette")
        self._workspace = workspace
        self._blocks: tuple[Offer, ...] = ()
        self._made = 0
        self.search = QLineEdit()
        self._last: QWidget = self.search
        self.search.setObjectName("paletteSearch")
        self.search.setPlaceholderText(self.tr("Search layers and blocks"))
        self.search.setAccessibleName(self.search.placeholderText())
        self.search.setClearButtonEnabled(True)
        self.search.addAction(icon("magnifying-glass", "muted"), QLineEdit.ActionPosition.LeadingPosition)
        self.search.textChanged.connect(self._find)
        self.search.installEventFilter(self)
        self._pages = QStackedWidget()
        self._pages.addWidget(cards.scrolling(self._groups()))
        self._pages.addWidget(self._results())
        self.body.addWidget(self.search)
        self.body.addWidget(self._pages, 1)
        workspace.kept.changed.connect(self._fill_blocks)
        workspace.kept.changed.connect(lambda: self._find(self.search.text()))
        self._load = Latest(workspace.jobs)
        self._load.answered.connect(self._on_blocks)
        self._load.failed.connect(workspace.tell_error)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._made:
            return
        # Only now: chips made before the card has its place would be dressed again with every parent it gets.
        self._make(AT_ONCE)
        QTimer.singleShot(0, lambda: self._make(len(GROUPS)))
        self._load.ask(block_offers)  # in the background: it imports every block

    def _make(self, many: int) -> None:
        """Make the groups up to a number."""
        for row in range(self._made, many):
            group, title = GROUPS[row]
            said = QCoreApplication.translate("Palette", title)
            chips = self._add_group(row + 1, group, GroupName(group, said))
            chips.fill([layer_offer(name) for name in types_of(group)], shown_of(group))
        self._made = many

    def _groups(self) -> QWidget:
        content = QWidget()
        self._grid = QGridLayout(content)
        self._grid.setContentsMargins(0, 2, 4, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(8)
        self._grid.setColumnStretch(1, 1)
        self._grid.setRowStretch(len(GROUPS) + 1, 1)
        self._block_chips = self._add_group(0, "blocks", GroupName("muted", self.tr("Blocks")))
        return content

    def _add_group(self, row: int, name: str, title: GroupName) -> GroupChips:
        chips = GroupChips(name, self._workspace)
        chips.follow(self._last)
        self._last = chips.last
        self._grid.addWidget(title, row, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(chips, row, 1)
        return chips

    def _results(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        self._list = OfferList("paletteResults")
        self._list.allow_drags(partial(adding.carried, self._workspace))
        self._list.taken.connect(lambda offer: adding.add(self._workspace, [offer]))
        self._nothing = label("", "muted", wrap=True, name="paletteNothing")
        column.addWidget(self._nothing, 0, Qt.AlignmentFlag.AlignTop)
        column.addWidget(self._list, 1)
        return page

    def _on_blocks(self, found: tuple[Offer, ...]) -> None:
        self._blocks = tuple(
            sorted(found, key=lambda o: BLOCKS.index(o.name) if o.name in BLOCKS else len(BLOCKS))
        )
        self._fill_blocks()

    def _fill_blocks(self) -> None:
        kept = [kept_offer(name, fragment) for name, fragment in self._workspace.kept.fragments.items()]
        self._block_chips.fill([*kept, *self._blocks], len(kept) + min(len(BLOCKS), len(self._blocks)))

    def _find(self, text: str) -> None:
        self._pages.setCurrentIndex(1 if text.strip() else 0)
        if not text.strip():
            return
        found = offers(text, self._workspace.kept.fragments, MOST)
        self._list.fill(found)
        self._list.setVisible(bool(found))
        self._nothing.setVisible(not found)
        self._nothing.setText(self.tr("No layer or block is called “{}”.").format(text.strip()))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._key(event.key())
        return super().eventFilter(watched, event)

    def _key(self, key: int) -> bool:
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            found = self._list.current() if self.search.text().strip() else None
            if found and adding.add(self._workspace, [found]):
                self.search.selectAll()
            return True
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self._list.step(1 if key == Qt.Key.Key_Down else -1)
            return True
        if key == Qt.Key.Key_Escape and self.search.text():
            self.search.clear()
            return True
        return False
