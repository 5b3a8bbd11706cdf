"""Autoencoders: what comes in is squeezed through a few numbers and comes out again."""

from __future__ import annotations

import math
from typing import Annotated, ClassVar

from pydantic import Field

from workbench.graph.facts import Facts
from workbench.layers import TensorSpec
from workbench.layers.activation import ReLU, Sigmoid, Tanh
from workbench.layers.conv import Conv2d
from workbench.layers.conv_transpose import ConvTranspose2d
from workbench.layers.core import Linear
from workbench.layers.fields import Width
from workbench.layers.merge import Reparameterize
from workbench.layers.shape import Flatten, Unflatten
from workbench.templates.base import Answers, Template
from workbench.templates.samples import Takes, halvings
from workbench.templates.writer import StackWriter

_MNIST = Facts(TensorSpec((1, 28, 28)), "regression")


class _Restoring(Template):
    """What gives its sample back: of images values from 0 to 1, else of any size."""

    answers: ClassVar[Answers] = "the sample"

    @property
    def published(self) -> Facts:
        """Digits of 28×28 pixels."""
        return _MNIST

    def _restore(self, stack: StackWriter, sample: TensorSpec) -> None:
        """From as many numbers as a sample has to the sample."""
        if len(sample.shape) == 3:
            stack.add(Sigmoid(), "pixels")
        if len(sample.shape) > 1:
            stack.add(Unflatten(dim=1, unflattened_size=sample.shape), "restored")


class Autoencoder(_Restoring):
    """Squeezes samples through a few numbers by dense layers, and restores them."""

    name: ClassVar[str] = "autoencoder"
    title: ClassVar[str] = "Autoencoder, dense"
    takes: ClassVar[tuple[Takes, ...]] = ("vector", "sequence", "image")
    source: ClassVar[str] = "Hinton, Salakhutdinov 2006, Reducing the dimensionality of data"

    widths: Annotated[tuple[Width, ...], Field(min_length=1, max_length=6)] = Field(
        default=(1000, 500, 250),
        description="Units of the encoder's layers, at most two a number; the decoder mirrors them.",
    )
    code: Width = Field(default=30, description="Numbers that a sample is squeezed to; less than it has.")

    def _build(self, stack: StackWriter, facts: Facts) -> None:
        size = math.prod(facts.sample.shape)
        widths = [min(width, 2 * size) for width in self.widths]
        with stack.block("encoder", "Encoder"):
            if len(facts.sample.shape) > 1:
                stack.add(Flatten())
            for width in widths:
                stack.chain(Linear(out_features=width), Sigmoid())
            stack.add(Linear(out_features=min(self.code, max(1, size // 2))), "code")
        with stack.block("decoder", "Decoder"):
            for width in reversed(widths):
                stack.chain(Linear(out_features=width), Sigmoid())
            stack.add(Linear(out_features=size))
            self._restore(stack, facts.sample)


class ConvAutoencoder(_Restoring):
    """Squeezes images to a coarse map by strided convolutions, and restores them by transposed ones."""

    name: ClassVar[str] = "conv-autoencoder"
    title: ClassVar[str] = "Autoencoder, convolutional"
    takes: ClassVar[tuple[Takes, ...]] = ("image",)
    source: ClassVar[str] = "Masci, Meier, Cireşan, Schmidhuber 2011, Stacked convolutional auto-encoders"

    width: Width = Field(
        default=32, description="Filters of the first convolution; the next has twice as many."
    )
    code: Width = Field(default=8, description="Channels of the coarse map.")

    def _build(self, stack: StackWriter, facts: Facts) -> None:
        sides: list[tuple[int, ...]] = [facts.sample.shape[1:]]
        with stack.block("encoder", "Encoder"):
            for number, halved in enumerate(halvings(facts.sample, 2, least=2)):
                step = 2 if halved else 1
                sides.append(tuple(-(-side // step) for side in sides[-1]))
                conv = Conv2d(out_channels=self.width << number, kernel_size=3, stride=step, padding=1)
                stack.chain(conv, ReLU())
            stack.add(Conv2d(out_channels=self.code, kernel_size=1), "code")
        with stack.block("decoder", "Decoder"):
            stack.chain(Conv2d(out_channels=2 * self.width, kernel_size=1), ReLU())
            stack.chain(_enlarged(self.width, sides[2], sides[1]), ReLU())
            stack.add(_enlarged(facts.sample.shape[0], sides[1], sides[0]))
            stack.add(Sigmoid(), "pixels")


def _enlarged(channels: int, small: tuple[int, ...], large: tuple[int, ...]) -> ConvTranspose2d:
    """The convolution back from ``small`` to ``large``, to the pixel."""
    step = 1 if small == large else 2
    extra = tuple(after - (step * (before - 1) + 1) for before, after in zip(small, large, strict=True))
    return ConvTranspose2d(
        out_channels=channels, kernel_size=3, stride=step, padding=1, output_padding=(extra[0], extra[1])
    )


class VAE(_Restoring):
    """Squeezes samples to a normal distribution, draws from it, and restores them."""

    name: ClassVar[str] = "vae"
    title: ClassVar[str] = "Variational autoencoder"
    takes: ClassVar[tuple[Takes, ...]] = ("vector", "sequence", "image")
    source: ClassVar[str] = "Kingma, Welling 2014, Auto-encoding variational Bayes"

    width: Width = Field(default=500, description="Units of the hidden layers.")
    code: Width = Field(default=20, description="Dimensions of the distribution.")

    def _build(self, stack: StackWriter, facts: Facts) -> None:
        with stack.block("encoder", "Encoder"):
            if len(facts.sample.shape) > 1:
                stack.add(Flatten())
            hidden = stack.chain(Linear(out_features=self.width), Tanh())
            mean = stack.add(Linear(out_features=self.code), "mean", reads=hidden)
            log_var = stack.add(Linear(out_features=self.code), "log_var", reads=hidden)
        stack.add(Reparameterize(), "code", reads=(mean, log_var))
        with stack.block("decoder", "Decoder"):
            stack.chain(Linear(out_features=self.width), Tanh())
            stack.add(Linear(out_features=math.prod(facts.sample.shape)))
            self._restore(stack, facts.sample)
