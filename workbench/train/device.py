"""Where training computes."""

from __future__ import annotations

import torch

from workbench.errors import UserError


def resolve(name: str) -> torch.device:
    """Return the device for "auto", "cpu" or "cuda"; auto is CUDA where there is a device, else the CPU.

    Raises `UserError` for another name, and for "cuda" where there is none.
    """
    if name not in {"auto", "cpu", "cuda"}:
        raise UserError(f"no device is called {name!r}.", place="device", remedy="Use auto, cpu or cuda.")
    if name == "cpu":
        return torch.device("cpu")
    if torch.cuda.is_available():
        return torch.device("cuda", torch.cuda.current_device())
    if name == "auto":
        return torch.device("cpu")
    raise UserError(
        f"there is no CUDA device that this PyTorch ({torch.__version__}) can use.",
        place="device",
        remedy="Use cpu, or install an NVIDIA driver and a CUDA build of PyTorch.",
    )


def describe(device: torch.device, processes: int = 1) -> str:
    """'cpu', or 'cuda:0 · NVIDIA H100' with the card's name; and how many processes have one each."""
    name = str(device) if device.type == "cpu" else f"{device} · {torch.cuda.get_device_name(device)}"
    return name if processes == 1 else f"{name} · {processes} processes"
