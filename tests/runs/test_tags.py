import pytest

from workbench.errors import UserError
from workbench.runs.tags import retagged, tags_in


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("", ()),
        ("good", ("good",)),
        ("good, bad  #worse;good", ("good", "bad", "worse")),
        (" , # ,", ()),
        ("größer 更好", ("größer", "更好")),
    ],
)
def test_tags_in_a_text(text, tags):
    assert tags_in(text) == tags


def test_a_tag_is_short():
    assert tags_in("x" * 40) == ("x" * 40,)
    with pytest.raises(UserError, match=r"has 41 letters.*at most 40"):
        tags_in("x" * 41)


def test_tags_are_added_at_the_end_and_taken_away():
    assert retagged(("a", "b"), ["c", "a"], ["b", "z"]) == ("a", "c")
