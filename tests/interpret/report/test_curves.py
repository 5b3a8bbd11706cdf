import xml.etree.ElementTree as ET

import numpy as np

from workbench.interpret.report.curves import MOST, _thinned, curves_svg


def test_both_losses_are_drawn():
    curves = {
        "train_loss": (np.arange(1, 5001), np.linspace(2, 0, 5000)),
        "val_loss": (np.array([2500, 5000]), np.array([1.1, 0.2])),
        "accuracy": (np.array([2500]), np.array([0.9])),
    }
    found = curves_svg(curves)
    assert ET.fromstring(found).tag.endswith("svg")
    assert curves_svg(curves) == found
    assert curves_svg({}) == b""


def test_means_of_neighbours():
    steps, values = _thinned(np.arange(5000), np.arange(5000.0))
    assert len(steps) <= MOST
    assert values[0] == 1.0  # of 0, 1 and 2
    assert values[-1] == (4998 + 4999) / 2
