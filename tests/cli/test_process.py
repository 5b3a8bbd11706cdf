"""What only a process of its own shows: signals, pipes, tracebacks, and what is imported."""

import json
import os
import signal
import subprocess
import sys

import pytest
from commands import workbench, write

from workbench.data.samples import sample_project
from workbench.runs.store import RunStore

WORKBENCH = (sys.executable, "-m", "workbench")


def run(*words, **options):
    return subprocess.run(
        [*WORKBENCH, *map(str, words)], capture_output=True, text=True, timeout=120, check=False, **options
    )


@pytest.mark.skipif(os.name == "nt", reason="there is no such signal")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_training_can_be_resumed(tmp_path, number):
    folder = write(tmp_path / "digits", sample_project("digits-mlp"), epochs=5000, patience=0)
    training = subprocess.Popen(
        [*WORKBENCH, "train", str(folder), "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    lines = []
    for line in training.stderr:
        lines.append(line)
        if line.startswith("epoch") and len(lines) > 3:
            training.send_signal(number)
            break
    out, rest = training.communicate(timeout=150)
    assert training.returncode == 1
    assert "Traceback" not in rest
    assert rest.splitlines()[-1].startswith("error: run 0001: stopped after ")
    assert f"'workbench train {folder} --resume 0001' goes on with it." in rest
    said = json.loads(out)
    assert said["state"] == "stopped"
    assert said["epochs"] >= 2
    info = RunStore(folder).open("1").info()
    assert info.state == "stopped"
    if number == signal.SIGTERM:
        return  # the rest is alike
    resumed = workbench("train", folder, "--resume", "1", "--epochs", info.epochs + 1, "--json")
    assert resumed.status == 0
    assert resumed.json["epochs"] == info.epochs + 1


@pytest.mark.skipif(os.name == "nt", reason="there is no such pipe")
def test_a_reader_that_has_enough():
    with subprocess.Popen(
        [*WORKBENCH, "layers", "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as listing:
        listing.stdout.close()
        assert listing.stderr.read() == b""
        assert listing.wait(150) == 0


def test_a_defect_shows_where(tmp_path):
    code = (
        "import sys, workbench.cli_output as o, workbench.__main__ as m\n"
        "o.layer_facts = None\n"
        "import workbench.cli as c\n"
        "sys.exit(m.main(['layers', '--json']))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ran.returncode == 1
    assert ran.stdout == ""
    assert "Traceback" in ran.stderr
    assert "TypeError" in ran.stderr


def test_a_console_without_unicode(tmp_path):
    folder = write(tmp_path / "wine", sample_project("wine-softmax"), epochs=1)
    found = run("train", folder, env={**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"})
    assert found.returncode == 0
    assert "Traceback" not in found.stderr


def test_the_window_waits_for_no_command_line_library():
    code = (
        "import sys, types\n"
        "fake = types.ModuleType('workbench.app'); fake.main = lambda project: 0\n"
        "sys.modules['workbench.app'] = fake\n"
        "from workbench.__main__ import main\n"
        "assert main([]) == 0 and main(['digits-cnn']) == 0\n"
        "print(sorted({'typer', 'rich', 'torch', 'sklearn', 'polars', 'onnx'} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "[]\n"


def test_help_waits_for_no_large_library():
    code = (
        "import sys; from workbench.__main__ import main; main(['--help'])\n"
        "print(sorted({'torch', 'sklearn', 'polars', 'onnx', 'PySide6'} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.endswith("[]\n")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no such device")  # noqa: PTH110
@pytest.mark.parametrize("words", ["layers", "layers --json", "--help", "--version", "runs --help"])
@pytest.mark.parametrize("to", [">/dev/full", ">&-"])
def test_output_that_goes_nowhere(words, to):
    ran = subprocess.run(
        ["sh", "-c", f'"$0" -m workbench {words} {to}', sys.executable],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 1
    assert len(ran.stderr.splitlines()) == 1
    assert ran.stderr.startswith("error: ")


def test_without_standard_error_output_stays_clean(tmp_path):
    ran = subprocess.run(
        ["sh", "-c", '"$0" -m workbench check none --json 2>&-', sys.executable],
        stdout=subprocess.PIPE,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert ran.returncode == 1
    assert list(json.loads(ran.stdout)) == ["error"]


@pytest.mark.skipif(os.name == "nt", reason="there is no such signal")
def test_an_interrupt_while_libraries_load(tmp_path):
    code = (
        "import os, signal, sys, importlib.abc, workbench.__main__ as m\n"
        "class Interrupting(importlib.abc.MetaPathFinder):\n"
        "    def find_spec(self, name, path, target=None):\n"
        "        if name == sys.argv[1]: os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Interrupting())\n"
        "sys.exit(m.main(['check', 'none', '--json']))"
    )
    for name in ("workbench.cli", "typer", "workbench.build.check"):
        ran = subprocess.run([sys.executable, "-c", code, name], capture_output=True, text=True, check=False)
        assert (ran.returncode, ran.stderr) == (1, "error: interrupted.\n")
        assert json.loads(ran.stdout) == {"error": "interrupted."}
