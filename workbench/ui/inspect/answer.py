"""What a model says of a sample, and how right that is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtWidgets import QVBoxLayout, QWidget

from workbench.interpret.subject import number
from workbench.ui import theme
from workbench.ui.bars import NamedBars
from workbench.ui.cards import label
from workbench.ui.inspect.inspected import MakeSubject

if TYPE_CHECKING:
    from workbench.data.dataset import Dataset

MOST, BRIEFLY = 5, 3
"""Classes shown, the likeliest first."""


@dataclass(frozen=True, eq=False)
class Answer:
    """``truth``: "" where it isn't known. ``right``: None where that can't be told. ``probabilities``: of the
    classes, (classes,). ``error``: predicted less true, of values.
    """

    truth: str
    answer: str
    right: bool | None
    probabilities: NDArray[Any] | None
    loss: float | None
    error: float | None = None


def answer(make: MakeSubject) -> Answer:
    """Ask the model of a subject, without looking inside. Raises `UserError`."""
    from workbench.interpret.capture import capture

    subject = make(None)
    dataset, known = subject.dataset, subject.truth()
    seen = capture(subject.model, subject.inputs(), known, (), task=dataset.task, loss=subject.loss)
    predicted = number(seen.predicted)
    said = dataset.classes[int(predicted)] if dataset.classes else f"{predicted:.4g}"
    truth = "" if known is None else dataset.classes[int(known[0])] if dataset.classes else f"{known[0]:.4g}"
    return Answer(
        truth=truth,
        answer=said,
        right=said == truth if truth else None,
        probabilities=None if seen.probabilities is None else seen.probabilities[0],
        loss=seen.loss,
        error=None if known is None or dataset.classes else float(predicted) - float(known[0]),
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
        column.setSpacing(theme.S)
        for part in (self._truth, self._answer, self._shares):
            column.addWidget(part)

    def display(self, found: Answer, dataset: Dataset) -> None:
        """Show an answer."""
        self._truth.setVisible(bool(found.truth) and not self._brief)
        self._truth.setText(self.tr("true  <b>{}</b>").format(found.truth))
        tone = {True: "good", False: "problem", None: "text"}[found.right]
        color = theme.current().color("text" if dataset.task == "regression" else tone).name()
        between = " · " if self._brief else "<br>"
        text = self.tr("predicted <b style='color:{}'>{}</b>").format(color, found.answer)
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
            self._shares.display(rows, 0, "problem" if found.right is False else "good")
