"""Arrays as CSV, for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray


def arrays_csv(arrays: Mapping[str, NDArray[np.generic]]) -> str:
    """Return arrays as text. Numbers are written so that they are read back exactly.

    Arrays of one dimension and one length are columns under their names. All others are listed value by
    value: the array's name, its places (0, 1, ...), and the value.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text)  # ends lines as RFC 4180 does, so that names with breaks are quoted
    shapes = {values.shape for values in arrays.values()}
    if len(shapes) == 1 and len(next(iter(shapes))) == 1:
        writer.writerow(arrays)
        writer.writerows(zip(*(values.tolist() for values in arrays.values()), strict=True))
        return text.getvalue()
    places = max((values.ndim for values in arrays.values()), default=0)
    writer.writerow(["array", *(f"place_{n}" for n in range(places)), "value"])
    for name, values in arrays.items():
        for place, value in np.ndenumerate(values):
            writer.writerow([name, *place, *[""] * (places - values.ndim), value.item()])
    return text.getvalue()
