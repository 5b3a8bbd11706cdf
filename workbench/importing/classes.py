"""The classes of a Python file, found by reading it: nothing in it runs."""

from __future__ import annotations

import ast
import warnings
from dataclasses import dataclass
from pathlib import Path

from workbench.errors import UserError

_LARGEST = 10_000_000
"""Bytes: nobody writes longer files of code."""


@dataclass(frozen=True)
class Argument:
    """An argument of a class, or an input of its forward. ``default`` is source code, "" for none."""

    name: str
    default: str = ""


@dataclass(frozen=True)
class ModuleClass:
    """A class that looks like a torch.nn.Module, with what it is made with and what its forward reads.

    ``inputs`` are those without a default; empty where the class has no forward of its own.
    """

    name: str
    line: int
    help: str
    arguments: tuple[Argument, ...]
    inputs: tuple[Argument, ...]


def classes_of(file: Path) -> tuple[ModuleClass, ...]:
    """Return a file's classes that look like modules, the last one, often the whole model, last.

    A class does if it has a forward, or derives from a class of the file that does, or from a Module. Where
    none does, all classes are returned. Raises `UserError` naming the line that Python can't read.
    """
    place = str(file)
    try:
        if file.stat().st_size > _LARGEST:
            raise UserError("it is too large to be code.", place=place, remedy="Choose another file.")
        content = file.read_bytes()
    except OSError as error:
        raise UserError(
            f"can't be read ({error.strerror or error}).", place=place, remedy="Check the file."
        ) from error
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of escapes that Python will refuse one day
            tree = ast.parse(content, filename=place)
    except SyntaxError as error:
        where = f"{place}, line {error.lineno}" if error.lineno else place
        raise UserError(
            f"Python can't read it ({error.msg}).", place=where, remedy="Correct that line."
        ) from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise UserError(
            "this is no Python code.", place=place, remedy="Choose a file that ends in .py."
        ) from error
    found = {item.name: item for item in tree.body if isinstance(item, ast.ClassDef)}
    likely = {name for name in found if _is_module(name, found, frozenset())}
    return tuple(_described(found[name], found) for name in found if name in (likely or found))


def _is_module(name: str, found: dict[str, ast.ClassDef], seen: frozenset[str]) -> bool:
    item = found.get(name)
    if item is None or name in seen:
        return False
    if _method(item, "forward"):
        return True
    bases = [_called(base) for base in item.bases]
    if any(base in ("Module", "Sequential") or base.endswith("Module") for base in bases):
        return True
    return any(_is_module(base, found, seen | {name}) for base in bases)


def _described(item: ast.ClassDef, found: dict[str, ast.ClassDef]) -> ModuleClass:
    made, read = (_inherited(item, found, name) for name in ("__init__", "forward"))
    inputs = _arguments(read) if read else ()
    said = (ast.get_docstring(item) or "").strip().splitlines()
    return ModuleClass(
        name=item.name,
        line=item.lineno,
        help=said[0] if said else "",
        arguments=_arguments(made) if made else (),
        inputs=tuple(argument for argument in inputs if not argument.default),
    )


def _inherited(
    item: ast.ClassDef, found: dict[str, ast.ClassDef], name: str
) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    """A method of a class, or of the nearest class of the file that it derives from."""
    waiting, seen = [item], set()
    while waiting:
        now = waiting.pop(0)
        if now.name in seen:
            continue
        seen.add(now.name)
        method = _method(now, name)
        if method is not None:
            return method
        waiting += [found[base] for base in map(_called, now.bases) if base in found]
    return None


def _method(item: ast.ClassDef, name: str) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return next((part for part in item.body if isinstance(part, kinds) and part.name == name), None)


def _called(base: ast.expr) -> str:
    """The last part of a base's name: Module of nn.Module."""
    if isinstance(base, ast.Attribute):
        return base.attr
    return base.id if isinstance(base, ast.Name) else ""


def _arguments(function: ast.FunctionDef | ast.AsyncFunctionDef) -> tuple[Argument, ...]:
    """A method's arguments after self."""
    spec = function.args
    plain = [*spec.posonlyargs, *spec.args]
    defaults: list[ast.expr | None] = [None] * (len(plain) - len(spec.defaults))
    pairs = [*zip(plain, [*defaults, *spec.defaults], strict=True)][1:]
    pairs += zip(spec.kwonlyargs, spec.kw_defaults, strict=True)
    return tuple(Argument(arg.arg, ast.unparse(value) if value else "") for arg, value in pairs)
