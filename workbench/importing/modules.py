"""From a module of torch.nn to a layer: its attributes are the layer's params."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError
from torch import Tensor, nn

from workbench.build import blocks
from workbench.build.modules import module
from workbench.importing.proposals import sizes
from workbench.importing.result import UnmappedError
from workbench.importing.rows import Proposal, Value
from workbench.layers import CATALOGUE, Layer

_TRAINING = ("p", "momentum", "dropout", "track_running_stats", "lower", "upper", "max_norm")
"""Attributes that only tell while training, so that comparing answers doesn't show them."""

_ABSENT = object()
_PLAIN = (bool, int, float, str, tuple, list, type(None))
"""What a param's value may be."""

_VARIANTS = ("Sequence", "Last")
"""Endings of classes of `blocks` that do what the torch.nn class does and keep a part of its answer."""


def is_layer(found: nn.Module) -> bool:
    """Whether a layer stands for a module: one of torch.nn, or one of ours, as exported code has it."""
    kind = type(found)
    name = kind.__name__
    if getattr(nn, name, None) is kind:
        return name in CATALOGUE
    own = getattr(blocks, name, None)
    return own is not None and (own is kind or _source(own) == _source(kind))


def proposals(found: nn.Module, inputs: tuple[Value, ...], **extra: Any) -> Iterator[Proposal]:
    """Layers that a module may be, with the params that its attributes say. Raises `UnmappedError`."""
    name = type(found).__name__
    for ending in _VARIANTS:
        if name not in CATALOGUE and name.endswith(ending):
            name = name.removesuffix(ending)
            extra["returns"] = ending.lower()
    candidates = [name] if name in CATALOGUE else _standing_for(name)
    for candidate in candidates:
        params = _params(found, CATALOGUE[candidate]) | extra
        if params.get("stride") == params.get("kernel_size") and "Pool" in candidate:
            params["stride"] = None  # as the layer has it when nobody says otherwise
        _taken(found, candidate, params)
        for written in ({key: sizes(value) for key, value in params.items()}, params):
            proposal = Proposal(candidate, written)
            layer = proposal.layer()
            if layer is not None:
                _same_while_training(layer, found, inputs)
                yield proposal


def weights(found: nn.Module) -> dict[str, Tensor]:
    """A module's state, copied, as float32 where it is floating."""
    return {
        name: (tensor.float() if tensor.is_floating_point() else tensor).detach().cpu().clone()
        for name, tensor in found.state_dict().items()
    }


def _standing_for(name: str) -> list[str]:
    """Layer types whose call may name a class of `blocks` that isn't called as they are."""
    return [kind for kind in CATALOGUE if name.startswith(kind) or kind.startswith(name)]


def _params(found: nn.Module, kind: type[Layer]) -> dict[str, Any]:
    """The layer's params, read off the attributes of these names; a tensor there means yes, None no."""
    params: dict[str, Any] = {}
    for name, info in kind.model_fields.items():
        value = getattr(found, name, _ABSENT)
        if isinstance(value, Tensor) or (value is None and info.annotation is bool):
            value = value is not None
        if not isinstance(value, _PLAIN):
            derived = _derived(found, name)
            if derived is not None:
                params[name] = derived
            continue
        params[name] = tuple(value) if isinstance(value, list) else value
    return params


def _taken(found: nn.Module, kind: str, params: dict[str, Any]) -> None:
    """Raise `UnmappedError` naming the param whose value the layer doesn't take, if there is one."""
    try:
        CATALOGUE[kind].model_validate(params)
    except ValidationError as error:
        name = str(error.errors()[0]["loc"][0])
        squeezed = {key: sizes(value) for key, value in params.items()}
        if Proposal(kind, squeezed).layer() is None:
            what = f"{name}={params.get(name)!r} has no counterpart here"
            raise UnmappedError(type(found).__name__, what) from error


def _derived(module: nn.Module, name: str) -> Any:
    """Params that torch's modules keep within their parts."""
    found: Any = module
    part = getattr(found, "self_attn", None)
    if name == "nhead" and part is not None:
        return part.num_heads
    if name == "d_model" and part is not None:
        return part.embed_dim
    if name == "dim_feedforward" and hasattr(found, "linear1"):
        return found.linear1.out_features
    if name == "layer_norm_eps" and hasattr(found, "norm1"):
        return found.norm1.eps
    if name == "dropout" and hasattr(found, "dropout1"):
        return found.dropout1.p
    if name == "activation":
        called = getattr(found, "activation", None)
        return getattr(called, "__name__", type(called).__name__.lower())
    if name == "per_channel" and hasattr(found, "num_parameters"):
        return found.num_parameters > 1
    if name == "bias":
        return any(key.endswith("bias") for key in found.state_dict())
    return None


def _same_while_training(layer: Layer, found: nn.Module, inputs: tuple[Value, ...]) -> None:
    try:
        built = module(layer.call(*(value.spec for value in inputs)))
    except (RuntimeError, ValueError, TypeError, IndexError, AssertionError):
        return  # `Rows.add` says why
    for name in _TRAINING:
        theirs, ours = getattr(found, name, None), getattr(built, name, None)
        if isinstance(theirs, nn.Module) or isinstance(ours, nn.Module) or not hasattr(found, name):
            continue
        single = name == "dropout" and getattr(found, "num_layers", 2) == 1
        if theirs != ours and not single:
            kind = type(found).__name__
            raise UnmappedError(kind, f"{name}={theirs!r} has no counterpart here")


def _source(kind: type) -> str:
    try:
        return inspect.getsource(kind).strip()
    except (OSError, TypeError):
        return kind.__qualname__
