"""Pictures as pixels."""

import io
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from workbench.build.check import check
from workbench.build.picture import DARK, svg
from workbench.data.samples import sample_project
from workbench.errors import UserError
from workbench.ui.rasterise import png

SQUARE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="{}" height="{}">'
    '<rect width="5" height="5" fill="#ff0000"/></svg>'
)


def image(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def test_has_the_pixels_of_the_picture(qapp):
    made = image(png(SQUARE.format(10, 8), 3))
    assert made.size == (30, 24)
    assert made.getpixel((14, 14)) == (255, 0, 0, 255)
    assert made.getpixel((16, 16))[3] == 0


def test_draws_a_stack(qapp):
    graph = sample_project("digits-cnn").model
    document = svg(graph, check(graph), DARK, title="Digits")
    made = image(png(document))
    wide, high = (float(document.split(f'{side}="')[1].split('"')[0]) for side in ("width", "height"))
    assert made.size == pytest.approx((2 * wide, 2 * high), abs=2)
    pixels = np.asarray(made.convert("RGB")).reshape(-1, 3)
    colours = {f"#{r:02x}{g:02x}{b:02x}" for r, g, b in np.unique(pixels, axis=0)}
    assert {DARK.window, DARK.text, DARK.convolution, DARK.activation} <= colours


def test_too_large_a_picture_is_refused(qapp):
    with pytest.raises(UserError, match="Save it as SVG"):
        png(SQUARE.format(100, 20_000))


def test_needs_neither_a_window_nor_a_display(tmp_path):
    code = (
        "from workbench.ui.rasterise import png\n"
        f"made = [png({SQUARE.format(4, 4)!r}) for _ in range(2)]\n"
        "assert made[0] == made[1]\nprint(made[0][:4])"
    )
    bare = {"PATH": "/usr/bin:/bin"}
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=bare)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout == "b'\\x89PNG'\n"
