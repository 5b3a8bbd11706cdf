from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule
from strategies import projects

from workbench.graph import Document, Project, file
from workbench.graph.document import LIMIT


def named(name: str) -> Project:
    return Project(name=name)


def test_starts_saved_with_nothing_to_undo():
    document = Document(named("a"))
    assert document.saved
    assert (document.undo_label, document.redo_label) == (None, None)
    assert document.undo() is None
    assert document.redo() is None


def test_an_edit_is_undone_and_redone_by_name():
    document = Document(named("a"))
    assert document.apply("Rename", named("b"))
    assert (document.project.name, document.undo_label, document.saved) == ("b", "Rename", False)
    assert document.undo() == "Rename"
    assert (document.project.name, document.redo_label, document.saved) == ("a", "Rename", True)
    assert document.redo() == "Rename"
    assert document.project.name == "b"


def test_an_edit_that_changes_nothing_is_none():
    document = Document(named("a"))
    assert not document.apply("Rename", named("a"))
    assert document.undo_label is None


def test_a_new_edit_drops_what_was_undone():
    document = Document(named("a"))
    document.apply("1", named("b"))
    document.undo()
    document.apply("2", named("c"))
    assert document.redo() is None
    assert document.undo() == "2"


def test_edits_with_one_key_undo_as_one():
    document = Document(named("a"))
    for text in ("b", "bc", "bcd"):
        document.apply("Type", named(text), merge_key="name")
    document.apply("Type", named("e"), merge_key="other")
    assert document.undo() == "Type"
    assert document.project.name == "bcd"
    assert document.undo() == "Type"
    assert document.project.name == "a"
    assert document.undo() is None
    document.redo()
    assert document.project.name == "bcd"


def test_edits_without_a_key_stay_apart():
    document = Document(named("a"))
    document.apply("1", named("b"))
    document.apply("1", named("c"))
    document.undo()
    assert document.project.name == "b"


def test_an_edit_after_undo_does_not_merge_into_what_is_left():
    document = Document(named("a"))
    document.apply("1", named("b"), merge_key="k")
    document.apply("2", named("c"), merge_key="other")
    document.undo()
    document.apply("1", named("d"), merge_key="k")
    document.undo()
    assert document.project.name == "b"


def test_merged_edits_that_cancel_out_leave_no_step():
    document = Document(named("a"))
    document.apply("0", named("b"))
    document.apply("1", named("c"), merge_key="k")
    document.apply("1", named("b"), merge_key="k")
    assert document.undo() == "0"


def test_saved_means_the_file_holds_it():
    document = Document(named("a"))
    document.apply("1", named("b"))
    document.mark_saved(document.project)
    assert document.saved
    document.apply("2", named("c"))
    assert not document.saved
    document.undo()
    assert document.saved
    document.undo()
    assert not document.saved
    document.apply("3", named("b"))
    assert document.saved, "by value"


def test_history_is_bounded():
    document = Document(named("0"))
    for number in range(1, LIMIT + 11):
        document.apply("e", named(str(number)))
    steps = 0
    while document.undo():
        steps += 1
    assert steps == LIMIT
    assert document.project.name == "10"


class History(RuleBasedStateMachine):
    """A document against the simplest model: the list of all snapshots that undo should lead through."""

    made = Bundle("made")

    def __init__(self) -> None:
        super().__init__()
        self.first = Project()
        self.document = Document(self.first)
        self.past: list[tuple[Project, str | None]] = [(self.first, None)]  # each with its merge key
        self.future: list[tuple[Project, str | None]] = []
        self.file = self.first

    @rule(target=made, project=projects(3))
    def make(self, project: Project) -> Project:
        return project

    @rule(project=made, key=st.sampled_from([None, "a", "b"]))
    def apply(self, project: Project, key: str | None) -> None:
        now, last_key = self.past[-1]
        changed = self.document.apply("edit", project, key)
        assert changed == (project != now)
        if not changed:
            return
        if key is not None and key == last_key and len(self.past) > 1 and not self.future:
            self.past.pop()
            if self.past[-1][0] == project:
                return
        self.past.append((project, key))
        self.future.clear()

    @rule()
    def undo(self) -> None:
        assert (self.document.undo() is not None) == (len(self.past) > 1)
        if len(self.past) > 1:
            self.future.append(self.past.pop())

    @rule()
    def redo(self) -> None:
        assert (self.document.redo() is not None) == bool(self.future)
        if self.future:
            self.past.append(self.future.pop())

    @rule()
    def save(self) -> None:
        self.document.mark_saved(self.document.project)
        self.file = self.document.project

    @invariant()
    def agrees(self) -> None:
        assert self.document.project == self.past[-1][0]
        assert self.document.saved == (self.document.project == self.file)
        assert (self.document.undo_label is None) == (len(self.past) == 1)
        assert (self.document.redo_label is None) == (not self.future)

    def teardown(self) -> None:
        """Undo all: the first project, to the byte. Redo all: the last."""
        while self.document.redo():
            pass
        last = file.dump(self.document.project)
        while self.document.undo():
            pass
        assert file.dump(self.document.project) == file.dump(self.first)
        while self.document.redo():
            pass
        assert file.dump(self.document.project) == last


TestHistory = History.TestCase
TestHistory.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
