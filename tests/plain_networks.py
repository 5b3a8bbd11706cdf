"""The networks of tests/interpret/conftest.py as anyone would write them, with the same weights."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from workbench.build.check import built
from workbench.build.model import StackModel
from workbench.graph import Graph


def stack(*rows: dict) -> StackModel:
    torch.manual_seed(0)
    return built(Graph.model_validate({"layers": rows}))


class PlainImages(nn.Module):
    def __init__(self, made):
        super().__init__()
        self.conv1 = nn.Conv2d(2, 3, 3, padding="same")
        self.bn1 = nn.BatchNorm2d(3)
        self.relu1 = nn.ReLU()
        self.conv2 = nn.Conv2d(3, 3, 3, padding="same")
        self.fc1 = nn.Linear(108, 3)
        self.load_state_dict(made.state_dict())
        self.eval()

    def forward(self, x):
        rectified = self.relu1(self.bn1(self.conv1(x)))
        return self.fc1((rectified + self.conv2(rectified)).flatten(1))


class PlainWords(nn.Module):
    """The probability of the second class."""

    def __init__(self, made):
        super().__init__()
        self.emb = nn.Embedding(10, 4)
        self.lstm = nn.LSTM(4, 6, batch_first=True, bidirectional=True)
        self.fc = nn.Linear(12, 1)
        self.load_state_dict(made.state_dict())
        self.eval()

    def forward(self, ids):
        _, (hidden, _) = self.lstm(self.emb(ids))
        return torch.sigmoid(self.fc(torch.cat((hidden[-2], hidden[-1]), 1)))[:, 0]


class PlainValues(nn.Module):
    def __init__(self, made):
        super().__init__()
        self.fc1 = nn.Linear(3, 4)
        self.tanh = nn.Tanh()
        self.fc2 = nn.Linear(4, 1)
        state = made.state_dict()
        self.load_state_dict({name: state[name] for name in self.state_dict()})
        self.scale, self.units = (
            (state[f"{name}.mean"], state[f"{name}.std"]) for name in ("scale", "units")
        )
        self.eval()

    def forward(self, x):
        mean, std = self.scale
        found = self.fc2(self.tanh(self.fc1((x - mean) / std)))
        return found[:, 0] * self.units[1] + self.units[0]


class PlainSteps(nn.Module):
    def __init__(self, made):
        super().__init__()
        self.conv = nn.Conv1d(3, 4, 3, padding=1)
        self.relu = nn.ReLU()
        self.fc = nn.Linear(4, 3)
        self.load_state_dict(made.state_dict())
        self.eval()

    def forward(self, x):
        return self.fc(self.relu(self.conv(x.transpose(1, 2))).mean(2))


def batch_of(dataset, number):
    """One sample as captum gets it."""
    return torch.from_numpy(np.array(dataset.batch(np.array([number]))))
