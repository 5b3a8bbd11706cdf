"""What the last digits of a training's numbers depend on, beside its settings and its data."""

from __future__ import annotations

from collections.abc import Mapping

import torch

from workbench.train import device as devices


def environment(device: torch.device, processes: int, *, one_thread: bool) -> dict[str, str]:
    """Return the device, torch's version, and on the CPU its vector instructions and torch's threads.

    ``one_thread``: steps are run on one, however many there are.
    """
    found = {"device": devices.describe(device, processes), "torch": f"torch {torch.__version__}"}
    if device.type == "cpu":
        threads = 1 if one_thread else torch.get_num_threads()
        found["instructions"] = torch.backends.cpu.get_cpu_capability()
        found["threads"] = f"{threads} thread{'' if threads == 1 else 's'}"
    return found


def differing(before: Mapping[str, str], now: Mapping[str, str]) -> str:
    """Return in a sentence what is other than it was, "" where nothing is, or nothing is known of before."""
    changed = [name for name in now if before.get(name, now[name]) != now[name]]
    if not changed:
        return ""
    was, is_ = (", ".join(some[name] for name in changed) for some in (before, now))
    return (
        f"This was trained with {was} and goes on with {is_}: "
        "losses may differ in their last digits from those of a run without a break."
    )
