"""``workbench`` and ``python -m workbench``: the window, or a command."""

from __future__ import annotations

import errno
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

VERBS = (
    "new", "check", "import", "summary", "picture", "preflight", "train", "search", "queue", "evaluate",
    "inspect", "export", "runs", "curves", "compare", "note", "delete", "restore", "trash", "layers",
    "methods", "samples", "templates", "doctor",
)  # fmt: skip

_UNWRITABLE = (errno.ENOSPC, errno.EIO, errno.EBADF, errno.EFBIG)


def main(arguments: list[str] | None = None) -> int:
    """Open the window, or hand a command over; return the exit status.

    The window needs none of the command line's libraries, so it doesn't wait for them.
    """
    words = sys.argv[1:] if arguments is None else arguments
    try:
        return _main(words)
    except KeyboardInterrupt:
        _complain("interrupted.", as_json="--json" in words)
        return 1


def _main(words: list[str]) -> int:
    first = words[0] if words else ""
    if first == "import-worker":  # the packaged program as the process that runs a person's code
        from workbench.importing.worker import main as work

        return work(words[1:])
    if first in VERBS or first.startswith("-"):
        return _command(words)
    if len(words) > 1 or (first and not _can_be_opened(first)):
        return _not_known(first)
    return _window(first or None)


def _command(words: list[str]) -> int:
    if sys.stderr is None:  # it was closed; print would take standard output instead
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123
    if sys.stdout is None:
        _complain("standard output is closed, so there is nowhere to write to.")
        return 1
    with _leaving_at_once("--json" in words):
        import io

        from workbench.cli import app

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a console that lacks × must not end the work
    status = 0
    try:
        app(words, prog_name="workbench")
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 1
    except OSError as error:
        # Opening a file names it, and what can go wrong there is told elsewhere; writing output names none.
        if error.filename is not None or error.errno not in _UNWRITABLE:
            raise
        return _unwritten(error)
    try:
        sys.stdout.flush()
    except OSError as error:
        return _unwritten(error)
    return status


@contextmanager
def _leaving_at_once(as_json: bool) -> Iterator[None]:
    """End at Ctrl+C while libraries load: what an interrupted import raises, nobody can foresee."""

    def leave(_number: int, _frame: object) -> None:
        _complain("interrupted.", as_json=as_json)
        os._exit(1)

    try:
        before = signal.signal(signal.SIGINT, leave)
    except ValueError:  # not the main thread, which alone is interrupted
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _unwritten(error: OSError) -> int:
    # Python would complain again when it flushes at exit.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    _complain(f"the output can't be written ({error.strerror or error}).")
    return 1


def _can_be_opened(project: str) -> bool:
    """Whether it is a file, a folder, or the name of a sample."""
    if os.path.exists(project):  # noqa: PTH110
        return True
    from workbench.data.samples import SAMPLES

    return project in {sample.name for sample in SAMPLES}


def _not_known(word: str) -> int:
    import difflib

    near = difflib.get_close_matches(word, VERBS, 1)
    hint = f"Did you mean '{near[0]}'?" if near else "'workbench --help' lists the commands."
    _complain(f"{word!r} is no command, project, file or sample. {hint}")
    return 2


def _window(project: str | None) -> int:
    if sys.platform == "linux" and not any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    ):
        _complain(
            "there is no display to open the window on. Without one use the commands, "
            "such as 'workbench train DIR'; 'workbench --help' lists them."
        )
        return 1
    try:
        from workbench.app import main as open_window
    except ImportError as error:
        _complain(f"the window can't be loaded ({error}). 'workbench doctor' says what is missing.")
        return 1
    from workbench.errors import UserError

    try:
        return open_window(project)
    except UserError as error:
        _complain(str(error))
        return 1


def _complain(text: str, *, as_json: bool = False) -> None:
    print(f"error: {text}", file=sys.stderr, flush=True)  # noqa: T201
    if as_json:
        print(f'{{"error": "{text}"}}', flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
