"""``workbench`` and ``python -m workbench``: the window, or a command."""

from __future__ import annotations

import difflib
import io
import os
import sys
from pathlib import Path

VERBS = (
    "new", "check", "train", "evaluate", "inspect", "export", "runs", "curves", "layers", "doctor",
)  # fmt: skip


def main(arguments: list[str] | None = None) -> int:
    """Open the window, or hand a command over; return the exit status.

    The window needs none of the command line's libraries, so it doesn't wait for them.
    """
    words = sys.argv[1:] if arguments is None else arguments
    first = words[0] if words else ""
    if first in VERBS or first.startswith("-"):
        return _command(words)
    if len(words) > 1 or (first and not _can_be_opened(first)):
        return _not_known(first)
    return _window(first or None)


def _command(words: list[str]) -> int:
    from workbench.cli import app

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a console that lacks × must not end the work
    try:
        app(words, prog_name="workbench")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1
    return 0


def _can_be_opened(project: str) -> bool:
    """Whether it is a file, a folder, or the name of a sample."""
    if Path(project).exists():
        return True
    from workbench.data.samples import SAMPLES

    return project in {sample.name for sample in SAMPLES}


def _not_known(word: str) -> int:
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


def _complain(text: str) -> None:
    print(f"error: {text}", file=sys.stderr)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
