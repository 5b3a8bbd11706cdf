import base64
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from workbench.interpret.report.page import Section, page


class Reader(HTMLParser):
    """What a browser would make of it."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.words, self.images = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        if tag == "img":
            self.images.append(dict(attrs)["src"])

    def handle_data(self, data):
        self.words.append(data)


def test_all_of_it_is_there():
    svg, png = b"<svg/>", b"\x89PNG rest"
    text = page("Digits", "run 0001", [
        Section("Stack", "A note.", svg, [("seed", "3")]), Section("Maps", picture=png, text="a\n b"),
    ])  # fmt: skip
    read = Reader(text)
    assert read.tags.count("section") == 2
    assert [source.partition(",")[0] for source in read.images] == [
        "data:image/svg+xml;base64",
        "data:image/png;base64",
    ]
    assert base64.b64decode(read.images[0].partition(",")[2]) == svg
    assert {"Digits", "run 0001", "A note.", "seed", "3", "a\n b"} <= set(read.words)


@given(st.text(), st.text(), st.text())
def test_nothing_that_is_said_becomes_markup(title, note, value):
    plain = Reader(page("t", "s", [Section("x", "y", rows=[("z", "w")])])).tags
    found = page(title, note, [Section(title or "x", note or "y", rows=[(title, value)])])
    assert Reader(found).tags == plain
    assert "http" not in page("t", "s", [Section("x")])
