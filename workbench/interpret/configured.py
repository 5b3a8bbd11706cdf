"""A method with other params than its own."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import ValidationError

from workbench.errors import UserError
from workbench.graph.file import explain
from workbench.graph.overrides import readings
from workbench.interpret.method import Method
from workbench.interpret.registry import METHODS


def configured(name: str, assignments: Iterable[str]) -> Method:
    """Return a method with params changed by assignments such as ``n_steps=100``; values are JSON or text.

    Raises `UserError` naming the params that there are, or what is wrong with a value.
    """
    method = METHODS[name]
    for assignment in assignments:
        key, equals, text = assignment.partition("=")
        key = key.strip()
        if not equals or key not in type(method).model_fields:
            known = ", ".join(type(method).model_fields)
            raise UserError(
                f"{name} has no param {key!r}." if equals else f"{assignment!r} sets nothing.",
                place="--set",
                remedy=f"Its params are {known}." if known else "It has none.",
            )
        method = _changed(method, key, text.strip())
    return method


def _changed(method: Method, key: str, text: str) -> Method:
    problem: ValidationError | None = None
    for value in readings(text):
        try:
            return type(method).model_validate({**method.model_dump(), key: value})
        except ValidationError as error:
            problem = problem or error
    assert problem
    raise UserError(explain(problem), place=f"--set {key}={text}", remedy="Nothing was written.")
