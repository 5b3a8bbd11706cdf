"""Templates resized to data: they fit, or say in a sentence why they can't."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.build.check import built, check
from workbench.errors import UserError
from workbench.graph.facts import Facts
from workbench.layers import TensorSpec
from workbench.templates.registry import TEMPLATES
from workbench.templates.samples import halvings
from workbench.templates.transformer import GPT

every = pytest.mark.parametrize("name", TEMPLATES)

DATA = {
    "digits": Facts(TensorSpec((1, 8, 8)), "classification", 10),
    "mnist": Facts(TensorSpec((1, 28, 28)), "classification", 10),
    "cifar": Facts(TensorSpec((3, 32, 32)), "classification", 10),
    "photos": Facts(TensorSpec((3, 120, 90)), "classification", 3),
    "ages": Facts(TensorSpec((3, 64, 48)), "regression"),
    "tumours": Facts(TensorSpec((30,)), "classification", 2),
    "diabetes": Facts(TensorSpec((10,)), "regression"),
    "one number": Facts(TensorSpec((1,)), "classification", 3),
    "gestures": Facts(TensorSpec((50, 6)), "classification", 4),
    "reviews": Facts(TensorSpec((40,), "int64"), "classification", 2),
    "two words": Facts(TensorSpec((2,), "int64"), "classification", 5),
    "prices of words": Facts(TensorSpec((12,), "int64"), "regression"),
    "commands": Facts(TensorSpec((8000,)), "classification", 35),
    "ratings": Facts(TensorSpec((2,)), "regression"),
    "clicks": Facts(TensorSpec((2,), "int64"), "classification", 2),
    "volumes": Facts(TensorSpec((1, 8, 8, 8)), "classification", 2),
}


def suitable_to(facts: Facts) -> list[str]:
    return [name for name, template in TEMPLATES.items() if not template.misfit(facts)]


def suitable(name: str) -> dict[str, Facts]:
    return {data: facts for data, facts in DATA.items() if not TEMPLATES[name].misfit(facts)}


@every
@pytest.mark.parametrize("data", DATA)
def test_fits_or_says_why_not(name, data):
    template, facts = TEMPLATES[name], DATA[data]
    why = template.misfit(facts)
    if why:
        assert why.startswith(template.title)
        assert why.endswith(".")
        with pytest.raises(UserError) as caught:
            template.graph(facts)
        assert caught.value.what == why
        return
    graph = template.graph(facts)
    assert check(graph).errors == ()
    if template.answers == "target":
        assert check(graph, facts).errors == ()
    first = graph.layers[0].layer
    assert (first.shape, first.dtype) == facts.sample


@every
def test_suits_some_data(name):
    assert suitable(name)


@every
def test_runs_and_learns(name):
    """Of the first data that suit: the answer has the checked shape, and gradients reach all weights."""
    facts = next(iter(suitable(name).values()))
    template = TEMPLATES[name]
    graph = template.graph(facts)
    if check(graph).params > 6_000_000:
        pytest.skip("too large to be made here; its shapes are checked without memory")
    model = built(graph).train()
    inputs = torch.zeros((2, *facts.sample.shape), dtype=getattr(torch, facts.sample.dtype))
    if facts.sample.dtype == "float32":
        inputs = torch.rand_like(inputs)
    output = model(inputs)
    assert tuple(output.shape[1:]) == check(graph).rows[-1].output.shape
    output.sum().backward()
    assert all(p.grad is not None and p.grad.isfinite().all() for p in model.parameters())


IMAGES = suitable_to(Facts(TensorSpec((3, 32, 32)), "classification", 2))
shapes = st.tuples(st.integers(1, 4), st.integers(1, 70), st.integers(1, 70))


@pytest.mark.parametrize("name", IMAGES)
@settings(max_examples=4, deadline=None)
@given(shapes)
def test_images_of_any_size_fit(name, shape):
    facts = Facts(TensorSpec(shape), "classification", 2)
    graph = TEMPLATES[name].graph(facts)
    assert check(graph).errors == ()
    if TEMPLATES[name].answers == "the sample":
        assert check(graph).rows[-1].output == facts.sample
    if TEMPLATES[name].answers == "each pixel":
        assert check(graph).rows[-1].output == TensorSpec((2, *shape[1:]))


SEQUENCES = [name for name in TEMPLATES if {"ids", "sequence"} & set(TEMPLATES[name].takes)]


@pytest.mark.parametrize("name", SEQUENCES)
@settings(max_examples=6, deadline=None)
@given(st.integers(1, 300), st.integers(1, 40), st.booleans())
def test_sequences_of_any_length_fit(name, time, features, ids):
    sample = TensorSpec((time,), "int64") if ids else TensorSpec((time, features))
    facts = Facts(sample, "classification", 2)
    if not TEMPLATES[name].misfit(facts):
        assert check(TEMPLATES[name].graph(facts)).errors == ()


def test_why_not_in_words():
    tumours, cifar = DATA["tumours"], DATA["cifar"]
    assert TEMPLATES["resnet-18"].misfit(tumours) == "ResNet-18 takes images; these samples are 30 numbers."
    assert TEMPLATES["text-cnn"].misfit(cifar) == (
        "Text CNN takes sequences of whole-number ids; these samples are images of 3×32×32."
    )
    assert TEMPLATES["bilstm"].misfit(tumours) == (
        "BiLSTM classifier takes sequences of whole-number ids or sequences of measurements; "
        "these samples are 30 numbers."
    )
    assert TEMPLATES["logistic-regression"].misfit(cifar) == (
        "Logistic regression tells two classes apart; the target has 10."
    )


def test_heads_that_do_not_divide_the_width_give_way():
    assert GPT(num_heads=7).graph() == GPT(num_heads=6).graph()


def test_small_images_are_halved_less_often():
    assert halvings(TensorSpec((3, 224, 224)), 5) == (True,) * 5
    assert halvings(TensorSpec((3, 32, 32)), 5) == (False, False, True, True, True), "as ResNet for CIFAR"
    assert halvings(TensorSpec((1, 8, 8)), 5) == (False, False, False, False, True)
    assert halvings(TensorSpec((1, 300, 3)), 5) == (False,) * 5


def test_measurements_are_standardised_and_images_are_not():
    def types(name, data):
        return [node.type for node in TEMPLATES[name].graph(DATA[data])]

    assert types("mlp", "tumours")[:2] == ["Input", "Standardize"]
    assert "Standardize" not in types("mlp", "digits")
    diabetes = TEMPLATES["mlp"].graph(DATA["diabetes"]).layers[-1]
    assert diabetes.type == "Standardize"
    assert diabetes.layer.invert


def test_ratings_are_looked_up_by_column():
    """A table's two columns are decimal numbers; user 3 and item 5 must get the rows 3 and 5."""
    model = built(TEMPLATES["recommender"].graph(DATA["ratings"])).eval()
    output = model(torch.tensor([[3.0, 5.0]]))
    expected = (model.user_embedding.weight[3] * model.item_embedding.weight[5]).sum()
    assert output.shape == (1, 1)
    assert output.item() == pytest.approx(expected.item(), rel=1e-5)


def test_gpt_sees_no_later_step():
    facts = DATA["reviews"]
    model = built(GPT(vocabulary=50, width=24, depth=2, num_heads=4).graph(facts)).eval()
    ids = torch.randint(0, 50, (1, 40))
    changed = ids.clone()
    changed[0, 20:] = (changed[0, 20:] + 1) % 50
    before, after = model(ids)[0], model(changed)[0]
    assert torch.allclose(before[:20], after[:20], atol=1e-5)
    assert not torch.allclose(before[20:], after[20:], atol=1e-3)
