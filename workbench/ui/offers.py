"""What can be added to the stack: layers, the blocks that ship, and those that the user keeps."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, Literal, NamedTuple

from workbench.graph.fragment import Fragment
from workbench.layers import CATALOGUE, Group
from workbench.layers.typed import Suggestion, suggestions


class Offer(NamedTuple):
    """Something to add, as lists and chips show it."""

    kind: Literal["layer", "block", "kept"]
    name: str
    """The type of a layer or block, or the name that a kept block has."""
    label: str
    """How it would best be typed: the name, two spaces, its settings."""
    help: str
    group: Group
    """Whose colour it has."""
    params: Mapping[str, Any] = {}
    """What was typed for it."""
    error: str = ""
    """Why it can't be added, in a sentence."""

    @property
    def typed(self) -> str:
        """The label as a text to type: "Conv2d 64 3×3"."""
        return self.label.replace(" · ", " ").replace("  ", " ")


def offers(text: str, kept: Mapping[str, Fragment], limit: int) -> tuple[Offer, ...]:
    """Return what a text may mean, best first, at most ``limit``; for an empty text nothing.

    What is called exactly so comes first. Blocks come after layers that are matched as well.
    """
    if not text.strip():
        return ()
    layers = [_typed_layer(found) for found in suggestions(text, limit)]
    blocks = [*_kept(text, kept), *_typed_blocks(text, limit)]
    head = _head(text)
    called = [o for o in (*layers, *blocks) if head in _words(o)]
    rest = [o for o in (*layers, *blocks) if o not in called]
    rest.sort(key=lambda offer: bool(offer.error))
    few = [o for o in rest if o.kind != "layer"][:3]  # so that many layers don't crowd them out
    most = [o for o in rest if o.kind == "layer"][: max(0, limit - len(called) - len(few))]
    return (*called, *most, *few)[:limit]


def layer_offer(name: str) -> Offer:
    """Return the offer of a layer type with its defaults."""
    kind = CATALOGUE[name]
    return Offer("layer", name, name, kind.help(), kind.group)


def block_offers() -> tuple[Offer, ...]:
    """Return the offers of all blocks that ship."""
    from workbench.templates.blocks.registry import BLOCKS

    return tuple(
        Offer("block", name, block.title, block.help(), block.group) for name, block in BLOCKS.items()
    )


def kept_offer(name: str, fragment: Fragment) -> Offer:
    """Return the offer of a kept block."""
    types = [node.type for node in fragment.nodes]
    shown = ", ".join(types[:4]) + (", …" if len(types) > 4 else "")
    many = f"{len(types)} layers" if len(types) > 1 else "1 layer"
    return Offer("kept", name, name, f"{many}: {shown}", type(fragment.nodes[0].layer).group)


def parts(text: str) -> list[str]:
    """Split a line into the layers that it names: at ">", and at commas where a layer's name follows.

    A comma before a number or a setting ("conv 64, same") parts nothing.
    """
    found: list[str] = []
    for piece in re.split(r"\s*>\s*", text):
        whole = True
        for part in _commas(piece):
            if whole or not part.strip() or _begins_layer(found[-1], part):
                found.append(part.strip())
            else:
                found[-1] += f", {part.strip()}"
            whole = False
    return found


def _commas(text: str) -> list[str]:
    """A text's parts between commas that stand in no brackets."""
    return re.split(r",(?![^()]*\))", text)


def _begins_layer(before: str, part: str) -> bool:
    """Whether what follows a comma is a layer rather than a setting of the layer before."""
    head = _head(part)
    if not head or not head[0].isalpha():
        return False
    if head in _names():
        return True
    joined = suggestions(f"{before} {part}", 1)
    if joined and not joined[0].rest and not joined[0].error:
        return False
    return len(head) > 1 and any(name.startswith(head) for name in _names())


@cache
def _names() -> frozenset[str]:
    """All that layers and blocks that ship are called, in small letters."""
    from workbench.templates.blocks.registry import BLOCKS

    called = {word.replace("-", "") for kind in CATALOGUE.values() for word in (*kind.words, kind.__name__)}
    called |= {word for block in BLOCKS.values() for word in (*block.words, block.__name__)}
    return frozenset(word.lower() for word in called)


def _typed_layer(found: Suggestion) -> Offer:
    kind = CATALOGUE[found.type]
    fault = found.error or _rest(found, list(kind.model_fields))
    return Offer("layer", found.type, found.label, kind.help(), kind.group, found.params, fault)


def _typed_blocks(text: str, limit: int) -> list[Offer]:
    from workbench.templates.blocks.registry import BLOCKS
    from workbench.templates.blocks.typed import block_suggestions

    made = []
    for found in block_suggestions(text, limit):
        kind = BLOCKS[found.type]
        fault = found.error or _rest(found, list(kind.model_fields))
        made.append(Offer("block", found.type, found.label, kind.help(), kind.group, found.params, fault))
    return made


def _kept(text: str, kept: Mapping[str, Fragment]) -> list[Offer]:
    wanted = text.strip().lower()
    names = [name for name in kept if wanted in name.lower()]
    return [
        kept_offer(name, kept[name]) for name in sorted(names, key=lambda n: not n.lower().startswith(wanted))
    ]


def _rest(found: Suggestion, takes: list[str]) -> str:
    if not found.rest:
        return ""
    listed = f"takes {', '.join(takes)}" if takes else "has no settings"
    return f"“{found.rest}” is not understood. {found.type} {listed}."


def _head(text: str) -> str:
    """The name that a text starts with, without the numbers glued to it."""
    words = text.strip().lower().split()
    first = re.split(r"[(,=]", words[0])[0] if words else ""
    return first.replace("-", "").replace("_", "")


def _words(offer: Offer) -> set[str]:
    if offer.kind == "kept":
        return {_head(offer.name)}
    if offer.kind == "layer":
        kind = CATALOGUE[offer.name]
        return {word.replace("-", "").lower() for word in (*kind.words, offer.name)}
    from workbench.templates.blocks.registry import BLOCKS

    return {word.lower() for word in (*BLOCKS[offer.name].words, offer.name)}
