"""The selected layer from inside: its maps, vectors, sequences, attention or weights, with statistics."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy

from workbench.interpret.units import by_unit
from workbench.ui.cards import Card, Segments, button, label
from workbench.ui.form import Choice
from workbench.ui.inspect import save_menu
from workbench.ui.inspect.inspection import Inspection
from workbench.ui.inspect.layer_figures import LayerFigures
from workbench.ui.inspect.layer_look import LayerLook
from workbench.ui.inspect.layer_values import Shown, kinds_of, units_of
from workbench.ui.inspect.layer_views import LayerViews
from workbench.ui.inspect.view import View
from workbench.ui.workspace import Workspace

KINDS = (
    ("activation", "Activation"),
    ("attention", "Attention"),
    ("gradient", "Gradient"),
    ("product", "Gradient × activation"),
    ("weights", "Weights"),
)


class LayerCard(Card):
    """Shows one layer of an inspection."""

    unit_chosen = Signal(int)
    """A person chose a unit of the layer."""
    layer_shown = Signal()
    """Another layer, or another look at it, is shown: `layer` and `unit` tell which."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__("Layer")
        self.setObjectName("inspectLayer")
        self._workspace = workspace
        self._found: Inspection | None = None
        self._shown: Shown | None = None
        self.layer = ""
        self._chosen = -1
        self._others: dict[tuple[str, str], int] = {}
        """What else was chosen in the layer, of a kind and a part: a row of weights, a head."""
        self._look = LayerLook(workspace.jobs, self)
        self._look.found.connect(self._draw)
        self._kind = Segments(list(KINDS), "inspectKind")
        self._kind.group.buttonClicked.connect(lambda: self._show())
        self._part = Choice()
        self._part.setObjectName("inspectPart")
        self._part.setAccessibleName(self.tr("Which of them"))
        self._part.activated.connect(lambda: self._show())
        self._save = button(self.tr("Save"), "flat", glyph="download-simple", name="inspectLayerSave")
        self._save.clicked.connect(self._offer_save)
        self._most = button("", "flat", name="strongestUnit")
        self._most.setToolTip(self.tr("The largest value anywhere in the layer's output for this sample"))
        self._most.clicked.connect(lambda: self._on_chosen(self.strongest))
        self.head.addWidget(self._most)
        self.head.addWidget(self._save)
        kinds = QHBoxLayout()
        kinds.addWidget(self._kind)
        kinds.addStretch(1)
        kinds.addWidget(self._part)
        self.body.addLayout(kinds)
        self.views = LayerViews(workspace)
        self.views.chosen.connect(self._on_chosen)
        self.body.addWidget(self.views, 1)
        self._told = label("", "mono-muted", name="valueUnderMouse")
        self._told.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._told.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.views.told.connect(self._told.setText)
        self.body.addWidget(self._told)
        self.figures = LayerFigures(workspace.jobs)
        self.body.addWidget(self.figures)

    def make_views(self) -> Iterator[None]:
        """Make what it draws in, and yield between them; it shows nothing before they are there."""
        return self.views.make()

    def show_inspection(self, found: Inspection) -> None:
        """Show a new look inside."""
        self._found = found
        self._show()

    def show_failure(self, why: str) -> None:
        """Show in place of a layer why there is nothing to look at."""
        self._found, self.layer = None, ""
        self.title.setText(self.tr("Layer"))
        self._nothing(why)
        self.layer_shown.emit()

    def choose_kind(self, kind: str) -> None:
        """Show activation, attention, gradient, product or weights."""
        self._kind.choose(kind)
        self._show()

    @property
    def strongest(self) -> int:
        """The unit that fires most for the sample; -1 where none does."""
        found = self._found.strongest.get(self.layer) if self._found else None
        return found[0] if found else -1

    @property
    def unit(self) -> int:
        """The unit that is meant: the chosen one, else the strongest; -1 for none."""
        return self._chosen if 0 <= self._chosen < self._count() else self.strongest

    def unit_name(self, unit: int) -> str:
        """Return what a unit of the layer is called: "channel 3", "class setosa"; "" for none."""
        if unit < 0 or self._found is None:
            return ""
        word, names = units_of(self._found, self.layer, self._classes())
        return f"{self.tr(word)} {names[unit] if names else unit}"

    def _count(self) -> int:
        found = self._found.activations.get(self.layer) if self._found else None
        return (
            0 if self._found is None or found is None else len(by_unit(found, self._found.axes[self.layer]))
        )

    def choose_unit(self, unit: int) -> None:
        """Mark a unit of the layer, without telling of it."""
        self._chosen = unit
        if self._shown is not None and self._shown.is_unit:
            self.views.mark(self._shown, unit)

    def _layer(self, found: Inspection) -> str:
        wanted = self._workspace.selection
        if self._workspace.stack.is_block(wanted):  # a block's answer is that of its last layer
            inside = [name for name in self._workspace.stack.chosen if name in found.activations]
            wanted = inside[-1] if inside else ""
        if wanted in found.activations:
            return wanted
        shaped = [n for n, a in found.activations.items() if a.ndim == 3 and n in found.gradients]
        names = list(found.activations)
        return (shaped[1:2] or names[1:2] or names[:1] or [""])[0]

    def _show(self) -> None:
        found = self._found
        if found is None:
            return
        before, self.layer = self.layer, self._layer(found)
        if before != self.layer:
            self._chosen = -1
            self._others.clear()
        selected = self._workspace.stack.layer(self._workspace.selection)
        if selected is not None and selected.bypass and selected.id not in found.activations:
            self.layer = ""
            self.title.setText(f"{selected.type} · {selected.id}")
            self._nothing(self.tr("{} is bypassed: it passes on what it reads.").format(selected.id))
        else:
            node = next((n for n in found.graph if n.id == self.layer), None)
            self.title.setText(f"{node.type} · {self.layer}" if node else self.tr("Layer"))
            self._offer_kinds(found)
            self._forget()  # what is drawn stays in view until the new is there
            self._look.ask(found, self.layer, self._kind.value, self._part.currentText(), self._classes())
        self.layer_shown.emit()

    def _offer_kinds(self, found: Inspection) -> None:
        there = kinds_of(found, self.layer)
        for key, _ in KINDS:
            self._kind.set_there(key, key in there)
        if self._kind.value not in there:
            self._kind.choose("activation")

    def _classes(self) -> tuple[str, ...]:
        dataset = self._workspace.dataset
        return dataset.classes if dataset is not None else ()

    def _draw(self, shown: Shown | str) -> None:
        if isinstance(shown, str):
            self._nothing(shown)
            return
        self._shown = shown
        self._save.setEnabled(True)
        self.set_hint(shown.said)
        self._fill_parts(shown)
        self.views.display(shown, self.strongest, self.unit if shown.is_unit else self._other(shown))
        self._told.setText("")
        self.figures.display(shown.main if shown.counted is None else shown.counted)
        self.figures.show()
        self._say_strongest(shown)

    def _say_strongest(self, shown: Shown) -> None:
        found = self._found.strongest.get(self.layer) if self._found else None
        self._most.setVisible(found is not None and shown.is_unit and self._kind.value == "activation")
        if found is not None:
            name = self.unit_name(found[0])
            text = self.tr("{} fires most: {}").format(name, f"{found[1]:.4g}")
            self._most.setText(text[:1].upper() + text[1:])

    def _fill_parts(self, shown: Shown) -> None:
        self._part.setVisible(len(shown.parts) > 1)
        if [self._part.itemText(i) for i in range(self._part.count())] != list(shown.parts):
            self._part.clear()
            self._part.addItems(list(shown.parts))
        self._part.setCurrentText(shown.part)

    def _other(self, shown: Shown) -> int:
        """What was chosen last of something that isn't units; the first where nothing was."""
        chosen = self._others.get((self._kind.value, shown.part), 0)
        return chosen if chosen < len(shown.main) else 0

    def _forget(self) -> None:
        self._shown = None
        self._save.setEnabled(False)
        self._look.drop()

    def _nothing(self, why: str) -> None:
        self._forget()
        self.views.display_why(why)
        self.figures.hide()
        self._most.hide()
        self._part.hide()
        self._told.setText("")
        self.set_hint("")

    def _on_chosen(self, number: int) -> None:
        shown = self._shown
        if shown is None or number < 0:
            return
        self.views.mark(shown, number)
        if shown.is_unit:
            self._chosen = number
            self.unit_chosen.emit(number)
        else:
            self._others[self._kind.value, shown.part] = number

    def _offer_save(self) -> None:
        if self._shown is not None:
            shown = self._shown
            title = f"{self._kind.value} of {self.layer}"
            view = View(title, shown.note, self.views.picture(shown), dict(shown.arrays))
            save_menu.offer(self, self._workspace, view)
