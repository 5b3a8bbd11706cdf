"""What is said of real trainings: nothing bad of the samples that ship, the truth of bad ones."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from workbench.build.model import StackModel
from workbench.data.load import load
from workbench.graph import Project, file
from workbench.graph.overrides import override
from workbench.resources import resource
from workbench.train.diagnosis import Diagnosis
from workbench.train.events import Finding
from workbench.train.trainer import Trainer
from workbench.train.vitals import VitalSigns


def digits(activation: str, depth: int, *settings: str) -> Project:
    """A stack of equal Linear layers for the digits."""
    sample = file.load(_folder("digits-mlp"))
    layers = [*sample.model_dump(mode="json")["model"]["layers"][:2]]
    for number in range(1, depth + 1):
        layers.append({"id": f"linear{number}", "type": "Linear", "params": {"out_features": 64}})
        layers.append({"id": f"act{number}", "type": activation})
    layers.append({"id": "last", "type": "Linear", "params": {"out_features": 10}})
    raw = {**sample.model_dump(mode="json"), "model": {"layers": layers}}
    return override(Project.model_validate(raw), settings)


def _folder(name: str) -> Path:
    return Path(str(resource("samples", name)))


@pytest.fixture(autouse=True)
def looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at every epoch, however fast this machine is."""
    last: dict[VitalSigns, int] = {}

    def due(vitals: VitalSigns, step: int, _now: float) -> bool:
        wanted = step >= 10 and step >= last.get(vitals, 0) + 20
        if wanted:
            last[vitals] = step
        return wanted

    monkeypatch.setattr(VitalSigns, "due", due)


def said(project: Project, folder: Path, spoil: Callable[[StackModel], object] = id) -> list[Finding]:
    """All that was ever said of a run whose weights were spoiled at first."""
    assert project.data is not None
    diagnosis = Diagnosis(project)
    found = []
    trainer = Trainer(project, load(project.data, folder), device="cpu", seed=0)
    with torch.no_grad():
        spoil(trainer.model)
    for event in trainer.events():
        diagnosis.take(event)
        if event.kind in ("vitals", "epoch_ended", "finished"):
            found += diagnosis.findings()
    return found


@pytest.mark.parametrize(
    "name", ["wine-softmax", "breast-cancer-mlp", "diabetes-regression", "digits-mlp", "digits-cnn"]
)
def test_no_alarm_at_the_samples(name):
    project = override(file.load(_folder(name)), ["epochs=2"] if name == "digits-cnn" else [])
    alarms = {f"{f.name}: {f.message}" for f in said(project, _folder(name)) if f.severity != "good"}
    assert not alarms


@pytest.mark.parametrize(
    ("project", "names"),
    [
        (digits("ReLU", 2, "lr=1", "epochs=30"), {"dead_units", "not_learning"}),
        (digits("Sigmoid", 20, "epochs=6"), {"vanishing_gradients", "not_learning"}),
        (digits("ReLU", 2, "lr=1e-6", "epochs=6"), {"not_learning"}),
        (digits("Tanh", 3, "lr=1", "epochs=20"), {"not_learning", "saturated_units"}),
    ],
    ids=["rate too high", "deep sigmoids", "rate too low", "saturated"],
)
def test_what_is_wrong_is_recognised(project, names):
    found = said(project, _folder("digits-mlp"))
    assert names <= {finding.name for finding in found if finding.severity == "broken"}


def dead_by_their_biases(model: StackModel) -> None:
    model.linear1.bias.fill_(-10)


def saturated(model: StackModel) -> None:
    model.linear1.weight.mul_(300)


def alike(model: StackModel) -> None:
    """All units of a layer see the same: they differ only by what their biases do."""
    model.linear2.weight.copy_(model.linear2.weight[:1].clone().expand_as(model.linear2.weight))


@pytest.mark.parametrize(
    ("project", "spoil", "name", "layer"),
    [
        (digits("ReLU", 2, "epochs=8"), dead_by_their_biases, "dead_units", "act1"),
        (digits("Tanh", 2, "epochs=8"), saturated, "saturated_units", "act1"),
        (digits("Tanh", 3, "epochs=8", "lr=1e-5"), alike, "low_rank", "linear2"),
    ],
    ids=["dead by their biases", "saturated", "low rank"],
)
def test_ill_weights_are_recognised_where_they_are(project, spoil, name, layer):
    found = said(project, _folder("digits-mlp"), spoil)
    finding = next(f for f in found if f.name == name)
    assert (finding.severity, finding.layer) == ("broken", layer)
    assert any(remedy.insert for remedy in finding.remedies)
    assert any(remedy.set and remedy.set[0][0] == "init" for remedy in finding.remedies)
    assert layer not in {f.layer for f in said(project, _folder("digits-mlp"))}
