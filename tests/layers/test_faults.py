from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from workbench.graph import Graph, Project, TrainingSection
from workbench.layers import CATALOGUE
from workbench.layers.faults import Fault, first_fault, written


def fault(model: type[BaseModel], raw: Any) -> Fault:
    with pytest.raises(ValidationError) as caught:
        model.model_validate(raw)
    return first_fault(caught.value, raw)


CONV = CATALOGUE["Conv2d"]


@pytest.mark.parametrize(
    ("raw", "path", "text"),
    [
        ({"out_channels": 0}, "out_channels", "must be 1 or more (it is 0)"),
        ({"out_channels": 10**7}, "out_channels", "must be 1,000,000 or less (it is 10000000)"),
        ({"out_channels": 6.5}, "out_channels", "must be a whole number (it is 6.5)"),
        ({"out_channels": "many"}, "out_channels", "must be a whole number (it is 'many')"),
        ({"out_channels": None}, "out_channels", "must be a whole number (it is null)"),
        ({"out_channels": "x" * 1000}, "out_channels", "must be a whole number"),
        ({"out_channels": {"a": {}}}, "out_channels", "must be a whole number"),
        ({"kernel_size": 0}, "kernel_size", "must be 1 or more (it is 0)"),
        ({"kernel_size": [3, 0]}, "kernel_size[1]", "must be 1 or more (it is 0)"),
        ({"kernel_size": [3, "a"]}, "kernel_size[1]", "must be a whole number (it is 'a')"),
        ({"kernel_size": [1, 2, 3]}, "kernel_size", "must have at most 2 items (it is [1, 2, 3])"),
        (
            {"padding": "some"},
            "padding",
            "must be a whole number, or a list, or 'same' or 'valid' (it is 'some')",
        ),
        ({"bias": 2}, "bias", "must be true or false (it is 2)"),
        ({"colour": 2}, "colour", "this key is not known"),
        ([], "", "must be an object with keys (it is [])"),
    ],
)
def test_says_where_and_what(raw: Any, path: str, text: str):
    found = fault(CONV, raw)
    assert (written(found.path), found.text) == (path, text)


def test_counts_other_values_that_are_wrong():
    assert fault(CONV, {"out_channels": 0}).others == 0
    assert fault(CONV, {"out_channels": 0, "kernel_size": [0, 0], "dilation": 0}).others == 3


def test_the_path_leads_through_unions_to_the_value():
    found = fault(TrainingSection, {"optimizer": {"name": "Adam", "lr": -1}})
    assert found.path == ("optimizer", "lr")
    assert found.text == "must be more than 0 (it is -1)"


def test_an_unknown_member_of_a_union_is_told_with_the_known_ones():
    found = fault(TrainingSection, {"optimizer": {"name": "Lion"}})
    assert found == (
        ("optimizer",),
        "there is no 'Lion'; choose one of 'SGD', 'Adam', 'AdamW', 'NAdam', 'RAdam', 'Adagrad', 'Adadelta', "
        "'RMSprop', 'LBFGS', 'Muon'",
        0,
    )


def test_the_path_leads_into_params_of_a_layer():
    rows = [{"id": "a", "type": "Linear"}, {"id": "b", "type": "Conv2d", "params": {"stride": [1, 0]}}]
    found = fault(Project, {"model": {"layers": rows}})
    assert written(found.path) == "model.layers[1].params.stride[1]"


def test_the_path_leads_through_models():
    node = Graph.model_validate({"layers": [{"id": "a", "type": "ReLU"}]}).layers[0]
    found = fault(Graph, {"layers": (node, node)})
    assert written(found.path) == "layers[1].id"


def test_without_the_raw_value_union_members_are_left_out_all_the_same():
    with pytest.raises(ValidationError) as caught:
        CONV.model_validate({"kernel_size": [3, 0]})
    assert written(first_fault(caught.value).path) == "kernel_size[1]"


def test_a_sentence_of_ours_is_kept():
    raw = {"data": {"format": "csv", "path": "x", "split": {"validation": 0.6, "test": 0.4}}}
    found = fault(Project, raw)
    assert found.text == "validation and test together leave no samples to train on"
