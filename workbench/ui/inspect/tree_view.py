"""A decision tree, drawn: it grows to the right; drag to move it, turn the wheel with Ctrl to zoom."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QFrame, QGraphicsScene, QGraphicsView

from workbench.interpret.surrogates.rules import because
from workbench.interpret.surrogates.tree import Tree
from workbench.ui import theme
from workbench.ui.focus_ring import FocusRing
from workbench.ui.inspect.tree_layout import laid_out
from workbench.ui.inspect.tree_node import LINE, EdgesItem, NodeItem, room_for, width_for

BETWEEN, BESIDE = 36, 140
"""Pixels between columns, and of a leaf beside its answer."""
READABLE, LARGEST = 0.8, 1.15
"""Scales between which fitting stays: smaller can't be read."""
SMALLEST = 0.15


class TreeView(QGraphicsView):
    """Shows a tree and one sample's way through it."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(self.tr("Decision tree"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.setDragMode(QGraphicsView.DragMode.ScrollHandDrag)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.AnchorUnderMouse)
        self.setStyleSheet("background: transparent")
        self.setMinimumHeight(220)
        self.setScene(QGraphicsScene(self))
        self._tree: Tree | None = None
        self._nodes: list[NodeItem] = []
        self._edges: EdgesItem | None = None
        self._fitted = True
        self._least = READABLE
        FocusRing(self)
        self.path: list[int] = []

    def show_tree(self, tree: Tree) -> None:
        """Draw a tree, all of it in view if it can be read then."""
        self._tree, self.path = tree, []
        scene = self.scene()
        scene.clear()
        width = width_for(tree)
        places = laid_out(tree.left.tolist(), tree.right.tolist())
        points = [QPointF(x * (width + BETWEEN), y * LINE) for x, y in places]
        self._edges = EdgesItem(tree, points, width)
        scene.addItem(self._edges)
        self._nodes, room = [], room_for(tree, width)
        leaf = min(width, room + BESIDE)
        for node, point in enumerate(points):
            item = NodeItem(tree, node, leaf if tree.is_leaf(node) else width, room)
            item.setPos(point)
            scene.addItem(item)
            self._nodes.append(item)
        scene.setSceneRect(scene.itemsBoundingRect().adjusted(-8, -8, 8, 8))
        self.fit()

    def show_path(self, sample: NDArray[Any] | None) -> str:
        """Mark the way that a sample takes, in the data's units; return it in words.

        Its end comes into view, as far as the root stays there: unless a person moved that out of it.
        """
        if self._tree is None or self._edges is None:
            return ""
        rooted = self.root_seen
        self.path = [] if sample is None else self._tree.path(sample)
        self._edges.path = self.path
        for item in self._nodes:
            item.on_path = item.node in self.path
        words = "" if sample is None else because(self._tree, sample)
        self.setAccessibleDescription(words)
        self.scene().update()
        self._reveal(rooted=rooted)
        return words

    @property
    def root_seen(self) -> bool:
        """Whether the root is in view, all of it."""
        if not self._nodes:
            return False
        box = self.mapFromScene(self._nodes[0].sceneBoundingRect()).boundingRect()
        return self.viewport().rect().adjusted(-1, -1, 1, 1).contains(box)

    @property
    def zoom(self) -> float:
        """The scale that the tree is drawn at."""
        return self.transform().m11()

    def show_whole(self) -> None:
        """Show all of the tree, however small that makes it."""
        self.fit(SMALLEST)

    def fit(self, least: float = READABLE) -> None:
        """Show all of the tree, or if that took a scale below ``least``, its root and what is near."""
        rect, room = self.sceneRect(), self.viewport().size()
        if rect.isEmpty() or room.isEmpty():
            return
        scale = min(room.width() / rect.width(), room.height() / rect.height())
        self._scale_to(max(least, min(LARGEST, scale)))
        if self._whole or not self._nodes:
            self.centerOn(rect.center())
        else:
            half = QRectF(0, 0, room.width() / self.zoom, room.height() / self.zoom)
            self.centerOn(rect.left() + half.width() / 2, self._nodes[0].pos().y())
            self._reveal(rooted=True)
        self._fitted, self._least = True, least

    def zoom_by(self, factor: float) -> None:
        """Zoom in or out."""
        self._scale_to(max(SMALLEST, min(3.0, self.zoom * factor)))
        self._fitted = False

    def _reveal(self, *, rooted: bool) -> None:
        """Bring the end of the path into view, or where the root is to stay there as much as that allows."""
        if self.path and not self._whole:
            self.ensureVisible(self._nodes[self.path[-1]], 20, 40)
            if rooted:
                self.ensureVisible(self._nodes[0], 8, 8)

    @property
    def _whole(self) -> bool:
        rect, room = self.sceneRect(), self.viewport().size()
        return rect.width() * self.zoom <= room.width() + 1 and rect.height() * self.zoom <= room.height() + 1

    def _scale_to(self, scale: float) -> None:
        self.resetTransform()
        self.scale(scale, scale)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._fitted:
            self.fit(self._least)  # also where scroll bars go because all of it is shown

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom_by(1.0015 ** event.angleDelta().y())
            event.accept()
            return
        super().wheelEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom_by(1.2)
        elif event.key() == Qt.Key.Key_Minus:
            self.zoom_by(1 / 1.2)
        elif event.key() == Qt.Key.Key_0:
            self.show_whole()
        else:
            super().keyPressEvent(event)

    def drawBackground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        painter.fillRect(rect, theme.current().color("card"))  # pictures that are saved have it, too
