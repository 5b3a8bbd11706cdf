"""A node of a drawn tree: what it asks or answers, its share of the samples, and of the classes."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from workbench.interpret.surrogates.rules import condition
from workbench.interpret.surrogates.tree import Tree
from workbench.ui import theme
from workbench.ui.inspect.map_colors import class_colors

HEIGHT, LEAF = 44, 28
LINE = 34
"""From one line to the next: leaves take one, and nodes that ask stand at least one and a half apart."""
LEAST, WIDEST = 120, 230
PAD = 9
LEGIBLE = 0.35
"""The scale below which no word can be read, and nodes show their shares only."""


def width_for(tree: Tree) -> int:
    """Return how wide nodes are for most of a tree's texts to fit."""
    words = QFontMetrics(theme.sans(12, QFont.Weight.Medium))
    widest = max(words.horizontalAdvance(text_of(tree, node)) for node in range(len(tree.left)))
    return max(LEAST, min(WIDEST, widest + 2 * PAD + 2))


def room_for(tree: Tree, width: int) -> int:
    """Return how much of a leaf's width its answer takes, so that the bars of all leaves line up."""
    words = QFontMetrics(theme.sans(12, QFont.Weight.Medium))
    leaves = (node for node in range(len(tree.left)) if tree.is_leaf(node))
    widest = max(words.horizontalAdvance(text_of(tree, node)) for node in leaves) + 2
    return min(widest, width * 45 // 100)


def text_of(tree: Tree, node: int) -> str:
    """Return what a node asks or answers."""
    if tree.is_leaf(node):
        return tree.answer(node) if tree.classes else f"≈ {tree.answer(node)}"
    return condition(tree, node, True)


class NodeItem(QGraphicsItem):
    """Drawn around its left middle; of a leaf ``room`` is what its answer takes, the same for all."""

    def __init__(self, tree: Tree, node: int, width: int, room: int) -> None:
        super().__init__()
        self.node = node
        self._tree, self._width, self._room = tree, width, room
        self.on_path = False
        count, whole = int(tree.samples[node]), int(tree.samples[0])
        share = f"{100 * count / whole:.0f}" if count * 200 >= whole else "<1"
        self._share = f"{share}\N{NO-BREAK SPACE}%"
        self.setToolTip(self._tip(count))

    def _tip(self, count: int) -> str:
        tree, node = self._tree, self.node
        lines = [text_of(tree, node), f"{count} of {tree.samples[0]} samples"]
        if tree.classes:
            order = tree.values[node].argsort()[::-1][:6]
            lines += [
                f"{tree.classes[n]} {100 * tree.values[node, n]:.1f} %" for n in order if tree.values[node, n]
            ]
        else:
            lines.append(f"mean {tree.target} {tree.values[node, 0]:.4g}")
        return "\n".join(lines)

    def boundingRect(self) -> QRectF:
        return self._box().adjusted(-2, -2, 2, 2)

    def _box(self) -> QRectF:
        high = LEAF if self._tree.is_leaf(self.node) else HEIGHT
        return QRectF(0, -high / 2, self._width, high)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        look, tree, node = theme.current(), self._tree, self.node
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = self._box()
        leaf = tree.is_leaf(node)
        painter.setPen(QPen(look.color("accent" if self.on_path else "border"), 2 if self.on_path else 1))
        painter.setBrush(look.color("selected" if self.on_path else "card" if leaf else "raised"))
        painter.drawRoundedRect(box, 7, 7)
        if widget is not None and painter.worldTransform().m11() < LEGIBLE:  # not so in saved pictures
            self._draw_shares(painter, box.adjusted(PAD, 6, -PAD, -6))
            return
        words = theme.sans(12, QFont.Weight.Medium)
        right = QFontMetrics(theme.mono(11)).horizontalAdvance("100\N{NO-BREAK SPACE}%")
        inner = box.adjusted(PAD, 0 if leaf else 5, -PAD, 0 if leaf else -6)
        room = self._room if leaf else inner.width()
        text = QFontMetrics(words).elidedText(text_of(tree, node), Qt.TextElideMode.ElideMiddle, int(room))
        painter.setFont(words)
        painter.setPen(look.color("text"))
        painter.drawText(inner, _CENTRE if leaf else _TOP, text)
        painter.setFont(theme.mono(11))
        painter.setPen(look.color("muted"))
        painter.drawText(inner, _CENTRE_RIGHT if leaf else _BOTTOM_RIGHT, self._share)
        left = inner.left() + (self._room + 10 if leaf else 0)
        y = inner.center().y() - 3 if leaf else inner.bottom() - 10
        self._draw_bar(painter, QRectF(left, y, inner.right() - right - 8 - left, 6))

    def _draw_bar(self, painter: QPainter, track: QRectF) -> None:
        """A bar with round ends of what a node has."""
        clip = QPainterPath()
        clip.addRoundedRect(track, 3, 3)
        painter.save()
        painter.setClipPath(clip)
        painter.fillRect(track, theme.current().color("border"))
        self._draw_shares(painter, track)
        painter.restore()

    def _draw_shares(self, painter: QPainter, track: QRectF) -> None:
        """The classes' shares, or where the mean stands between the least and the greatest leaf."""
        tree = self._tree
        if tree.classes:
            x, colors = track.left(), class_colors(len(tree.classes))
            for number, share in enumerate(tree.values[self.node]):
                wide = track.width() * float(share)
                if wide:
                    painter.fillRect(QRectF(x, track.top(), wide, track.height()), colors[number])
                x += wide
        else:
            low, high = float(tree.values.min()), float(tree.values.max())
            at = (float(tree.values[self.node, 0]) - low) / ((high - low) or 1.0)
            painter.fillRect(
                QRectF(track.left(), track.top(), max(track.width() * at, 3), track.height()),
                theme.current().color("accent"),
            )


@dataclass(frozen=True, eq=False)
class _Edge:
    """A line to a child, and the word that stands beside its end."""

    child: int
    line: QPainterPath
    around: QRectF
    thick: float
    word: str
    spot: QRectF


class EdgesItem(QGraphicsItem):
    """The lines between nodes, the thicker the more samples go along; of the path in the accent."""

    def __init__(self, tree: Tree, points: list[QPointF], width: int) -> None:
        super().__init__()
        self._points = points
        self._edges: list[_Edge] = []
        self.path: list[int] = []
        self.setZValue(-1)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)  # to know what is in view
        for node in range(len(points)):
            if not tree.is_leaf(node):
                left, right = int(tree.left[node]), int(tree.right[node])
                close = node and tree.is_leaf(left) and tree.is_leaf(right)
                for child, word in ((left, "yes"), (right, "no")):  # two leaves have no room for words
                    share = float(tree.samples[child]) / float(tree.samples[0])
                    start = points[node] + QPointF(width, 0)
                    self._edges.append(_edge(child, start, points[child], share, "" if close else word))

    def boundingRect(self) -> QRectF:
        xs, ys = [p.x() for p in self._points], [p.y() for p in self._points]
        return QRectF(min(xs), min(ys) - 20, max(xs) - min(xs) + 1, max(ys) - min(ys) + 40)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.sans(10))
        seen: QRectF = option.exposedRect
        path = set(self.path)
        for on_path in (False, True):  # the path over the others
            line, word = (
                theme.current().color(token)
                for token in (("accent", "accent") if on_path else ("grid", "muted"))
            )
            for edge in self._edges:
                if (edge.child in path) == on_path and edge.around.intersects(seen):
                    pen = QPen(line, edge.thick)
                    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
                    painter.strokePath(edge.line, pen)
                    if edge.word:
                        painter.setPen(word)
                        painter.drawText(edge.spot, _CENTRE_RIGHT, edge.word)


def _edge(child: int, start: QPointF, end: QPointF, share: float, word: str) -> _Edge:
    middle = (start.x() + end.x()) / 2
    line = QPainterPath(start)
    line.cubicTo(QPointF(middle, start.y()), QPointF(middle, end.y()), end)
    thick = 1.2 + 5 * share
    spot = QRectF(end.x() - 34, end.y() - (18 if end.y() < start.y() else -4), 30, 14)
    around = line.boundingRect().adjusted(-thick, -thick, thick, thick).united(spot)
    return _Edge(child, line, around, thick, word, spot)


_TOP = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft
_CENTRE = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
_CENTRE_RIGHT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
_BOTTOM_RIGHT = Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignRight
