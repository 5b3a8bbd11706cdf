"""Whether a model is as it was, for tests of what looks into it while it trains."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn


def batch(model, size=32, seed=1):
    random = torch.Generator().manual_seed(seed)
    shape = model.graph.layers[0].layer.shape
    return torch.randn((size, *shape), generator=random), torch.randint(0, 4, (size,), generator=random)


def state(model) -> dict[str, object]:
    """All that measuring might change."""
    return {
        "modes": [(m.training, getattr(m, "track_running_stats", None)) for m in model.modules()],
        "dropout": [m.dropout for m in model.modules() if isinstance(m, nn.RNNBase)],
        "hooks": [
            len(hooks) for m in model.modules() for key, hooks in vars(m).items() if key.endswith("_hooks")
        ],
        "state": {name: value.clone().numpy().tobytes() for name, value in model.state_dict().items()},
        "grad": [None if p.grad is None else p.grad.clone().numpy().tobytes() for p in model.parameters()],
        "random": torch.get_rng_state().numpy().tobytes(),
        "numpy": np.random.get_state()[1].tobytes(),
    }
