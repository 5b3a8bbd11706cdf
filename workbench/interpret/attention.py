"""Where each head of an attention layer looks."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from workbench.build.model import StackModel
from workbench.interpret.capture import array, device_of
from workbench.interpret.observe import undisturbed
from workbench.interpret.subject import Subject

Array = NDArray[np.generic]
OWN = "attention"
"""The name of a MultiheadAttention's own weights; a transformer's are named as torch names its parts."""


def attention_of_all(subject: Subject) -> dict[str, dict[str, Array]]:
    """Return a sample's attention weights of all layers that attend, in one pass: by layer, and by part.

    Each is (heads, queries, keys), every row adding up to 1. Parts are ``attention`` of MultiheadAttention,
    ``self_attn`` of a transformer layer, ``multihead_attn`` of a decoder's look at its memory. They are
    torch's own, with ``need_weights=True, average_attn_weights=False``, in eval mode.
    """
    model = subject.model
    wanted = {name: _parts(model, name) for name in model.layer_ids}
    found: dict[str, dict[str, Array]] = {name: {} for name, parts in wanted.items() if parts}
    if not found:
        return {}
    inputs = torch.as_tensor(subject.inputs(), device=device_of(model))
    with undisturbed(model), ExitStack() as hooks:
        for name, parts in found.items():
            for part, module in wanted[name].items():
                hook = module.register_forward_hook(_recorder(parts, part), with_kwargs=True)
                hooks.callback(hook.remove)
        model(inputs)
    return found


def _parts(model: StackModel, layer: str) -> dict[str, nn.MultiheadAttention]:
    return {
        name or OWN: module
        for name, module in model.get_submodule(layer).named_modules()
        if isinstance(module, nn.MultiheadAttention)
    }


def _recorder(found: dict[str, Array], part: str) -> Callable[..., None]:
    """A hook that asks torch's own attention once more, for the weights that it wasn't asked for."""

    def record(
        module: nn.MultiheadAttention, inputs: tuple[Tensor, ...], named: dict[str, Any], _output: object
    ) -> None:
        # the layer's own way to be called may hide torch's: a stack gives it only what it reads
        query, key, value = _complete(inputs, named)
        mask = named.get("attn_mask")
        if getattr(module, "is_causal", False):
            sides = (query.shape[1], key.shape[1])
            mask = torch.ones(sides, dtype=torch.bool, device=query.device).triu(1)
        weights = nn.MultiheadAttention.forward(
            module, query, key, value, need_weights=True, average_attn_weights=False, attn_mask=mask
        )[1]
        assert weights is not None
        found[part] = array(weights[0])

    return record


def _complete(inputs: tuple[Tensor, ...], named: dict[str, Any]) -> tuple[Tensor, Tensor, Tensor]:
    given = [*inputs, *(named[name] for name in ("query", "key", "value") if name in named)]
    query = given[0]
    key = given[1] if len(given) > 1 else query
    return query, key, given[2] if len(given) > 2 else key
