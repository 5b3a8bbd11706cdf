"""Hypothesis strategies for the document: layers with any params, stacks with any links, whole projects."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from workbench.graph import DataSection, Graph, Node, Project, Split, TrainingSection
from workbench.graph.names import why_not
from workbench.graph.project import Text
from workbench.layers import CATALOGUE, Layer
from workbench.layers.params import Param, params_of

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
IDS = st.from_regex(r"[A-Za-z][A-Za-z0-9_]{0,12}", fullmatch=True).filter(lambda name: not why_not(name))


def values(param: Param) -> st.SearchStrategy[Any]:
    """Values that a param takes."""
    low, high = param.minimum, param.maximum
    number: dict[str, st.SearchStrategy[Any]] = {
        "int": st.integers(int(low or 0), int(high or 9)),
        "float": st.floats(low, high, allow_nan=False),
        "bool": st.booleans(),
        "text": TEXT,
        "choice": st.sampled_from(param.choices or ("",)),
        "names": st.lists(TEXT, max_size=3).map(tuple),
    }
    if param.kind == "section":
        return st.one_of(*(models(section) for section in param.sections))
    if param.kind != "size":
        return st.none() | number[param.kind] if param.optional else number[param.kind]
    side = number["int"]
    fewest = 1 if param.open else param.most
    kinds = [st.lists(side, min_size=fewest, max_size=param.most).map(tuple)] if param.most > 1 else []
    kinds += [] if param.open else [side]
    kinds += [number["choice"]] if param.choices else []
    return st.one_of(*kinds, *([st.none()] if param.optional else []))


def models(model: type[BaseModel]) -> st.SearchStrategy[Any]:
    """Instances of a model, with some of its params set and the others left at their defaults."""
    required = {p.name: values(p) for p in params_of(model) if p.required}
    optional = {p.name: values(p) for p in params_of(model) if not p.required and p.kind != "section"}
    optional.update({p.name: values(p) for p in params_of(model) if p.sections})
    raw = st.fixed_dictionaries(required, optional=optional)
    return raw.map(lambda found: _made(model, found)).filter(lambda made: made is not None)


def _made(model: type[BaseModel], raw: dict[str, Any]) -> BaseModel | None:
    try:
        return model.model_validate(raw)
    except ValidationError:  # an exclusive bound was hit, or two params don't go together
        return None


@st.composite
def layers(draw: st.DrawFn) -> Layer:
    """Any layer, with any params."""
    return draw(models(draw(st.sampled_from(list(CATALOGUE.values())))))


@st.composite
def graphs(draw: st.DrawFn, max_size: int = 12, made: st.SearchStrategy[Layer] | None = None) -> Graph:
    """Any stack: links to layers above at will, whether or not the shapes go together."""
    ids = draw(st.lists(IDS, max_size=max_size, unique=True))
    nodes = []
    for row, name in enumerate(ids):
        inputs = st.none()
        if row:
            inputs |= st.lists(st.sampled_from(ids[:row]), max_size=3).map(tuple)
        nodes.append(Node(id=name, layer=draw(layers() if made is None else made), inputs=draw(inputs)))
    return Graph(layers=tuple(nodes))


@st.composite
def projects(draw: st.DrawFn, max_size: int = 6) -> Project:
    """Any project."""
    data = st.none() | st.builds(
        DataSection,
        format=TEXT,
        path=TEXT,
        target=st.none() | TEXT,
        task=st.sampled_from([None, "classification", "regression"]),
        text=st.none() | models(Text),
        split=models(Split),
    )
    return Project(
        name=draw(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)),
        data=draw(data),
        model=draw(graphs(max_size)),
        training=draw(models(TrainingSection)),
    )
