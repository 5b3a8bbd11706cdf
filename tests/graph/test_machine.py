"""Any edits in any order: the document stays sound, and undoing all gives the first one to the byte."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from strategies import layers, projects

from workbench.errors import UserError
from workbench.graph import Document, Graph, clipboard, edit, file, grouping
from workbench.graph.bypass import live, set_bypass
from workbench.graph.copies import spread
from workbench.graph.fragment import place, take
from workbench.graph.lanes import lanes
from workbench.graph.pattern import rows_of

NUMBER = st.integers(0, 10_000)


class Edits(RuleBasedStateMachine):
    """What the window does with a document, without the window."""

    @initialize(project=projects(max_size=5))
    def start(self, project):
        self.document = Document(project)
        self.first = file.dump(project)
        self.carried = ""

    @property
    def graph(self) -> Graph:
        return self.document.project.model

    def change(self, edit_: Callable[[Graph], Graph], key: str | None = None) -> None:
        before = self.document.project
        try:
            graph = spread(self.graph, edit_(self.graph))
        except UserError:
            return
        self.document.apply("Edit", before.model_copy(update={"model": graph}), key)

    def pick(self, number: int, length: int = 1) -> list[str]:
        ids = [node.id for node in self.graph]
        start = number % len(ids)
        return ids[start : start + length]

    def block(self, number: int) -> str:
        return self.graph.blocks[number % len(self.graph.blocks)].id

    @rule(layer=layers(), at=NUMBER)
    def insert(self, layer, at):
        self.change(lambda graph: edit.insert(graph, at % (len(graph) + 1), layer)[0])

    @precondition(lambda self: len(self.graph))
    @rule(at=NUMBER, length=st.integers(1, 4))
    def remove(self, at, length):
        self.change(lambda graph: edit.remove(graph, self.pick(at, length)))

    @precondition(lambda self: len(self.graph))
    @rule(at=NUMBER, length=st.integers(1, 3), to=NUMBER)
    def move(self, at, length, to):
        self.change(lambda graph: edit.move(graph, self.pick(at, length), to % (len(graph) + 1)))

    @precondition(lambda self: len(self.graph))
    @rule(at=NUMBER, reads=st.lists(NUMBER, max_size=3))
    def link(self, at, reads):
        inputs = tuple(self.pick(number)[0] for number in reads) or None
        self.change(lambda graph: edit.set_inputs(graph, self.pick(at)[0], inputs))

    @precondition(lambda self: len(self.graph))
    @rule(at=NUMBER, layer=layers())
    def set_params(self, at, layer):
        params = layer.model_dump()
        self.change(lambda graph: edit.set_params(graph, self.pick(at), params), f"set{at}")

    @precondition(lambda self: len(self.graph))
    @rule(at=NUMBER, name=st.from_regex(r"[a-d][0-9]?", fullmatch=True))
    def rename(self, at, name):
        self.change(lambda graph: edit.rename(graph, self.pick(at)[0], name))

    @precondition(lambda self: len(self.graph))
    @rule(at=NUMBER, length=st.integers(1, 3), on=st.booleans())
    def bypass(self, at, length, on):
        self.change(lambda graph: set_bypass(graph, self.pick(at, length), on))

    @precondition(lambda self: len(self.graph))
    @rule(at=NUMBER, length=st.integers(1, 4), name=st.sampled_from(["Res", "Stage", "Dense 64"]))
    def group(self, at, length, name):
        self.change(lambda graph: grouping.group(graph, self.pick(at, length), name)[0])

    @precondition(lambda self: self.graph.blocks)
    @rule(at=NUMBER)
    def ungroup(self, at):
        self.change(lambda graph: grouping.ungroup(graph, self.block(at)))

    @precondition(lambda self: self.graph.blocks and len(self.graph) < 60)
    @rule(at=NUMBER, times=st.integers(0, 4))
    def repeat(self, at, times):
        self.change(lambda graph: grouping.repeat(graph, self.block(at), times))

    @precondition(lambda self: self.graph.blocks)
    @rule(at=NUMBER, name=st.sampled_from(["Res", "Other", "  "]), copies=st.booleans())
    def name(self, at, name, copies):
        self.change(lambda graph: grouping.named(graph, self.block(at), name, copies=copies))

    @precondition(lambda self: len(self.graph))
    @rule(at=NUMBER, length=st.integers(1, 5), block=st.booleans())
    def copy(self, at, length, block):
        ids = [self.block(at)] if block and self.graph.blocks else self.pick(at, length)
        self.carried = clipboard.written(take(self.graph, ids))

    @precondition(lambda self: self.carried and len(self.graph) < 60)
    @rule(at=NUMBER)
    def paste(self, at):
        self.change(lambda graph: place(graph, at % (len(graph) + 1), clipboard.read(self.carried))[0])

    @rule()
    def undo(self):
        before = file.dump(self.document.project)
        if self.document.undo() is not None:
            after = file.dump(self.document.project)
            self.document.redo()
            assert file.dump(self.document.project) == before
            self.document.undo()
            assert file.dump(self.document.project) == after

    @rule()
    def redo(self):
        self.document.redo()

    @invariant()
    def file_reads_back(self):
        text = file.dump(self.document.project)
        assert file.parse(text) == self.document.project

    @invariant()
    def blocks_are_whole(self):
        for block in self.graph.blocks:
            rows = rows_of(self.graph, block.id)
            assert all(block.id in self.graph.layers[row].path for row in rows)

    @invariant()
    def it_can_be_drawn_and_run(self):
        assert len(lanes(self.graph)) == len(self.graph)
        assert not any(node.bypass for node in live(self.graph))

    def teardown(self):
        if not hasattr(self, "document"):
            return
        while self.document.undo() is not None:
            pass
        assert file.dump(self.document.project) == self.first


TestEdits = Edits.TestCase
TestEdits.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
