"""Small stacks written as lines, for tests of edits."""

from workbench.graph import Graph

PARAMS = {"Input": {"shape": [4]}}


def stack(*rows: str, **names: str) -> Graph:
    """A stack from lines such as "b Linear" or "res1/c Add a b": blocks and id, type, inputs.

    ``names`` says what blocks are called; a block that isn't among them is called as its id.
    """
    made, blocks = [], {}
    for line in rows:
        where, kind, *inputs = line.split()
        *path, name = where.split("/")
        row = {"id": name, "type": kind}
        if kind in PARAMS:
            row["params"] = PARAMS[kind]
        if inputs:
            row["inputs"] = inputs
        if path:
            row["block"] = "/".join(path)
        blocks.update({part: names.get(part, part) for part in path})
        made.append(row)
    listed = [{"id": block, "name": name} for block, name in blocks.items()]
    return Graph.model_validate({"layers": made, "blocks": listed})


def written(graph: Graph) -> list[str]:
    """The lines that `stack` reads."""
    return [" ".join(["/".join([*node.path, node.id]), node.type, *(node.inputs or ())]) for node in graph]


def called(graph: Graph) -> dict[str, str]:
    """Block id → name."""
    return {block.id: block.name for block in graph.blocks}
