"""The picture is read back as XML: what is written, where, and in which colours."""

import itertools
from xml.etree import ElementTree

import pytest
from effort import lines_run
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.build.check import check
from workbench.build.picture import DARK, LIGHT, Look, svg
from workbench.build.picture.words import elided, width, xml
from workbench.graph import Graph

NS = "{http://www.w3.org/2000/svg}"


def graph(**changes) -> Graph:
    """An Input, two copies of a residual block in a stage, a head."""
    rows = [
        {"id": "image", "type": "Input", "params": {"shape": [3, 8, 8]}},
        {"id": "conv0", "type": "Conv2d", "params": {"out_channels": 4, "padding": 1}},
        *(
            {**row, "block": f"stage/res{n}"}
            for n, above in ((1, "conv0"), (2, "add1"))
            for row in (
                {"id": f"conv{n}", "type": "Conv2d", "params": {"out_channels": 4, "padding": 1}},
                {"id": f"relu{n}", "type": "ReLU"},
                {"id": f"add{n}", "type": "Add", "inputs": [f"relu{n}", above]},
            )
        ),
        {"id": "flat", "type": "Flatten"},
        {"id": "fc", "type": "Linear", "params": {"out_features": 10}},
    ]
    rows = [row | changes.get(row["id"], {}) for row in rows]
    blocks = [
        {"id": "stage", "name": "Stage"},
        {"id": "res1", "name": "Residual"},
        {"id": "res2", "name": "Residual"},
    ]
    return Graph.model_validate({"layers": rows, "blocks": blocks})


def drawn(of: Graph, **options) -> ElementTree.Element:
    return ElementTree.fromstring(svg(of, check(of), **options))


def texts(picture: ElementTree.Element) -> list[tuple[float, float, str]]:
    return [(float(t.get("x")), float(t.get("y")), t.text or "") for t in picture.iter(f"{NS}text")]


def line(picture: ElementTree.Element, layer_id: str) -> list[str]:
    """What stands on a layer's line, from left to right."""
    found = texts(picture)
    y = next(y for _, y, text in found if text == layer_id)
    return [text for _, other, text in sorted(found) if abs(other - y) < 3]


def test_a_row_a_layer():
    picture = drawn(graph(), title="My net")
    assert picture.find(f"{NS}title").text == "My net"
    assert line(picture, "image") == ["Input", "image", "3×8×8", "3×8×8"]
    assert line(picture, "conv0") == ["Conv2d", "conv0", "4 · 3×3", "4×8×8", "112"]
    assert line(picture, "add2") == ["Add", "add2", "relu2 + add1", "4×8×8"]
    assert line(picture, "fc") == ["Linear", "fc", "10", "10", "2,570"]
    order = [
        text for _, _, text in sorted(texts(picture), key=lambda t: t[1]) if text in {n.id for n in graph()}
    ]
    assert order == [node.id for node in graph()]
    totals = picture.find(f"{NS}desc").text
    report = check(graph())
    assert totals.startswith(f"10 layers · {report.params:,} parameters · ")
    assert totals in [text for _, _, text in texts(picture)]


def test_blocks_are_bands_around_their_rows():
    picture = drawn(graph())
    bands = [
        (float(r.get("y")), float(r.get("y")) + float(r.get("height")), float(r.get("x")))
        for r in picture.iter(f"{NS}rect")
        if r.get("rx")
    ]
    assert len(bands) == 3
    heights = {text: y for _, y, text in texts(picture)}
    (stage, first, second) = bands
    assert stage[0] < first[0] < heights["conv1"] < heights["add1"] < first[1] < second[0]
    assert second[0] < heights["conv2"] < heights["add2"] < second[1] < stage[1] < heights["flat"]
    assert heights["conv0"] < stage[0]
    assert stage[2] < first[2]
    assert line(picture, "res1") == ["Residual", "res1", "148"]
    assert line(picture, "stage") == ["Stage", "stage", "296"]


def test_collapsed_blocks_are_one_row():
    picture = drawn(graph(), collapsed={"stage"})
    assert line(picture, "stage") == ["Stage", "stage", "6 layers", "4×8×8", "296"]
    shown = {text for _, _, text in texts(picture)}
    assert not shown & {"conv1", "res1", "add2"}
    picture = drawn(graph(), collapsed={"res1", "res2"})
    assert line(picture, "res1") == ["Residual ×2", "res1", "6 layers", "4×8×8", "296"]


def test_bypassed_layers_are_hollow():
    picture = drawn(graph(relu1={"bypass": True}), look=LIGHT)
    assert line(picture, "relu1")[2] == "bypassed"
    hollow = [c for c in picture.iter(f"{NS}circle") if c.get("stroke") == LIGHT.activation]
    assert [c.get("fill") for c in hollow] == [LIGHT.window]


def test_faults_are_told():
    picture = drawn(graph(conv1={"params": {"out_channels": 4, "kernel_size": [30, 30]}}))
    assert line(picture, "conv1")[3] == "doesn't fit"
    assert line(picture, "relu1")[2] == "–"
    assert picture.find(f"{NS}desc").text.endswith("1 problem")
    assert [c.get("fill") for c in picture.iter(f"{NS}circle")].count(LIGHT.problem) == 1


def test_an_empty_stack():
    picture = drawn(Graph())
    assert picture.find(f"{NS}desc").text == "0 layers · 0 parameters · 1 problem"


@pytest.mark.parametrize("look", [LIGHT, DARK, Look(window="#123456", core="teal")])
def test_wears_a_look(look: Look):
    picture = drawn(graph(), look=look)
    assert picture.find(f"{NS}rect").get("fill") == look.window
    assert look.core in {c.get("fill") for c in picture.iter(f"{NS}circle")}


def test_light_and_dark_are_readable():
    """Contrast by WCAG 2.2: 4.5 for text, 3 for marks."""
    for look in (LIGHT, DARK):
        for ink, least in ((look.text, 7), (look.muted, 4.5), (look.accent, 4.5), (look.problem, 4.5)):
            assert contrast(ink, look.window) >= least
        for group in ("core", "convolution", "pooling", "normalisation", "merge", "shape", "data", "signal"):
            assert contrast(getattr(look, group), look.window) >= 3, group


def contrast(one: str, other: str) -> float:
    def luminance(colour: str) -> float:
        shares = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@settings(max_examples=60, deadline=None)
@given(name=st.text(min_size=1, max_size=60), title=st.text(max_size=300))
def test_any_name_is_well_formed(name: str, title: str):
    made = graph()
    named = [
        block.model_copy(update={"name": name if block.id == "stage" else block.name})
        for block in made.blocks
    ]
    made = made.model_copy(update={"blocks": tuple(named)})
    for collapsed in (frozenset(), frozenset({"stage"})):
        document = svg(made, check(made), title=title, collapsed=collapsed)
        picture = ElementTree.fromstring(document.encode("utf-8"))
        wide, high = float(picture.get("width")), float(picture.get("height"))
        for x, y, _ in texts(picture):
            assert 0 <= x <= wide
            assert 0 <= y <= high


@given(st.text(), st.floats(0, 500))
def test_cut_text_fits(text: str, room: float):
    cut = elided(text, 12, room)
    assert (
        cut == text
        if width(text, 12) <= room
        else len(cut) <= len(text) and (width(cut, 12) <= room or cut == "…")
    )


def test_xml_holds_no_markup():
    assert xml('<b a="1">&\x00\n\ud800 </b>') == "&lt;b a=&quot;1&quot;&gt;&amp; &lt;/b&gt;"


def test_nothing_overlaps():
    """By the widths of the widest fonts that may stand in, no text reaches the next on its line."""
    picture = drawn(graph(conv0={"params": {"out_channels": 123456, "padding": 1}}), title="W" * 200)
    sizes = {text: float(g.get("font-size")) for g in picture.iter(f"{NS}g") for text in g.iter(f"{NS}text")}
    mono = {
        t for g in picture.iter(f"{NS}g") if "Mono" in g.get("font-family", "") for t in g.iter(f"{NS}text")
    }
    right = {t for g in picture.iter(f"{NS}g") if g.get("text-anchor") == "end" for t in g.iter(f"{NS}text")}
    spans = []
    for text, size in sizes.items():
        wide, x = width(text.text, size, mono=text in mono), float(text.get("x"))
        left = x - wide if text in right or text.get("text-anchor") == "end" else x
        spans.append((round(float(text.get("y")) / 4), left, left + wide))
    spans.sort()
    for (row, _, end), (below, start, _) in itertools.pairwise(spans):
        assert row != below or end < start
    assert max(end for _, _, end in spans) < float(picture.get("width"))


def test_ten_thousand_layers():
    def long(pairs: int) -> Graph:
        rows = [{"id": "x", "type": "Input", "params": {"shape": [4]}}]
        for n in range(pairs):
            rows.append({"id": f"fc{n}", "type": "Linear", "params": {"out_features": 4}})
            rows.append({"id": f"add{n}", "type": "Add", "inputs": [f"fc{n}", rows[-2]["id"]]})
        return Graph.model_validate({"layers": rows})

    stack = long(5000)
    assert svg(stack, check(stack)).count("<circle") == 10_001 + 3
    for pairs in (50, 500):
        stack = long(pairs)
        report = check(stack)
        spent = lines_run(lambda stack=stack, report=report: svg(stack, report))
        assert spent < 400 * len(stack), "336 lines a layer, in a long stack as in a short one"
