import pytest
import torch
from safetensors.torch import load_file, save_file

from workbench.errors import UserError
from workbench.runs.weights import load_model


def test_a_model_comes_in_eval_mode_and_answers_alike(train, data):
    run = train()
    model = load_model(run)
    assert not model.training
    inputs = torch.from_numpy(data.inputs[:5])
    with torch.inference_mode():
        assert torch.equal(model(inputs), load_model(run)(inputs))


def test_loading_changes_no_random_numbers(train):
    run = train(epochs=1)
    torch.manual_seed(0)
    expected = torch.rand(3)
    torch.manual_seed(0)
    load_model(run)
    assert torch.equal(torch.rand(3), expected)


def test_the_best_file_holds_the_state_dict_s_names(train):
    run = train()
    assert set(load_file(run.best)) == set(load_model(run).state_dict())


@pytest.mark.parametrize("which", ["best", "last"])
def test_missing_and_truncated_files_are_told(train, which):
    run = train(epochs=1)
    path = run.best if which == "best" else run.last
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(UserError, match=f"{which}.safetensors: the checkpoint is damaged"):
        load_model(run, which)
    path.unlink()
    with pytest.raises(UserError, match=f"{which}.safetensors: there is no such checkpoint"):
        load_model(run, which)


def test_weights_of_another_stack_are_refused(train):
    run, other = train(epochs=1), train(epochs=1, width=9)
    run.best.write_bytes(other.best.read_bytes())
    with pytest.raises(
        UserError, match=r"best\.safetensors: .*another stack: hidden.weight is 9×4 there, 8×4 here"
    ):
        load_model(run)
    run.last.write_bytes(other.last.read_bytes())
    with pytest.raises(UserError, match="another stack"):
        load_model(run, "last")


def test_a_file_of_another_program_is_refused(train):
    run = train(epochs=1)
    save_file(load_file(run.best), run.best)
    with pytest.raises(UserError, match="wasn't written by this program"):
        load_model(run)


def test_a_device_that_is_not_there(train, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(UserError, match="no CUDA device"):
        load_model(train(epochs=1), device="cuda")
