"""Evaluating a layer's call: the one place where its name becomes a module."""

from __future__ import annotations

import warnings

from torch import nn

from workbench.build import blocks
from workbench.layers import Call

# Torch warns that such a convolution pads a copy of its input: that is what "same" means.
warnings.filterwarnings("ignore", "Using padding='same' with even kernel")


def module_class(call: Call) -> type[nn.Module]:
    """Return the class that a call names: ``nn.<class>`` from torch.nn, else from `blocks`."""
    home, _, name = call.name.rpartition(".")
    found: type[nn.Module] = getattr(nn if home == "nn" else blocks, name)
    return found


def module(call: Call) -> nn.Module:
    """Return the module that a call constructs."""
    return module_class(call)(*call.args, **dict(call.kwargs))
