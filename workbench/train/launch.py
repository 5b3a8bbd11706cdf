"""The command that starts several processes: torchrun, with as many as are wanted on each machine."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from workbench.errors import UserError
from workbench.graph.training import TrainingSection

Backend = Literal["auto", "gloo", "nccl"]
BACKENDS: tuple[Backend, ...] = ("auto", "gloo", "nccl")

_SECONDS_TO_LEAVE = 20
"""Time that the others have to end when one process has failed."""


@dataclass(frozen=True)
class Layout:
    """How many processes train together, and where.

    ``nproc``: processes on this machine. ``nnodes``: machines, of which this is number ``node_rank``, from
    0; all meet at ``master``, which is HOST:PORT on number 0. ``backend``: how gradients travel; auto is NCCL
    for CUDA, else gloo. ``shard``: each process holds a part of the weights (FSDP2), for models that don't
    fit one device; else each has them all (DDP).
    """

    nproc: int = 1
    nnodes: int = 1
    node_rank: int = 0
    master: str = ""
    backend: Backend = "auto"
    shard: bool = False

    @property
    def alone(self) -> bool:
        """Whether it is one process, which needs nobody to start it."""
        return self.nproc == self.nnodes == 1

    @property
    def leads(self) -> bool:
        """Whether this machine has the first process, which records the run."""
        return self.node_rank == 0

    def check(self) -> None:
        """Raise `UserError` where the numbers don't go together, or processes can't be started from here."""
        if self.nproc < 1 or self.nnodes < 1:
            raise UserError(
                "there must be at least one process.", place="nproc", remedy="Set it to 1 or more."
            )
        if not 0 <= self.node_rank < self.nnodes:
            raise UserError(
                f"there is no machine {self.node_rank} among {self.nnodes}.",
                place="node_rank",
                remedy=f"Number the machines from 0 to {self.nnodes - 1}.",
            )
        if self.nnodes > 1 and not re.fullmatch(r"(\[[0-9A-Fa-f:.]+\]|[^\s:]+):\d{1,5}", self.master):
            raise UserError(
                f"several machines must know where to meet, and {self.master!r} is no HOST:PORT.",
                place="master",
                remedy="Name an address of machine 0 that all can reach, such as 192.0.2.7:29500.",
            )
        if self.alone and self.shard:
            raise UserError(
                "one process has nothing to share the model with.",
                place="shard",
                remedy="Use two processes or more (--nproc 2).",
            )
        if getattr(sys, "frozen", False):
            raise UserError(
                "the packaged program can't start several processes: that takes Python and torchrun.",
                place="nproc",
                remedy="Install Model Workbench with pip, and train there: workbench train DIR --nproc N.",
            )


ALONE = Layout()
"""One process: this one."""


def suits(training: TrainingSection, layout: Layout) -> None:
    """Raise `UserError` for settings that several processes can't train with."""
    if training.optimizer.name == "LBFGS":
        raise UserError(
            "LBFGS looks at losses between steps, which several processes see only in part.",
            place="training.optimizer",
            remedy="Choose another optimizer, or train in one process.",
        )
    if layout.shard and training.channels_last == "on":
        raise UserError(
            "weights that are shared out lie in memory as they come.",
            place="training.channels_last",
            remedy="Switch it off, or leave out --shard.",
        )
    if layout.shard and training.precision == "float16":
        raise UserError(
            "float16 scales gradients by what it finds in all of them, and each process has only a part.",
            place="training.precision",
            remedy="Set it to bfloat16, or leave out --shard.",
        )


def command(layout: Layout, module: str, arguments: Sequence[str], logs: Path) -> list[str]:
    """Return the command line that runs a Python module in all of this machine's processes.

    ``logs`` is an empty folder for torchrun's own notes.
    """
    if layout.nnodes == 1:
        # Port 0: torchrun takes a free one. By number, so that nothing depends on how this machine is called.
        meeting = ["--rdzv-backend", "c10d", "--rdzv-endpoint", "127.0.0.1:0", "--local-addr", "127.0.0.1"]
    else:
        # Static, so that machine 0 has process 0.
        host, _, port = layout.master.rpartition(":")
        meeting = ["--node-rank", str(layout.node_rank), "--master-addr", host.strip("[]")]
        meeting += ["--master-port", port]
    return [
        sys.executable,
        *("-m", "torch.distributed.run"),
        *("--nnodes", str(layout.nnodes), "--nproc-per-node", str(layout.nproc)),
        *meeting,
        *("--max-restarts", "0", "--shutdown-timeout", str(_SECONDS_TO_LEAVE)),
        *("--log-dir", str(logs), "-m", module, *arguments),
    ]


def environment(layout: Layout) -> Mapping[str, str]:
    """Return this process's environment, with the processors shared out: each process has its own threads."""
    threads = max(1, (os.cpu_count() or 1) // layout.nproc)
    return {"OMP_NUM_THREADS": str(threads), **os.environ, "PYTHONUNBUFFERED": "1"}
