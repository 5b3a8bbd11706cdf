"""The document's section ``training``."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from workbench.graph.frozen import Frozen
from workbench.graph.training.losses import Auto, Loss
from workbench.graph.training.optimizers import Adam, Optimizer
from workbench.graph.training.probes import Probes
from workbench.graph.training.schedules import Constant, Schedule


def _switch(value: Any) -> Any:
    """Take a choice that could once only be on or off as it was written then."""
    return {"true": "on", "false": "off"}.get(str(value).lower(), value)


class TrainingSection(Frozen):
    """How a model is trained."""

    epochs: int = Field(default=20, ge=1, le=100_000, description="Passes over the training split.")
    batch_size: int = Field(default=32, ge=1, le=1_000_000, description="Samples a step.")
    optimizer: Optimizer = Field(default=Adam(), description="How gradients change the weights.")
    schedule: Schedule = Field(default=Constant(), description="How the learning rate changes over the run.")
    loss: Loss = Field(
        default=Auto(), description="What is made small; auto takes what fits the task and the last layer."
    )
    patience: int = Field(
        default=0,
        ge=0,
        le=100_000,
        description="Stop after so many epochs without a better validation loss; 0 never stops early.",
    )
    min_delta: float = Field(
        default=0.0, ge=0, le=1e6, description="How much lower a loss must be to count as better."
    )
    clip_norm: float = Field(
        default=0.0, ge=0, le=1e6, description="Largest norm of all gradients together; 0 doesn't clip."
    )
    clip_value: float = Field(
        default=0.0, ge=0, le=1e6, description="Largest size of a single gradient; 0 doesn't clip."
    )
    l1: float = Field(
        default=0.0,
        ge=0,
        le=10,
        description="Penalty on the sum of all weights' sizes; the losses that are told leave it out.",
    )
    l2: float = Field(
        default=0.0,
        ge=0,
        le=10,
        description="Penalty on half the sum of all weights' squares; the losses that are told leave it out.",
    )
    ema: float = Field(
        default=0.0,
        ge=0,
        lt=1,
        description="Share of the averaged weights that is kept each step (0.999, say); the averages are "
        "validated and kept. 0 keeps the weights themselves.",
    )
    mixup: float = Field(
        default=0.0,
        ge=0,
        le=10,
        description="Alpha of mixup: samples are blended in pairs (Zhang et al., 2018). 0 doesn't blend.",
    )
    accumulate: int = Field(
        default=1,
        ge=1,
        le=4096,
        description="Parts that a batch is run in, to save memory: their gradients are added up. Batch norm "
        "sees a part at a time.",
    )
    precision: Literal["float32", "bfloat16", "float16"] = Field(
        default="float32", description="Numbers to compute in; weights stay float32. float16 is for CUDA."
    )
    tf32: bool = Field(
        default=True, description="Let an NVIDIA card round float32 products to TF32, which is much faster."
    )
    channels_last: Annotated[Literal["auto", "on", "off"], BeforeValidator(_switch)] = Field(
        default="auto",
        description="Keep images' channels last in memory. auto does so for convolutions on a CPU, which "
        "are faster then.",
    )
    compile: bool = Field(
        default=False,
        description="Compile the whole step, where there is a compiler: a slow start, then faster steps.",
    )
    processes: int = Field(
        default=1,
        ge=1,
        le=1024,
        description="Processes on this machine that share each batch (DDP): one a GPU if there are several.",
    )
    shard: bool = Field(
        default=False,
        description="Let the processes share the weights too (FSDP2), for models that don't fit one device.",
    )
    keep: int = Field(
        default=5,
        ge=0,
        le=1000,
        description="Earlier checkpoints that are kept to go back to, evenly spread.",
    )
    save_minutes: float = Field(
        default=2.0, gt=0, le=1440, description="Most minutes between checkpoints; each epoch's end has one."
    )
    probes: Probes = Field(
        default=Probes(), description="A few samples that are looked at after every epoch, to look back."
    )
    seed: int = Field(default=0, ge=0, le=2**31 - 1, description="Starts every random choice of the run.")
    device: Literal["auto", "cpu", "cuda"] = Field(
        default="auto", description="auto takes CUDA where there is a device, else the CPU."
    )
    init: Literal[
        "default",
        "xavier_uniform",
        "xavier_normal",
        "kaiming_uniform",
        "kaiming_normal",
        "orthogonal",
    ] = Field(
        default="default",
        description="Rule of torch.nn.init for the first weights of Linear layers and convolutions, with "
        "biases of 0; default leaves each layer torch's own.",
    )
    weights: str = Field(
        default="",
        max_length=4096,
        description="File of weights to start from, relative to the project folder; empty starts at random.",
    )
