"""Recurrent layers over sequences (time × features), batch first."""

from typing import ClassVar, Literal

from pydantic import Field

from workbench.layers.base import Call, Group, Layer, TensorSpec
from workbench.layers.fields import Probability, Whole, Width


class _Recurrent(Layer):
    """What recurrent layers share."""

    group: ClassVar[Group] = "recurrent"
    ranks: ClassVar[tuple[int, ...]] = (2,)
    expects: ClassVar[str] = "a sequence (time × features)"
    typed: ClassVar[tuple[str, ...]] = ("hidden_size", "num_layers")

    hidden_size: Width = Field(default=64, description="Number of features of the state.")
    num_layers: Whole = Field(default=1, description="Recurrent layers stacked on each other.")
    bidirectional: bool = Field(default=False, description="Read the sequence in both directions.")
    dropout: Probability = Field(default=0.0, description="Chance of dropping between stacked layers.")
    returns: Literal["sequence", "last"] = Field(
        default="last", description="Give the state at every time step, or at the last only."
    )

    def call(self, *inputs: TensorSpec) -> Call:
        name = self.__class__.__name__ + ("Last" if self.returns == "last" else "Sequence")
        # torch warns of a dropout that has no layer to act between
        unset = {"hidden_size", "returns"} | ({"dropout"} if self.num_layers == 1 else set())
        names = (name for name in type(self).model_fields if name not in unset)
        options = (("batch_first", True), *self.changed(*names))
        return Call(name, (inputs[0].shape[-1], self.hidden_size), options)

    def summary(self) -> str:
        times = f" ×{self.num_layers}" if self.num_layers > 1 else ""
        return f"{self.hidden_size}{times}{' bi' if self.bidirectional else ''} · {self.returns}"


class LSTM(_Recurrent):
    """Long short-term memory: reads a sequence with a gated state that remembers far back."""

    words: ClassVar[tuple[str, ...]] = ("lstm",)


class GRU(_Recurrent):
    """Gated recurrent unit: as LSTM, with fewer gates and parameters."""

    words: ClassVar[tuple[str, ...]] = ("gru",)


class RNN(_Recurrent):
    """Plain recurrent layer: each step's state is an activation of its input and of the state before."""

    words: ClassVar[tuple[str, ...]] = ("rnn",)

    nonlinearity: Literal["tanh", "relu"] = Field(default="tanh", description="Activation of the state.")
