"""What the program finds on this machine: versions, devices, places; and what is missing."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import platform
import shutil
import sys
import tempfile
from importlib import metadata
from pathlib import Path
from typing import Any

import platformdirs
import psutil

import workbench

_PACKAGES = (
    "torch", "numpy", "onnx", "onnxscript", "onnxruntime", "PySide6-Essentials", "pyqtgraph", "pydantic",
    "polars", "pillow", "safetensors", "scikit-learn", "typer", "rich",
)  # fmt: skip

_LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libfontconfig.so.1": "libfontconfig1",
    "libdbus-1.so.3": "libdbus-1-3",
}
_X_LIBRARIES = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
"""Libraries that Qt needs on Linux, and Debian's packages of them."""


def examine() -> dict[str, Any]:
    """Return findings by name, as JSON has them; ``missing`` lists what is lacking and how to get it.

    Imports torch, to ask it for devices.
    """
    devices, found = _devices()
    missing = [*found, *_packages_missing(), *_window_missing(), *_data_missing()]
    memory = psutil.virtual_memory()
    home = os.environ.get("WORKBENCH_HOME")
    folder = _existing(Path(home) if home else platformdirs.user_documents_path())
    return {
        "versions": {
            "workbench": workbench.__version__,
            "python": platform.python_version(),
            **{name: _version(name) for name in _PACKAGES},
        },
        "system": platform.platform(),
        "cpus": psutil.cpu_count(),
        "memory_gib": round(memory.total / 2**30, 1),
        "memory_free_gib": round(memory.available / 2**30, 1),
        "device": devices[-1],
        "devices": devices,
        "qt_platform": qt_platform(),
        "places": [_place("projects", folder), _place("temporary files", Path(tempfile.gettempdir()))],
        "missing": missing,
    }


def qt_platform() -> str:
    """Return the platform that Qt will draw on, or "none" where there is no display."""
    chosen = os.environ.get("QT_QPA_PLATFORM")
    if chosen:
        return chosen
    if sys.platform != "linux":
        return {"win32": "windows", "darwin": "cocoa"}.get(sys.platform, "unknown")
    if os.environ.get("WAYLAND_DISPLAY"):
        return "wayland"
    return "xcb" if os.environ.get("DISPLAY") else "none"


def _devices() -> tuple[list[str], list[dict[str, str]]]:
    """Where training can run, the best last; and what is missing for more."""
    try:
        from workbench.train import device

        names = ["cpu"]
        with_cuda = device.describe(device.resolve("auto"))
    except ImportError as error:
        return ["none"], [_lack("torch", f"it can't be imported: {error}", "Install it: pip install torch")]
    if with_cuda != "cpu":
        return [*names, with_cuda], []
    if shutil.which("nvidia-smi"):
        how = "Install a CUDA build of the same torch version: https://pytorch.org/get-started/locally"
        return names, [_lack("CUDA", "there is an NVIDIA driver, but this torch can't use it", how)]
    how = "Training runs on the CPU; an NVIDIA GPU with its driver and a CUDA build of torch is faster"
    return names, [_lack("CUDA", "there is no NVIDIA driver", how)]


def _packages_missing() -> list[dict[str, str]]:
    return [
        _lack(name, "it is not installed", f"pip install {name}")
        for name in _PACKAGES
        if _version(name) is None and name != "torch" and not _importable(name)
    ]


def _importable(name: str) -> bool:
    """Whether it is there without its metadata, as in a bundle."""
    modules = {"PySide6-Essentials": "PySide6", "pillow": "PIL", "scikit-learn": "sklearn"}
    return importlib.util.find_spec(modules.get(name, name)) is not None


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _window_missing() -> list[dict[str, str]]:
    if sys.platform != "linux":
        return []
    found = []
    if qt_platform() == "none":
        how = "Log in to a desktop, or use the commands: 'workbench --help' lists them"
        found.append(_lack("display", "neither DISPLAY nor WAYLAND_DISPLAY is set", how))
    libraries = _LIBRARIES | (_X_LIBRARIES if qt_platform() == "xcb" else {})
    for name, package in libraries.items():
        try:
            ctypes.CDLL(name)
        except OSError:
            found.append(_lack(name, "the window needs it", f"On Debian and Ubuntu: apt install {package}"))
    return found


def _data_missing() -> list[dict[str, str]]:
    """The samples whose data don't come with the program and aren't there."""
    from workbench.data.missing import MissingData
    from workbench.data.registry import FORMATS
    from workbench.data.samples import SAMPLES, sample_project
    from workbench.resources import resource

    found = []
    for sample in SAMPLES:
        section = sample_project(sample.name).data
        assert section
        try:
            FORMATS[section.format].locate(section, resource("samples", sample.name))
        except MissingData as error:
            found.append(_lack(f"data of the sample {sample.name}", error.what.rstrip("."), error.remedy))
    return found


def _place(what: str, folder: Path) -> dict[str, Any]:
    """Whether a folder can be written to, by writing to it."""
    try:
        with tempfile.TemporaryFile(dir=folder):
            writable = True
    except OSError:
        writable = False
    free = shutil.disk_usage(folder).free / 2**30
    return {"what": what, "path": str(folder), "writable": writable, "free_gib": round(free, 1)}


def _existing(folder: Path) -> Path:
    """The folder, or the nearest above it that exists."""
    return next(path for path in (folder, *folder.parents) if path.is_dir())


def _lack(what: str, why: str, how: str) -> dict[str, str]:
    return {"what": what, "why": why, "how": how.rstrip(".") + "."}
