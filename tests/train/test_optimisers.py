from __future__ import annotations

import json

import pytest
import torch
from pydantic import TypeAdapter
from torch import nn
from torch.nn import functional

from workbench.errors import UserError
from workbench.graph import training
from workbench.layers.params import params_of
from workbench.train.optimisers import needs_closure, optimiser
from workbench.train.optimizer_state import flatten, restore

SECTIONS = {
    "SGD": training.SGD(lr=0.05, momentum=0.8, weight_decay=0.01),
    "SGD plain": training.SGD(lr=0.05, momentum=0),
    "SGD nesterov": training.SGD(lr=0.05, nesterov=True),
    "Adam": training.Adam(weight_decay=0.01, beta1=0.8, beta2=0.95),
    "AdamW": training.AdamW(beta1=0.8, beta2=0.95),
    "NAdam": training.NAdam(weight_decay=0.01, beta1=0.8, beta2=0.95),
    "RAdam": training.RAdam(weight_decay=0.01, beta1=0.8, beta2=0.95),
    "Adagrad": training.Adagrad(lr_decay=0.1, weight_decay=0.01),
    "Adadelta": training.Adadelta(rho=0.8, weight_decay=0.01),
    "RMSprop": training.RMSprop(momentum=0.5, weight_decay=0.01),
    "RMSprop plain": training.RMSprop(),
    "LBFGS": training.LBFGS(lr=0.5, max_iter=3, history_size=3),
    "LBFGS fixed": training.LBFGS(lr=0.1, max_iter=3, history_size=2, line_search=False),
    "Muon": training.Muon(),
}
TORCHS = {
    "SGD": lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.8, weight_decay=0.01),
    "SGD plain": lambda p: torch.optim.SGD(p, lr=0.05),
    "SGD nesterov": lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9, nesterov=True),
    "Adam": lambda p: torch.optim.Adam(p, weight_decay=0.01, betas=(0.8, 0.95)),
    "AdamW": lambda p: torch.optim.AdamW(p, betas=(0.8, 0.95)),
    "NAdam": lambda p: torch.optim.NAdam(p, weight_decay=0.01, betas=(0.8, 0.95)),
    "RAdam": lambda p: torch.optim.RAdam(p, weight_decay=0.01, betas=(0.8, 0.95)),
    "Adagrad": lambda p: torch.optim.Adagrad(p, lr_decay=0.1, weight_decay=0.01),
    "Adadelta": lambda p: torch.optim.Adadelta(p, rho=0.8, weight_decay=0.01),
    "RMSprop": lambda p: torch.optim.RMSprop(p, lr=1e-3, momentum=0.5, weight_decay=0.01),
    "RMSprop plain": lambda p: torch.optim.RMSprop(p, lr=1e-3),
    "LBFGS": lambda p: torch.optim.LBFGS(
        p, lr=0.5, max_iter=3, history_size=3, line_search_fn="strong_wolfe"
    ),
    "LBFGS fixed": lambda p: torch.optim.LBFGS(p, lr=0.1, max_iter=3, history_size=2),
}
INPUTS = torch.randn(24, 6, generator=torch.Generator().manual_seed(1))
TARGETS = torch.randn(24, 2, generator=torch.Generator().manual_seed(2))


def network() -> nn.Sequential:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return nn.Sequential(
            nn.Unflatten(1, (1, 6)),
            nn.Conv1d(1, 3, 3),
            nn.Flatten(),
            nn.Linear(12, 5),
            nn.Tanh(),
            nn.Linear(5, 2),
        )


def train(model: nn.Module, optimizer: torch.optim.Optimizer, steps: range) -> None:
    for step in steps:
        rows = slice(step % 3 * 8, step % 3 * 8 + 8)

        def closure(rows: slice = rows) -> torch.Tensor:
            optimizer.zero_grad()
            loss = functional.mse_loss(model(INPUTS[rows]), TARGETS[rows])
            loss.backward()
            return loss

        if needs_closure(optimizer):
            optimizer.step(closure)
        else:
            closure()
            optimizer.step()


def same(one: nn.Module, other: nn.Module) -> bool:
    return all(map(torch.equal, one.state_dict().values(), other.state_dict().values()))


def test_every_optimiser_of_the_document_is_tried():
    names = {section.model_fields["name"].default for section in _all()}
    assert names == {section.name for section in SECTIONS.values()}


def _all():
    return next(p for p in params_of(training.TrainingSection) if p.name == "optimizer").sections


@pytest.mark.parametrize("name", TORCHS)
def test_steps_are_those_of_torch(name):
    ours, theirs = network(), network()
    train(ours, optimiser(SECTIONS[name], ours), range(20))
    train(theirs, TORCHS[name](theirs.parameters()), range(20))
    for one, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(one, other, rtol=1e-5, atol=1e-6)


def test_muon_is_torchs_for_hidden_matrices_and_adamw_for_the_rest():
    ours, theirs = network(), network()
    section = training.Muon(lr=0.05, momentum=0.9, weight_decay=0.2, adamw_lr=0.002)
    train(ours, optimiser(section, ours), range(20))
    hidden = theirs[3].weight
    rest = [p for p in theirs.parameters() if p is not hidden]
    both = (
        torch.optim.Muon([hidden], lr=0.05, momentum=0.9, weight_decay=0.2),
        torch.optim.AdamW(rest, lr=0.002, weight_decay=0.2),
    )
    for step in range(20):
        rows = slice(step % 3 * 8, step % 3 * 8 + 8)
        theirs.zero_grad()
        functional.mse_loss(theirs(INPUTS[rows]), TARGETS[rows]).backward()
        for optimizer in both:
            optimizer.step()
    for one, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(one, other, rtol=1e-5, atol=1e-6)


def test_the_groups_of_muon_keep_their_ratio():
    model = network()
    optimizer = optimiser(training.Muon(lr=0.02, adamw_lr=0.001), model)
    first, second = optimizer.param_groups
    assert [p is model[3].weight for p in first["params"]] == [True]
    assert len(second["params"]) == len(list(model.parameters())) - 1
    assert first["lr"] * first.get("lr_scale", 1) == 0.02
    assert first["lr"] * second["lr_scale"] == pytest.approx(second["lr"]) == pytest.approx(0.001)
    assert optimizer.step(lambda: 3.0) == 3.0, "a closure's loss comes back"


def test_muon_leaves_embeddings_to_adamw():
    model = nn.Sequential(nn.Embedding(9, 4), nn.Flatten(), nn.Linear(8, 6), nn.Linear(6, 2))
    (matrix,) = optimiser(training.Muon(), model).param_groups[0]["params"]
    assert matrix is model[2].weight


def test_muon_without_a_hidden_matrix_is_refused():
    with pytest.raises(UserError, match="hidden layers, and the stack has none"):
        optimiser(training.Muon(), nn.Linear(4, 2))


def test_nothing_to_train_is_refused():
    with pytest.raises(UserError, match="no weights to train"):
        optimiser(training.Adam(), nn.ReLU())


def test_nesterov_without_momentum_is_refused():
    with pytest.raises(UserError, match="nesterov needs a momentum"):
        optimiser(training.SGD(momentum=0, nesterov=True), network())


@pytest.mark.parametrize("name", SECTIONS)
@pytest.mark.parametrize("before", [0, 1, 5])
def test_going_on_from_a_flattened_state_is_exact(name, before):
    section = SECTIONS[name]
    whole = network()
    train(whole, optimiser(section, whole), range(8))

    first = network()
    optimizer = optimiser(section, first)
    train(first, optimizer, range(before))
    tensors, numbers = flatten(optimizer)
    numbers = json.loads(json.dumps(numbers, allow_nan=False))
    weights = {key: tensor.clone() for key, tensor in first.state_dict().items()}
    train(first, optimizer, range(before, before + 2))  # must not reach what was flattened

    second = network()
    second.load_state_dict(weights)
    fresh = optimiser(section, second)
    train(network(), fresh, range(0))
    groups = list(fresh.param_groups)
    restore(fresh, tensors, numbers)
    assert all(map(lambda a, b: a is b, groups, fresh.param_groups))
    train(second, fresh, range(before, 8))
    assert same(second, whole)


@pytest.mark.parametrize("name", SECTIONS)
def test_going_back_forgets_what_came_after(name):
    model = network()
    optimizer = optimiser(SECTIONS[name], model)
    start = {key: tensor.clone() for key, tensor in model.state_dict().items()}
    state = flatten(optimizer)
    train(model, optimizer, range(5))
    model.load_state_dict(start)
    restore(optimizer, *state)
    train(model, optimizer, range(5))
    other = network()
    train(other, optimiser(SECTIONS[name], other), range(5))
    assert same(model, other)


def test_flattened_tensors_are_contiguous_copies():
    model = network()
    optimizer = optimiser(SECTIONS["LBFGS"], model)
    train(model, optimizer, range(3))
    tensors, numbers = flatten(optimizer)
    assert set(tensors) == {0}
    assert set(numbers) == {"0"}
    assert {"d", "prev_flat_grad", "old_dirs.0", "old_stps.0", "ro.0"} <= set(tensors[0])
    assert all(tensor.is_contiguous() and tensor.device.type == "cpu" for tensor in tensors[0].values())
    pointers = [tensor.data_ptr() for tensor in tensors[0].values()]
    assert len(set(pointers)) == len(pointers)


def test_images_with_channels_last_go_on_exactly():
    def made() -> nn.Module:
        with torch.random.fork_rng():
            torch.manual_seed(3)
            return nn.Sequential(nn.Conv2d(3, 4, 2), nn.Flatten(), nn.Linear(16, 2)).to(
                memory_format=torch.channels_last
            )

    images, targets = torch.randn(8, 3, 3, 3), torch.randn(8, 2)

    def step(model: nn.Module, optimizer: torch.optim.Optimizer) -> None:
        optimizer.zero_grad()
        functional.mse_loss(model(images), targets).backward()
        optimizer.step()

    whole = made()
    optimizer = optimiser(training.Adam(), whole)
    for _ in range(3):
        step(whole, optimizer)
    other = made()
    other.load_state_dict(whole.state_dict())
    fresh = optimiser(training.Adam(), other)
    restore(fresh, *flatten(optimizer))
    step(whole, optimizer)
    step(other, fresh)
    assert same(whole, other)


def test_a_state_of_other_parameters_is_refused():
    model, other = network(), nn.Linear(3, 2)
    optimizer = optimiser(training.Adam(), model)
    train(model, optimizer, range(1))
    tensors, numbers = flatten(optimizer)
    with pytest.raises(UserError, match="another stack"):
        restore(optimiser(training.Adam(), other), tensors, numbers)


@pytest.mark.parametrize("damage", ["xyz", {"tensor": "nowhere"}, {}, 1.5])
def test_a_damaged_state_is_refused(damage):
    model = network()
    optimizer = optimiser(SECTIONS["LBFGS"], model)
    train(model, optimizer, range(2))
    tensors, numbers = flatten(optimizer)
    numbers["0"]["t"] = damage
    with pytest.raises(UserError, match="no number"):
        restore(optimizer, tensors, numbers)


def test_only_lbfgs_needs_a_closure():
    for name, section in SECTIONS.items():
        assert needs_closure(optimiser(section, network())) is name.startswith("LBFGS")


def test_sections_are_read_by_name():
    read = TypeAdapter(training.Optimizer).validate_python
    assert read("Muon") == training.Muon()
