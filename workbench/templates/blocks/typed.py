"""Blocks as people type them: "res 64", "bottleneck 128 s2", "unet 32 depth 3"."""

from __future__ import annotations

import re
from typing import cast

from pydantic import ValidationError

from workbench.layers import Layer
from workbench.layers.faults import first_fault, written
from workbench.layers.typed import Suggestion, label
from workbench.layers.typed_args import read, words_of
from workbench.templates.blocks.base import LayerBlock
from workbench.templates.blocks.registry import BLOCKS


def block_suggestions(text: str, limit: int = 12) -> tuple[Suggestion, ...]:
    """Return the blocks that a text may mean, best first, at most ``limit``.

    A name is matched whole, then by its beginning, then by a part, as `workbench.layers.typed.suggestions`
    does for layers. An empty text suggests all of them. ``BLOCKS[type].model_validate(params)`` is the block
    that a suggestion without an error means.
    """
    words = words_of(text)
    if not words:
        return tuple(_suggestion(name, []) for name in BLOCKS)[:limit]
    return tuple(_suggestion(name, args) for name, args in _matches(words)[:limit])


_WHOLE, _BEGINNING, _PART, _NOT = range(4)


def _matches(words: list[str]) -> list[tuple[str, list[str]]]:
    """The blocks that the first words name, best first, with the words that are left for params."""
    for count in (3, 2, 1):
        head, args = _bare("".join(words[:count])), words[count:]
        if count <= len(words) and any(_level(head, block) == _WHOLE for block in BLOCKS.values()):
            break
    glued = re.fullmatch(r"([a-z]+)([\d.].*)", head)
    if glued and all(_level(head, block) == _NOT for block in BLOCKS.values()):
        head, args = glued[1], [glued[2], *args]
    levels = {name: _level(head, block) for name, block in BLOCKS.items()}
    return [(name, args) for name in sorted(levels, key=levels.__getitem__) if levels[name] < _NOT]


def _level(head: str, block: type[LayerBlock]) -> int:
    names = (*block.words, block.__name__.lower())
    if head in names:
        return _WHOLE
    if any(name.startswith(head) for name in names):
        return _BEGINNING
    return _PART if any(head in name for name in names) else _NOT


def _bare(word: str) -> str:
    return re.sub(r"[-_]", "", word)


def _suggestion(name: str, args: list[str]) -> Suggestion:
    block_type = BLOCKS[name]
    # A block declares its params as a layer does, so that what reads and writes a layer's does so here.
    raw, rest = read(cast("type[Layer]", block_type), args)
    try:
        block = block_type.model_validate(raw)
    except ValidationError as error:
        fault = first_fault(error, raw)
        said = f"{written(fault.path)} {fault.text}."
        return Suggestion(name, raw, f"{name}  {' '.join(args)}".rstrip(), " ".join(rest), said)
    params = {key: getattr(block, key) for key in raw}
    return Suggestion(name, params, label(cast("Layer", block)), " ".join(rest))
