"""Every template as published: it checks clean, and has as many parameters as its source says."""

from itertools import pairwise

import pytest

from workbench.build.check import check
from workbench.graph import Graph
from workbench.graph.file import dump, parse
from workbench.graph.pattern import BlockIndex
from workbench.graph.project import Project
from workbench.layers import TensorSpec
from workbench.layers.params import params_of
from workbench.templates.registry import TEMPLATES
from workbench.templates.transformer import GPT

every = pytest.mark.parametrize("name", TEMPLATES)


def dense(*widths: int) -> int:
    """Weights and biases of dense layers of these widths, one behind the other."""
    return sum(a * b + b for a, b in pairwise(widths))


def conv(side: int, *widths: int) -> int:
    """Weights and biases of convolutions with square filters, one behind the other."""
    return sum(side * side * a * b + b for a, b in pairwise(widths))


def gru(inputs: int, hidden: int) -> int:
    """PyTorch's GRU in two directions: three gates, each with weights for input and state and two biases."""
    return 2 * 3 * (inputs * hidden + hidden * hidden + 2 * hidden)


def lstm(inputs: int, hidden: int) -> int:
    """As `gru`, with four gates."""
    return gru(inputs, hidden) // 3 * 4


def encoder(width: int) -> int:
    """A Transformer layer: query, key, value and output; dense layers four times as wide; two norms."""
    return dense(width, 3 * width) + dense(width, width) + dense(width, 4 * width, width) + 4 * width


def gpt(vocabulary: int, context: int, width: int, depth: int) -> int:
    """GPT-2 with weights of its own, without bias, for the scores."""
    return (2 * vocabulary + context) * width + depth * encoder(width) + 2 * width


def u_net() -> int:
    """Ronneberger et al. 2015, figure 1: convolutions down and up, and the 2×2 up-convolutions."""
    down = sum(conv(3, a, b, b) for a, b in ((1, 64), (64, 128), (128, 256), (256, 512), (512, 1024)))
    up = sum(conv(2, 2 * a, a) + conv(3, 2 * a, a, a) for a in (512, 256, 128, 64))
    return down + up + conv(1, 64, 2)


PARAMETERS = {
    "linear-regression": 11,
    "logistic-regression": 31,
    "softmax-regression": 7_850,  # 784 × 10 + 10: "MNIST for beginners" of TensorFlow and PyTorch
    "mlp": dense(30, 64, 64, 2),
    "lenet-5": 61_706,  # d2l.ai, section 7.6, and Keras' summaries, with 16 full maps in C3
    "alexnet": 61_100_840,  # torchvision: AlexNet_Weights, num_params
    "vgg-11": 132_863_336,  # torchvision: VGG11_Weights
    "vgg-16": 138_357_544,  # torchvision: VGG16_Weights; 138 million in the paper's table 2
    "resnet-18": 11_689_512,  # torchvision: ResNet18_Weights
    "resnet-34": 21_797_672,  # torchvision: ResNet34_Weights
    "resnet-50": 25_557_032,  # torchvision: ResNet50_Weights
    "googlenet": 6_998_552,  # Caffe's bvlc_googlenet as deployed, without the auxiliary classifiers
    "densenet-121": 7_978_856,  # torchvision: DenseNet121_Weights
    "mobilenet-v2": 3_504_872,  # torchvision: MobileNet_V2_Weights
    "vit-tiny": 5_717_416,  # timm: deit_tiny_patch16_224
    "u-net": u_net(),
    "dncnn": 556_096,  # the authors' PyTorch code (cszn/DnCNN): no bias before norms and at the end
    "autoencoder": dense(784, 1000, 500, 250, 30, 250, 500, 1000, 784),
    "conv-autoencoder": conv(3, 1, 32, 64) + conv(1, 64, 8, 64) + conv(3, 64, 32, 1),
    "vae": dense(784, 500) + 2 * dense(500, 20) + dense(20, 500, 784),
    # Kim 2014: 18,765 words of 300 numbers; 100 filters each over 3, 4 and 5 words
    "text-cnn": 18_765 * 300 + (3 + 4 + 5) * 300 * 100 + 300 + dense(300, 2),
    "bilstm": 10_000 * 128 + lstm(128, 128) + dense(256, 2),
    "gru-tagger": 10_000 * 128 + gru(128, 128) + dense(256, 17),
    "transformer-encoder": 10_000 * 128 + 2 * encoder(128) + dense(128, 2),
    "gpt": gpt(65, 256, 384, 6),
    "speech-rnn": 2 * 40 + gru(40, 128) + gru(256, 128) + dense(256, 35),
    "recommender": 2000 * 32,
}


@pytest.mark.parametrize("name", PARAMETERS)
def test_has_as_many_parameters_as_published(name):
    assert check(TEMPLATES[name].graph()).params == PARAMETERS[name]


def test_the_worked_out_figures_are_the_known_ones():
    """Figures that papers and books state, so that the formulas above are not just our own."""
    assert u_net() == 31_030_658
    assert PARAMETERS["autoencoder"] == 2_837_314
    assert PARAMETERS["dncnn"] == 640 + 15 * (64 * 64 * 9 + 128) + 576


def test_gpt_2_small():
    """163,037,184: 124,439,808 as published, and 50,257 × 768 where the scores have weights of their own."""
    small = GPT(vocabulary=50_257, context=1024, width=768, depth=12, num_heads=12)
    assert check(small.graph()).params == 124_439_808 + 50_257 * 768 == gpt(50_257, 1024, 768, 12)


ANSWERS = {
    "u-net": (2, 388, 388),  # of 572×572 pixels: figure 1 of the paper
    "dncnn": (1, 40, 40),
    "autoencoder": (1, 28, 28),
    "conv-autoencoder": (1, 28, 28),
    "vae": (1, 28, 28),
    "gru-tagger": (50, 17),
    "gpt": (256, 65),
}


@every
def test_checks_clean(name):
    template = TEMPLATES[name]
    report = check(template.graph())
    assert report.problems == ()
    facts = template.published
    score = facts.classes if facts.task == "classification" else 1
    if name == "logistic-regression":
        score = 1
    assert report.rows[-1].output == TensorSpec(ANSWERS.get(name, (score,)))


@every
def test_blocks_of_one_name_are_copies(name):
    graph = TEMPLATES[name].graph()
    patterns: dict[str, set] = {}
    for block in graph.blocks:
        patterns.setdefault(block.name, set()).add(BlockIndex(graph).pattern(block.id))
    assert [title for title, found in patterns.items() if len(found) > 1] == []


def test_repeated_parts_are_blocks():
    counts = {
        "resnet-18": {"Residual 64": 2, "Residual 128": 1, "Residual 128, first": 1},
        "resnet-50": {"Bottleneck 64": 2, "Bottleneck 64, first": 1, "Bottleneck 256": 5},
        "densenet-121": {"Dense layer 32": 58, "Dense block 32 ×6": 1},
        "mobilenet-v2": {"Inverted residual 64": 3, "Inverted residual 96, first": 1},
        "dncnn": {"Denoising layer 64": 15},
    }
    for name, wanted in counts.items():
        names = [block.name for block in TEMPLATES[name].graph().blocks]
        assert {title: names.count(title) for title in wanted} == wanted


@every
def test_can_be_saved_and_read_again(name):
    project = Project(name=name, model=TEMPLATES[name].graph())
    assert parse(dump(project), "project.json") == project


@every
def test_ids_read_well(name):
    graph = TEMPLATES[name].graph()
    assert all(len(node.id) <= 50 for node in graph)
    for node in graph:
        if node.path:
            assert node.id.startswith(f"{node.path[-1]}_")


@every
def test_describes_itself(name):
    template = TEMPLATES[name]
    assert template.name == name
    assert name == name.lower()
    assert 30 < len(template.help()) <= 110
    assert template.help().endswith(".")
    assert any(mark.isdigit() for mark in template.source), "the source has a year"
    for param in params_of(type(template)):
        assert param.help.endswith("."), param.name
        assert param.kind != "int" or param.minimum is not None, param.name


@every
def test_is_as_good_as_new_with_its_own_facts(name):
    """Data of the published size get the published layers, but for Standardize around them."""
    template = TEMPLATES[name]
    if template.misfit(template.published):
        assert name == "recommender", "published with two inputs, which data don't have"
        return
    fitted = template.graph(template.published)
    bare = [node.layer for node in fitted if node.type != "Standardize"]
    assert bare == [node.layer for node in template.graph()]


def test_params_change_the_stack():
    narrow = type(TEMPLATES["mlp"])(width=8, depth=3, dropout=0.5).graph()
    types = [node.type for node in narrow]
    assert types == ["Input", *["Linear", "ReLU", "Dropout"] * 3, "Linear"]
    assert isinstance(narrow, Graph)
