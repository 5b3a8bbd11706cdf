"""Arrays as a file that NumPy reads: ``numpy.load(path)``."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from workbench.graph.atomic import replace_atomic


def write_npz(path: Path, arrays: Mapping[str, NDArray[np.generic]]) -> None:
    """Write arrays atomically, by name, whatever the names are. Raises `UserError`."""

    def fill(temporary: Path) -> None:
        # numpy.savez takes names as keyword arguments and has some of its own, such as "file"
        with zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, values in arrays.items():
                with archive.open(f"{name}.npy", "w", force_zip64=True) as file:
                    np.lib.format.write_array(file, np.asanyarray(values), allow_pickle=False)

    replace_atomic(path, fill)
