"""Map: many samples by what a layer makes of them."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from workbench.interpret.method import Method
from workbench.interpret.representation.pca import Pca
from workbench.interpret.representation.projection import Projection
from workbench.interpret.representation.tsne import Tsne
from workbench.interpret.representation.umap import Umap
from workbench.ui import theme
from workbench.ui.cards import Segments, label
from workbench.ui.form import Choice
from workbench.ui.inspect.inspected import Inspected
from workbench.ui.inspect.map_colors import coloring, ways
from workbench.ui.inspect.map_guest import MapGuest
from workbench.ui.inspect.map_hover import HoverCard
from workbench.ui.inspect.map_legend import MapLegend
from workbench.ui.inspect.map_plot import MapPlot
from workbench.ui.inspect.map_points import Places
from workbench.ui.inspect.map_selected import SHOWN, SelectedSamples
from workbench.ui.inspect.map_words import told
from workbench.ui.inspect.representation_question import Answer, Answers, Question, question
from workbench.ui.inspect.representation_view import RepresentationView
from workbench.ui.inspect.thumbnail import pictured, thumbnail
from workbench.ui.inspect.view import View
from workbench.ui.wording import grouped
from workbench.ui.workspace import Workspace

SIDE = 236


class MapView(RepresentationView):
    """Points in colours, what they mean, and the samples that are selected."""

    def __init__(self, workspace: Workspace, inspected: Inspected, answers: Answers) -> None:
        self._methods: dict[str, Projection] = {method.name: method for method in (Pca(), Tsne(), Umap())}
        super().__init__(workspace, inspected, answers, "map", self._methods["pca"])
        self.plot = MapPlot("mapPlot")
        self.plot.failed = workspace.tell_error
        self._guest = MapGuest(workspace.jobs, inspected, self)
        self._guest.found.connect(self.follow)
        self.legend = MapLegend(SIDE)
        self.selected = SelectedSamples()
        self._by = Choice()
        self._by.setObjectName("mapColour")
        self._by.setAccessibleName(self.tr("Colour by"))
        self._kinds = Segments([(m.name, m.title) for m in self._methods.values()], "mapMethod")
        for button in self._kinds.group.buttons():
            button.setToolTip(self._methods[button.objectName().removeprefix("mapMethod_")].help)
        tools = [("lasso", self.tr("Lasso")), ("rectangle", self.tr("Box")), ("pan", self.tr("Pan"))]
        self._tools = Segments(tools, "mapTool")
        self._tools.setToolTip(self.tr("What dragging does. The wheel zooms, a double click shows all."))
        self.lay_out(self._controls(), self._content(), self.tr("Placing the samples…"))
        self._kinds.group.buttonClicked.connect(lambda: self.choose_kind(self._kinds.value))
        self._tools.group.buttonClicked.connect(self._on_tool)
        self._by.activated.connect(lambda: self._color())
        self.legend.toggled.connect(self.plot.hide_groups)
        self.plot.picked.connect(self._on_picked)
        self.plot.pointed.connect(self._on_pointed)
        self.plot.opened.connect(self._on_opened)
        self.selected.chosen.connect(self.inspected.choose_sample)
        self.selected.cleared.connect(self._clear)

    def _controls(self) -> QWidget:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.S)
        row.addWidget(self._kinds)
        row.addStretch(1)
        row.addWidget(self._tools)
        return holder

    def _content(self) -> QWidget:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.M)
        row.addWidget(self.plot, 1)
        side = QWidget()
        side.setFixedWidth(SIDE)
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.M)
        column.addLayout(self._coloring())
        column.addWidget(self.legend)
        self._note = label("", "muted", wrap=True, name="mapNote")
        column.addWidget(self._note)
        column.addWidget(self.selected, 1)
        row.addWidget(side)
        self._hover = HoverCard(holder)  # within the plot its style sheet would make it see-through
        return holder

    def _coloring(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.S)
        row.addWidget(label(self.tr("Colour"), "muted"))
        row.addWidget(self._by, 1)
        return row

    # Asking

    def ask(self) -> Question:
        return question(self.workspace, self.inspected, self.method, self.inspected.layer)

    def look(self) -> None:
        patience = self._methods[self._kinds.value].patience()
        self._working.text.setText(patience or self.tr("Placing the samples…"))
        super().look()

    def choose_kind(self, kind: str) -> None:
        """Show PCA, t-SNE or UMAP."""
        self._kinds.choose(kind)
        self.settings.show_method(self._methods[kind])
        self.method = self._methods[kind]
        self.look()

    def change_method(self, method: Method) -> None:
        assert isinstance(method, Projection)
        self._methods[method.name] = method
        if method.name == self._kinds.value:
            super().change_method(method)

    # Showing

    def show_answer(self, answer: Answer) -> None:
        dataset, arrays = self.inspected.dataset, answer.result.arrays
        if dataset is None:
            return
        self.card.title.setText(self.tr("{} of {}").format(self.method.title, answer.layer))
        self.card.hint.setToolTip(answer.result.note)
        before = self._by.currentData()
        self._by.clear()
        for key, text in ways(arrays, dataset.classes):
            self._by.addItem(text, key)
        self._by.setCurrentIndex(max(self._by.findData(before), 0))
        found = coloring(arrays, self._by.currentData(), dataset.classes)
        self._hover.hide()
        self.plot.show_points(arrays["points"].astype(np.float64), found.groups, self._axes(answer))
        self.legend.display(found)
        self.plot.hide_groups(set())
        self._on_picked(self.plot.selected)

    def _tell(self, title: str, text: str, *, again: bool) -> None:
        super()._tell(title, text, again=again)
        self.card.title.setText(self.method.title)
        self.card.set_hint("")

    def _axes(self, answer: Answer) -> tuple[str, str]:
        shares = answer.result.arrays.get("explained_variance_ratio")
        if shares is None:
            return "", ""
        both = [*shares[:2], 0.0]
        first, second = (
            self.tr("component {} · {:.1f} %").format(n + 1, 100 * float(both[n])) for n in (0, 1)
        )
        return first, second

    def redress(self, answer: Answer) -> None:
        self._hover.hide()
        self._color()
        self._on_picked(self.plot.selected)

    def _color(self) -> None:
        dataset = self.inspected.dataset
        if self.answer is not None and dataset is not None:
            found = coloring(self.answer.result.arrays, self._by.currentData(), dataset.classes)
            self.plot.hide_groups(set())
            self.plot.show_groups(found.groups)
            self.legend.display(found)

    def follow(self) -> None:
        if self.answer is None:
            return
        sample = self.inspected.sample
        number = sample if isinstance(sample, int) else None
        places = (self.answer.result.arrays["samples"] == number).nonzero()[0] if number is not None else []
        self.plot.mark(int(places[0]) if len(places) else -1)
        note = "" if len(places) else self._with_guest(self.answer)
        self._note.setText(note)
        self._note.setVisible(bool(note))
        count = grouped(len(self.answer.result.arrays["samples"]))
        self.card.set_hint(self.tr("{} samples").format(count))
        self.selected.mark(number)

    def _with_guest(self, answer: Answer) -> str:
        """Mark the inspected sample, which is none of the points, and return what there is to say of it."""
        self._guest.look(answer)
        if self._guest.point is not None:
            self.plot.mark_at(self._guest.point)
            return self.tr("In the ring: the inspected sample.")
        return self._guest.why

    # What a person does

    def _on_tool(self) -> None:
        self.plot.tool = self._tools.value  # type: ignore[assignment]

    def _on_picked(self, places: Places) -> None:
        dataset = self.inspected.dataset
        if self.answer is None or dataset is None:
            return
        arrays = self.answer.result.arrays
        samples = [told(dataset, arrays, int(place)) for place in places[:SHOWN]]
        self.selected.display(dataset, samples, len(places))
        self.follow()

    def _clear(self) -> None:
        self.plot.select(self.plot.selected[:0])
        self._on_picked(self.plot.selected)

    def _on_pointed(self, place: int, at: QPointF) -> None:
        dataset = self.inspected.dataset
        if place < 0 or self.answer is None or dataset is None:
            self._hover.hide()
            return
        sample = told(dataset, self.answer.result.arrays, place)
        image = None
        if pictured(dataset):
            image = thumbnail(dataset, dataset.batch(slice(sample.number, sample.number + 1))[0])
        self._hover.display(sample, image, self.plot.mapTo(self._hover.parentWidget(), at))

    def _on_opened(self, place: int) -> None:
        if self.answer is not None:
            self.inspected.choose_sample(int(self.answer.result.arrays["samples"][place]))

    def view(self, answer: Answer) -> View:
        words = self.tr("{} of {} by {}").format(
            self.method.title, answer.layer, self._by.currentText().lower()
        )
        return View(words, answer.result.note, self.plot, answer.result.arrays)
