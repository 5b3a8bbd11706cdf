"""Recurrent layers that give one tensor."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class LSTMSequence(nn.LSTM):
    """LSTM that gives its output at every time step."""

    def forward(self, x: Tensor) -> Tensor:  # type: ignore[override]
        """(batch, time, features) to (batch, time, hidden)."""
        return super().forward(x)[0]


class LSTMLast(nn.LSTM):
    """LSTM that gives its final states: of both directions, side by side, where it reads in both."""

    def forward(self, x: Tensor) -> Tensor:  # type: ignore[override]
        """(batch, time, features) to (batch, hidden)."""
        state = super().forward(x)[1][0]
        return torch.cat((state[-2], state[-1]), 1) if self.bidirectional else state[-1]


class GRUSequence(nn.GRU):
    """GRU that gives its output at every time step."""

    def forward(self, x: Tensor) -> Tensor:  # type: ignore[override]
        """(batch, time, features) to (batch, time, hidden)."""
        return super().forward(x)[0]


class GRULast(nn.GRU):
    """GRU that gives its final states: of both directions, side by side, where it reads in both."""

    def forward(self, x: Tensor) -> Tensor:  # type: ignore[override]
        """(batch, time, features) to (batch, hidden)."""
        state = super().forward(x)[1]
        return torch.cat((state[-2], state[-1]), 1) if self.bidirectional else state[-1]


class RNNSequence(nn.RNN):
    """RNN that gives its output at every time step."""

    def forward(self, x: Tensor) -> Tensor:  # type: ignore[override]
        """(batch, time, features) to (batch, time, hidden)."""
        return super().forward(x)[0]


class RNNLast(nn.RNN):
    """RNN that gives its final states: of both directions, side by side, where it reads in both."""

    def forward(self, x: Tensor) -> Tensor:  # type: ignore[override]
        """(batch, time, features) to (batch, hidden)."""
        state = super().forward(x)[1]
        return torch.cat((state[-2], state[-1]), 1) if self.bidirectional else state[-1]
