"""What can be started from, and what a stack is made of: samples, architectures, layer types."""

from __future__ import annotations

from workbench.cli_options import Json
from workbench.cli_output import emit, layer_facts, table, template_facts


def layers(as_json: Json = False) -> None:
    """List the layer types and their params."""
    from workbench.layers import CATALOGUE
    from workbench.layers.params import params_of

    if as_json:
        emit({"layers": [layer_facts(name, item) for name, item in CATALOGUE.items()]})
        return
    rows = [
        (name, item.group, ", ".join(param.name for param in params_of(item)), item.help())
        for name, item in CATALOGUE.items()
    ]
    table(("type", "group", "params", "help"), rows)


def templates(as_json: Json = False) -> None:
    """List the architectures that a stack can start from."""
    from workbench.templates.registry import TEMPLATES

    if as_json:
        emit({"templates": [template_facts(item) for item in TEMPLATES.values()]})
        return
    rows = [
        (name, item.title, ", ".join(item.takes), item.answers, item.help())
        for name, item in TEMPLATES.items()
    ]
    table(("name", "title", "takes", "answers", "help"), rows)


def samples(as_json: Json = False) -> None:
    """List the sample projects that ship.

    Make one your own with 'workbench new DIR --sample NAME'.
    """
    from workbench.data.samples import SAMPLES

    if as_json:
        facts = [{"name": s.name, "title": s.title, "description": s.description} for s in SAMPLES]
        emit({"samples": facts})
        return
    table(("name", "title", "description"), [(s.name, s.title, s.description) for s in SAMPLES])
