"""Layers that read whole-number ids, told apart from those that read decimal numbers."""

from __future__ import annotations

from workbench.layers.base import Fix, Layer, Misfit, TensorSpec


def wants_ids(layer: Layer, spec: TensorSpec) -> Misfit | None:
    """A layer of ids that gets decimal numbers, such as a table's column: a Cast makes them ids."""
    if spec.dtype == "int64":
        return None
    name = layer.type()
    fixes = [Fix(f"Remove {name}", "remove")]
    hint = "Remove it, or make the input whole numbers."
    if not layer.ranks or len(spec.shape) in layer.ranks:
        fixes.insert(0, Fix("Insert Cast", "insert_before", "Cast", (("dtype", "int64"),)))
        hint = "Put a Cast before it."
    return Misfit(f"{name} reads whole-number ids, but gets decimal numbers ({spec}). {hint}", tuple(fixes))


def within(layer: Layer, name: str, count: str) -> Misfit | None:
    """An id among the params ``name`` that must lie below the param ``count``, but doesn't."""
    chosen, most = getattr(layer, name), getattr(layer, count)
    if chosen is None or chosen < most:
        return None
    return Misfit(
        f"{name} {chosen} is not one of the {most} ids, which are 0 to {most - 1}.",
        (
            Fix(f"Leave {name} empty", "set", params=((name, None),)),
            Fix(f"Set {count} to {chosen + 1}", "set", params=((count, chosen + 1),)),
        ),
    )
