import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import projects

from workbench.errors import UserError
from workbench.graph import Graph, Project, file


def small() -> Project:
    rows = [{"id": "a", "type": "Input", "params": {"shape": [4]}}, {"id": "b", "type": "Linear"}]
    return Project(name="Größe 数", model=Graph.model_validate({"layers": rows}))


@given(projects())
def test_round_trip(project: Project):
    text = file.dump(project)
    assert file.parse(text) == project
    assert file.dump(file.parse(text)) == text
    assert text.encode().decode() == text


@given(projects())
def test_a_line_a_layer(project: Project):
    lines = file.dump(project).splitlines()
    rows = [line for line in lines if line.startswith('      {"id": ')]
    assert [json.loads(row.rstrip(","))["id"] for row in rows] == [node.id for node in project.model]


def test_reads_as_people_write_it():
    assert file.dump(small()) == (
        """{
  "format": 1,
  "name": "Größe 数",
  "data": null,
  "model": {
    "layers": [
      {"id": "a", "type": "Input", "params": {"shape": [4]}},
      {"id": "b", "type": "Linear"}
    ]
  },
  "training": {
    "epochs": 20,
    "batch_size": 32,
    "optimizer": {
      "name": "Adam",
      "lr": 0.001,
      "weight_decay": 0.0
    },
    "schedule": {
      "name": "constant"
    },
    "loss": "auto",
    "patience": 0,
    "clip_norm": 0.0,
    "seed": 0,
    "device": "auto"
  }
}
"""
    )


def test_a_name_that_looks_like_the_list_of_layers_changes_nothing():
    project = small().model_copy(update={"name": '"layers": []'})
    assert file.parse(file.dump(project)) == project


def layers(*rows: object) -> dict:
    return {"format": 1, "model": {"layers": list(rows)}}


INPUT = {"id": "a", "type": "Input", "params": {"shape": [4]}}
DEEP = "[" * 100_000
REFUSED = [
    # what the file holds, where the message puts it, and what it says
    ({"format": 1, "colour": 1}, "colour: ", "not known"),
    ({"format": 1, "model": {"colour": 1}}, "model.colour: ", "not known"),
    (layers({**INPUT, "colour": 1}), "model.layers[0].colour: ", "not known"),
    (layers({**INPUT, "layer": {}}), "model.layers[0].layer: ", "not known"),
    (layers({"id": "a", "layer": {}}), "model.layers[0].type: ", "missing"),
    (layers({"id": "a", "layer": {"shape": [4]}, "type": "Input"}), "model.layers[0].layer: ", "not known"),
    (layers(INPUT, {"id": "b", "type": "Linear", "params": {"width": 3}}),
     "model.layers[1].params.width: ", ""),
    (layers(INPUT, {"id": "b", "type": "Foo"}), "model.layers[1].type: ", "no layer type is called 'Foo'"),
    (layers(INPUT, {"id": "b", "type": ["Linear"]}), "model.layers[1].type: ", "no layer type"),
    (layers(INPUT, {"id": "b", "type": "_Conv"}), "model.layers[1].type: ", "no layer type"),
    (layers(INPUT, {"id": "b"}), "model.layers[1].type: ", "missing"),
    (layers({"type": "Linear"}), "model.layers[0].id: ", "missing"),
    (layers({"id": "a", "type": "Input"}), "model.layers[0].params: ", "it needs 'shape'"),
    (layers({"id": "a", "type": "Input", "params": None}), "model.layers[0].params: ", "object"),
    (layers({"id": "a", "type": "Input", "params": {"shape": []}}),
     "model.layers[0].params.shape: ", "1 or more"),
    (layers({"id": "a", "type": "Input", "params": {"shape": [0]}}),
     "model.layers[0].params.shape[0]: ", "1 or"),
    (layers({"id": "a", "type": "Input", "params": {"shape": "4"}}),
     "model.layers[0].params.shape: ", "a list"),
    (layers(3), "model.layers[0]: ", "object"),
    (layers([]), "model.layers[0]: ", "object"),
    ({"format": 1, "model": {"layers": {}}}, "model.layers: ", "list"),
    ({"format": 1, "model": 3}, "model: ", "object"),
    (layers(INPUT, INPUT), "model.layers[1].id: ", "'a' stands twice"),
    (layers({**INPUT, "id": "forward"}), "model.layers[0].id: ", "PyTorch"),
    (layers({**INPUT, "id": "class"}), "model.layers[0].id: ", "Python"),
    (layers({**INPUT, "id": "graph"}), "model.layers[0].id: ", "itself"),
    (layers({**INPUT, "id": "1a"}), "model.layers[0].id: ", "'1a' is no layer id"),
    (layers({**INPUT, "id": "é"}), "model.layers[0].id: ", "no layer id"),
    (layers({**INPUT, "id": "a\n"}), "model.layers[0].id: ", "no layer id"),
    (layers({**INPUT, "id": 7}), "model.layers[0].id: ", "text"),
    (layers({**INPUT, "inputs": ["a"]}), "model.layers[0].inputs: ", "no layer 'a' above"),
    (layers({**INPUT, "inputs": ["b"]}, {"id": "b", "type": "ReLU"}),
     "model.layers[0].inputs: ", "'b' above"),
    (layers(INPUT, {"id": "b", "type": "ReLU", "inputs": "a"}), "model.layers[1].inputs: ", "list"),
    (layers(INPUT, {"id": "b", "type": "ReLU", "inputs": [1]}), "model.layers[1].inputs[0]: ", "text"),
    ({"format": 1, "name": ""}, "name: ", "empty"),
    ({"format": 1, "name": "a" * 201}, "name: ", "200"),
    ({"format": 1, "data": {"format": "csv"}}, "data.path: ", "missing"),
    ({"format": 1, "data": {"format": "csv", "path": "x", "task": "guess"}},
     "data.task: ", "'classification'"),
    ({"format": 1, "data": {"format": "csv", "path": "x", "split": {"test": 1}}},
     "data.split.test: ", "than 1"),
    ({"format": 1, "training": {"epochs": 0}}, "training.epochs: ", "1 or more (it is 0)"),
    ({"format": 1, "training": {"epochs": 10**400}}, "training.epochs: ", "100,000 or less"),
    ({"format": 1, "training": {"optimizer": {"name": "SGD", "lr": 0}}},
     "training.optimizer.lr: ", "more than 0"),
    ({"format": 1, "training": {"optimizer": "Lion"}}, "training.optimizer: ", "no 'Lion'"),
    ({"format": 1, "training": {"schedule": 3}}, "training.schedule: ", "object"),
    ({}, "format: ", "missing"),
    ({"format": 2}, "format: ", "newer program (format 2; this one reads 1)"),
    ({"format": 10**4000}, "format: ", "newer program"),
    ({"format": 0}, "format: ", "0 is no format number"),
    ({"format": True}, "format: ", "True is no format number"),
    ({"format": "1"}, "format: ", "no format number"),
    ({"format": 1.0}, "format: ", "no format number"),
    ([], "", "sections"),
    (None, "", "sections"),
    ("text", "", "sections"),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "path", "said"), REFUSED)
def test_refuses_with_the_path_of_the_value(raw: object, path: str, said: str):
    refused(json.dumps(raw), path, said)


TEXTS = [
    ("", "line 1, column 1: ", "not JSON"),
    ("{", "line 1, column 2: ", "not JSON"),
    ('{"format": 1,\n  "name" "x"}', "line 2, column 10: ", "not JSON"),
    ("\ufeff{}", "line 1, column 1: ", "BOM"),
    ('{"format": 1} {}', "line 1, column 15: ", "not JSON"),
    ('{"format": 1, "training": {"clip_norm": NaN}}', "training.clip_norm: ", "finite number"),
    ('{"format": 1, "training": {"clip_norm": Infinity}}', "training.clip_norm: ", "finite number"),
    ('{"format": 1, "training": {"clip_norm": -Infinity}}', "training.clip_norm: ", "finite number"),
    ('{"format": 1, "training": {"clip_norm": 1e999}}', "training.clip_norm: ", "finite number"),
    ('{"format": 1, "training": {"epochs": 1e999}}', "training.epochs: ", "finite number"),
    ('{"format": 1, "training": {"epochs": 1e300}}', "training.epochs: ", "whole number"),
    (json.dumps(layers({"id": "a", "type": "Dropout", "params": {"p": float("nan")}})),
     ".params.p: ", "finite"),
    ('{"format": 1, "training": {"epochs": ' + "9" * 5000 + "}}", "", "4300 digits"),
    ('{"format": 1, "name": "a", "name": "b"}', "", "the key 'name' stands twice"),
    ('{"format": 1, "name": "\\ud800"}', "name: ", "Unicode"),
    ('{"format": 1, "\\ud800": 1}', "", "Unicode"),
    ('{"format": 1, "training": {"loss": "\\ud800"}}', "training.loss: ", "Unicode"),
    (DEEP, "", "nested too deeply"),
    ('{"format": ' + DEEP, "", "nested too deeply"),
    ('{"a":' * 100_000, "", "nested too deeply"),
    ('{"format": ' + "[" * 500 + "]" * 500 + "}", "format: ", "no format number"),
    ('{"format": 1, "name": ' + "[" * 500 + "]" * 500 + "}", "name: ", "text"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "path", "said"), TEXTS, ids=range(len(TEXTS)))
def test_refuses_text(text: str, path: str, said: str):
    refused(text, path, said)


def refused(text: str, path: str, said: str) -> None:
    with pytest.raises(UserError) as caught:
        file.parse(text, "here/project.json")
    message = str(caught.value)
    assert message.startswith("here/project.json: ")
    assert path in message
    assert said in message
    assert len(message) < 500
    message.encode()


@pytest.mark.parametrize("depth", range(900, 1100, 7))
def test_any_depth_is_a_user_error(depth: int):
    """Around the interpreter's limit too, where reading works but looking at what was read might not."""
    for opening, closing in ("[", "]"), ('{"a": ', "}"):
        nested = opening * depth + "1" + closing * depth
        for text in (nested, f'{{"format": {nested}}}', f'{{"format": 1, "name": {nested}}}'):
            with pytest.raises(UserError):
                file.parse(text)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.data())
def test_any_wrong_value_anywhere_is_a_user_error_or_a_project(data: st.DataObject):
    """Put any JSON in place of any value of a good project: it is refused in words, or it is a project."""
    raw = json.loads(file.dump(data.draw(projects(3))))
    at, key = raw, data.draw(st.sampled_from(list(raw)))
    while isinstance(at[key], dict | list) and at[key] and data.draw(st.booleans()):
        at = at[key]
        key = data.draw(st.sampled_from(list(at) if isinstance(at, dict) else list(range(len(at)))))
    at[key] = data.draw(json_values)
    text = json.dumps(raw)
    try:
        project = file.parse(text)
    except UserError as error:
        str(error).encode()
    else:
        assert file.parse(file.dump(project)) == project


def test_a_bare_name_of_an_optimiser_has_its_defaults():
    project = file.parse('{"format": 1, "training": {"optimizer": "SGD", "schedule": "cosine"}}')
    assert project.training.optimizer.name == "SGD"
    assert project.training.schedule.name == "cosine"


@pytest.mark.parametrize("name", ["cosine", "step", "plateau"])
@pytest.mark.parametrize("warmup", [0, 0.0, 0.1])
def test_a_warm_up_means_the_same_however_often_a_file_is_saved(name: str, warmup: float):
    """Older files say that there is none; it goes without saying now."""
    schedule = {"name": name, "warmup": warmup}
    old = file.parse(json.dumps({"format": 1, "training": {"schedule": schedule}}))
    assert old.training.schedule.warmup == warmup
    once = file.dump(old)
    assert ('"warmup"' in once) == (warmup > 0)
    assert file.parse(once) == old
    assert file.dump(file.parse(once)) == once


def test_every_older_format_has_a_migration():
    assert set(file.MIGRATIONS) == set(range(1, file.FORMAT))


def test_migrates_step_by_step(monkeypatch: pytest.MonkeyPatch):
    def first(raw: dict) -> dict:
        assert raw["format"] == 1
        return {**raw, "name": raw["name"] + " one"}

    def second(raw: dict) -> dict:
        assert raw["format"] == 2
        return {**raw, "name": raw["name"] + " two"}

    monkeypatch.setattr(file, "FORMAT", 3)
    monkeypatch.setattr(file, "MIGRATIONS", {1: first, 2: second})
    project = file.parse('{"format": 1, "name": "n"}')
    assert (project.name, project.format) == ("n one two", 3)
    assert file.parse('{"format": 2, "name": "n"}').name == "n two"
    assert file.parse('{"format": 3, "name": "n"}').name == "n"
    with pytest.raises(UserError, match="format 4; this one reads 3"):
        file.parse('{"format": 4}')


@pytest.mark.parametrize("text", ['{"format": 1}', '{"format": 1, "model": 3}', '{"format": 1, "model": {}}'])
def test_a_migration_that_meets_a_damaged_file_is_a_user_error(monkeypatch: pytest.MonkeyPatch, text: str):
    def migrate(raw: dict) -> dict:
        for row in raw["model"]["layers"]:
            row["id"] = row["id"].lower()
        return raw

    monkeypatch.setattr(file, "FORMAT", 2)
    monkeypatch.setattr(file, "MIGRATIONS", {1: migrate})
    with pytest.raises(UserError, match="can't be brought from format 1 to 2"):
        file.parse(text)


def test_saves_into_a_folder_and_loads(tmp_path: Path):
    path = file.save(small(), tmp_path / "new" / "project")
    assert path == tmp_path / "new" / "project" / "project.json"
    assert file.load(path) == file.load(path.parent) == small()
    assert [item.name for item in path.parent.iterdir()] == ["project.json"]


def test_no_project(tmp_path: Path):
    with pytest.raises(UserError, match=r"there is no project here\. .*workbench new"):
        file.load(tmp_path)


@pytest.mark.parametrize("content", [b"\xff\xfe{}", b'{"name": "\xe9"}'])
def test_bytes_that_are_no_utf8(tmp_path: Path, content: bytes):
    (tmp_path / "project.json").write_bytes(content)
    with pytest.raises(UserError, match="can't be read"):
        file.load(tmp_path)


def test_a_folder_where_the_file_should_be(tmp_path: Path):
    (tmp_path / "project.json").mkdir()
    with pytest.raises(UserError, match="can't be read"):
        file.load(tmp_path)
    with pytest.raises(UserError, match="can't be written"):
        file.save(small(), tmp_path)


def test_a_refused_file_is_left_as_it_is(tmp_path: Path):
    (tmp_path / "project.json").write_text('{"format": 99}')
    with pytest.raises(UserError):
        file.load(tmp_path)
    assert [item.name for item in tmp_path.iterdir()] == ["project.json"]
    assert (tmp_path / "project.json").read_text() == '{"format": 99}'


def test_recovery_copy(tmp_path: Path):
    file.save(small(), tmp_path)
    assert file.load_recovery(tmp_path) is None
    changed = small().model_copy(update={"name": "unsaved"})
    file.save_recovery(changed, tmp_path)
    assert file.load_recovery(tmp_path) == changed
    assert file.load(tmp_path) == small()
    file.discard_recovery(tmp_path)
    file.discard_recovery(tmp_path)
    assert file.load_recovery(tmp_path) is None


def test_saving_drops_the_recovery_copy(tmp_path: Path):
    file.save_recovery(small(), tmp_path)
    file.save(small(), tmp_path)
    assert file.load_recovery(tmp_path) is None


@pytest.mark.parametrize("content", [b"", b"\xff", b'{"format": 99}', b"[" * 100_000])
def test_a_damaged_recovery_copy_counts_as_none(tmp_path: Path, content: bytes):
    (tmp_path / file.RECOVERY).write_bytes(content)
    assert file.load_recovery(tmp_path) is None


def test_a_large_stack_is_read_in_time():
    rows = [{"id": f"l{n}", "type": "ReLU"} for n in range(10_000)]
    project = Project(model=Graph.model_validate({"layers": rows}))
    assert file.parse(file.dump(project)) == project
