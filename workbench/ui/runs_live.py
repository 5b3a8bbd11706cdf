"""The run under way, which knows more than its file."""

from __future__ import annotations

from typing import Any

from workbench.ui.training import Training


def live_facts(training: Training) -> dict[str, Any]:
    """Return fields of `workbench.runs.info.RunInfo` as they are now; none where nothing is trained."""
    if not training.active or not training.run_id:
        return {}
    last, best = training.last_epoch, training.best_epoch
    facts: dict[str, Any] = {"state": "paused" if training.state == "paused" else "running"}
    facts |= {"step": training.step, "samples_per_second": training.samples_per_second}
    if last:
        facts["epochs"] = last.epoch
    if best:
        losses = {"train_loss": best.train_loss, "val_loss": best.val_loss}
        known = {name: value for name, value in losses.items() if value is not None}
        facts |= {"best_epoch": best.epoch, "best": {**known, **best.metrics}}
    return facts
