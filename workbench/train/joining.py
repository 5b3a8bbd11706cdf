"""Into torch's group of processes, and out of it."""

from __future__ import annotations

import os
import sys
from datetime import timedelta
from typing import NoReturn

import torch
import torch.distributed as dist

from workbench.errors import UserError
from workbench.train.orders import Orders
from workbench.train.processes import Processes

PATIENCE = timedelta(minutes=20)
"""How long a process waits for the others in one exchange, while the first validates for instance."""


def join(device: str, backend: str, orders: Orders, *, shard: bool) -> Processes:
    """Join the processes that torchrun started, as its environment variables say; `leave` ends this one.

    ``device``: auto, cpu or cuda; each process takes the CUDA device of its number on the machine.
    ``backend``: auto, gloo or nccl; auto takes NCCL for CUDA. Raises `UserError`.
    """
    cuda = device == "cuda" or (device == "auto" and torch.cuda.is_available())
    if cuda:
        _choose_device(int(os.environ["LOCAL_RANK"]))
    chosen = ("nccl" if cuda else "gloo") if backend == "auto" else backend
    if chosen == "nccl" and not (cuda and dist.is_nccl_available()):
        what = "NCCL needs CUDA devices." if not cuda else "this PyTorch was built without NCCL."
        raise UserError(what, place="backend", remedy="Use gloo.")
    # Orders and figures go over gloo in any case: they lie in main memory.
    dist.init_process_group("cpu:gloo,cuda:nccl" if chosen == "nccl" else "gloo", timeout=PATIENCE)
    return Processes("cuda" if cuda else "cpu", orders, shard=shard)


def leave(status: int) -> NoReturn:
    """End this process, with all that `join` made still there.

    Where Python lets go of a model or a group, torch 2.13 waits, holding the interpreter, for gloo's thread,
    which may wait for the interpreter to let go of a tensor.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def _choose_device(number: int) -> None:
    count = torch.cuda.device_count()
    if number >= count:
        raise UserError(
            f"there are more processes than CUDA devices: {count} here.",
            place="nproc",
            remedy=f"Use {count} processes on this machine, or the CPU." if count else "Use the CPU.",
        )
    torch.cuda.set_device(number)
