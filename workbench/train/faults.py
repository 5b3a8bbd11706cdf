"""Training that can't go on: torch's errors in a person's words, and losses that are no numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from torch import nn

from workbench.errors import UserError
from workbench.graph.training import TrainingSection
from workbench.train.batches import Batch
from workbench.train.before_learning import remedies_before, said_before
from workbench.train.culprit import Culprit, first_not_finite, remedies_for
from workbench.train.events import Failed
from workbench.train.setup import Setup
from workbench.train.steps.memory_errors import ran_out


@contextmanager
def explained(training: TrainingSection) -> Iterator[None]:
    """Turn what torch raises for a person's settings or data into a `UserError`; let defects through."""
    try:
        yield
    except (RuntimeError, MemoryError, ValueError, IndexError) as error:
        text = str(error)
        if ran_out(error):
            raise _too_large(training) from error
        if text.startswith("Expected more than 1 value per channel"):
            raise UserError(
                "batch norm has no statistics of a single sample.",
                place="training.batch_size",
                remedy="Set it to 2 or more, or use LayerNorm instead.",
            ) from error
        if strange_id(error):
            raise UserError(
                "the data hold an id that the Embedding has no vector for.",
                place="model",
                remedy="Set num_embeddings to more than the largest id.",
            ) from error
        raise


def strange_id(error: Exception) -> bool:
    """Return whether an Embedding on the CPU was asked for an id that it has no vector for."""
    return isinstance(error, IndexError) and str(error) == "index out of range in self"


def failure(
    training: TrainingSection,
    setup: Setup,
    batch: Batch | None,
    *,
    epoch: int,
    step: int | None,
    lr: float,
    layer: str,
    sharded: bool = False,
) -> Failed:
    """Return why a number is no longer finite: the data's fault, or the settings'.

    The model is as it was before ``batch``, that of the step (counted from 0) from which on it was so.
    ``layer`` is told where nothing about that batch is found to be at fault. Of a ``sharded`` model the
    gradients aren't looked at: only a step can run it backwards.
    """
    when = f"at step {step + 1} (epoch {epoch})" if step is not None else f"after epoch {epoch}"
    row = setup.train.first_not_finite()
    if row is not None:
        return Failed(
            message=f"The loss is no finite number {when}, nor is a value in the data's sample {row}.",
            remedy="Leave that sample out or fill its gaps.",
            epoch=epoch,
            step=step,
        )
    culprit = _culprit(setup, batch, backwards=not sharded) if batch else None
    what = "loss is no finite number" if step is not None else "weights are no finite numbers"
    began = f" There, {culprit.message}." if culprit else ""
    if batch and culprit and step == 0:
        return Failed(
            message=f"The {what} {when}, before any weight was changed.{began}",
            remedy=said_before(culprit, training, batch),
            epoch=epoch,
            step=step,
            layer=culprit.layer,
            remedies=remedies_before(culprit, training, setup.model.graph, setup.loss.name, batch),
        )
    return Failed(
        message=f"The {what} {when}: training diverged at a learning rate of {lr:.3g}.{began} "
        "The weights are as they were before.",
        remedy=_said(culprit, training),
        epoch=epoch,
        step=step,
        layer=culprit.layer if culprit else layer,
        remedies=remedies_for(culprit, training),
    )


def _said(culprit: Culprit | None, training: TrainingSection) -> str:
    """What to do where steps led to such numbers."""
    clip = "" if training.clip_norm else ", or clip gradients (clip_norm 1)"
    rounded = culprit is None and training.precision != "float32"
    exact = ", or compute in float32 (precision)" if rounded else ""
    lower = float(f"{training.optimizer.lr / 10:.1g}")
    return f"Lower the learning rate (try {lower:g}){clip}{exact}."


def _culprit(setup: Setup, batch: Batch, *, backwards: bool) -> Culprit | None:
    try:
        return first_not_finite(setup.model, setup.loss.function, *batch, backwards=backwards)
    except (RuntimeError, MemoryError) as error:
        if ran_out(error):  # a batch may be learned from in parts, and is looked at as a whole
            return None
        raise


def broken_layer(model: nn.Module, agreed: Callable[[bool], bool] = bool) -> str:
    """Return the first layer with weights that are no finite numbers; "" where all are, or none.

    ``agreed`` says whether something holds in all processes that train together.
    """
    finite: dict[str, bool] = {}
    for name, parameter in model.named_parameters():
        layer = name.partition(".")[0]
        finite[layer] = finite.get(layer, True) and bool(parameter.isfinite().all())
    finite = {layer: agreed(good) for layer, good in finite.items()}
    if not any(finite.values()):
        return ""
    return next((layer for layer, good in finite.items() if not good), "")


def _too_large(training: TrainingSection) -> UserError:
    return UserError(
        f"memory doesn't suffice for this stack with batches of {training.batch_size}.",
        place="training.batch_size",
        remedy="Lower it, or make the stack smaller.",
    )
