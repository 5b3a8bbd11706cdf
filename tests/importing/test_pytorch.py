"""A person's code runs in another process; whatever it does there ends in a model or in one sentence."""

import pytest
import torch

from workbench.errors import UserError
from workbench.importing.parity import filled
from workbench.importing.pytorch import import_pytorch

NET = """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self, num_classes):
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.Flatten())
        self.head = nn.Linear(2 * 4 * 4, num_classes)

    def forward(self, x):
        print("hello " * 1000)
        return self.head(self.body(x))
"""


def importing(tmp_path, code, name="Net", shape=(1, 6, 6), **options):
    file = tmp_path / "mine.py"
    file.write_text(code)
    return import_pytorch(file, name, [shape], **options)


def refusal(tmp_path, code, **options):
    with pytest.raises(UserError) as caught:
        importing(tmp_path, code, **options)
    assert "mine.py" in str(caught.value)
    return str(caught.value)


def test_a_class_becomes_a_stack_with_its_weights(tmp_path):
    found = importing(tmp_path, NET, args={"num_classes": 3})
    assert found.name == "Net"
    assert [node.id for node in found.graph] == ["x", "body_0", "body_1", "body_2", "head"]
    assert found.parity.max_abs_diff <= 1e-5
    assert filled(found.graph, found.weights)(torch.zeros(2, 1, 6, 6)).shape == (2, 3)


def test_missing_arguments_are_asked_for(tmp_path):
    said = refusal(tmp_path, NET)
    assert "num_classes" in said
    assert "--args" in said


def test_a_wrong_shape_tells_the_line(tmp_path):
    said = refusal(tmp_path, NET, args={"num_classes": 3}, shape=(1, 9, 9))
    assert "mine.py, line 13" in said
    assert "--shape" in said


_TOP = "import torch, sys, os, time\nfrom torch import nn\n"


def net(forward, init="pass"):
    head = f"class Net(nn.Module):\n def __init__(self):\n  super().__init__()\n  {init}\n"
    lines = f"{head} def forward(self, x):\n  {forward}\n"
    return _TOP + lines


@pytest.mark.parametrize(
    ("code", "says"),
    [
        (_TOP + "sys.exit(3)", "line 3"),
        (net("os._exit(7)"), "status 7"),
        (net("os.kill(os.getpid(), 9)"), "signal 9"),
        ("def broken(:\n", "line 1"),
        ("import nowhere_to_be_found\n", "No module named"),
        (net("return x").replace("Net", "Other"), "It has Other."),
        (net("return {'a': x}"), "gives a dict"),
        (net("return torch.cumsum(x, 1)"), "cumsum (mine.py, line 8)"),
        (net("return x if x.sum() > 0 else -x"), "line 8"),
        (_TOP + "Net = 3\n", "no class 'Net'"),
        (_TOP + "def Net():\n return 3\n", "no torch.nn.Module"),
    ],
)
def test_whatever_goes_wrong_is_one_sentence(code, says, tmp_path):
    said = refusal(tmp_path, code)
    assert says in said
    assert len(said) < 700
    assert "Traceback" not in said


def test_endless_output_ends_with_the_time(tmp_path):
    said = refusal(tmp_path, "while True:\n    print('x' * 10000)\n", timeout=3)
    assert "3 seconds" in said


def test_cancelling_ends_the_process(tmp_path):
    asked = iter([False, False, True])
    code = "import time\ntime.sleep(1000)\n"  # longer than any test may take
    assert "cancelled" in refusal(tmp_path, code, cancelled=lambda: next(asked))


def test_nothing_of_the_code_runs_in_this_process(tmp_path):
    import sys

    importing(tmp_path, NET, args={"num_classes": 2})
    assert "_workbench_imported" not in sys.modules
    assert not (tmp_path / "__pycache__").exists()


def test_another_file_is_refused(tmp_path):
    (tmp_path / "model.txt").write_text("x")
    with pytest.raises(UserError, match="Python file"):
        import_pytorch(tmp_path / "model.txt", "Net", [(1,)])


def test_two_answers_are_compared_too(tmp_path):
    code = net("return x.tanh(), x.sigmoid()")
    found = importing(tmp_path, code)
    assert [node.type for node in found.graph].count("Output") >= 1
    assert found.parity.max_abs_diff <= 1e-5


def test_the_packaged_program_can_be_the_worker(tmp_path):
    import json

    from workbench.__main__ import main
    from workbench.importing.pytorch import HIDDEN_VERB
    from workbench.importing.worker import REQUEST, RESULT

    (tmp_path / REQUEST).write_text(json.dumps({"file": str(tmp_path / "none.py"), "class": "A", "args": {}}))
    assert main([HIDDEN_VERB, str(tmp_path)]) == 0
    assert "No such file" in json.loads((tmp_path / RESULT).read_text())["refused"]
