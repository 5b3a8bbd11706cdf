"""The format ``sklearn``: real data that scikit-learn brings along."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from workbench.data.dataset import Source
from workbench.data.formats import Format
from workbench.data.targets import encode
from workbench.errors import UserError
from workbench.graph.project import DataSection

NAMES = ("digits", "iris", "wine", "breast_cancer", "diabetes")


class Sklearn(Format):
    """Small data sets that need no file: digits, iris, wine, breast_cancer and diabetes."""

    name: ClassVar[str] = "sklearn"
    help: ClassVar[str] = f"a set that scikit-learn brings along ({', '.join(NAMES)})"

    def recognises(self, path: Path) -> bool:
        """A set's name, unless a file is called so."""
        return path.as_posix() in NAMES and not path.exists()

    def locate(self, section: DataSection, folder: Path) -> Path:
        """The name itself: there is no file."""
        return Path(section.path)

    def read(self, section: DataSection, path: Path) -> Source:
        """Load a set; the diabetes set in its own units."""
        name = path.as_posix()
        if name not in NAMES:
            raise UserError(
                f"scikit-learn brings no set called {name!r}.",
                place="data.path",
                remedy=f"Use one of {', '.join(NAMES)}.",
            )
        bunch = _loaded(name)
        images = name == "digits"
        encoded = encode(bunch.target, section.task, _TARGETS[name], name)
        classes = tuple(str(n) for n in bunch.get("target_names", ())) if encoded.classes else ()
        return Source(
            name=name,
            kind="image" if images else "table",
            task=encoded.task,
            inputs=bunch.images[:, None].astype(np.uint8) if images else bunch.data.astype(np.float32),
            targets=encoded.values,
            scale=1 / 16 if images else 1.0,
            classes=classes or encoded.classes,
            features=() if images else tuple(str(n) for n in bunch.feature_names),
            target=_TARGETS[name],
        )


_TARGETS = {
    "digits": "digit",
    "iris": "species",
    "wine": "cultivar",
    "breast_cancer": "diagnosis",
    "diabetes": "progression",
}


def _loaded(name: str) -> Any:
    from sklearn import datasets

    # diabetes comes scaled unless told otherwise; years and mg/dl mean more than shares of a deviation
    options = {"scaled": False} if name == "diabetes" else {}
    return getattr(datasets, f"load_{name}")(**options)
