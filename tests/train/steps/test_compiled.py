"""Compiled steps. Each compilation takes a second or more, so there are few."""

import shutil
import subprocess
import sys

import pytest
import torch
from plain_training import batches, cross_entropy, image_model, run, small_model, twins
from torch import nn

from workbench.graph.training import SGD, Adam, TrainingSection
from workbench.train.memory_format import lay_out
from workbench.train.optimisers import optimiser
from workbench.train.steps import compiled, compiler, step_for

CPU = torch.device("cpu")
NO_COMPILER = shutil.which("g++") is None and shutil.which("clang++") is None
needs_compiler = pytest.mark.skipif(NO_COMPILER, reason="needs a C++ compiler")


@pytest.fixture
def compilations(monkeypatch):
    """Collect the number of samples of each batch that is compiled for."""
    sizes = []
    original = compiled.compiled

    def counted(function, example):
        sizes.append(len(example[0]))
        return original(function, example)

    monkeypatch.setattr(compiled, "compiled", counted)
    return sizes


def a_step(model, compile=True, **training):
    settings = TrainingSection(batch_size=16, compile=compile, **training)
    lay_out(model, settings, CPU)
    optimizer = optimiser(settings.optimizer, model)
    return step_for(model, cross_entropy(), optimizer, settings, CPU), optimizer


@needs_compiler
@pytest.mark.parametrize(
    "training",
    [{"optimizer": Adam()}, {"optimizer": SGD(), "clip_norm": 0.1, "l1": 0.01, "ema": 0.9, "mixup": 0.4}],
    ids=["plain", "everything"],
)
def test_compiled_losses_are_the_plain_ones_but_for_rounding(training, compilations):
    model, plain = twins(small_model())
    data = batches(6, last=5)
    step, optimizer = a_step(model, **training)
    torch.manual_seed(3)
    losses = run(step, optimizer, data, training["optimizer"])
    usual, other = a_step(plain, compile=False, **training)
    torch.manual_seed(3)
    assert torch.allclose(losses, run(usual, other, data, training["optimizer"]), rtol=1e-5, atol=1e-6)
    assert step.note == ""
    assert compilations == [16], "neither another rate nor the odd last batch compiles anew"


@needs_compiler
def test_batch_norm_counts_once_and_weights_may_have_their_channels_last():
    model, plain = twins(image_model())
    data = batches(4, shape=(3, 6, 6))
    step, optimizer = a_step(model, optimizer=SGD(), channels_last="on")
    usual, other = a_step(plain, compile=False, optimizer=SGD())
    losses = run(step, optimizer, data, SGD())
    assert step.note == ""
    assert torch.allclose(losses, run(usual, other, data, SGD()), rtol=1e-4)
    assert int(model[1].num_batches_tracked) == 4
    assert torch.allclose(model[1].running_mean, plain[1].running_mean, atol=1e-6)
    assert model[0].weight.is_contiguous(memory_format=torch.channels_last)
    assert all(weight.grad.stride() == weight.stride() for weight in model.parameters())


@needs_compiler
def test_dropout_follows_from_the_random_state_and_a_resumed_run_goes_on_alike():
    def losses(stop):
        torch.manual_seed(0)
        model = small_model(extra=[nn.Dropout(0.5)])
        torch.manual_seed(1)
        step, optimizer = a_step(model)
        found = []
        for number, (inputs, targets) in enumerate(batches(5, last=5)):
            if number == stop:
                random, weights = torch.get_rng_state(), model.state_dict()
                kept, moments = {k: t.clone() for k, t in step.state().items()}, optimizer.state_dict()
                model = small_model(seed=9, extra=[nn.Dropout(0.5)])
                model.load_state_dict(weights)
                step, optimizer = a_step(model)
                optimizer.load_state_dict(moments)
                step.restore(kept)
                torch.set_rng_state(random)
            found.append(step(inputs, targets))
        return torch.stack(found)

    straight = losses(None)
    assert all(torch.equal(losses(stop), straight) for stop in (2, 4))


@needs_compiler
def test_parts_are_compiled_too(compilations):
    model, plain = twins(small_model())
    step, optimizer = a_step(model, optimizer=SGD(), accumulate=2)
    usual, other = a_step(plain, compile=False, optimizer=SGD())
    losses = run(step, optimizer, batches(3), SGD())
    assert torch.allclose(losses, run(usual, other, batches(3), SGD()), rtol=1e-5)
    assert compilations == [8]


def test_without_a_compiler_steps_are_run_as_they_are(monkeypatch):
    from torch._inductor import cpp_builder, exc

    def none():
        raise exc.InvalidCxxCompiler

    monkeypatch.setattr(cpp_builder, "get_cpp_compiler", none)
    model, plain = twins(small_model())
    step, optimizer = a_step(model)
    # What an earlier run has left in inductor's cache needs no compiler. (monkeypatch would take the setting
    # away afterwards: torch keeps it elsewhere than in the module.)
    with torch._inductor.config.patch(force_disable_caches=True):
        losses = run(step, optimizer, batches(3), Adam())
    usual, other = a_step(plain, compile=False)
    assert torch.equal(losses, run(usual, other, batches(3), Adam()))
    assert step.note == "Steps run uncompiled: there is no C++ compiler."


def test_a_broken_compiler_is_told_apart_from_none(monkeypatch):
    from torch._inductor import exc

    def broken(*_):
        try:
            raise exc.CppCompileError(["g++"], "Python.h: No such file or directory")
        except exc.CppCompileError as error:
            raise RuntimeError("backend failed") from error

    monkeypatch.setattr(compiled, "compiled", broken)
    step, _ = a_step(small_model())
    step(*batches(1)[0])
    assert step.note == "Steps run uncompiled: the C++ compiler failed."


def test_a_stack_of_too_many_operations_is_not_compiled(monkeypatch):
    monkeypatch.setattr(compiler, "LARGEST", 10)
    step, _ = a_step(small_model())
    step(*batches(1)[0])
    assert step.note == "Steps run uncompiled: the stack is too large to compile."


def test_memory_that_runs_out_while_compiling_asks_for_parts(monkeypatch):
    def short(function, example):
        if len(example[0]) > 8:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        raise RuntimeError("enough for the test")

    monkeypatch.setattr(compiled, "compiled", short)
    step, _ = a_step(small_model())
    assert torch.isfinite(step(*batches(1)[0]))
    assert step.parts == 2


def test_what_depends_on_numbers_is_run_as_it_is():
    class Fickle(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = nn.Linear(12, 4)

        def forward(self, inputs):
            outputs = self.layer(inputs)
            return outputs if outputs.sum() > 0 else -outputs

    model, plain = twins(Fickle())
    step, optimizer = a_step(model)
    losses = run(step, optimizer, batches(3), Adam())
    usual, other = a_step(plain, compile=False)
    assert torch.equal(losses, run(usual, other, batches(3), Adam()))
    assert step.note == "Steps run uncompiled: the compiler can't take this stack."


def test_recurrent_layers_are_run_as_they_are():
    step, _ = a_step(nn.Sequential(nn.GRU(2, 2), nn.Linear(2, 4)))
    assert step.note == "Steps run uncompiled: the compiler can't take recurrent layers."


@needs_compiler
def test_compiling_in_a_thread_prints_nothing_and_leaves_no_process():
    code = """
import sys, threading, warnings
sys.path.insert(0, "tests")
warnings.simplefilter("error")
import psutil, torch
from plain_training import batches, small_model, cross_entropy
from workbench.graph.training import TrainingSection
from workbench.train.optimisers import optimiser
from workbench.train.steps import step_for
training = TrainingSection(batch_size=16, compile=True)
model = small_model()
step = step_for(model, cross_entropy(), optimiser(training.optimizer, model), training, torch.device("cpu"))
notes = []
def work():
    torch.set_num_threads(1)
    for inputs, targets in batches(3):
        step(inputs, targets)
    notes.append(step.note)
thread = threading.Thread(target=work)
thread.start()
thread.join()
assert notes == [""], notes
assert not psutil.Process().children(recursive=True)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout + done.stderr == ""
