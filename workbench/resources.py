"""Where the files that ship with the program are: samples, icons, fonts."""

from __future__ import annotations

import sys
from pathlib import Path


def resource(*parts: str) -> Path:
    """Return the path of a file or folder that ships: ``resource("samples", "digits-cnn")``.

    Finds it in a PyInstaller bundle, an installed wheel (``workbench/_resources``) or a checkout
    (``resources`` beside the package). Whether it exists is not checked.
    """
    return _root().joinpath(*parts)


def _root() -> Path:
    package = Path(__file__).resolve().parent
    bundle = getattr(sys, "_MEIPASS", None)
    if bundle:
        return Path(bundle) / "resources"
    installed = package / "_resources"
    return installed if installed.is_dir() else package.parent / "resources"
