"""Every layer type, by name. A new layer is a class in one of these modules; a new module is a line here."""

from collections.abc import Mapping
from types import MappingProxyType, ModuleType

from workbench.layers import activation, conv, core, merge, norm, pool, recurrent
from workbench.layers.base import Layer

MODULES: tuple[ModuleType, ...] = (core, conv, pool, norm, activation, recurrent, merge)


def _types(module: ModuleType) -> dict[str, type[Layer]]:
    return {
        name: item
        for name, item in vars(module).items()
        if isinstance(item, type)
        and issubclass(item, Layer)
        and item.__module__ == module.__name__
        and not name.startswith("_")
    }


CATALOGUE: Mapping[str, type[Layer]] = MappingProxyType(
    {name: item for module in MODULES for name, item in _types(module).items()}
)
