"""``workbench preflight``: what is told before a run, and nothing kept of it."""

import re

import pytest
from commands import contents, workbench


def test_it_tells_memory_batch_and_time_and_leaves_the_folder_alone(wine):
    before = contents(wine)
    result = workbench("preflight", wine, "--json")
    assert result.status == 0
    found = result.json
    assert found["params"] == 42
    assert found["device"] == "cpu"
    assert found["memory"]["total"] == sum(v for k, v in found["memory"].items() if k != "total")
    assert found["memory"]["weights"] >= 42 * 4
    assert found["fits"] is True
    assert found["largest_batch"] == 124, "the whole training split"
    assert found["run_seconds"] == pytest.approx(2 * found["epoch_seconds"])
    assert contents(wine) == before


def test_a_person_reads_a_table(wine):
    result = workbench("preflight", wine, "--set", "batch_size=8")
    assert result.status == 0
    lines = {line.split("  ")[0]: line for line in result.out.splitlines()}
    for heading in ("parameters", "memory at batch 8", "largest batch that fits", "time of 2 epochs"):
        assert heading in lines
    assert "all training samples" in lines["largest batch that fits"]
    assert "Measuring" in result.err


def test_a_learning_rate_and_one_batch(wine):
    found = workbench("preflight", wine, "--find-lr", "--one-batch", "--json").json
    assert len(found["rate"]["rates"]) == len(found["rate"]["losses"]) > 50
    assert 1e-5 < found["rate"]["suggestion"] < 10
    assert found["one_batch"]["verdict"] == "learned"


def test_found_rates_are_told_with_how_to_take_them(wine):
    out = workbench("preflight", wine, "--find-lr", "--one-batch").out
    assert "Take it with --set lr=" in out
    assert "It learns one batch" in out


def test_muon_s_two_rates_are_both_told(tmp_path):
    digits = tmp_path / "digits"
    workbench("new", digits, "--sample", "digits-mlp")
    out = workbench("preflight", digits, "--find-lr", "--set", "optimizer=Muon").out
    found = re.search(r"Take it with --set lr=(\S+) --set adamw_lr=(\S+)\.$", out, re.MULTILINE)
    assert float(found[2]) == pytest.approx(float(found[1]) * 0.001 / 0.02, rel=0.05)


def test_a_batch_that_is_not_learned_is_status_1(wine):
    result = workbench("preflight", wine, "--one-batch", "--set", "lr=1e-9")
    assert result.status == 1
    assert "doesn't learn one batch" in result.error
    assert "learning rate" in result.error


def test_what_does_not_fit_is_status_1_and_says_what_does(wine, monkeypatch):
    from workbench.train.preflight import forecast
    from workbench.train.preflight.fitting import Room

    monkeypatch.setattr(forecast, "room", lambda device: Room(2**30, 6000))
    result = workbench("preflight", wine, "--set", "batch_size=124", "--json")
    assert result.status == 1
    assert result.json["fits"] is False
    assert result.json["samples_per_second"] is None
    assert "Set it to" in result.error
    assert result.json["largest_batch"] < 124


def test_lbfgs_has_no_rate_to_find(wine):
    result = workbench("preflight", wine, "--find-lr", "--set", "optimizer=LBFGS")
    assert result.status == 1
    assert "LBFGS chooses how far it steps by itself" in result.error


def test_refusals(wine, tmp_path):
    assert workbench("preflight", wine, "--device", "tpu").status == 2
    assert workbench("preflight", wine, "--set", "nonsense=1").status == 1
    assert workbench("preflight", tmp_path / "nowhere").status == 1
