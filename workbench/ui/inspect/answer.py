"""What a model says of a sample, and how right that is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtWidgets import QVBoxLayout, QWidget

from workbench.interpret.subject import number
from workbench.ui import theme
from workbench.ui.bars import NamedBars
from workbench.ui.cards import label
from workbench.ui.inspect.inspected import MakeSubject
from workbench.ui.inspect.inspection import in_words

if TYPE_CHECKING:
    from workbench.data.dataset import Dataset

MOST, BRIEFLY = 5, 3
"""Classes shown, the likeliest first."""


@dataclass(frozen=True, eq=False)
class Answer:
    """``truth``: "" where it isn't known, ``answer`` where the outputs tell of none. ``right``: None where
    that can't be told. ``probabilities``: of the classes, (classes,). ``error``: predicted less true, of
    values.
    """

    truth: str
    answer: str
    right: bool | None
    probabilities: NDArray[Any] | None
    loss: float | None
    error: float | None = None


def answer(make: MakeSubject) -> Answer:
    """Ask the model of a subject, without looking inside. Raises `UserError`."""
    from workbench.interpret.look import look

    subject = make(None)
    dataset, known = subject.dataset, subject.truth()
    looked = look(replace(subject, layer=subject.model.layer_ids[-1]))
    predicted, shares = looked.predicted, looked.captured.probabilities
    said = "" if predicted is None else in_words(dataset, predicted)
    truth = "" if known is None else in_words(dataset, number(known))
    return Answer(
        truth=truth,
        answer=said,
        right=said == truth if truth and said else None,
        probabilities=None if shares is None or predicted is None else shares[0],
        loss=looked.captured.loss,
        error=None
        if known is None or predicted is None or dataset.classes
        else float(predicted) - float(known[0]),
    )


class AnswerView(QWidget):
    """The truth, the prediction and the likeliest classes."""

    def __init__(self, prefix: str = "", *, brief: bool = False) -> None:
        """``prefix`` tells this one's widgets from another's: sampleTruth, sampleAnswer and probabilities.

        A brief one leaves the truth to others, and shows fewer classes.
        """
        super().__init__()

        def named(name: str) -> str:
            return f"{prefix}{name[0].upper()}{name[1:]}" if prefix else name

        self._brief = brief
        self._truth = label("", wrap=True, name=named("sampleTruth"))
        self._answer = label("", wrap=True, name=named("sampleAnswer"))
        self._shares = NamedBars(named("probabilities"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._truth)
        column.addWidget(self._answer)
        column.addSpacing(theme.S)
        column.addWidget(self._shares)

    def display(self, found: Answer, dataset: Dataset) -> None:
        """Show an answer."""
        self._truth.setVisible(bool(found.truth) and not self._brief)
        self._truth.setText(self.tr("true  <b>{}</b>").format(found.truth))
        tone = {True: "good", False: "problem", None: "text"}[found.right]
        color = theme.current().color("text" if dataset.task == "regression" else tone).name()
        between = " · " if self._brief else "<br>"
        text = self.tr("predicted <b style='color:{}'>{}</b>").format(color, found.answer)
        if not found.answer:
            text = self.tr("The outputs stand for no class.")
        if found.error is not None:
            text += self.tr("{}error {:+.4g}").format("<br>", found.error)
        if found.loss is not None:
            text += self.tr("{}loss {:.4g}").format(between, found.loss)
        self._answer.setText(text)
        self._shares.setVisible(found.probabilities is not None)
        if found.probabilities is not None:
            order = np.argsort(-found.probabilities, kind="stable")[: BRIEFLY if self._brief else MOST]
            shares = [(dataset.classes[int(n)], float(found.probabilities[n])) for n in order]
            rows = [(name, share, f"{100 * share:.1f} %") for name, share in shares]
            roles = {True: "good", False: "problem", None: "accent"}
            self._shares.display(rows, 0, roles[found.right])
