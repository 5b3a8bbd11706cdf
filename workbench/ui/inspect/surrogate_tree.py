"""Tree: a decision tree that answers as the network does, and the inspected sample's way through it."""

from __future__ import annotations

from functools import partial

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QSpinBox

from workbench.interpret.subject import Progress
from workbench.interpret.surrogates.rules import rules
from workbench.interpret.surrogates.tree import DecisionTree, Tree, fit_tree
from workbench.ui.cards import button, label, set_role
from workbench.ui.inspect.answer import Answer, answer
from workbench.ui.inspect.class_legend import ClassLegend
from workbench.ui.inspect.inspected import Inspected, MakeSubject
from workbench.ui.inspect.sample_in_data import in_units
from workbench.ui.inspect.surrogate_view import SurrogateView
from workbench.ui.inspect.surrogate_words import against_truth, verdict
from workbench.ui.inspect.tree_view import TreeView
from workbench.ui.inspect.view import View
from workbench.ui.jobs import Latest
from workbench.ui.notice import Notice
from workbench.ui.workspace import Workspace


class TreeSurrogate(SurrogateView):
    """The tree drawn, with its depth, how faithful it is, and why it answers as it does for the sample."""

    def __init__(self, workspace: Workspace, inspected: Inspected) -> None:
        super().__init__(workspace, inspected, "surrogateTree")
        self._tree: Tree | None = None
        self._answer: Answer | None = None
        self._asking = Latest(workspace.jobs)
        self._asking.answered.connect(self._on_network)
        self._asking.failed.connect(lambda _error: self._on_network(None))
        self.deepest = self._spin("treeDepth", self.tr("Depth"), DecisionTree().max_depth, 1, 8)
        self.least = self._spin(
            "treeLeast", self.tr("Samples per rule"), DecisionTree().min_samples_leaf, 1, 500
        )
        self.least.setToolTip(self.tr("Fewest samples that a rule stands for"))
        self.tools.addStretch(1)
        self._fit = button(self.tr("Fit"), "flat", glyph="corners-out", name="treeFit")
        self._fit.setToolTip(self.tr("Show the whole tree (0). Ctrl and the wheel zoom, dragging moves it."))
        self._copy = button(self.tr("Copy rules"), "flat", glyph="copy", name="treeCopy")
        self._copy.clicked.connect(self._copy_rules)
        self.needing += [self._fit, self._copy]
        self.tools.addWidget(self._fit)
        self.tools.addWidget(self._copy)
        self.verdict = label("", "good", wrap=True, name="treeVerdict")
        self.truth = label("", "muted", wrap=True, name="treeTruth")
        self.tree = TreeView("treeView")
        self._fit.clicked.connect(self.tree.show_whole)
        self.legend = ClassLegend("treeLegend")
        self.why = label("", wrap=True, name="treeWhy")
        self.content.addWidget(self.verdict)
        self.content.addWidget(self.truth)
        self.content.addWidget(self.tree, 1)
        self.content.addWidget(self.legend)
        self.content.addWidget(self.why)

    def _spin(self, name: str, text: str, value: int, low: int, high: int) -> QSpinBox:
        made = QSpinBox()
        made.setObjectName(name)
        made.setAccessibleName(text)
        made.setRange(low, high)
        made.setValue(value)
        made.setKeyboardTracking(False)
        made.setMinimumWidth(64)
        made.valueChanged.connect(lambda: self.look())
        words = label(text, "muted")
        words.setBuddy(made)
        self.tools.addWidget(words)
        self.tools.addWidget(made)
        return made

    def look(self) -> None:
        if not self.inspected.ready:
            return
        params = DecisionTree(max_depth=self.deepest.value(), min_samples_leaf=self.least.value())
        make = self.inspected.subject()
        self._answer = None
        self._asking.ask(partial(answer, make))
        self.ask((self.inspected.part, params), partial(_fitted, make, params))

    def display(self, found: Tree) -> None:
        if found is not self._tree:
            self._tree = found
            self.tree.show_tree(found)
        text, role = verdict(self.tr("The tree"), found.judged, classes=bool(found.classes))
        if found.classes and found.values[0].max() == 1:
            text = self.tr("The network answers {} for all samples: there is nothing to tell apart.")
            text, role = text.format(found.answer(0)), "warning"
        self.verdict.setText(text)
        set_role(self.verdict, role)
        self.truth.setText(against_truth(self.tr("the tree"), found.judged, classes=bool(found.classes)))
        self.legend.display(found.classes)
        self._show_path()

    def forget(self) -> None:
        self._tree = None
        super().forget()

    def view(self) -> View:
        assert self._tree is not None
        tree = self._tree
        arrays = {
            "importance": tree.importance,
            "value": tree.values,
            "children_left": tree.left,
            "children_right": tree.right,
            "feature": tree.column,
            "threshold": tree.threshold,
            "n_node_samples": tree.samples,
        }
        return View(self.tr("Decision tree"), self.verdict.text(), self.tree, arrays)

    def _on_network(self, found: Answer | None) -> None:
        self._answer = found
        if self._tree is not None:
            self._show_path()

    def _show_path(self) -> None:
        assert self._tree is not None
        sample = in_units(self.inspected)
        words = self.tree.show_path(sample)
        self.why.setVisible(bool(words))
        if not words:
            return
        name = self.inspected.sample_words
        text = f"{name[:1].upper()}{name[1:]}: {words}."
        if self._answer is not None and self._tree.classes:
            said = self._tree.answer(self.tree.path[-1])
            agreed = said == self._answer.answer
            text += " " + (
                self.tr("So does the network answer.")
                if agreed
                else self.tr("The network answers {}: here the tree misses what it does.").format(
                    self._answer.answer
                )
            )
        elif self._answer is not None:
            text += " " + self.tr("The network answers {}.").format(self._answer.answer)
        self.why.setText(text)

    def _copy_rules(self) -> None:
        if self._tree is not None:
            QGuiApplication.clipboard().setText(rules(self._tree))
            self.workspace.tell(Notice("good", self.tr("The rules are on the clipboard.")))


def _fitted(make: MakeSubject, params: DecisionTree, progress: Progress) -> Tree:
    return fit_tree(make(progress), params)
