import subprocess
import sys

import numpy as np

from workbench.layers import TensorSpec


def test_facts_are_what_checking_needs(made):
    found = made(np.zeros((30, 1, 8, 9), np.uint8), np.arange(30) % 3, "image")
    assert found.facts == (TensorSpec((1, 8, 9), "float32"), "classification", 3, 0)
    ids = made(np.zeros((30, 5), np.int64), np.linspace(0, 1, 30, dtype=np.float32), "array")
    assert ids.facts == (TensorSpec((5,), "int64"), "regression", 0, 1)


def test_a_batch_is_what_the_network_sees(made):
    found = made(np.full((30, 1, 2, 2), 51, np.uint8), np.arange(30) % 3, "image", scale=1 / 255)
    batch = found.batch(np.array([3, 4]))
    assert batch.dtype == np.float32
    np.testing.assert_allclose(batch, 0.2, rtol=1e-6)


def test_nothing_heavy_is_imported_before_it_is_used():
    code = (
        "import sys, workbench.data.intake, workbench.data.samples, workbench.data.preview;"
        "print([m for m in ('torch', 'sklearn', 'polars', 'PIL', 'onnx', 'PySide6') if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
