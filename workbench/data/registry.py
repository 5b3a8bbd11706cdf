"""Every data format, by name. A new format is a file with its class, and a line here."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from workbench.data.arrays import Arrays
from workbench.data.csv import Csv
from workbench.data.formats import Format
from workbench.data.idx import Idx
from workbench.data.images import Images
from workbench.data.sklearn import Sklearn

# In the order in which a dropped file is tried: the pickier first.
_ALL: tuple[Format, ...] = (Csv(), Idx(), Arrays(), Images(), Sklearn())

FORMATS: Mapping[str, Format] = MappingProxyType({item.name: item for item in _ALL})
