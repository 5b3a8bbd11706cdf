"""The document: what ``project.json`` says, as frozen models."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, Self

from pydantic import Field, SerializeAsAny, StrictBool, ValidationError, model_serializer, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from workbench.graph.frozen import Frozen
from workbench.graph.names import why_not
from workbench.graph.search import SearchSection
from workbench.graph.training import TrainingSection
from workbench.layers import CATALOGUE, Layer

FORMAT = 1

Task = Literal["classification", "regression"]


class Split(Frozen):
    """How samples are shared out; what is neither validation nor test trains."""

    validation: float = Field(default=0.15, gt=0, lt=1, description="Share that tells when to stop.")
    test: float = Field(default=0.15, ge=0, lt=1, description="Share that is never seen before evaluation.")
    seed: int = Field(default=0, ge=0, le=2**31 - 1, description="Another seed is another split.")
    stratify: bool = Field(default=True, description="Keep the classes' shares alike in every split.")

    @model_validator(mode="after")
    def _leaves_some(self) -> Self:
        if self.validation + self.test >= 1:
            raise ValueError("validation and test together leave no samples to train on")
        return self


class Text(Frozen):
    """The column of a table that is read as text, and how its words become ids."""

    column: str = Field(description="The column to read.")
    max_words: int = Field(
        default=20_000,
        ge=1,
        le=1_000_000,
        description="Words that are known at most: the most frequent of the training samples.",
    )
    min_count: int = Field(
        default=2,
        ge=1,
        le=1_000,
        description="Times that a word must stand in the training samples to be known; others are <unk>.",
    )
    length: int | None = Field(
        default=None,
        ge=1,
        le=10_000,
        description="Words of a text that are read, its first ones; empty for all of the longest training "
        "text, 200 at most.",
    )


class DataSection(Frozen):
    """Where the data come from and how they are split."""

    format: str = Field(description="Name of the data format: csv, arrays, idx, images or sklearn.")
    path: str = Field(description="File or folder, relative to the project folder or absolute.")
    target: str | None = Field(default=None, description="The column to predict, for tables.")
    task: Task | None = Field(default=None, description="Worked out from the target when left empty.")
    text: Text | None = Field(default=None, description="The text to learn from, for tables.")
    split: Split = Split()


class Node(Frozen):
    """A layer in its place: ``{"id", "type", "params", "inputs"}``; without inputs it reads the one above."""

    id: str
    layer: SerializeAsAny[Layer]
    inputs: tuple[str, ...] | None = None
    block: str = ""
    """The block that it belongs to, as a path from the outermost: ``stage1/res2``; empty for none."""
    bypass: StrictBool = False
    """Muted: what reads it gets what it reads."""

    @property
    def type(self) -> str:
        """The layer's type, as the catalogue has it."""
        return type(self.layer).__name__

    @property
    def path(self) -> tuple[str, ...]:
        """The ids of the blocks that it belongs to, outermost first."""
        return tuple(self.block.split("/")) if self.block else ()

    @model_validator(mode="before")
    @classmethod
    def _from_json(cls, raw: Any) -> Any:
        if not isinstance(raw, dict) or isinstance(raw.get("layer"), Layer):
            return raw
        rest = dict(raw)
        kind, params = rest.pop("type", None), rest.pop("params", {})
        found = CATALOGUE.get(kind) if isinstance(kind, str) else None
        if kind is None:
            raise _error("type", "missing", "this key is missing", kind)
        if found is None:
            message = "no layer type is called {name}. 'workbench layers' lists them."
            raise _error("type", "unknown_layer", message, kind)
        if "layer" in rest:
            raise _error("layer", "extra_forbidden", "this key is not known", rest["layer"])
        try:
            return {**rest, "layer": found.model_validate(params)}
        except ValidationError as error:
            if "params" not in raw:
                needed = ", ".join(str(line["loc"][0]) for line in error.errors())
                raise _error("params", "no_params", "this key is missing; it needs {name}", needed) from None
            raise _nested("params", error) from None

    @model_validator(mode="after")
    def _named_well(self) -> Self:
        fault = why_not(self.id)
        if fault:
            raise _error("id", "layer_id", fault, self.id)
        if self.bypass and self.layer.arity == (0, 0):
            raise _error(
                "bypass", "entrance", "{name} is where samples enter, so it can't be bypassed", self.id
            )
        return self

    @model_serializer
    def _to_json(self) -> dict[str, Any]:
        row: dict[str, Any] = {"id": self.id, "type": self.type}
        params = self.layer.model_dump(mode="json", exclude_defaults=True)
        if params:
            row["params"] = params
        if self.inputs is not None:
            row["inputs"] = list(self.inputs)
        if self.block:
            row["block"] = self.block
        if self.bypass:
            row["bypass"] = True
        return row


class Block(Frozen):
    """Layers that belong together. Blocks of one name are copies: an edit of one is made in all."""

    id: str
    """What `Node.block` calls it; no layer and no other block is called so."""
    name: str = Field(min_length=1, max_length=60)
    """What people call it: "Residual"."""

    @model_validator(mode="after")
    def _named_well(self) -> Self:
        fault = why_not(self.id)
        if fault:
            raise _error("id", "block_id", fault, self.id)
        if not self.name.strip():
            raise _error("name", "block_name", "a name of spaces only can't be read", self.name)
        return self


class Graph(Frozen):
    """The document's section ``model``: the stack, in order. A layer reads only layers above it.

    Layers with a common start of their `Node.block` lie together and are a block.
    """

    layers: tuple[Node, ...] = ()
    blocks: tuple[Block, ...] = ()
    """Every block that a part of a `Node.block` names."""

    @model_validator(mode="after")
    def _refers_upwards(self) -> Self:
        seen: set[str] = set()
        for index, node in enumerate(self.layers):
            if node.id in seen:
                message = "the id {name} stands twice. Give one of the two layers another."
                raise _error(("layers", index, "id"), "duplicate_id", message, node.id)
            for name in node.inputs or ():
                if name not in seen:
                    message = "there is no layer {name} above this one to read from."
                    raise _error(("layers", index, "inputs"), "unknown_input", message, name)
            seen.add(node.id)
        if self.blocks or any(node.block for node in self.layers):
            self._has_its_blocks(seen)
        return self

    def _has_its_blocks(self, taken: set[str]) -> None:
        """Raise ValidationError unless every block is known, has an id of its own, and is in one piece."""
        for index, block in enumerate(self.blocks):
            if block.id in taken:
                message = "the id {name} stands twice. Give one of the two another."
                raise _error(("blocks", index, "id"), "duplicate_id", message, block.id)
            taken.add(block.id)
        known = {block.id for block in self.blocks}
        homes: dict[str, tuple[str, ...]] = {}
        open_: tuple[str, ...] = ()
        for index, node in enumerate(self.layers):
            path = node.path
            if path == open_:
                continue
            for depth, part in enumerate(path):
                if part not in known:
                    message = "there is no block {name} in blocks."
                    raise _error(("layers", index, "block"), "unknown_block", message, part)
                if part not in open_ and part in homes:
                    message = "the layers of block {name} don't lie together."
                    raise _error(("layers", index, "block"), "torn_block", message, part)
                if homes.setdefault(part, path[:depth]) != path[:depth]:
                    message = "block {name} stands in two places."
                    raise _error(("layers", index, "block"), "torn_block", message, part)
            open_ = path
        for index, block in enumerate(self.blocks):
            if block.id not in homes:
                message = "there is no layer in block {name}."
                raise _error(("blocks", index), "empty_block", message, block.id)

    def __iter__(self) -> Iterator[Node]:  # type: ignore[override]
        return iter(self.layers)

    def __len__(self) -> int:
        return len(self.layers)

    def index(self, layer_id: str) -> int:
        """Return the row of a layer. Raises KeyError for an id that isn't in the stack."""
        for row, node in enumerate(self.layers):
            if node.id == layer_id:
                return row
        raise KeyError(layer_id)

    def inputs_of(self, row: int) -> tuple[str, ...]:
        """Return the ids that the layer in this row reads."""
        node = self.layers[row]
        if node.inputs is not None:
            return node.inputs
        if row == 0 or node.layer.arity == (0, 0):
            return ()
        return (self.layers[row - 1].id,)

    def sources(self) -> list[tuple[str, ...]]:
        """Return for every row the ids that it reads: `inputs_of`, of all rows at once."""
        return [self.inputs_of(row) for row in range(len(self.layers))]

    @model_serializer
    def _to_json(self) -> dict[str, Any]:
        raw: dict[str, Any] = {"layers": [node.model_dump(mode="json") for node in self.layers]}
        if self.blocks:
            raw["blocks"] = [block.model_dump(mode="json") for block in self.blocks]
        return raw


class Project(Frozen):
    """All that a person decides; nothing of the run time."""

    format: int = FORMAT
    name: str = Field(default="Untitled", min_length=1, max_length=200)
    data: DataSection | None = None
    model: Graph = Graph()
    training: TrainingSection = TrainingSection()
    search: SearchSection | None = None
    """How good settings are searched for; None until somebody does, and then not in the file."""


def _error(loc: str | tuple[str | int, ...], kind: str, message: str, name: object) -> ValidationError:
    path = (loc,) if isinstance(loc, str) else loc
    fault = PydanticCustomError(kind, message, {"name": repr(name)})
    return ValidationError.from_exception_data(
        "project", [InitErrorDetails(type=fault, loc=path, input=name)]
    )


def _nested(key: str, error: ValidationError) -> ValidationError:
    """The same faults one step further down, with their types and what those say of the bounds."""
    lines = [
        InitErrorDetails(
            type=PydanticCustomError(
                line["type"],
                "{said}",
                {**line.get("ctx", {}), "said": line["msg"]},
            ),
            loc=(key, *line["loc"]),
            input=line["input"],
        )
        for line in error.errors()
    ]
    return ValidationError.from_exception_data("project", lines)
