"""Classes are found by reading a file: nothing in it runs."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.errors import UserError
from workbench.importing.classes import Argument, classes_of

CODE = '''
import os
import torch.nn as nn
from torch.nn import Module
os._exit(3)

class Config:
    width = 3

class Base(Module):
    """A base.

    More of it."""
    def __init__(self, width, *, depth=2, name: str = "a"):
        super().__init__()
    def forward(self, x, mask=None):
        return x

class Derived(Base):
    pass

class Two(nn.Sequential):
    def forward(self, left, right, /, *, scale):
        return left + right * scale

class Round(Round2): pass
class Round2(Round): pass
'''


def write(folder: Path, content: str | bytes) -> Path:
    path = folder / "code.py"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_finds_modules_and_what_they_take(tmp_path: Path) -> None:
    base, derived, two = classes_of(write(tmp_path, CODE))
    assert (base.name, base.help) == ("Base", "A base.")
    assert base.arguments == (Argument("width"), Argument("depth", "2"), Argument("name", "'a'"))
    assert base.inputs == (Argument("x"),)
    assert derived.name == "Derived"
    assert derived.arguments == base.arguments
    assert [item.name for item in two.inputs] == ["left", "right", "scale"]
    assert two.line == CODE.splitlines().index("class Two(nn.Sequential):") + 1


def test_lists_all_classes_where_none_looks_like_a_module(tmp_path: Path) -> None:
    found = classes_of(write(tmp_path, "from elsewhere import Net\nclass Mine(Net): pass\n"))
    assert [item.name for item in found] == ["Mine"]
    assert classes_of(write(tmp_path, "x = 1\n")) == ()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("class A(:\n  pass", ["line 1"]),
        ("x = 1\n  y = 2", ["line 2"]),
        (b"\xff\xfe\x00", ["code.py"]),
        ("a\0b", ["code.py"]),
        ("(" * 5000, ["code.py"]),
        ("-" * 100_000 + "1", ["code.py"]),
    ],
)
def test_what_is_no_python_is_told(tmp_path: Path, content: str | bytes, words: list[str]) -> None:
    with pytest.raises(UserError) as caught:
        classes_of(write(tmp_path, content))
    for word in words:
        assert word in str(caught.value)


def test_a_file_that_isnt_there(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="can't be read"):
        classes_of(tmp_path / "none.py")


@given(st.text())
def test_any_text_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = write(tmp_path_factory.mktemp("any"), text.encode("utf-8", "surrogatepass"))
    with contextlib.suppress(UserError):  # anything else that is raised is a defect
        classes_of(path)


def test_odd_escapes_warn_nobody(tmp_path: Path) -> None:
    assert classes_of(write(tmp_path, 'class A:\n    x = "\\d"\n    def forward(self): ...\n'))
