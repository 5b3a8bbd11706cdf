"""Folders that are named by a number, as runs are."""

from __future__ import annotations

import re
from pathlib import Path


def run_folders(folder: Path) -> list[Path]:
    """Return the folders in a folder that are runs, oldest first."""
    if not folder.is_dir():
        return []
    found = (path for path in folder.iterdir() if re.fullmatch("[0-9]+", path.name) and path.is_dir())
    return sorted(found, key=lambda path: int(path.name))
