"""Keeping torch's exporter from saying what concerns nobody here, and only that."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

_LOGGER = "torch.onnx._internal.exporter._registration"

_EXPECTED: tuple[tuple[str, type[Warning]], ...] = (
    # torch 2.13 calls functions of its own that it has deprecated
    (r"`isinstance\(treespec, LeafSpec\)` is deprecated", FutureWarning),
    (r"_check_is_size will be removed", FutureWarning),
    # recurrent layers keep their weights in a list too; the comparison afterwards proves the export right
    (r"The tensor attributes self\..*_flat_weights", UserWarning),
    # several inputs share the batch dimension, which is what is wanted
    (r"# The axis name: batch will not be used", UserWarning),
)


@contextmanager
def exporting_quietly() -> Iterator[None]:
    """Leave out the known remarks of ``torch.onnx.export``; any other warning still shows."""
    logger = logging.getLogger(_LOGGER)
    logger.addFilter(_speaks_of_torchvision)
    try:
        with warnings.catch_warnings():
            for message, category in _EXPECTED:
                warnings.filterwarnings("ignore", message, category)
            yield
    finally:
        logger.removeFilter(_speaks_of_torchvision)


def _speaks_of_torchvision(record: logging.LogRecord) -> bool:
    """Whether a record may pass: torchvision is left out on purpose."""
    return not record.getMessage().startswith("torchvision is not installed")
