"""One template: what it is, its settings, its costs, and its stack from afar."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from workbench.errors import UserError
from workbench.graph.facts import Facts
from workbench.templates.base import Template
from workbench.templates.samples import described
from workbench.ui import cards, theme
from workbench.ui.cards import Card, Segments, label
from workbench.ui.figures_row import FiguresRow
from workbench.ui.form import ModelForm
from workbench.ui.icons import IconLabel
from workbench.ui.jobs import Jobs, Latest
from workbench.ui.stack_preview import Sketch, StackPreview, sketched
from workbench.ui.wording import count, grouped


class TemplateDetails(QWidget):
    """Shows a template and lets its settings be changed; the stack is worked out in the background."""

    ready = Signal()
    """`sketch`, or `fault`, is of what is shown now."""

    def __init__(self, jobs: Jobs, facts: Facts | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.template: Template | None = None
        self.sketch: Sketch | None = None
        self.fault = ""
        """Why no stack could be made, "" where one could."""
        self._facts = facts
        self._latest = Latest(jobs)
        self._latest.setParent(self)
        self._latest.answered.connect(self._show_sketch)
        self._latest.failed.connect(self.show_fault)
        self._title = label("", "subtitle", name="templateTitle")
        self._help = label("", "", wrap=True, name="templateHelp")
        self._source = label("", "small", wrap=True, name="templateSource")
        self._misfit = _Misfit()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.M)
        words = QVBoxLayout()
        words.setSpacing(3)
        for part in (self._title, self._help, self._source):
            words.addWidget(part)
        column.addLayout(words)
        column.addWidget(self._misfit)
        column.addLayout(self._head())
        below = QHBoxLayout()
        below.setSpacing(theme.M)
        below.addWidget(self._stack(), 5)
        below.addWidget(self._settings(), 3)
        column.addLayout(below, 1)

    @property
    def facts(self) -> Facts | None:
        """The data that the stack is resized to, None for it as published."""
        return self._facts if not self._for.isHidden() and self._for.value == "data" else None

    def display(self, template: Template) -> None:
        """Show a template."""
        misfit = template.misfit(self._facts) if self._facts else ""
        if self._facts and not misfit:
            template = template.for_data(self._facts)
        self._title.setText(template.title)
        self._help.setText(template.help())
        self._source.setText(template.source)
        self._misfit.display(misfit)
        fits = self._facts is not None and not misfit
        self._for.setVisible(fits)
        if fits:
            self._for.choose("data")
        self._card.setVisible(bool(type(template).model_fields))
        self._form.show_model(template)
        self._set(template)

    def _head(self) -> QHBoxLayout:
        names = {
            "layers": self.tr("Layers"),
            "params": self.tr("Parameters"),
            "flops": self.tr("FLOPs a sample"),
            "sample": self.tr("A sample"),
        }
        row = self._figures = FiguresRow("template", names)
        self._for = Segments(
            [("data", self.tr("For the open data")), ("published", self.tr("As published"))], "templateFor"
        )
        self._for.group.buttonClicked.connect(self._anew)
        row.addWidget(self._for)
        return row

    def _anew(self) -> None:
        if self.template is not None:
            self._set(self.template)

    def _stack(self) -> Card:
        card = Card()
        card.body.setContentsMargins(8, 8, 4, 8)
        self.preview = StackPreview("templatePreview")
        self._problem = label("", "problem", wrap=True, name="templateProblem")
        card.body.addWidget(self._problem)
        card.body.addWidget(cards.scrolling(self.preview), 1)
        return card

    def _settings(self) -> Card:
        self._card = Card(self.tr("Settings"))
        self._form = ModelForm()
        self._form.setObjectName("templateForm")
        self._form.edited.connect(lambda _name, template: self._set(template))
        self._card.body.addWidget(cards.scrolling(self._form), 1)
        return self._card

    def _set(self, template: Template) -> None:
        self.template, self.sketch, self.fault = template, None, ""
        facts = self.facts
        sample = (facts or template.published).sample
        self._figures.display(sample=described(sample))
        self._latest.ask(partial(_worked_out, template, facts))

    def _show_sketch(self, found: tuple[Template, Facts | None, Sketch]) -> None:
        template, facts, sketch = found
        if template is not self.template or facts != self.facts:
            return
        self.sketch = sketch
        self._problem.hide()
        self._figures.display(
            layers=grouped(len(sketch.graph)), params=grouped(sketch.params), flops=count(sketch.flops)
        )
        self.preview.display(sketch.rows)
        self.ready.emit()

    def show_fault(self, error: Exception) -> None:
        """Say why there is no stack."""
        self.fault = str(error) if isinstance(error, UserError) else f"{type(error).__name__}: {error}"
        self._problem.setText(self.fault)
        self._problem.show()
        self.preview.display(())
        self._figures.display(layers="–", params="–", flops="–")
        self.ready.emit()


class _Misfit(QWidget):
    """Why a template can't take the open data."""

    def __init__(self) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.S)
        row.addWidget(IconLabel("warning", "warning", 16))
        self._text = label("", "warning", wrap=True, name="templateMisfit")
        row.addWidget(self._text, 1)

    def display(self, text: str) -> None:
        """Say why, or nothing."""
        self._text.setText(text)
        self.setVisible(bool(text))


def _worked_out(template: Template, facts: Facts | None) -> tuple[Template, Facts | None, Sketch]:
    return template, facts, sketched(template.graph(facts))
