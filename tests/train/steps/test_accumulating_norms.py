"""Parts of a batch are never too small for batch norm."""

import pytest

from workbench.train.events import Finished
from workbench.train.trainer import Trainer


@pytest.mark.parametrize(("batch_size", "accumulate"), [(5, 3), (8, 4), (70, 64)])
def test_short_batches_are_cut_into_fewer_parts(make_project, make_dataset, batch_size, accumulate):
    rows = [("Input", {"shape": [6]}), ("Linear", {"out_features": 4}), "BatchNorm1d"]
    project = make_project(
        *rows, ("Linear", {"out_features": 3}), epochs=1, batch_size=batch_size, accumulate=accumulate
    )
    assert isinstance(list(Trainer(project, make_dataset(200)).events())[-1], Finished)
