"""The space of a search: checked, and walked through by whoever picks the values."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from workbench.errors import UserError
from workbench.graph import Project
from workbench.graph.search import Choices, Range, Value
from workbench.search.settings import SECTIONS, Setting, apply_values, nearest, reachable, settings
from workbench.search.typed import parse

Pick = Callable[[str, Range], Value]


def settle(project: Project, space: Mapping[str, Range], pick: Pick) -> tuple[Project, dict[str, Value]]:
    """Return the project with a value picked for every setting of the space, and those values.

    Choices of a section (``optimizer``) come first: what the chosen one lacks is left out.
    Raises `UserError` for a value that can't be.
    """
    known = settings(project)
    chosen = {path: pick(path, space[path]) for path in space if path in known and _is_section(known[path])}
    project = apply_values(project, chosen)
    known = settings(project)
    rest = {path: pick(path, space[path]) for path in space if path in known and path not in chosen}
    return apply_values(project, rest), {**chosen, **rest}


def check(project: Project, space: Mapping[str, Range]) -> None:
    """Raise `UserError` unless every setting is there and takes the ends, or every choice, of its range."""
    if not space:
        raise UserError("there is nothing to search for.", remedy="Add a setting, such as optimizer.lr.")
    known = reachable(project, space)
    for path, values in space.items():
        if path not in known:
            raise UserError(
                f"nothing that can be searched for is called {path!r}.", remedy=nearest(path, known)
            )
        check_range(project, known[path], values)


def check_range(project: Project, setting: Setting, values: Range) -> None:
    """Raise `UserError` unless a setting takes both ends of a range, or every choice. Shapes go unchecked."""
    if setting.path not in settings(project):
        return  # of another optimiser: its own bounds are told when a trial picks it
    ends = values.values if isinstance(values, Choices) else (values.low, values.high)
    for value in ends:
        apply_values(project, {setting.path: value})


def parse_assignment(project: Project, text: str, space: Mapping[str, Range]) -> tuple[str, Range]:
    """Read ``optimizer.lr=1e-5..1e-1 log``: a path and a range. Raises `UserError`."""
    path, equals, rest = text.partition("=")
    path = path.strip().removeprefix("training.").removeprefix("model.")
    known = reachable(project, space)
    ends = [name for name in known if name.endswith(f".{path}") and name.partition(".")[0] in SECTIONS]
    path = ends[0] if path not in known and len(ends) == 1 else path
    if not equals or not rest.strip():
        raise UserError(
            f"{text!r} is no range of a setting.", remedy="Write it like optimizer.lr=1e-5..1e-1 log."
        )
    if path not in known:
        raise UserError(f"nothing that can be searched for is called {path!r}.", remedy=nearest(path, known))
    try:
        values = parse(rest, known[path].param)
    except UserError as error:
        raise UserError(error.what, place=path, remedy=error.remedy) from None
    check_range(project, known[path], values)
    return path, values


def _is_section(setting: Setting) -> bool:
    return setting.param.kind == "section"
