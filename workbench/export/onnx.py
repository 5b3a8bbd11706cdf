"""ONNX: one file that ONNX Runtime and most other engines run."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench import __version__
from workbench.errors import UserError
from workbench.export.base import Exported, Exporter, Progress, silent
from workbench.export.meaning import Meaning, meaning
from workbench.export.parity import Arrays, Function, compare, on_cpu, reference, samples_of
from workbench.graph.atomic import replace_atomic

if TYPE_CHECKING:
    from workbench.build.model import StackModel
    from workbench.data.dataset import Dataset
    from workbench.graph import Project

_DTYPES = {"tensor(float)": "float32", "tensor(int64)": "int64"}


class OnnxExporter(Exporter):
    """Writes one .onnx file."""

    name = "onnx"
    title = "ONNX"
    help = "One file that ONNX Runtime and most other engines run, in any language."
    suffix = ".onnx"

    def usage(self, exported: Exported) -> str:
        """See `Exporter.usage`."""
        first, means = exported.inputs[0], exported.meaning
        shape = (1, *first["shape"][1:])
        lines = [
            *(["import json", "import re", ""] if means.text else ["import json", ""] if means.words else []),
            "import numpy as np",
            "import onnxruntime",
            "",
            f"session = onnxruntime.InferenceSession({exported.path.name!r})",
            *_example(shape, first["dtype"], means),
            f"{'*others, outputs' if exported.outputs > 1 else '(outputs,)'} = "
            f"session.run(None, {{{first['name']!r}: samples}})",
        ]
        if means.form == "embedding":
            lines.append("print(outputs)")
        elif means.form == "sequence":
            lines += [
                f"names = {['blank', *means.classes]!r}",
                "# what is likeliest at each step",
                "print([[names[n] for n in steps] for steps in outputs.argmax(2)])",
            ]
        elif means.classes:
            numbers = (
                "outputs.argmax(1)" if means.cut is None else f"(outputs[:, 0] > {means.cut:g}).astype(int)"
            )
            lines += [f"classes = {list(means.classes)!r}", f"print([classes[n] for n in {numbers}])"]
        else:
            lines.append("print(outputs[:, 0])")
        return "\n".join(lines) + "\n"

    def export(
        self,
        model: StackModel,
        project: Project,
        dataset: Dataset,
        path: Path,
        progress: Progress | None = None,
        run: str = "",
    ) -> Exported:
        """See `Exporter.export`. ``path`` must end in .onnx."""
        if path.suffix.lower() != self.suffix:
            raise UserError(
                "an ONNX file is not called that.", place=str(path), remedy="Let it end in .onnx."
            )
        samples = samples_of(model, dataset)
        means = meaning(model, dataset, project)
        notes = _notes(project, dataset, run) | {"input": f"inputs = {means.input}", "output": means.output}
        notes["scale"] = repr(means.scale)
        return replace(write_onnx(model, samples, path, notes, progress or silent), meaning=means)


def _example(shape: tuple[int, ...], dtype: str, means: Meaning) -> list[str]:
    """Lines that make ``samples``, from values as they are stored, or from words."""
    vocabulary = [
        "notes = session.get_modelmeta().custom_metadata_map",
        'ids = {word: number for number, word in enumerate(json.loads(notes["vocabulary"]))}',
    ]
    if means.text:
        return [
            *vocabulary,
            'how = json.loads(notes["tokenizer"])',
            'words = re.findall(how["pattern"], "Your text.".lower())[: how["length"]]',
            'found = [ids.get(word, how["unknown"]) for word in words]',
            'samples = np.array([[how["padding"]] * (how["length"] - len(found)) + found])',
        ]
    if means.scale == 1:
        told = [*vocabulary, "# ids[word] is a word's id"] if means.words else []
        return [*told, f"samples = np.zeros({shape}, np.{dtype})  # yours: any number, {means.input}"]
    return [
        f"pixels = np.zeros({shape}, np.{means.stored})  # yours: any number",
        f"samples = pixels.astype(np.float32) * {means.scale!r}  # {means.range}",
    ]


def write_onnx(
    model: StackModel, samples: Arrays, path: Path, notes: dict[str, str], progress: Progress = silent
) -> Exported:
    """Write a model as ONNX and compare it on samples, an array an input, batch first. Raises `UserError`."""
    from workbench.export.onnx_translate import translated

    progress(0.0, "Translating the layers")
    copied = on_cpu(model)
    proto = translated(copied, samples)
    nodes = _tidied(proto, model.layer_ids, around="model." if len(model.output_ids) > 1 else "")
    _note(proto, notes)
    progress(0.6, "Checking the file")
    content, run, inputs = _checked(proto)
    progress(0.7, "Comparing with the model")
    checked = compare(reference(copied.answers), run, samples)
    progress(0.95, "Writing")

    def write(temporary: Path) -> None:
        temporary.write_bytes(content)
        progress(0.98, "Putting it in place")  # the last chance to cancel, which leaves nothing

    replace_atomic(path, write)
    progress(1.0, "Done")
    opset = proto.opset_import[0].version
    outputs = len(model.output_ids)
    return Exported(path, (path,), inputs, checked, len(content), opset, nodes, outputs=outputs)


def _tidied(proto: Any, layer_ids: tuple[str, ...], around: str) -> dict[str, tuple[str, ...]]:
    """Replace torch's notes at each node, which hold paths of this machine, by the layer's id.

    ``around`` stands before the ids in these notes where the model gives several answers. Returns the
    operators that each layer became.
    """
    found: dict[str, list[str]] = {name: [] for name in layer_ids}
    for node in proto.graph.node:
        notes = {entry.key: entry.value for entry in node.metadata_props}
        scopes = re.findall(r"'([\w.]+)'", notes.get("pkg.torch.onnx.name_scopes", ""))
        named = (scope.removeprefix(around) for scope in scopes if scope.startswith(around))
        layer = next((name for name in named if name in found), "")
        del node.metadata_props[:]
        node.doc_string = ""
        if layer:
            found[layer].append(node.op_type)
            node.metadata_props.add(key="layer", value=layer)
    graph = proto.graph
    for item in (graph, *graph.input, *graph.output, *graph.value_info, *graph.initializer):
        del item.metadata_props[:]
    return {name: tuple(operators) for name, operators in found.items()}


def _notes(project: Project, dataset: Dataset, run: str) -> dict[str, str]:
    """What whoever loads the file must know to use it, for its metadata."""
    listed = {"classes": dataset.classes, "features": dataset.features}
    if dataset.vocabulary:
        listed["vocabulary"] = dataset.vocabulary
    notes = {"project": project.name, "run": run, "task": dataset.task, "target": dataset.target}
    notes |= {name: json.dumps(values, ensure_ascii=False) for name, values in listed.items()}
    if dataset.tokenizer:
        notes["tokenizer"] = json.dumps(dataset.tokenizer.as_json(), ensure_ascii=False)
    return notes


def _note(proto: Any, notes: dict[str, str]) -> None:
    proto.producer_name = "Model Workbench"
    proto.producer_version = __version__
    proto.graph.name = notes.get("project", "") or "model"
    del proto.metadata_props[:]
    for key, value in {"program": f"Model Workbench {__version__}", **notes}.items():
        proto.metadata_props.add(key=key, value=value)


def _checked(proto: Any) -> tuple[bytes, Function, tuple[dict[str, Any], ...]]:
    """Have ONNX check the model and ONNX Runtime load it: the file's content, how to run it, its inputs."""
    import onnx
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3  # errors only
    try:
        onnx.checker.check_model(proto, full_check=True)
        content: bytes = proto.SerializeToString()
        session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    except Exception as error:
        # each of the two libraries has errors of its own; all say that the translation isn't sound
        reason = (str(error).splitlines() or [type(error).__name__])[0][:200].rstrip(".")
        raise UserError(
            f"what was translated is no sound ONNX ({reason}), so nothing was written.",
            place="export",
            remedy="Export to python instead.",
        ) from error
    inputs = session.get_inputs()
    for item in (*inputs, *session.get_outputs()):
        if item.shape[0] != "batch" or not all(isinstance(side, int) for side in item.shape[1:]):
            raise UserError(
                f"{item.name} came out with the shape {item.shape}; its first side should be any batch size.",
                place="export",
                remedy="Please report this stack.",
            )

    def run(arrays: Arrays) -> Arrays:
        feed = {item.name: array for item, array in zip(inputs, arrays, strict=True)}
        return tuple(session.run(None, feed))

    described = tuple(
        {"name": item.name, "shape": list(item.shape), "dtype": _DTYPES[item.type]} for item in inputs
    )
    return content, run, described
