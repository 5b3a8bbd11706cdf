"""The blocks that the user keeps in the palette: one readable file in the settings folder."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, Signal

from workbench.errors import UserError
from workbench.graph import clipboard
from workbench.graph.atomic import write_atomic
from workbench.graph.fragment import Fragment
from workbench.ui import places
from workbench.ui.jobs import Jobs, Latest

FORMAT = 1


class KeptBlocks(QObject):
    """Fragments by name, in the order in which they were kept. The file is read at the first question."""

    changed = Signal()
    """A block was kept or taken out."""

    def __init__(
        self, jobs: Jobs, tell: Callable[[Exception], object], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._tell = tell
        self._found: dict[str, Fragment] | None = None
        self._write = Latest(jobs)
        self._write.answered.connect(self._on_written)
        self._write.failed.connect(tell)
        self._unwritten = False
        application = QCoreApplication.instance()
        if application is not None:
            application.aboutToQuit.connect(self.flush)

    @property
    def path(self) -> Path:
        """The file."""
        return places.settings_folder() / "blocks.json"

    @property
    def fragments(self) -> Mapping[str, Fragment]:
        """What is kept, by name."""
        if self._found is None:
            self._found = {}
            self._read()
        return self._found

    def keep(self, name: str, fragment: Fragment, place: int | None = None) -> str:
        """Keep layers under a name, which gets a number if it is taken; return the name.

        ``place`` is where they stand among the others, else last. What is kept already isn't kept twice.
        """
        kept = dict(self.fragments)
        free, number = name, 1
        while free in kept:
            if kept[free] == fragment:
                return free
            number += 1
            free = f"{name} {number}"
        listed = list(kept.items())
        listed.insert(len(listed) if place is None else place, (free, fragment))
        self._set(dict(listed))
        return free

    def remove(self, name: str) -> Callable[[], object]:
        """Take a block out; return what puts it back."""
        kept = dict(self.fragments)
        place = list(kept).index(name)
        fragment = kept.pop(name)
        self._set(kept)
        return partial(self.keep, name, fragment, place)

    def flush(self) -> None:
        """Write what isn't yet; for leaving the program."""
        if self._unwritten:
            self._unwritten = False
            with suppress(UserError):  # nobody is left to be told
                write_atomic(self.path, written(self.fragments).encode())

    def _on_written(self) -> None:
        self._unwritten = False

    def _save(self) -> None:
        self._unwritten = True
        self._write.ask(partial(write_atomic, self.path, written(self._found or {}).encode()))

    def _set(self, kept: dict[str, Fragment]) -> None:
        self._found = kept
        self._save()
        self.changed.emit()

    def _read(self) -> None:
        """Read the file; what can't be read is told and kept aside under another name."""
        path = self.path
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            return
        except OSError as error:
            self._tell(UserError(f"can't be read ({error.strerror}).", place=str(path)))
            return
        found, faults = read(content)
        self._found = found
        if not faults:
            return
        aside = _free(path)
        try:
            write_atomic(aside, content)
        except UserError as error:
            self._tell(error)
            return
        self._save()
        what = f"{faults[0]} The blocks that could be read are in the palette."
        self._tell(UserError(what, place=path.name, remedy=f"The file is kept as {aside}."))


def written(kept: Mapping[str, Fragment]) -> str:
    """Return kept blocks as readable JSON, a line a layer."""
    rows = [
        f"{json.dumps(name, ensure_ascii=False)}: {clipboard.written(f).strip()}" for name, f in kept.items()
    ]
    blocks = textwrap.indent(",\n".join(rows), "    ")
    inside = f"{{\n{blocks}\n  }}" if rows else "{}"
    return f'{{\n  "format": {FORMAT},\n  "blocks": {inside}\n}}\n'


def read(content: bytes) -> tuple[dict[str, Fragment], tuple[str, ...]]:
    """Return the blocks that a file's content says, and in sentences what of it can't be read."""
    try:
        raw = json.loads(content.decode())
    except (ValueError, RecursionError) as error:
        where = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        return {}, (f"this is not JSON{where}.",)
    blocks = raw.get("blocks") if isinstance(raw, dict) else None
    if not isinstance(blocks, dict) or raw.get("format") != FORMAT:
        return {}, ("this is no file of blocks that this version knows.",)
    found: dict[str, Fragment] = {}
    faults = []
    for name, block in blocks.items():
        try:
            found[name] = _fragment(block)
        except UserError as error:
            faults.append(f"block {name!r}: {error.what}")
    return found, tuple(faults)


def _fragment(raw: Any) -> Fragment:
    if not isinstance(raw, dict):
        raise UserError("it holds no layers.")
    return clipboard.read(json.dumps(raw))


def _free(path: Path) -> Path:
    """A name beside ``path`` that no file has."""
    number = 1
    while (found := path.with_name(f"{path.stem}-damaged-{number}{path.suffix}")).exists():
        number += 1
    return found
