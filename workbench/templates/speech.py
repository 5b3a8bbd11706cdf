"""The recurrent network for speech."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from workbench.graph.facts import Facts
from workbench.layers import TensorSpec
from workbench.layers.core import Linear
from workbench.layers.fields import Probability, Whole, Width
from workbench.layers.norm import BatchNorm1d
from workbench.layers.recurrent import GRU
from workbench.layers.regularise import Dropout
from workbench.layers.shape import Transpose
from workbench.layers.signal import MelSpectrogram
from workbench.templates.base import Template, outputs
from workbench.templates.fields import Depth
from workbench.templates.samples import Takes
from workbench.templates.writer import StackWriter


class SpeechRNN(Template):
    """Turns sound into its mel spectrogram and reads that in both directions, such as spoken commands."""

    name: ClassVar[str] = "speech-rnn"
    title: ClassVar[str] = "Speech RNN"
    takes: ClassVar[tuple[Takes, ...]] = ("waveform",)
    source: ClassVar[str] = "Graves, Mohamed, Hinton 2013; data of Warden 2018, Speech Commands"

    n_mels: Whole = Field(default=40, description="Number of mel bands.")
    hidden_size: Width = Field(default=128, description="Features of the state, in each direction.")
    num_layers: Depth = Field(default=2, description="Recurrent layers stacked on each other.")
    dropout: Probability = Field(default=0.2, description="Chance that a feature is dropped in training.")

    @property
    def published(self) -> Facts:
        """One second at 16 kHz, 35 words."""
        return Facts(TensorSpec((16_000,)), "classification", 35)

    def _standardizes(self, sample: TensorSpec) -> bool:
        """A waveform has no features to measure one by one."""
        return False

    def _build(self, stack: StackWriter, facts: Facts) -> None:
        mel = MelSpectrogram(n_fft=400, hop_length=160, n_mels=self.n_mels, log=True)
        stack.add(mel, "mel")
        stack.add(BatchNorm1d(), "norm")
        stack.add(Transpose(), "time_first")
        # torch warns of a dropout that has no layer to act between
        between = self.dropout if self.num_layers > 1 else 0.0
        gru = GRU(
            hidden_size=self.hidden_size, num_layers=self.num_layers, bidirectional=True, dropout=between
        )
        stack.add(gru, "gru")
        stack.add(Dropout(p=self.dropout), "drop")
        stack.add(Linear(out_features=outputs(facts)), "scores")
