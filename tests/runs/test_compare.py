from made_runs import LAYERS, made_project, made_run

from workbench.runs.compare import Pair, StackLine, compare
from workbench.runs.compare_text import to_json, to_markdown
from workbench.runs.machine import Git

OTHER = [
    {"id": "input", "type": "Input", "params": {"shape": [4]}},
    {"id": "drop", "type": "Dropout", "params": {"p": 0.2}},
    {"id": "hidden", "type": "Linear", "params": {"out_features": 16}},
    {"id": "out", "type": "Linear", "params": {"out_features": 3}, "inputs": ["hidden"]},
]


def _two(tmp_path):
    left = made_run(tmp_path, loss=0.5, seed=1, git=Git(commit="a" * 40, dirty=True))
    changed = made_project(OTHER, optimizer="SGD", batch_size=64)
    right = made_run(tmp_path, changed, loss=0.25, seed=2, git=Git(commit="b" * 40, dirty=False))
    return left.info(), right.info()


def test_a_run_does_not_differ_from_itself(tmp_path):
    info = made_run(tmp_path).info()
    found = compare(info, info)
    assert (found.settings, found.changed_layers) == ((), ())
    assert all(pair.same for pair in (*found.figures, *found.about))
    assert "No layer differs." in to_markdown(found)
    assert "Nothing differs." in to_markdown(found)


def test_settings_that_differ_by_path(tmp_path):
    found = compare(*_two(tmp_path))
    assert Pair("training.batch_size", 32, 64) in found.settings
    assert Pair("training.optimizer.name", "Adam", "SGD") in found.settings
    assert Pair("training.optimizer.beta1", 0.9, None) in found.settings
    assert "training.epochs" not in {pair.name for pair in found.settings}


def test_the_stack_as_a_diff_by_id(tmp_path):
    found = compare(*_two(tmp_path))
    assert found.stack == (
        StackLine("same", "input", "Input(shape=[4])", "Input(shape=[4])"),
        StackLine("added", "drop", "", "Dropout(p=0.2)"),
        StackLine("changed", "hidden", "Linear(out_features=8)", "Linear(out_features=16)"),
        StackLine("removed", "act", "ReLU()", ""),
        StackLine("changed", "out", "Linear(out_features=3)", "Linear(out_features=3) ← hidden"),
    )


def test_a_layer_that_moved(tmp_path):
    layers = [*LAYERS[:1], LAYERS[2], LAYERS[1], LAYERS[3]]
    left, right = made_run(tmp_path), made_run(tmp_path, made_project(layers))
    marks = {line.layer: line.mark for line in compare(left.info(), right.info()).stack}
    assert sorted(marks) == ["act", "hidden", "input", "out"]
    assert sorted(marks.values()) == ["moved", "same", "same", "same"]


def test_figures_and_circumstances(tmp_path):
    left, right = _two(tmp_path)
    found = compare(left, right)
    figures = {pair.name: (pair.left, pair.right) for pair in found.figures}
    assert figures["val_loss"] == (0.5, 0.25)
    assert figures["epochs"] == (3, 3)
    about = {pair.name: (pair.left, pair.right) for pair in found.about if not pair.same}
    assert about["seed"] == (1, 2)
    assert about["git"] == ("a" * 12 + " with changes", "b" * 12)
    assert "version.torch" not in about


def test_a_project_that_cannot_be_read_any_more_is_compared_as_it_lies(tmp_path):
    left, right = _two(tmp_path)
    raw = {
        **left.project,
        "training": {"batch_size": 7, "gone": {"deep": True}},
        "model": {"layers": ["rubbish"]},
    }
    found = compare(left.model_copy(update={"project": raw}), right)
    assert Pair("training.batch_size", 7, 64) in found.settings
    assert Pair("training.gone.deep", True, None) in found.settings
    assert {line.mark for line in found.stack} == {"added"}
    compare(left.model_copy(update={"project": {}}), right)


def test_markdown(tmp_path):
    text = to_markdown(compare(*_two(tmp_path)))
    assert text.startswith("# Run 0001 and run 0002\n")
    assert "| setting | run 0001 | run 0002 |\n| --- | --- | --- |\n" in text
    assert "| training.batch_size | 32 | 64 |" in text
    assert "\n- act: ReLU()\n" in text
    assert "\n- hidden: Linear(out_features=8)\n+ hidden: Linear(out_features=16)\n" in text


def test_json_has_what_differs(tmp_path):
    found = to_json(compare(*_two(tmp_path)))
    assert {"name": "training.batch_size", "left": 32, "right": 64} in found["settings"]
    assert [line["layer"] for line in found["stack"]] == ["drop", "hidden", "act", "out"]
