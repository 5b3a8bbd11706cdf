from typing import Annotated, Literal, get_args

import pytest
from pydantic import BaseModel, Field

from workbench.graph import TrainingSection
from workbench.graph.training import (
    LBFGS,
    SGD,
    Adadelta,
    Adagrad,
    Adam,
    AdamW,
    LossName,
    Muon,
    NAdam,
    RAdam,
    RMSprop,
)
from workbench.layers import CATALOGUE
from workbench.layers.params import Param, params_of


def param(model: type[BaseModel], name: str) -> Param:
    return next(p for p in params_of(model) if p.name == name)


def test_whole_number():
    found = param(CATALOGUE["Linear"], "out_features")
    assert (found.kind, found.default, found.minimum, found.maximum) == ("int", 64, 1, 1_000_000)
    assert (found.required, found.optional, found.most) == (False, False, 1)
    assert found.help == "Number of output features."


def test_decimal_number_and_switch():
    assert param(CATALOGUE["Dropout"], "p").kind == "float"
    assert param(CATALOGUE["Dropout"], "p").maximum == 1
    assert param(CATALOGUE["Linear"], "bias").kind == "bool"


def test_choice():
    found = param(CATALOGUE["LSTM"], "returns")
    assert (found.kind, found.choices, found.default) == ("choice", ("sequence", "last"), "last")


def test_size_in_one_or_two_directions():
    found = param(CATALOGUE["Conv2d"], "kernel_size")
    assert (found.kind, found.minimum, found.maximum, found.most) == ("size", 1, 65_536, 2)


def test_size_or_choice():
    found = param(CATALOGUE["Conv2d"], "padding")
    assert (found.kind, found.choices, found.minimum, found.most) == ("size", ("same", "valid"), 0, 2)
    assert param(CATALOGUE["Conv1d"], "padding").most == 1


def test_size_that_may_be_empty():
    found = param(CATALOGUE["MaxPool2d"], "stride")
    assert (found.kind, found.optional, found.default, found.minimum) == ("size", True, None, 1)


def test_shape_is_required_and_has_up_to_six_sides():
    found = param(CATALOGUE["Input"], "shape")
    assert (found.kind, found.required, found.most, found.minimum) == ("size", True, 6, 1)
    assert found.open


def test_size_in_each_direction_is_no_list_of_any_length():
    found = param(CATALOGUE["Conv3d"], "kernel_size")
    assert (found.kind, found.most, found.open) == ("size", 3, False)
    assert param(CATALOGUE["ZeroPad2d"], "padding").most == 4


def test_sections():
    found = param(TrainingSection, "optimizer")
    assert found.kind == "section"
    assert set(found.sections) == {
        *(SGD, Adam, AdamW, NAdam, RAdam, Adagrad, Adadelta, RMSprop, LBFGS, Muon),
    }


SECTIONS = [
    TrainingSection,
    *(section for found in params_of(TrainingSection) for section in found.sections),
]


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.__name__)
def test_every_setting_of_training_has_bounds_a_default_and_help(section: type[BaseModel]):
    assert (section.__doc__ or "").endswith((".", ").")), "its help where it is chosen"
    for found in params_of(section):
        assert not found.required
        if found.kind in {"int", "float"}:
            assert found.minimum is not None
            assert found.maximum is not None
            assert found.minimum <= found.default <= found.maximum
        if found.kind == "choice":
            assert found.default in found.choices
        if found.name != "name":
            assert found.help.endswith(".")


@pytest.mark.parametrize("name", ["optimizer", "schedule", "loss"])
def test_sections_have_names_of_their_own(name: str):
    found = param(TrainingSection, name)
    names = [param(section, "name").default for section in found.sections]
    assert len(set(names)) == len(names) > 1
    for section in found.sections:
        own = param(section, "name")
        assert own.choices == (own.default,)
        assert TrainingSection.model_validate({name: own.default}) == TrainingSection(**{name: section()})


def test_the_names_of_losses_are_those_of_their_sections():
    names = tuple(param(section, "name").default for section in param(TrainingSection, "loss").sections)
    assert names == get_args(LossName)


def test_text_and_unions_within_annotations():
    class Model(BaseModel):
        """Whatever."""

        name: str = "a"
        both: Annotated[int | Literal["auto"], Field(ge=3, description="Help.")] = "auto"

    assert param(Model, "name").kind == "text"
    assert (param(Model, "both").minimum, param(Model, "both").help) == (3, "Help.")


@pytest.mark.parametrize("name", CATALOGUE)
def test_every_number_of_a_layer_has_bounds(name: str):
    for found in params_of(CATALOGUE[name]):
        assert found.kind in {"int", "float", "bool", "choice", "size"}
        if found.kind in {"int", "float", "size"}:
            assert found.minimum is not None
            assert found.maximum is not None
