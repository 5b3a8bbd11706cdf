"""The figures of a training at this moment: how well, how far off, how fast, how long yet."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget

from workbench.ui import theme
from workbench.ui.cards import Tile
from workbench.ui.training import Training
from workbench.ui.wording import duration, figure, grouped, spelled
from workbench.ui.workspace import Workspace


class LiveTiles(QWidget):
    """Four figures in a row."""

    def __init__(self, workspace: Workspace, training: Training, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace, self._training = workspace, training
        self._metric = Tile(self.tr("Validation metric"), "metricTile")
        self._loss = Tile(self.tr("Loss"), "lossTile")
        self._speed = Tile(self.tr("Throughput"), "speedTile")
        self._time = Tile(self.tr("Time left"), "timeTile")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.M)
        for tile in (self._metric, self._loss, self._speed, self._time):
            row.addWidget(tile, 1)

    def refresh(self) -> None:
        """Show the figures as they are now."""
        self._show_metric()
        self._show_loss()
        self._show_speed()
        self._show_time()

    def _show_metric(self) -> None:
        epoch, best = self._training.last_epoch, self._training.best_epoch
        if epoch is None or not epoch.metrics:
            waiting = self._training.active and epoch is None
            detail = self.tr("after the first epoch") if waiting else ""
            self._metric.display("–", detail, self.tr("Validation metric"))
            return
        name = next(iter(epoch.metrics))
        detail = ""
        if best is not None and name in best.metrics:
            detail = self.tr("{} at best, epoch {}").format(figure(name, best.metrics[name]), best.epoch)
        title = self.tr("Validation {}").format(_within(spelled(name)))
        self._metric.display(figure(name, epoch.metrics[name]), detail, title)

    def _show_loss(self) -> None:
        training = self._training
        started, epoch = training.started, training.last_epoch
        losses = training.curves.get("train_loss")
        if started is None or losses is None or not len(losses):
            self._loss.display("–")
            return
        detail = ""
        if epoch is not None and epoch.val_loss is not None:
            detail = self.tr("validation {}").format(f"{epoch.val_loss:.4g}")
        self._loss.display(f"{losses.mean(started.steps_per_epoch):.4g}", detail)

    def _show_speed(self) -> None:
        training = self._training
        speed = training.samples_per_second
        if training.started is None or not speed:
            self._speed.display("–")
            return
        size = training.started.train_samples / max(training.started.steps_per_epoch, 1)
        size = next((c.value for c in reversed(training.changes) if c.name == "batch_size"), size)
        self._speed.display(f"{grouped(round(speed))} /s", self.tr("step {}").format(brief(size / speed)))

    def _show_time(self) -> None:
        training = self._training
        started, left = training.started, training.seconds_left
        status, time_left = self.tr("Status"), self.tr("Time left")
        if not training.active:
            self._show_end()
        elif started is None:
            self._time.display(self.tr("Preparing…"), "", status)
        else:
            number = min(started.epochs, 1 + (training.last_epoch.epoch if training.last_epoch else 0))
            detail = self.tr("epoch {} of {}").format(max(number, started.first_epoch), started.epochs)
            words = {"paused": self.tr("Paused"), "stopping": self.tr("Stopping…")}.get(training.state)
            if words:
                self._time.display(words, detail, status)
            else:
                self._time.display("…" if left is None else duration(left), detail, time_left)

    def _show_end(self) -> None:
        training = self._training
        finished, failure, status = training.finished, training.failure, self.tr("Status")
        if failure is not None:
            self._time.display(self.tr("Failed"), self.tr("in epoch {}").format(failure.epoch), status)
        elif finished is not None and training.started is not None:
            words = {
                "completed": self.tr("Done"),
                "stopped early": self.tr("Stopped early"),
                "stopped": self.tr("Stopped"),
            }
            detail = self.tr("{} of {} epochs in {}").format(
                finished.epochs, training.started.epochs, duration(finished.seconds)
            )
            self._time.display(words[finished.reason], detail, status)
        elif training.started is not None:
            done = training.last_epoch.epoch if training.last_epoch else 0
            detail = self.tr("{} of {} epochs").format(done, training.started.epochs)
            self._time.display(self.tr("Stopped"), detail, status)
        else:
            self._show_ready()

    def _show_ready(self) -> None:
        """What stands in the way of a training, or how long it is planned to be."""
        workspace, status = self._workspace, self.tr("Status")
        if workspace.report is not None and workspace.report.errors:
            self._time.display(self.tr("Not ready"), self.tr("the stack doesn't fit yet"), status)
        elif workspace.project.data is None or workspace.data_error is not None:
            self._time.display(self.tr("No data"), self.tr("choose some in the Data stage"), status)
        elif workspace.dataset is None or workspace.report is None:
            self._time.display(self.tr("Getting ready…"), "", status)
        else:
            epochs = workspace.project.training.epochs
            words = self.tr("1 epoch planned") if epochs == 1 else self.tr("{} epochs planned").format(epochs)
            self._time.display(self.tr("Ready"), words, status)


def brief(seconds: float) -> str:
    """Return a short time with three digits: 1.33 ms, 420 µs, 2.1 s."""
    for limit, scale, unit in ((1e-3, 1e6, "µs"), (1.0, 1e3, "ms")):
        if seconds < limit:
            return f"{seconds * scale:.3g}\N{NO-BREAK SPACE}{unit}"
    return f"{seconds:.3g}\N{NO-BREAK SPACE}s"


def _within(name: str) -> str:
    """A metric's name within a sentence: Accuracy as accuracy, ROC AUC as it is."""
    return name if name[1:2].isupper() or not name[1:2].isalpha() else name[:1].lower() + name[1:]
