"""A run of imported weights: inspected, evaluated and exported without training."""

import json

import torch

from workbench.build.check import built
from workbench.data.load import load as load_data
from workbench.data.samples import sample_project
from workbench.runs.store import RunStore
from workbench.runs.untrained import keep_untrained
from workbench.runs.weights import load_model
from workbench.train.checkpoint import write


def test_the_run_holds_the_weights_as_they_came(tmp_path):
    wine = sample_project("wine-softmax")
    project = wine.model_copy(
        update={"training": wine.training.model_copy(update={"weights": "w.safetensors"})}
    )
    wanted = built(wine.model).state_dict()
    write(tmp_path / "w.safetensors", wanted, json.dumps({}))
    run = keep_untrained(tmp_path, project, load_data(wine.data, tmp_path))

    info = RunStore(tmp_path).open("latest").info()
    assert (info.state, info.epochs, info.step) == ("completed", 0, 0)
    for which in ("best", "last"):
        found = load_model(run, which).state_dict()
        assert all(torch.equal(found[name], tensor) for name, tensor in wanted.items())
