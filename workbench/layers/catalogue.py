"""Every layer type, by name. A new layer is a class in one of these modules; a new module is a line here."""

from collections.abc import Mapping
from types import MappingProxyType, ModuleType

from workbench.layers import (
    activation,
    activation_along,
    activation_cut,
    arithmetic,
    attention,
    conv,
    conv_depthwise,
    conv_transpose,
    core,
    data,
    joins,
    merge,
    norm,
    norm_instance,
    norm_sample,
    over_time,
    padding,
    patches,
    pool,
    pool_power,
    pool_to,
    positional,
    products,
    recurrent,
    reduce,
    regularise,
    resize,
    shape,
    signal,
    slices,
)
from workbench.layers.base import Layer

MODULES: tuple[ModuleType, ...] = (
    core,
    data,
    conv,
    conv_transpose,
    conv_depthwise,
    pool,
    pool_to,
    pool_power,
    norm,
    norm_sample,
    norm_instance,
    activation,
    activation_cut,
    activation_along,
    regularise,
    shape,
    slices,
    resize,
    patches,
    padding,
    recurrent,
    over_time,
    attention,
    positional,
    merge,
    joins,
    products,
    arithmetic,
    reduce,
    signal,
)


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
