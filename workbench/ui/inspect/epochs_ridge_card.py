"""The distribution of a layer's outputs or weights, epoch by epoch."""

from __future__ import annotations

import numpy as np

from workbench.ui.cards import Card, Segments, button, label
from workbench.ui.inspect.epochs_cursor import EpochCursor
from workbench.ui.inspect.epochs_history import History
from workbench.ui.inspect.ridge_plot import RidgePlot
from workbench.ui.inspect.save_menu import offer
from workbench.ui.inspect.view import View
from workbench.ui.workspace import Workspace


class EpochsRidgeCard(Card):
    """A ridge an epoch; a click on one goes to it."""

    def __init__(self, workspace: Workspace, cursor: EpochCursor) -> None:
        super().__init__("Distribution")
        self.setObjectName("epochsRidge")
        self.title.setText(self.tr("Distribution"))
        self._workspace, self._cursor = workspace, cursor
        self._history: History | None = None
        kinds = [("outputs", self.tr("Activations")), ("weights", self.tr("Weights"))]
        self._kind = Segments(kinds, "epochsRidgeKind")
        self._kind.group.buttonClicked.connect(self._show)
        self.plot = RidgePlot("epochsRidgePlot")
        self.plot.chosen.connect(cursor.go_to)
        self._why = label("", "muted", wrap=True, name="epochsRidgeWhy")
        self._save = button("", "flat", glyph="download-simple", name="epochsRidgeSave")
        self._save.setToolTip(self.tr("Save"))
        self._save.setAccessibleName(self.tr("Save the distributions"))
        self._save.clicked.connect(lambda: offer(self, workspace, self.view()))
        self.head.addWidget(self._save)
        self.body.addWidget(self._kind)
        self.body.addWidget(self._why)
        self.body.addWidget(self.plot, 1)

    def show_history(self, history: History) -> None:
        """Show a run's recorded epochs."""
        self._history = history
        self._show()

    def show_place(self) -> None:
        """Follow the cursor."""
        cursor = self._cursor
        self.plot.show_epoch(cursor.epoch, cursor.other_epoch if cursor.comparing else -1)

    def _show(self) -> None:
        history = self._history
        if history is None:
            return
        found = history.histograms(self._kind.value) if history.layer else None
        any_ = found is not None and bool(found.counts.any())
        weights = self._kind.value == "weights"
        nothing = self.tr("This layer has no weights.") if weights else self.tr("All values are zero.")
        self._why.setText(self.tr("Nothing is recorded of this layer.") if found is None else nothing)
        self._why.setVisible(not any_)
        self.plot.setVisible(any_)
        self._save.setEnabled(any_)
        some_zero = found is not None and bool((found.zeros > 0).any())
        self.set_hint(self.tr("zeros left out") if any_ and some_zero and not weights else "")
        told = self.tr(
            "The values of all probes, a ridge an epoch, the last in front. Each is scaled to its own "
            "peak. Click a ridge to go there."
        )
        self.plot.setToolTip(told)
        self.plot.show_histograms(history.epochs, found if any_ else None)
        self.show_place()

    def view(self) -> View:
        """Return what is shown."""
        history = self._history
        assert history is not None
        assert history.layer is not None
        found = history.histograms(self._kind.value)
        what = self.tr("weights") if self._kind.value == "weights" else self.tr("activations")
        return View(
            self.tr("Distribution of the {} of {} over training").format(what, history.layer.id),
            self.tr("A row an epoch: counts over equal bins from low to high, without exact zeros."),
            self.plot,
            {
                "counts": found.counts,
                "ends": found.ends,
                "zeros": found.zeros,
                "epochs": np.array(history.epochs),
            },
        )
