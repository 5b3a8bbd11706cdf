import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from workbench.build.model import StackModel
from workbench.errors import UserError
from workbench.graph import Graph
from workbench.graph.training import TrainingSection
from workbench.train.batches import Samples, sizes
from workbench.train.exchanging import leaves_some_out
from workbench.train.launch import Layout, command, environment, suits
from workbench.train.losses import Loss
from workbench.train.orders import Order, Orders
from workbench.train.shares import parts, share
from workbench.train.team import Alone


@given(batch=st.integers(1, 300), size=st.integers(1, 40))
def test_every_sample_of_a_batch_counts_once(batch, size):
    shares = [share(batch, rank, size) for rank in range(size)]
    learned = [n for part in shares if part.weight for n in range(part.start, part.stop)]
    assert learned == list(range(batch))
    assert sum(part.weight for part in shares) == pytest.approx(1)
    for part in shares:
        assert part.weight in (0, (part.stop - part.start) / batch)
        assert part.stop - part.start >= min(2, batch)  # batch norm has no statistics of one sample
    counted = [part.stop - part.start for part in shares if part.weight]
    assert max(counted) - min(counted) <= 1


@given(samples=st.integers(1, 400), batch=st.integers(1, 64), size=st.integers(1, 5))
def test_processes_visit_their_parts_of_the_same_batches(samples, batch, size):
    order = torch.randperm(samples)
    cut = sizes(samples, batch)
    whole = torch.split(order, cut)
    for rank in range(size):
        mine, counts = parts(order, cut, rank, size)
        assert len(mine) == sum(counts)
        for visited, all_of_it in zip(torch.split(mine, counts), whole, strict=True):
            part = share(len(all_of_it), rank, size)
            assert torch.equal(visited, all_of_it[part.start : part.stop])


def test_alone_nothing_changes(make_dataset):
    team, dataset = Alone(), make_dataset(10)
    loss = Loss("cross_entropy", torch.nn.functional.cross_entropy, columns=False)
    samples = Samples(dataset, np.arange(10), loss, torch.device("cpu"))
    model, tensor = torch.nn.Linear(3, 3), torch.rand(3)
    assert team.wrap(model) is model
    assert team.mean(tensor, [1, 2, 3]) is tensor
    assert team.whole(tensor) is tensor
    assert team.placed(tensor, torch.rand(3)) is tensor
    assert team.once(lambda: (0.5, {"accuracy": 1.0})) == (0.5, {"accuracy": 1.0})
    found = list(team.batches(samples, torch.arange(10), [4, 4, 2], 1))
    assert [len(inputs) for inputs, _ in found] == [4, 2]


@given(
    do=st.sampled_from(["go", "stop", "keep", "change", "one_by_one"]),
    name=st.text(),
    value=st.floats(allow_nan=False, allow_infinity=False),
)
def test_orders_arrive_as_they_were(do, name, value):
    order = Order(do, name, value)
    assert Order.from_json(order.to_json()) == order


@pytest.mark.parametrize(
    "raw",
    [
        None,
        [],
        {},
        {"do": "dance", "name": "", "value": 0},
        {"do": "stop"},
        {"do": "stop", "name": 3, "value": 0},
        {"do": "stop", "name": "", "value": True},
        {"do": "stop", "name": "", "value": "0"},
        {"do": "stop", "name": "", "value": 0, "more": 1},
        {"do": ["stop"], "name": "", "value": 0},
    ],
)
def test_what_is_no_order_is_refused(raw):
    with pytest.raises(ValueError, match="no order"):
        Order.from_json(raw)


def test_a_training_waits_until_its_events_were_asked_for():
    orders = Orders()
    assert not orders.held
    orders.sent = 2
    orders.put(Order("go", value=1))
    assert orders.held
    orders.put(Order("change", "optimizer.lr", 0.1))
    orders.put(Order("go", value=2))
    assert not orders.held
    assert orders.take() == [Order("change", "optimizer.lr", 0.1)]
    assert orders.take() == []
    orders.wait(0.0)


@pytest.mark.parametrize(
    ("layout", "place"),
    [
        (Layout(nproc=0), "nproc"),
        (Layout(nproc=2, nnodes=0), "nproc"),
        (Layout(nnodes=2, node_rank=2, master="a:1"), "node_rank"),
        (Layout(nnodes=2, node_rank=-1, master="a:1"), "node_rank"),
        (Layout(nnodes=2), "master"),
        (Layout(nnodes=2, master="nowhere"), "master"),
        (Layout(nnodes=2, master="a b:29500"), "master"),
        (Layout(shard=True), "shard"),
    ],
)
def test_layouts_that_cannot_be(layout, place):
    with pytest.raises(UserError) as error:
        layout.check()
    assert error.value.place == place
    assert error.value.remedy


@pytest.mark.parametrize("master", ["192.0.2.7:29500", "node0.cluster:1", "[2001:db8::1]:29500"])
def test_where_machines_meet(master, tmp_path):
    layout = Layout(nproc=4, nnodes=2, node_rank=1, master=master)
    layout.check()
    words = command(layout, "some.module", ["{}"], tmp_path)
    host = words[words.index("--master-addr") + 1]
    port = words[words.index("--master-port") + 1]
    assert f"{host}:{port}" == master.replace("[", "").replace("]", "")
    assert words[-3:] == ["-m", "some.module", "{}"]
    assert words[words.index("--node-rank") + 1] == "1"


def test_the_packaged_program_says_that_it_cannot(monkeypatch):
    monkeypatch.setattr("sys.frozen", True, raising=False)
    with pytest.raises(UserError, match="packaged program") as error:
        Layout(nproc=2).check()
    assert "pip" in error.value.remedy


@pytest.mark.parametrize(
    ("settings", "layout", "word"),
    [
        ({"optimizer": {"name": "LBFGS"}}, Layout(nproc=2), "LBFGS"),
        ({"precision": "float16"}, Layout(nproc=2, shard=True), "float16"),
        ({"channels_last": "on"}, Layout(nproc=2, shard=True), "memory"),
    ],
)
def test_settings_that_take_one_process(settings, layout, word):
    with pytest.raises(UserError, match=word):
        suits(TrainingSection.model_validate(settings), layout)
    suits(TrainingSection(), layout)


def test_layers_whose_weights_never_learn_are_found():
    rows = [
        {"id": "input", "type": "Input", "params": {"shape": [4]}},
        {"id": "aside", "type": "Linear", "params": {"out_features": 2}},
        {"id": "ahead", "type": "Linear", "params": {"out_features": 3}, "inputs": ["input"]},
    ]
    apart = StackModel(Graph.model_validate({"layers": rows}))
    assert leaves_some_out(apart)
    del rows[1]
    assert not leaves_some_out(StackModel(Graph.model_validate({"layers": rows})))
    assert not leaves_some_out(torch.nn.Linear(2, 2))


def test_processors_are_shared_out(monkeypatch):
    monkeypatch.setattr("os.cpu_count", lambda: 8)
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    assert environment(Layout(nproc=3))["OMP_NUM_THREADS"] == "2"
    assert environment(Layout(nproc=20))["OMP_NUM_THREADS"] == "1"
    monkeypatch.setenv("OMP_NUM_THREADS", "5")
    assert environment(Layout(nproc=3))["OMP_NUM_THREADS"] == "5"
