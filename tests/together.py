"""Small trainings, done by one process in a test and by several under torchrun: the same code for both.

``torchrun -m together FOLDER`` writes what came out to FOLDER/found.json, and checkpoints beside it.
"""

import json
import sys
from pathlib import Path
from unittest import mock

import numpy as np

from workbench.data.dataset import Dataset
from workbench.graph import Project
from workbench.train import vitals
from workbench.train.checkpoint import Checkpoint
from workbench.train.events import Changed, EpochEnded, Failed, Finished, Probed, Started, Steps, Vitals
from workbench.train.orders import Order, Orders
from workbench.train.trainer import Trainer

SGD = {"name": "SGD", "lr": 0.05, "momentum": 0.9, "nesterov": True}


def data(samples=62, task="classification", shape=(6,)):
    random = np.random.default_rng(0)
    inputs = random.normal(size=(samples, *shape)).astype(np.float32)
    flat = inputs.reshape(samples, -1)
    targets = flat[:, :3].argmax(1) if task == "classification" else flat @ random.normal(size=6)
    order = random.permutation(samples)
    return Dataset(
        name="made",
        kind="table" if len(shape) == 1 else "image",
        task=task,
        inputs=inputs,
        targets=targets.astype(np.int64 if task == "classification" else np.float32),
        classes=("a", "b", "c") if task == "classification" else (),
        splits={"validation": order[:14], "test": order[14:15], "train": order[15:]},
    )


def project(*rows, outputs=3, shape=(6,), **training):
    stack = ["Input", *(rows or ("Linear", "ReLU")), "Linear"]
    conv = {"out_channels": 4, "kernel_size": 3}
    sizes = {"Input": {"shape": shape}, "Linear": {"out_features": 8}, "Conv2d": conv}
    layers = [
        {"id": f"layer{n}", "type": kind, "params": sizes.get(kind, {})} for n, kind in enumerate(stack)
    ]
    layers[-1]["params"] = {"out_features": outputs}
    return Project.model_validate({"model": {"layers": layers}, "training": {"epochs": 3, **training}})


IMAGES = ("Conv2d", "ReLU", "Conv2d", "Flatten")
CASES = {
    # 47 samples: batches of 7 leave one of 5, and no part is like another.
    "adam": lambda: (project(batch_size=7), data()),
    "sgd": lambda: (
        project(outputs=1, batch_size=9, optimizer=SGD, clip_norm=0.5, l2=0.01, accumulate=2, ema=0.9),
        data(task="regression"),
    ),
    "single": lambda: (project(batch_size=1, epochs=1, schedule={"name": "cosine"}), data()),
    "broken": lambda: (
        project(outputs=1, batch_size=7, optimizer={"name": "SGD", "lr": 100}),
        data(task="regression"),
    ),
    # Weights that lie in memory another way than gradients do make fused kernels learn nonsense.
    "images": lambda: (
        project(*IMAGES, shape=(1, 8, 8), batch_size=8, epochs=1, channels_last="on"),
        data(shape=(1, 8, 8)),
    ),
    "norm": lambda: (project("Linear", "BatchNorm1d", "ReLU", "Dropout", batch_size=3, epochs=1), data()),
}
CHANGES = (("batch_size", 11), ("optimizer.lr", 0.002), ("optimizer.weight_decay", 0.1))
STOP_AT = 10
"""Steps after which a snapshot is taken and training is stopped: within the second epoch of "adam"."""


def told(events):
    """What came out of a training, as JSON."""
    events = list(events)
    losses = [event.losses.tolist() for event in events if isinstance(event, Steps)]
    epochs = [e for e in events if isinstance(e, EpochEnded)]
    failed = [e for e in events if isinstance(e, Failed)]
    return {
        "losses": [loss for some in losses for loss in some],
        "epochs": [[e.train_loss, e.val_loss, *e.metrics.values()] for e in epochs],
        "changed": [[e.name, e.step, e.value] for e in events if isinstance(e, Changed)],
        "failed": [[e.step, e.message] for e in failed],
        "device": next(e.device for e in events if isinstance(e, Started)),
        "reason": next((e.reason for e in events if isinstance(e, Finished)), ""),
    }


def stopped(trainer, stop):
    """Train for some steps, then ``stop``, if that is given: in the first process. Give events, snapshot."""
    events, snapshot = [], None
    for event in trainer.events():
        events.append(event)
        if isinstance(event, Steps) and event.first_step + len(event.losses) == STOP_AT and stop:
            snapshot = trainer.snapshot()
            stop()
    return events, snapshot


def watched(team):
    """The case "adam" with a look at the layers as often as there can be one, and what was seen."""
    made, dataset = CASES["adam"]()
    with mock.patch.multiple(vitals, EVERY=0.0, FIRST_STEPS=0, SHARE=1.0):
        trainer = Trainer(made, dataset, device="cpu", team=team)
        events = list(trainer.events())
    probed = trainer.probing.latest if trainer.probing else None
    return {
        **told(events),
        "looks": sum(isinstance(event, Vitals) for event in events),
        "probed": [event.epoch for event in events if isinstance(event, Probed)],
        "activations": {} if probed is None else {n: a.tolist() for n, a in probed.activations.items()},
    }


def main(folder):
    from workbench.train.joining import join, leave
    from workbench.train.processes import Processes
    from workbench.train.words import to_all

    orders = Orders()
    found = {}
    team = join("cpu", "gloo", orders, shard=False)
    sharded = Processes("cpu", orders, shard=True)
    first = team.rank == 0
    teams = {"": team, "sharded_": sharded}
    for prefix, together in teams.items():
        for name in CASES if not prefix else ("adam", "sgd", "broken"):
            made, dataset = CASES[name]()
            trainer = Trainer(made, dataset, device="cpu", team=together)
            found[prefix + name] = told(trainer.events())
            weights = trainer.snapshot() if first and not prefix else None
            if weights and name == "adam":
                weights.save(folder / "whole.safetensors")
        made, dataset = CASES["adam"]()
        resumed = Checkpoint.load(folder / "alone.safetensors")
        trainer = Trainer(made, dataset, device="cpu", team=together, resume=resumed)
        found[prefix + "resumed"] = told(trainer.events())
        trainer = Trainer(made, dataset, device="cpu", team=together)
        orders.put(Order("one_by_one", value=1.0))
        stop = (lambda: orders.put(Order("stop"))) if first else None
        events, snapshot = stopped(trainer, stop)
        orders.put(Order("one_by_one", value=0.0))
        found[prefix + "stopped"] = told(events)
        if snapshot:
            snapshot.save(folder / f"{prefix}together.safetensors")
    made, dataset = CASES["norm"]()
    orders.put(Order("one_by_one", value=1.0))
    stop = (lambda: orders.put(Order("stop"))) if first else None
    _, snapshot = stopped(Trainer(made, dataset, device="cpu", team=team), stop)
    orders.put(Order("one_by_one", value=0.0))
    if snapshot:
        snapshot.save(folder / "norm.safetensors")
    to_all(None)  # the others wait until it is there
    resumed = Checkpoint.load(folder / "norm.safetensors")
    found["norm_resumed"] = told(Trainer(made, dataset, device="cpu", team=team, resume=resumed).events())
    made, dataset = CASES["adam"]()
    for name, value in CHANGES:
        orders.put(Order("change", name, value))
    orders.put(Order("change", "batch_size", -1.0))
    found["changed"] = told(Trainer(made, dataset, device="cpu", team=team).events())

    found["watched"] = watched(team)

    if first:
        (folder / "found.json").write_text(json.dumps(found), encoding="utf-8")
    leave(0)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
