"""The stack for others to see: as a picture and as a table."""

import csv
import io
import sys
from xml.etree import ElementTree

import pytest
from commands import contents, workbench
from PIL import Image

from workbench.graph import Graph, Project
from workbench.graph.file import save


@pytest.fixture
def blocks(tmp_path):
    """A project with a block, and no data."""
    graph = Graph.model_validate({
        "layers": [
            {"id": "x", "type": "Input", "params": {"shape": [4]}},
            {"id": "fc1", "type": "Linear", "params": {"out_features": 8}, "block": "body"},
            {"id": "relu1", "type": "ReLU", "block": "body"},
            {"id": "fc2", "type": "Linear", "params": {"out_features": 3}},
        ],
        "blocks": [{"id": "body", "name": "Hidden <layer>"}],
    })  # fmt: skip
    save(Project(name="Small & plain", model=graph), tmp_path / "small")
    return tmp_path / "small"


def words(file) -> set[str]:
    return {"".join(text.itertext()) for text in ElementTree.parse(file).iter() if text.tag.endswith("}text")}


def test_svg(blocks, tmp_path):
    found = workbench("picture", blocks, "-o", tmp_path / "new" / "net.svg")
    assert found.status == 0
    assert f"Written to {tmp_path}/new/net.svg" in found.out
    assert {
        "Small & plain",
        "Hidden <layer>",
        "fc1",
        "4 layers · 67 parameters · 112 FLOPs per sample",
    } <= words(tmp_path / "new" / "net.svg")


def test_dark_and_collapsed(blocks, tmp_path):
    file = tmp_path / "net.svg"
    for wanted in ("body", "all"):
        found = workbench("picture", blocks, "-o", file, "--dark", "--collapse", wanted, "--json")
        assert found.json == {"path": str(file), "layers": 4, "bytes": file.stat().st_size}
        assert "2 layers" in words(file)
        assert "fc1" not in words(file)
        assert "#15171c" in file.read_text(encoding="utf-8")


def test_png(blocks, tmp_path, qapp):
    assert workbench("picture", blocks, "-o", tmp_path / "net.PNG").status == 0
    with Image.open(tmp_path / "net.PNG") as made:
        assert made.format == "PNG"
        assert made.width > 800


def test_png_without_qt(blocks, tmp_path, monkeypatch):
    monkeypatch.delitem(sys.modules, "workbench.ui.rasterise", raising=False)
    monkeypatch.setitem(sys.modules, "PySide6.QtSvg", None)
    found = workbench("picture", blocks, "-o", tmp_path / "net.png")
    assert found.status == 1
    assert "Write .svg, which needs no Qt" in found.error
    assert not (tmp_path / "net.png").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("picture", "-o", "net.pdf"), "Let it end in .svg or .png."),
        (("picture", "-o", "small/runs/net.svg"), "part of the project itself"),
        (("picture", "-o", "net.svg", "--collapse", "nose"), "There are body."),
        (("summary", "-o", "table.md", "--format", "csv"), "Let it end in .csv."),
        (("summary", "-o", "small/project.json"), "Let it end in .txt."),
    ],
)
def test_refusals(blocks, monkeypatch, words, said):
    monkeypatch.chdir(blocks.parent)
    before = contents(blocks)
    found = workbench(words[0], blocks, *words[1:])
    assert found.status == (2 if said.startswith("Let it end") else 1)
    assert said in found.error
    assert contents(blocks) == before


def test_a_picture_of_nothing_is_bad_usage(blocks):
    assert workbench("picture", blocks).status == 2
    assert workbench("summary", blocks, "--format", "html").status == 2


def test_summary(blocks):
    found = workbench("summary", blocks)
    assert found.status == 0
    lines = found.out.splitlines()
    assert lines[0].split() == ["id", "type", "settings", "input", "output", "params", "FLOPs", "share"]
    assert lines[3].split() == ["body", "Hidden", "<layer>", "4", "8", "40", "64", "59.7%"]
    assert lines[4].split() == ["fc1", "Linear", "8", "4", "8", "40", "64", "59.7%"]
    assert "112 (56 multiply-adds)" in found.out


def test_summary_to_files(blocks, tmp_path):
    assert workbench("summary", blocks, "-o", tmp_path / "t.csv").status == 0
    rows = list(csv.DictReader(io.StringIO((tmp_path / "t.csv").read_text(encoding="utf-8"))))
    assert [row["params"] for row in rows] == ["0", "40", "0", "27"]
    assert workbench("summary", blocks, "-o", tmp_path / "t.md").status == 0
    assert "**Hidden &lt;layer&gt;**" in (tmp_path / "t.md").read_text(encoding="utf-8")
    assert workbench("summary", blocks, "-o", tmp_path / "t.txt").status == 0
    assert (tmp_path / "t.txt").read_text(encoding="utf-8") == workbench("summary", blocks).out
    assert workbench("summary", blocks, "--format", "csv").out == (tmp_path / "t.csv").read_text(
        encoding="utf-8"
    )


def test_summary_as_json(blocks):
    found = workbench("summary", blocks, "--json").json
    assert (found["params"], found["trainable"], found["flops"], found["mult_adds"]) == (67, 67, 112, 56)
    assert (found["params_bytes"], found["forward_bytes"]) == (268, 4 * (4 + 8 + 8 + 3))
    assert [row["id"] for row in found["rows"]] == ["x", "body", "fc1", "relu1", "fc2"]
    assert found["rows"][2]["inputs"] == [[4]]
    assert found["rows"][2]["output"] == [8]
