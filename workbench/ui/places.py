"""Where settings and the user's projects live on this system."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import platformdirs
from PySide6.QtCore import QSettings

_NAME = "Model Workbench"


def projects_folder() -> Path:
    """Return the folder in which new projects are made."""
    home = os.environ.get("WORKBENCH_HOME")
    return Path(home) / "projects" if home else platformdirs.user_documents_path() / _NAME


def settings_folder() -> Path:
    """Return the folder of what is kept between starts; it may not exist yet."""
    home = os.environ.get("WORKBENCH_HOME")
    return Path(home) if home else platformdirs.user_config_path(_NAME, appauthor=False)


def settings() -> QSettings:
    """Return what the window remembers between starts."""
    return QSettings(str(settings_folder() / "window.ini"), QSettings.Format.IniFormat)


def free_folder(name: str) -> Path:
    """Return a folder for a new project that doesn't exist yet: the name, with a number where it is taken."""
    root = projects_folder()
    candidate, number = root / name, 2
    while candidate.exists():
        candidate, number = root / f"{name} {number}", number + 1
    return candidate


def recent() -> list[str]:
    """Return the folders of projects opened lately that are still there, newest first."""
    stored = settings().value("recent") or []
    paths = [stored] if isinstance(stored, str) else list(stored)
    return [path for path in paths if (Path(path) / "project.json").is_file()]


def remember(folder: Path) -> None:
    """Put a folder at the head of the recent projects."""
    others = [path for path in recent() if Path(path) != folder]
    settings().setValue("recent", [str(folder), *others][:10])


def folds(folder: Path | None) -> list[str] | None:
    """Return the ids of the blocks that were folded in a project, None where nothing is remembered."""
    kept = settings().value(f"folds/{_key(folder)}") if folder else None
    return None if kept is None else str(kept).split()


def keep_folds(folder: Path, blocks: list[str]) -> None:
    """Remember which blocks of a project are folded."""
    settings().setValue(f"folds/{_key(folder)}", " ".join(blocks))


def _key(folder: Path) -> str:
    """A name for a folder that settings can hold: no slashes."""
    return hashlib.sha256(str(folder).encode()).hexdigest()[:16]
