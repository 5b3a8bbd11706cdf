"""What the status bar says of a training: how far it is, its seed, its last checkpoint, the device."""

from __future__ import annotations

import sys
from functools import cache
from time import monotonic

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QWidget

from workbench.train.events import CheckpointSaved
from workbench.ui.run_controls import elapsed
from workbench.ui.stack_vitals import spent
from workbench.ui.steady_label import SteadyLabel
from workbench.ui.training import Training

GIB = 1024**3


class TrainingStatus(QWidget):
    """Seen while a training is under way."""

    def __init__(self, training: Training, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._training = training
        self._saved_at: float | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(14)
        self._progress = QProgressBar()
        self._progress.setObjectName("trainingProgress")
        self._progress.setAccessibleName(self.tr("Progress of the training"))
        self._progress.setFixedWidth(140)
        self._progress.setRange(0, 1000)
        self._progress.setTextVisible(False)
        self._state = SteadyLabel("muted", "trainingState")
        self._facts = SteadyLabel("muted", "trainingFacts")
        for part in (self._progress, self._state, self._facts):
            row.addWidget(part)
        self.device = SteadyLabel("muted", "trainingDevice")
        """For the other end of the bar: what it runs on, and the memory that takes."""
        self._soon = QTimer(self, singleShot=True, interval=500)
        self._soon.timeout.connect(self._update)
        self._tick = QTimer(self, interval=1000)
        self._tick.timeout.connect(self._update_facts)
        training.state_changed.connect(self._follow)
        training.run_opened.connect(self._begin)
        training.saved.connect(self._note)
        training.progressed.connect(self._update_soon)
        self._update()

    def _begin(self) -> None:
        self._saved_at = None

    def _follow(self) -> None:
        """Tell what is so at once; a training that begins has no checkpoint yet."""
        if self._training.state == "starting":
            self._saved_at = None
        self._update()
        if self._training.active:
            self._update_facts()

    def _note(self, event: CheckpointSaved) -> None:
        if event.which != "best":
            self._saved_at = monotonic()

    def _update_soon(self) -> None:
        if not self._soon.isActive():
            self._soon.start()

    def _update(self) -> None:
        training = self._training
        if not training.active:
            self._tick.stop()
            self.hide()
            self.device.hide()
            return
        if not self._tick.isActive():
            self._tick.start()
            self._update_facts()
        self._progress.setValue(round(1000 * training.progress))
        self._state.tell(self._words())
        self.show()  # only now: a bar that is seen is painted at once, and all else with it
        self.device.show()

    def _words(self) -> str:
        training, started = self._training, self._training.started
        words = {
            "starting": self.tr("Preparing to train…"),
            "paused": self.tr("Paused"),
            "stopping": self.tr("Stopping…"),
        }
        if training.state in words or started is None:
            return words.get(training.state, words["starting"])
        epoch = max(started.first_epoch, 1 + (training.last_epoch.epoch if training.last_epoch else 0))
        return self.tr("Epoch {} of {}").format(min(epoch, started.epochs), started.epochs)

    def _update_facts(self) -> None:
        training = self._training
        facts = []
        if training.run_id:
            facts = [self.tr("run {}").format(training.run_id), self.tr("seed {}").format(training.seed)]
        if self._saved_at is not None:
            facts.append(self.tr("checkpoint {}").format(elapsed(monotonic() - self._saved_at)))
        if training.vitals is not None:
            facts.append(spent(training.vitals))
        self._facts.tell(" · ".join(facts))
        device = training.started.device if training.started else ""
        name = device.replace("cpu", "CPU")
        self.device.tell(f"{name} · {memory(device)}" if device else "")


def memory(device: str) -> str:
    """Return the memory that training takes: of a GPU's if it runs on one, else this program's."""
    torch = sys.modules.get("torch")  # never imported here: a window that trains nothing needs none
    if torch is not None and device.startswith("cuda"):
        index = int(device.removeprefix("cuda:").split()[0]) if device.startswith("cuda:") else 0
        total = torch.cuda.get_device_properties(index).total_memory
        return f"{torch.cuda.memory_reserved(index) / GIB:.1f} of {total / GIB:.0f} GiB"
    import psutil

    return f"{psutil.Process().memory_info().rss / GIB:.1f} of {total_memory() / GIB:.0f} GiB"


@cache
def total_memory() -> int:
    """Return the bytes of memory of this machine, which don't change."""
    import psutil

    return int(psutil.virtual_memory().total)
