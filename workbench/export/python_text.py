"""The text of an exported Python file: the stack, how to load it, and an example of its use."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from workbench import __version__
from workbench.build.code_lines import comment

if TYPE_CHECKING:
    from workbench.data.dataset import Dataset
    from workbench.graph import Graph, Project

VOCABULARY = ".vocabulary.json"
"""How the name of the file ends that lists the words: the n-th is that of id n."""

_NAMED = 64
"""Columns of a table of which each is named in the example."""

_IMPORTS = (
    "from pathlib import Path",
    "import torch",
    "from torch import Tensor",
    "from safetensors.torch import load_file",
)

_LOAD = '''\
def load(weights: Path = WEIGHTS) -> Model:
    """Return the trained model, ready to predict."""
    model = Model()
    model.load_state_dict(load_file(weights))
    return model.eval()
'''

_WORDS = '''\
IDS = {word: number for number, word in enumerate(VOCABULARY)}


def ids_of(words: list[str]) -> list[int]:
    """Return the ids of words. Raises KeyError for a word that the vocabulary lacks."""
    return [IDS[word] for word in words]
'''

_TEXTS = '''\
IDS = {{word: number for number, word in enumerate(VOCABULARY)}}
WORD = re.compile(r"{pattern}")
LENGTH, PADDING, UNKNOWN = {length}, {padding}, {unknown}


def inputs_of(texts: list[str]) -> Tensor:
    """Return texts as inputs, (batch, LENGTH): ids of their first words, padded in front."""
    rows = []
    for text in texts:
        ids = [IDS.get(word, UNKNOWN) for word in WORD.findall(text.lower())[:LENGTH]]
        rows.append([PADDING] * (LENGTH - len(ids)) + ids)
    return torch.tensor(rows)
'''

_CLASSIFY = '''\
@torch.inference_mode()
def predict(model: Model, inputs: Tensor) -> list[str]:
    """Name the class of each sample of a batch, shape (batch, {shape})."""
    return [CLASSES[number] for number in {numbers}]
'''

_ESTIMATE = '''\
@torch.inference_mode()
def predict(model: Model, inputs: Tensor) -> list[float]:
    """Estimate the target of each sample of a batch, shape (batch, {shape})."""
    return {answer}.flatten().tolist()
'''

_EMBED = '''\
@torch.inference_mode()
def predict(model: Model, inputs: Tensor) -> list[list[float]]:
    """Place each sample of a batch, shape (batch, {shape}), among others: near means the same {target}."""
    return {answer}.tolist()
'''

_FIND = '''\
@torch.inference_mode()
def predict(model: Model, inputs: Tensor) -> list[str]:
    """Name the class that each sample of a batch, shape (batch, {shape}), most likely holds (CTC)."""
    logarithms = {logarithms}.transpose(0, 1)
    steps, ones = torch.full((len(inputs),), len(logarithms)), torch.ones(len(inputs), dtype=torch.long)
    found = [
        torch.nn.functional.ctc_loss(
            logarithms, torch.full((len(inputs), 1), number), steps, ones, reduction="none"
        )
        for number in range(1, len(CLASSES) + 1)
    ]
    return [CLASSES[number] for number in torch.stack(found).argmin(0).tolist()]
'''

_EXAMPLE = """\
if __name__ == "__main__":
{example}
    print(predict(load(), example))
"""


def text(graph: Graph, project: Project, dataset: Dataset, run: str) -> str:
    """Return the whole file. Its weights are read from beside it, and its vocabulary, if there is one."""
    from workbench.build.code import source

    head, body = source(graph).split("\n\n\n", 1)
    blocks = [
        _docstring(project, dataset, run) + "\n\n" + _imports(head, dataset),
        body.rstrip(),
        _constants(dataset),
        *_ids(dataset),
        _LOAD.rstrip(),
        _predict(graph, project, dataset).rstrip(),
        _EXAMPLE.format(example=_example(dataset)).rstrip(),
    ]
    return "\n\n\n".join(blocks) + "\n"


def _docstring(project: Project, dataset: Dataset, run: str) -> str:
    origin = f"Made by Model Workbench {__version__}" + (f" from run {run}" if run else "")
    wants = "whole-number ids" if dataset.input_dtype == "int64" else "decimal numbers (float32)"
    if dataset.tokenizer is not None:
        wants = "texts' words as ids: inputs_of makes them"
    lines = [
        _harmless(project.name) + ".",
        "",
        f"{origin}. Needs torch and safetensors.",
        f"Inputs are {wants}.",
    ]
    if dataset.scale != 1:
        lines[-1] = f"Inputs are the data's values times {dataset.scale!r} (float32)."
    return '"""' + "\n".join(lines) + '\n"""'


def _harmless(name: str) -> str:
    """A name that can't end the docstring early."""
    return name.replace("\\", "/").replace('"', "'").rstrip(".")


def _imports(head: str, dataset: Dataset) -> str:
    """The class's imports and ours, the standard library's first."""
    lines = {line for line in head.splitlines() if line} | set(_IMPORTS)
    lines |= {"import json"} if dataset.vocabulary else set()
    lines |= {"import re"} if dataset.tokenizer else set()
    if "from torch import Tensor, nn" in lines:
        lines.discard("from torch import Tensor")
    groups: tuple[list[str], list[str]] = ([], [])
    for line in sorted(lines, key=lambda item: (item.startswith("from"), item)):
        groups[line.split()[1].split(".")[0] not in sys.stdlib_module_names].append(line)
    return "\n\n".join("\n".join(group) for group in groups if group)


def _ids(dataset: Dataset) -> list[str]:
    """How words become ids, where they have some."""
    if dataset.tokenizer is None:
        return [_WORDS.rstrip()] if dataset.vocabulary else []
    return [_TEXTS.format(**dataset.tokenizer.as_json()).rstrip()]


def _constants(dataset: Dataset) -> str:
    lines = ['WEIGHTS = Path(__file__).with_suffix(".safetensors")']
    if dataset.vocabulary:
        beside = f'Path(__file__).with_suffix("{VOCABULARY}")'
        lines.append(f'VOCABULARY = json.loads({beside}.read_text("utf-8"))')
    if dataset.classes:
        lines.append(f"CLASSES = {dataset.classes!r}")
    if dataset.features:
        lines.append(f"FEATURES = {dataset.features!r}")
    lines.append(f"TARGET = {dataset.target!r}")
    return "\n".join(lines)


def _predict(graph: Graph, project: Project, dataset: Dataset) -> str:
    from workbench.build.objective import form_of

    shape = ", ".join(map(str, dataset.sample_shape))
    form = form_of(project.training.loss.name)
    if form == "embedding":
        return _EMBED.format(shape=shape, answer=_answer(graph), target=_harmless(dataset.target))
    if form == "sequence":
        return _FIND.format(shape=shape, logarithms=_logarithms(graph))
    if dataset.task == "regression":
        return _ESTIMATE.format(shape=shape, answer=_answer(graph))
    return _CLASSIFY.format(shape=shape, numbers=_numbers(graph, dataset))


def _numbers(graph: Graph, dataset: Dataset) -> str:
    """An expression for the class numbers: two classes may share one output, the score of the second."""
    from workbench.build.check import check
    from workbench.build.objective import end_of
    from workbench.graph.bypass import live

    output = check(graph).rows[-1].output
    if len(dataset.classes) != 2 or output is None or output.shape != (1,):
        return f"{_answer(graph)}.argmax(1).tolist()"
    boundary = "0.5" if end_of(live(graph)) == "sigmoid" else "0"
    return f"({_answer(graph)}[:, 0] > {boundary}).long().tolist()"


def _logarithms(graph: Graph) -> str:
    """An expression for the logarithms of a sequence's probabilities."""
    from workbench.build.objective import end_of
    from workbench.graph.bypass import live

    end = end_of(live(graph), 2)
    if end == "log_softmax":
        return _answer(graph)
    return f"{_answer(graph)}.{'log()' if end == 'softmax' else 'log_softmax(2)'}"


def _answer(graph: Graph) -> str:
    """An expression for the main answer: with Output layers the model gives several, the main one last."""
    return "model(inputs)" + ("[-1]" if any(node.type == "Output" for node in graph.layers[:-1]) else "")


def _example(dataset: Dataset) -> str:
    """Lines that make one sample of zeros, from values as they are stored, a table's with their names."""
    shape = (1, *dataset.sample_shape)
    what = "One sample; put your own here."
    if dataset.tokenizer is not None:
        made = 'inputs_of(["This is a text."])'
    elif dataset.input_dtype == "int64":
        made = f"torch.zeros({shape}, dtype=torch.long)"
    elif dataset.scale != 1:
        what = f"One sample of values as stored, 0 to {1 / dataset.scale:g}, scaled; put your own here."
        made = f"torch.zeros({shape}, dtype=torch.{dataset.inputs.dtype}) * {dataset.scale!r}"
    elif len(shape) == 2 and len(dataset.features) == shape[1] <= _NAMED:
        values = [f"{' ' * 12}0.0,  {comment(name, '')}" for name in dataset.features]
        made = "\n".join(["torch.tensor(", " " * 8 + "[[", *values, " " * 8 + "]]", "    )"])
    else:
        made = f"torch.zeros({shape})"
    return f"    # {what}\n    example = {made}"
