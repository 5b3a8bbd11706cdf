"""What README.md says to type is what CI types, and what is pinned is what is needed."""

import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PINS = [
    Requirement(line)
    for line in (ROOT / "constraints.txt").read_text().splitlines()
    if line and not line.startswith("#")
]


def commands(section: str) -> list[str]:
    """The lines of the code blocks of a section."""
    text = README.partition(f"\n## {section}\n")[2].partition("\n## ")[0]
    return "".join(re.findall(r"^```\w*\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)).splitlines()


def test_the_start_is_two_commands():
    assert commands("Start") == [
        "pip install -c constraints.txt -e . && workbench digits-cnn",
        'pip install -c constraints.txt -e ".[dev]" && pytest -n 2 --dist loadfile',
    ]
    assert README.count('".[dev]"') == 1, ".ci/run takes the line that has it"


@pytest.mark.skipif(os.name == "nt", reason="a script for bash")
def test_ci_runs_the_readmes_command():
    script = (ROOT / ".ci" / "run").read_text()
    start = script.index('command="$(grep')
    lines = script[start:].splitlines()[:3]
    code = "\n".join([*lines, 'echo "$install"', 'echo "$test"'])
    found = subprocess.run(["bash", "-euc", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert found.stdout.splitlines() == commands("Start")[1].split(" && ")
    assert script.rstrip().endswith('eval "$test"'), "pytest's closing line is CI's"
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_every_requirement_is_pinned_within_its_bounds():
    extras = [line for extra in PROJECT["optional-dependencies"].values() for line in extra]
    pinned = {canonicalize_name(pin.name): next(iter(pin.specifier)) for pin in PINS}
    for line in [*PROJECT["dependencies"], *extras]:
        requirement = Requirement(line)
        pin = pinned[canonicalize_name(requirement.name)]
        assert pin.operator == "=="
        assert requirement.specifier.contains(pin.version), line


def test_pins_are_plain_versions():
    """No path, no address, no hash, no build of one machine: "torch==2.13.0", not "2.13.0+cpu"."""
    for pin in PINS:
        assert re.fullmatch(r"[\w.-]+==[\d.]+(?:\.?(?:post|rc|a|b)\d+)?", str(pin)), pin
        assert pin.url is None
    assert len({canonicalize_name(pin.name) for pin in PINS}) == len(PINS)


def test_every_verb_is_in_the_readme():
    from workbench.__main__ import VERBS

    for verb in VERBS:
        assert f"`workbench {verb} " in README or f"`workbench {verb}`" in README, verb


def test_links_of_the_documents_lead_somewhere():
    for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "packaging/README.md"):
        file = ROOT / name
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", file.read_text(encoding="utf-8")):
            assert (file.parent / target).exists(), f"{name}: {target}"
