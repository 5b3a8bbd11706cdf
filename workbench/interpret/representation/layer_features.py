"""What layers make of many samples: a matrix a layer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from workbench.build.model import StackModel
from workbench.errors import UserError
from workbench.interpret.capture import device_of, known
from workbench.interpret.observe import undisturbed
from workbench.interpret.outputs import batch_size
from workbench.interpret.representation.shrink import Shrink
from workbench.interpret.subject import Progress, Subject

Features = NDArray[np.float32]
BATCH = 128
MOST = 4096
"""Features that a single layer is given."""
MOST_OF_ALL = 2048
"""Features that each of a model's layers is given, when all are held at once."""


@dataclass(frozen=True, eq=False)
class LayerFeatures:
    """Rows are ``samples``, int64 (n,), in that order.

    ``features``: by layer, in the stack's order, float32 (n, features). ``outputs``: the model's, (n, ...).
    ``note``: a sentence on layers that were made smaller, "" if all are whole.
    """

    samples: NDArray[np.int64]
    features: Mapping[str, Features]
    outputs: Tensor
    note: str


def layer_features(
    subject: Subject,
    layers: Sequence[str],
    samples: NDArray[np.int64],
    most: int,
    tell: Progress | None = None,
) -> LayerFeatures:
    """Run samples through the subject's model, in batches and in eval mode, and keep what layers give.

    At most ``most`` features a layer: see `Shrink`. The model is left as it was. Raises `UserError` for a
    layer that isn't there.
    """
    model = subject.model
    return features_of(subject, model, known(model, layers), samples, most, tell or subject.tell)


def features_of(
    subject: Subject,
    model: StackModel,
    layers: Sequence[str],
    samples: NDArray[np.int64],
    most: int,
    tell: Progress,
) -> LayerFeatures:
    """See `layer_features`; of any model that reads the subject's data."""
    size = batch_size(subject, model)
    place = device_of(model)
    rows: dict[str, list[Tensor]] = {name: [] for name in layers}
    shrinks: dict[str, Shrink] = {}
    outputs: list[Tensor] = []

    def keeper(name: str) -> Callable[[nn.Module, tuple[Tensor, ...], Tensor], None]:
        def keep(_layer: nn.Module, _inputs: tuple[Tensor, ...], output: Tensor) -> None:
            if name not in shrinks:
                shrinks[name] = Shrink(tuple(output.shape[1:]), most)
            rows[name].append(shrinks[name](output))

        return keep

    tell(0, len(samples))
    with undisturbed(model), torch.no_grad(), ExitStack() as hooks:
        for name in layers:
            handle = model.get_submodule(name).register_forward_hook(keeper(name))
            hooks.callback(handle.remove)
        for start in range(0, len(samples), size):
            inputs = torch.as_tensor(subject.dataset.batch(samples[start : start + size]), device=place)
            outputs.append(model(inputs).cpu())
            tell(min(start + size, len(samples)), len(samples))
    return LayerFeatures(
        samples,
        {name: torch.cat(parts).numpy() for name, parts in rows.items()},
        torch.cat(outputs),
        _note({name: shrink.how for name, shrink in shrinks.items() if shrink.how}),
    )


def row_of(subject: Subject, layer: str, most: int) -> Features:
    """Return what a layer makes of the subject's one sample, (1, features), as `layer_features` of many.

    Raises `UserError` for a layer or a sample that isn't there.
    """
    model = subject.model
    (name,) = known(model, [layer])
    rows: list[Tensor] = []

    def keep(_layer: nn.Module, _inputs: tuple[Tensor, ...], output: Tensor) -> None:
        rows.append(Shrink(tuple(output.shape[1:]), most)(output))

    inputs = torch.as_tensor(subject.inputs(), device=device_of(model))
    with undisturbed(model), torch.no_grad(), ExitStack() as hooks:
        handle = model.get_submodule(name).register_forward_hook(keep)
        hooks.callback(handle.remove)
        model(inputs)
    return rows[0].numpy()


def finite(features: Features, layer: str, samples: NDArray[np.int64]) -> Features:
    """Return the features. Raises `UserError` where some are no finite numbers."""
    good = np.isfinite(features).all(1)
    if not good.all():
        raise UserError(
            f"its output for sample {samples[int(good.argmin())]} is no finite number.",
            place=f"layer {layer}",
            remedy="Choose a layer before it, or train again with a lower learning rate.",
        )
    return features


def _note(shortened: Mapping[str, str]) -> str:
    if not shortened:
        return ""
    words = [f"{name} {how}" for name, how in list(shortened.items())[:3]]
    more = f" and {len(shortened) - 3} more" if len(shortened) > 3 else ""
    return f" Made smaller first: {', '.join(words)}{more}."
