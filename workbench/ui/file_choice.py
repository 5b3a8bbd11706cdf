"""Asking for files: dialogs that begin where the last one of their kind ended."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from workbench.ui import places


def ask_for_file(parent: QWidget, title: str, kinds: str, about: str) -> Path | None:
    """Return a file to read, None where the user cancels. ``about`` names what folder is remembered."""
    chosen, _ = QFileDialog.getOpenFileName(parent, title, last_folder(about), kinds)
    return _kept(chosen, about)


def ask_for_target(parent: QWidget, title: str, name: Path, kinds: str, about: str) -> Path | None:
    """Return a file to write, None where the user cancels; what is there was asked about.

    ``name`` is proposed, and its folder the first time. What has no suffix gets that of the chosen kind.
    """
    folder = last_folder(about)
    start = str(Path(folder) / name.name if folder else name)
    chosen, kind = QFileDialog.getSaveFileName(parent, title, start, kinds)
    path = _kept(chosen, about)
    if path is not None and not path.suffix and "*." in kind:
        path = path.with_suffix("." + kind.split("*.")[1].split()[0].rstrip(")"))
    return path


def last_folder(about: str) -> str:
    """Return the folder of the last file of this kind, "" where there is none."""
    kept = str(places.settings().value(f"folder/{about}") or "")
    return kept if kept and Path(kept).is_dir() else ""


def keep_folder(path: Path, about: str) -> None:
    """Remember a file's folder."""
    places.settings().setValue(f"folder/{about}", str(path.absolute().parent))


def _kept(chosen: str, about: str) -> Path | None:
    if not chosen:
        return None
    keep_folder(Path(chosen), about)
    return Path(chosen)
