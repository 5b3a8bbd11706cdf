"""Writing files so that a crash leaves the old one or the new one, never half of one."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from pathlib import Path

from workbench.errors import UserError


def write_atomic(path: Path, content: bytes) -> None:
    """Write ``content`` to ``path`` through a temporary file beside it. Raises `UserError`."""
    replace_atomic(path, lambda temporary: temporary.write_bytes(content))


def replace_atomic(path: Path, write: Callable[[Path], object]) -> None:
    """Let ``write`` fill a temporary file beside ``path``, then put it in its place. Raises `UserError`.

    Folders on the way are made. A link is followed: what it points to is replaced. The file keeps its mode.
    """
    try:
        target = Path(os.path.realpath(path))
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = target.with_name(f".{target.name[:50]}.{secrets.token_hex(6)}.tmp")
        try:
            # Made like any new file, so that it gets the mode that the person's umask gives.
            os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
            write(temporary)
            _flush(temporary)
            if target.exists():
                temporary.chmod(target.stat().st_mode)
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise unwritable(path, error) from error


def unwritable(path: Path, error: OSError) -> UserError:
    """Return what to tell of a place that the system refused to write to."""
    return UserError(
        f"can't be written ({error.strerror or error}).",
        place=str(path),
        remedy="Choose a folder that you may write to, or free some space.",
    )


def _flush(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())
