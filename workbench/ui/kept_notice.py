"""The sentence that a run is kept, once its training ended."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from workbench.ui.notice import Notice, NoticeBar
from workbench.ui.training import Training
from workbench.ui.wording import figure, spelled


class KeptNotice(QObject):
    """Tells of a run that ended, until the next begins. ``inspect`` is what its button does."""

    def __init__(self, training: Training, bar: NoticeBar, inspect: Callable[[], object]) -> None:
        super().__init__(bar)
        self._training, self._bar, self._inspect = training, bar, inspect
        self._said = ""
        training.ended.connect(self._tell)
        training.run_opened.connect(self._take_back)

    def _tell(self, run_id: str) -> None:
        epoch = self._training.best_epoch
        if not run_id or epoch is None or (self._bar.isVisible() and self._bar.tone == "problem"):
            return
        name = next(iter(epoch.metrics), "")
        best = f"{spelled(name)} {figure(name, epoch.metrics[name])}" if name else ""
        text = self.tr("Run {} is kept. Lowest validation loss at epoch {}: {}.")
        text = self._said = text.format(run_id, epoch.epoch, best or f"{epoch.val_loss:.4g}")
        self._bar.display(Notice("good", text, ((self.tr("Inspect it"), self._inspect),)))

    def _take_back(self) -> None:
        if self._bar.text == self._said:  # of the run before
            self._bar.hide()
