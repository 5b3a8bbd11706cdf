"""What a pydantic model's fields are, for the form, the command line and the documentation."""

from __future__ import annotations

import types
import typing
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

Kind = Literal["int", "float", "bool", "choice", "size", "names", "text", "section"]


@dataclass(frozen=True)
class Param:
    """One param: how to show, edit and check it."""

    name: str
    kind: Kind
    default: Any
    help: str
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()
    optional: bool = False
    """Whether it may be left empty."""
    required: bool = False
    """Whether it has no default."""
    most: int = 1
    """Of how many numbers it may consist: 2 for height and width, 6 for a shape."""
    open: bool = False
    """Whether it is a list of any length up to that, such as a shape."""
    sections: tuple[type[BaseModel], ...] = ()
    """For kind "section": the models it may be."""


@cache
def params_of(model: type[BaseModel]) -> tuple[Param, ...]:
    """Return the params of a model, in the order of declaration."""
    return tuple(_param(name, info) for name, info in model.model_fields.items())


def _param(name: str, info: FieldInfo) -> Param:
    options = list(_options(info.annotation))
    optional = type(None) in options
    plain = [_plain(option) for option in options if option is not type(None)]
    members = [*options, *(member for option in plain for member in typing.get_args(option))]
    metadata = [*info.metadata, *(m for member in members for m in getattr(member, "__metadata__", ()))]
    choices = tuple(str(c) for o in plain if typing.get_origin(o) is Literal for c in typing.get_args(o))
    default = info.get_default(call_default_factory=True)
    return Param(
        name=name,
        kind=_kind(plain, choices),
        default=None if default is PydanticUndefined else default,
        help=info.description or "",
        minimum=_bound(metadata, "ge", "gt"),
        maximum=_bound(metadata, "le", "lt"),
        choices=choices,
        optional=optional,
        required=info.is_required(),
        most=max(_count(option, metadata) for option in plain),
        open=any(typing.get_args(o)[-1] is Ellipsis for o in plain if typing.get_origin(o) is tuple),
        sections=tuple(o for o in plain if isinstance(o, type) and issubclass(o, BaseModel)),
    )


def _options(annotation: Any) -> typing.Iterator[Any]:
    """The members of a union, unions inside annotations opened."""
    bare = _plain(annotation)
    if typing.get_origin(bare) in (typing.Union, types.UnionType):
        for member in typing.get_args(bare):
            yield from _options(member)
    else:
        yield annotation


def _plain(annotation: Any) -> Any:
    return typing.get_args(annotation)[0] if hasattr(annotation, "__metadata__") else annotation


def _count(plain: Any, metadata: list[Any]) -> int:
    """How many numbers this member of a union takes at most."""
    if typing.get_origin(plain) is not tuple:
        return 1
    members = typing.get_args(plain)
    if members[-1] is not Ellipsis:
        return len(members)
    return int(_bound(metadata, "max_length") or 64)


def _kind(plain: list[Any], choices: tuple[str, ...]) -> Kind:
    if any(isinstance(o, type) and issubclass(o, BaseModel) for o in plain):
        return "section"
    if any(typing.get_origin(o) is tuple and typing.get_args(o)[0] is str for o in plain):
        return "names"
    if any(typing.get_origin(o) is tuple for o in plain) or (choices and int in plain):
        return "size"
    if choices:
        return "choice"
    for kind in (bool, int, float):
        if kind in plain:
            return typing.cast("Kind", kind.__name__)
    return "text"


def _bound(metadata: list[Any], *names: str) -> float | None:
    found = [getattr(m, n) for m in _flat(metadata) for n in names if getattr(m, n, None) is not None]
    return found[0] if found else None


def _flat(metadata: list[Any]) -> typing.Iterator[Any]:
    for item in metadata:
        if isinstance(item, FieldInfo):
            yield from item.metadata
        else:
            yield item
