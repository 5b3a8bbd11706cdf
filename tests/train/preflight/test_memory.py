import numpy as np
import pytest
import torch
from torch.profiler import ProfilerActivity, profile

from workbench.errors import UserError
from workbench.train.preflight.fitting import Room, largest_batch, room
from workbench.train.preflight.memory import StepMemory, measure, refuse_hopeless
from workbench.train.preflight.tracking import Tracker
from workbench.train.preflight.trial import Trial

MIB = 2**20


@pytest.fixture
def images(make_dataset):
    return make_dataset(samples=120, shape=(1, 16, 16), dtype="uint8")


@pytest.fixture
def cnn(make_project):
    def make(**training):
        return make_project(
            ("Input", {"shape": [1, 16, 16]}),
            ("Conv2d", {"out_channels": 8, "kernel_size": 3, "padding": 1}),
            "BatchNorm2d",
            "ReLU",
            ("MaxPool2d", {"kernel_size": 2}),
            "Flatten",
            ("Linear", {"out_features": 3}),
            **training,
        )

    return make


def allocated(project, dataset, size, device=None):
    """The most that torch's own allocator has handed out at once in a step, beyond what was there before."""
    trial = Trial(project, dataset, device=device)
    parameters = list(trial.model.parameters())
    for _ in range(2):  # the first makes the optimiser's state
        batch = trial.first(size)
        for parameter in parameters:
            parameter.grad = None
        with trial.working(), profile(activities=[ProfilerActivity.CPU], profile_memory=True) as seen:
            trial.step(tuple(part.clone() for part in batch))
    blocks = [event for event in seen.profiler.kineto_results.events() if event.name() == "[memory]"]
    return max(np.cumsum([event.nbytes() for event in sorted(blocks, key=lambda event: event.start_ns())]))


@pytest.mark.parametrize("optimizer", ["SGD", "Adam", "RMSprop", "NAdam"])
def test_a_step_takes_what_torchs_profiler_counts_at_another_batch_size(cnn, images, optimizer):
    project = cnn(optimizer=optimizer)
    step = measure(project, images, device="cpu").at(64)
    assert step.activations + step.gradients == pytest.approx(allocated(project, images, 64), rel=0.02)


def test_penalties_clipping_mixup_and_averages_count(cnn, images):
    project = cnn(l1=1e-4, clip_norm=1.0, mixup=0.4, ema=0.99)
    step = measure(project, images, device="cpu").at(50)
    assert step.activations + step.gradients == pytest.approx(allocated(project, images, 50), rel=0.02)
    assert step.averages == pytest.approx(step.weights, rel=0.05)


@pytest.mark.parametrize("size", [8, 300])
def test_wide_layers_are_fullest_while_gradients_are_there(make_project, make_dataset, size):
    project = make_project(("Input", {"shape": [6]}), ("Linear", {"out_features": 2000}), "ReLU",
                           ("Linear", {"out_features": 500}), ("Linear", {"out_features": 3}))  # fmt: skip
    dataset = make_dataset(samples=500)
    step = measure(project, dataset, device="cpu").at(size)
    assert step.activations + step.gradients == pytest.approx(allocated(project, dataset, size), rel=0.02)
    assert step.gradients > 2000 * 500 * 4


@pytest.mark.parametrize(
    "row",
    [
        ("LSTM", {"hidden_size": 24, "bidirectional": True}),
        ("TransformerEncoderLayer", {"nhead": 2, "dim_feedforward": 64}),
    ],
)
@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_sequences_and_mixed_precision(make_project, make_dataset, row, precision):
    dataset = make_dataset(samples=100, shape=(12, 8))
    rows = (("Input", {"shape": [12, 8]}), row, "Flatten", ("Linear", {"out_features": 3}))
    project = make_project(*rows, precision=precision)
    step = measure(project, dataset, device="cpu").at(48)
    assert step.activations + step.gradients == pytest.approx(allocated(project, dataset, 48), rel=0.15)


def test_what_is_kept_by_name(cnn, images):
    step = measure(cnn(optimizer="Adam"), images, device="cpu").at(32)
    params = 8 * 9 + 8 + 16 + (8 * 8 * 8 * 3 + 3)
    buffers = 16 * 4 + 8  # running mean and variance, and the count of batches
    assert step.weights == 4 * params + buffers
    assert step.optimizer == pytest.approx(2 * 4 * params, rel=0.01)
    assert step.data == 0, "the CPU indexes the samples where they are"
    assert step.total == step.weights + step.optimizer + step.gradients + step.activations + step.copies


@pytest.mark.parametrize(
    ("optimizer", "copies"), [("SGD", 1), ({"name": "SGD", "momentum": 0}, 0), ("AdamW", 2)]
)
def test_optimisers_keep_their_number_of_copies(cnn, images, optimizer, copies):
    step = measure(cnn(optimizer=optimizer), images, device="cpu").at(8)
    params = step.weights - 72
    assert step.optimizer == pytest.approx(copies * params, rel=0.01, abs=64)


def test_lbfgs_takes_what_sgd_does_and_what_it_remembers(cnn, images):
    plain = measure(cnn(optimizer={"name": "SGD", "momentum": 0}), images, device="cpu")
    project = cnn(optimizer={"name": "LBFGS", "history_size": 5, "max_iter": 3})
    searching = measure(project, images, device="cpu")
    params = plain.weights - 72
    assert searching.at(64).activations == pytest.approx(plain.at(64).activations, rel=0.05, abs=4 * params)
    trial = Trial(project, images, device="cpu")
    with trial.working():
        for _ in range(8):
            trial.step(trial.first(64))
    state = trial.optimizer.state[trial.optimizer.param_groups[0]["params"][0]]
    assert len(state["old_dirs"]) == len(state["old_stps"]) == 5
    vectors = 2 * 5 + 2 + 4  # the history, direction and last gradient, and those of the search
    assert searching.optimizer == pytest.approx(vectors * params, rel=0.1)


def test_batches_in_parts_take_less(cnn, images):
    whole = measure(cnn(), images, device="cpu").at(64).activations
    parts = measure(cnn(accumulate=4), images, device="cpu").at(64).activations
    assert parts < 0.3 * whole


def test_measuring_can_be_ended(cnn, images):
    def end():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        measure(cnn(), images, device="cpu", working=end)


def test_freed_storages_no_longer_count():
    with Tracker() as tracker:
        first = torch.zeros(256)
        view = first[:10]
        first.add_(1)
        assert tracker.live == 1024
        del first, view
        second = torch.ones(8)
    assert tracker.live == 32
    assert tracker.timeline[-1] == 32
    assert tracker.born(second) == len(tracker.timeline) - 1


def test_what_was_there_before_does_not_count():
    before = torch.zeros(1000)
    with Tracker() as tracker:
        before.mul_(2)
        before.view(10, 100)
    assert tracker.timeline == [0, 0]


def line(constant, slope):
    return StepMemory(
        weights=0, optimizer=0, averages=0, copies=0, data=0,
        constants=np.array([constant, 0]), slopes=np.array([0, slope]), gradients=np.array([constant, 0]),
    )  # fmt: skip


def test_the_fullest_moment_can_be_another_for_larger_batches():
    step = line(10 * MIB, MIB)
    assert (step.at(4).gradients, step.at(4).activations) == (10 * MIB, 0)
    assert (step.at(40).gradients, step.at(40).activations) == (0, 40 * MIB)


@pytest.mark.parametrize(
    ("free", "most", "largest"),
    [(100, 1000, 64), (72, 1000, 64), (71, 1000, 32), (100, 90, 90), (100, 91, 64), (5, 1000, 0), (12, 1, 1)],
)
def test_the_largest_batch_leaves_a_tenth_free(free, most, largest):
    assert largest_batch(line(10 * MIB, MIB), Room(2**40, free * MIB), most) == largest


def test_the_room_is_this_machines():
    psutil = pytest.importorskip("psutil")
    found = room(torch.device("cpu"))
    assert found.total == psutil.virtual_memory().total
    assert 0 < found.free < found.total


def test_weights_that_leave_no_room_are_refused_before_anything_is_made():
    with pytest.raises(UserError, match=r"Adam alone take 16\.0 GiB") as refused:
        refuse_hopeless(2**30, "Adam", 15 * 2**30)
    assert refused.value.place == "model"
    refuse_hopeless(2**30, "SGD", 15 * 2**30)


@pytest.mark.cuda
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_a_step_on_cuda_takes_what_its_allocator_says(cnn, images):
    project = cnn()
    forecast = measure(project, images, device="cuda").at(96)
    trial = Trial(project, images, device="cuda")
    with trial.working():
        trial.step(trial.first(96))
        torch.cuda.reset_peak_memory_stats()
        trial.step(trial.first(96))
        torch.cuda.synchronize()
    assert forecast.total == pytest.approx(torch.cuda.max_memory_allocated(), rel=0.1, abs=2 * MIB)
