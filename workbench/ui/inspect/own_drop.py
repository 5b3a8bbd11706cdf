"""Files that are dropped on Inspect: taken as samples, with words over the page that say so beforehand."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QScrollArea, QWidget

from workbench.data.one_sample import OneSample, read_sample, suffixes
from workbench.ui import theme
from workbench.ui.file_choice import ask_for_file
from workbench.ui.inspect.inspected import Inspected, OwnSample
from workbench.ui.workspace import Workspace


class DropWords(QWidget):
    """Lies over the page while a file hovers above it."""

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self._over = over
        self.setObjectName("sampleDropWords")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.text = ""
        self.hide()

    def say(self, text: str) -> None:
        """Show words over all of the page."""
        self.text = text
        self.setAccessibleName(text)
        self.setGeometry(self._over.rect())
        self.raise_()
        self.show()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, look = QPainter(self), theme.current()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shade = look.color("window")
        shade.setAlpha(225)
        painter.fillRect(self.rect(), shade)
        painter.setPen(QPen(look.color("accent"), 2, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(14, 14, -14, -14), 10, 10)
        head, _, rest = self.text.partition("\n")
        middle = self.rect().center().y()
        area = self.rect().adjusted(40, 0, -40, 0)
        centred = Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap
        painter.setPen(look.color("text"))
        painter.setFont(theme.sans(18, QFont.Weight.DemiBold))
        above = area.adjusted(0, 0, 0, -(self.height() - middle) + 4)
        painter.drawText(above, centred | Qt.AlignmentFlag.AlignBottom, head)
        painter.setPen(look.color("muted"))
        painter.setFont(theme.sans(13))
        painter.drawText(area.adjusted(0, middle + 12, 0, 0), centred | Qt.AlignmentFlag.AlignTop, rest)


class SampleFiles(QObject):
    """Reads samples from files: those dropped on a page, and those chosen in a dialog."""

    def __init__(self, workspace: Workspace, inspected: Inspected, page: QScrollArea) -> None:
        super().__init__(page)
        self._workspace, self._inspected, self._page = workspace, inspected, page
        self.words = DropWords(page)
        page.setAcceptDrops(True)
        page.installEventFilter(self)

    def ask(self) -> None:
        """Let a file be chosen."""
        dataset = self._inspected.dataset
        if dataset is None:
            return
        kinds = " ".join(f"*{suffix}" for suffix in suffixes(dataset))
        path = ask_for_file(
            self._page, self.tr("Open a sample"), self.tr("Samples ({})").format(kinds), "sample"
        )
        if path is not None:
            self.read(path)

    def read(self, path: Path) -> None:
        """Look at the sample in a file; where it holds none, that is told and nothing changes."""
        dataset = self._inspected.dataset
        if dataset is None:
            return
        job = self._workspace.jobs.call(partial(read_sample, path, dataset))
        job.done.connect(partial(self._take, path, dataset))
        job.failed.connect(self._workspace.tell_error)
        job.start()

    def _take(self, path: Path, dataset: object, found: OneSample) -> None:
        if dataset is self._inspected.dataset:  # other data may have been opened meanwhile
            origin = f"{path.name}, {found.note}" if found.note else path.name
            self._inspected.choose_sample(OwnSample(found.values, origin))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.DragEnter and isinstance(event, QDragEnterEvent):
            path = self._file(event)
            if path is None:
                event.ignore()  # it is the window's: a project, or data for a new one
            else:
                event.acceptProposedAction()
                self.words.say(
                    self.tr(
                        "Drop to look at {} as a sample\nTo make a new project of it, drop it on the stack."
                    ).format(path.name)
                )
            return True
        if kind == QEvent.Type.Resize and self.words.isVisible():
            self.words.say(self.words.text)
        elif kind == QEvent.Type.DragLeave:
            self.words.hide()
        elif kind == QEvent.Type.Drop and isinstance(event, QDropEvent):
            self.words.hide()
            path = self._file(event)
            if path is not None:
                event.acceptProposedAction()
                self.read(path)
                return True
        return False

    def _file(self, event: QDropEvent) -> Path | None:
        """The one file that is carried, if it may be a sample of the data that are open."""
        dataset, urls = self._inspected.dataset, event.mimeData().urls()
        if dataset is None or not self._inspected.ready or len(urls) != 1 or not urls[0].isLocalFile():
            return None
        path = Path(urls[0].toLocalFile())
        return path if path.suffix.lower() in suffixes(dataset) else None
