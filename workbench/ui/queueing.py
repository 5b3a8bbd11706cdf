"""The queue of runs in the window: added to, put in order, and trained one after the other."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from workbench.errors import UserError
from workbench.graph.overrides import override
from workbench.runs.queue import Item, RunQueue
from workbench.ui.notice import Notice
from workbench.ui.training import Training
from workbench.ui.workspace import Workspace


class Queueing(QObject):
    """The open project's queue. While it is on, the next item is trained as soon as nothing else is."""

    changed = Signal()
    """`items` or `on` are new."""

    def __init__(self, workspace: Workspace, training: Training) -> None:
        super().__init__(workspace)
        self._workspace, self._training = workspace, training
        self.items: tuple[Item, ...] = ()
        self.on = False
        self._item: Item | None = None
        """What is being trained."""
        self._said = ""
        """What the window last said was wrong: why the item could not be trained."""
        self._taking = False
        self._orders: deque[Callable[[], None]] = deque()
        """Changes of the queue: the one that is being made, and those after it."""
        training.run_opened.connect(self._note_run)
        training.ended.connect(self._end)
        workspace.notified.connect(self._hear)
        workspace.opened.connect(self._leave)

    @property
    def waiting(self) -> int:
        """How many items wait."""
        return sum(item.state == "waiting" for item in self.items)

    def refresh(self) -> None:
        """Read the queue anew."""
        self._do(lambda queue: None)

    def add(self, changes: Sequence[str] = ()) -> bool:
        """Add the open project as it is now, with changes such as ``lr=0.01``; False if they can't be."""
        try:
            project = override(self._workspace.project, changes)
        except UserError as error:
            change = error.place.removeprefix("--set").strip()  # the command line's way to say it
            remedy = self.tr("Nothing was added to the queue.") if change else error.remedy
            self._workspace.tell_error(UserError(error.what, place=change, remedy=remedy))
            return False
        device = project.training.device
        self._do(lambda queue: queue.add(project, changes, device))
        return True

    def remove(self, item_id: int) -> None:
        """Take an item out; the notice offers to take that back."""
        self._do(lambda queue: queue.remove(item_id), self._removed)

    def _removed(self, found: tuple[int, Item]) -> None:
        at, item = found
        undo = (self.tr("Undo"), lambda: self._do(lambda queue: queue.put_back(at, item)))
        text = self.tr("Run {} was taken out of the queue.").format(item.id)
        self._workspace.tell(Notice("good", text, (undo,)))

    def move(self, item_id: int, by: int) -> None:
        """Move an item up or down."""
        self._do(lambda queue: queue.move(item_id, by))

    def retry(self, item_id: int) -> None:
        """Let an item wait again."""
        self._do(lambda queue: queue.retry(item_id), lambda _: self._next())

    def clear_done(self) -> None:
        """Take out what is done."""
        self._do(lambda queue: queue.clear_done())

    def start(self) -> None:
        """Train what waits, one after the other; after the training under way, if there is one."""
        self.on = True
        self.changed.emit()
        self._next()

    def pause(self) -> None:
        """Train no more after the run under way."""
        self.on = False
        self.changed.emit()

    def _next(self) -> None:
        if not self.on or self._taking or self._item is not None or self._training.active:
            return
        if self._workspace.dataset is None:
            return
        self._taking = True
        self._do(lambda queue: queue.take(), self._begin, self._took)

    def _took(self) -> None:
        if self._taking:  # nothing came of it, which was told
            self._taking = self.on = False
            self.changed.emit()

    def _begin(self, item: Item | None) -> None:
        self._taking = False
        if item is None:
            self.on = False
            self.changed.emit()
            return
        if self._training.active:  # somebody was faster
            self._do(lambda queue: queue.finish(item.id, "waiting"))
            return
        try:
            project = item.opened()
        except UserError as error:
            self._finish(item, "failed", "", str(error))
            return
        if project.data != self._workspace.project.data:
            text = self.tr(
                "It is of other data than the project has now. 'workbench queue DIR run' trains it."
            )
            self._finish(item, "failed", "", text)
            return
        self._item, self._said = item, ""
        self._training.start_project(project, item.device or project.training.device)

    def _note_run(self) -> None:
        if self._item is not None:
            item, run = self._item, self._training.run_id
            self._do(lambda queue: queue.note_run(item.id, run))

    def _hear(self, notice: Notice) -> None:
        if notice.tone == "problem":
            self._said = notice.text

    def _end(self, run_id: str) -> None:
        item, self._item = self._item, None
        if item is None:
            self._next()
            return
        folder = self._workspace.folder
        if not run_id or folder is None:
            self._finish(item, "failed", "", self._said or self.tr("It could not be started."))
            return
        job = self._workspace.jobs.call(partial(_outcome, folder, run_id))
        job.done.connect(lambda found: self._settle(item, run_id, *found))
        job.failed.connect(self._workspace.tell_error)
        job.start()

    def _settle(self, item: Item, run_id: str, state: str, message: str) -> None:
        if state == "stopped":  # a person who stops a run doesn't want the next to begin at once
            self.on = False
        failed = state == "failed"
        self._finish(item, "failed" if failed else "done", run_id, message if failed else "")

    def _finish(self, item: Item, state: Any, run: str, message: str) -> None:
        self._do(lambda queue: queue.finish(item.id, state, run, message), lambda _: self._next())

    def _leave(self) -> None:
        self.items, self.on, self._item, self._taking = (), False, None, False
        self.changed.emit()
        self.refresh()

    def _do(
        self,
        change: Callable[[RunQueue], Any],
        then: Callable[[Any], object] | None = None,
        ended: Callable[[], object] | None = None,
    ) -> None:
        """Change the queue in the background, then read it; changes come one after the other, in order."""
        folder = self._workspace.folder
        if folder is None:
            return
        self._orders.append(partial(self._carry_out, folder, change, then, ended))
        if len(self._orders) == 1:
            self._orders[0]()

    def _carry_out(
        self,
        folder: Path,
        change: Callable[[RunQueue], Any],
        then: Callable[[Any], object] | None,
        ended: Callable[[], object] | None,
    ) -> None:
        job = self._workspace.jobs.call(partial(_changed, folder, change))
        job.done.connect(lambda found: self._take(folder, found, then))
        job.failed.connect(self._workspace.tell_error)
        if ended is not None:
            job.ended.connect(ended)
        job.ended.connect(self._carry_on)
        job.start()

    def _carry_on(self) -> None:
        self._orders.popleft()
        if self._orders:
            self._orders[0]()

    def _take(
        self, folder: Path, found: tuple[Any, tuple[Item, ...]], then: Callable[[Any], object] | None
    ) -> None:
        if folder != self._workspace.folder:
            return
        self.items = found[1]
        self.changed.emit()
        if then is not None:
            then(found[0])


def _changed(folder: Path, change: Callable[[RunQueue], Any]) -> tuple[Any, tuple[Item, ...]]:
    queue = RunQueue(folder)
    return change(queue), queue.items()


def _outcome(folder: Path, run_id: str) -> tuple[str, str]:
    from workbench.runs.store import RunStore

    info = RunStore(folder).open(run_id).info()
    return info.state, info.message
