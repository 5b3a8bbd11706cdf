"""Code: a Python file that needs only torch and safetensors, and the weights beside it."""

from __future__ import annotations

import importlib.util
import json
import keyword
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from workbench.errors import UserError
from workbench.export.base import Exported, Exporter, Progress, silent
from workbench.export.meaning import Meaning, meaning
from workbench.export.parity import compare, on_cpu, reference, samples_of
from workbench.export.python_text import VOCABULARY, text
from workbench.graph.atomic import replace_atomic, write_atomic

if TYPE_CHECKING:
    from workbench.build.model import StackModel
    from workbench.data.dataset import Dataset
    from workbench.graph import Project


class PythonExporter(Exporter):
    """Writes a .py file, a .safetensors file of the same name, and a .json file of the vocabulary if any."""

    name = "python"
    title = "Python"
    help = "A Python file that needs only torch and safetensors, and the weights beside it."
    suffix = ".py"

    def usage(self, exported: Exported) -> str:
        """See `Exporter.usage`."""
        first = exported.inputs[0]
        shape = (1, *first["shape"][1:])
        stem = exported.path.stem
        lines = ["import torch", "", f"import {stem} as exported"]
        if not stem.isidentifier() or keyword.iskeyword(stem):  # an import statement refuses it
            lines = [
                "import importlib",
                "",
                "import torch",
                "",
                f"exported = importlib.import_module({stem!r})",
            ]
        lines += [
            "",
            "model = exported.load()",
            *_example(shape, first["dtype"], exported.meaning),
            "print(exported.predict(model, samples))",
        ]
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
        """See `Exporter.export`. ``path`` must end in .py; the weights go beside it."""
        if path.suffix != self.suffix:
            raise UserError(
                "Python loads no file of that name.", place=str(path), remedy="Let it end in .py."
            )
        tell = progress or silent
        tell(0.0, "Writing the code")
        samples = samples_of(model, dataset)
        copied = on_cpu(model)
        code = text(model.graph, project, dataset, run).encode()
        weights = _weights(copied)
        tell(0.2, "Comparing with the model")
        beside = {path.with_suffix(".safetensors"): weights}
        if dataset.vocabulary:
            words = json.dumps(dataset.vocabulary, ensure_ascii=False, indent=0)
            beside[path.with_suffix(VOCABULARY)] = words.encode()
        loaded = _loaded(path.name, code, beside)
        checked = compare(reference(copied.answers), reference(loaded), samples)
        tell(0.9, "Writing")
        _write_all({**beside, path: code}, tell)
        tell(1.0, "Done")
        (name,) = model.input_ids
        described = {
            "name": name,
            "shape": ["batch", *dataset.sample_shape],
            "dtype": dataset.input_dtype,
        }
        return Exported(
            path,
            (path, *beside),
            (described,),
            checked,
            len(code) + sum(map(len, beside.values())),
            meaning=meaning(copied, dataset, project),
        )


def _example(shape: tuple[int, ...], dtype: str, means: Meaning) -> list[str]:
    """Lines that make ``samples``, from values as they are stored."""
    if means.text:
        return ['samples = exported.inputs_of(["Your text."])']
    if means.scale == 1:
        return [f"samples = torch.zeros({shape}, dtype=torch.{dtype})  # yours: any number, {means.input}"]
    return [
        f"pixels = torch.zeros({shape}, dtype=torch.{means.stored})  # yours: any number",
        f"samples = pixels.float() * {means.scale!r}  # {means.range}",
    ]


def _weights(model: StackModel) -> bytes:
    """The state as a safetensors file."""
    from safetensors.torch import save

    content: bytes = save({name: value.contiguous() for name, value in model.state_dict().items()})
    return content


def _loaded(name: str, code: bytes, beside: Mapping[Path, bytes]) -> Any:
    """The model as somebody else gets it: the file imported elsewhere, having loaded its own weights."""
    with tempfile.TemporaryDirectory(prefix="workbench-export-") as folder:
        file = Path(folder, name)
        file.write_bytes(code)
        for other, content in beside.items():
            Path(folder, other.name).write_bytes(content)
        return _imported(file).load()


def _imported(file: Path) -> ModuleType:
    """Import a file without making it known by name."""
    spec = importlib.util.spec_from_file_location("_workbench_exported", file)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _write_all(contents: Mapping[Path, bytes], tell: Progress) -> None:
    """Write all files, or none: each is whole in a temporary file before one is put in its place."""
    (path, content), *others = contents.items()
    if not others:
        tell(0.95, "Putting them in place")  # the last chance to cancel, which leaves nothing
        write_atomic(path, content)
        return

    def write(temporary: Path) -> None:
        temporary.write_bytes(content)
        _write_all(dict(others), tell)

    replace_atomic(path, write)
