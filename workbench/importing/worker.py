"""The process that runs a person's code: it loads a file, makes the class, traces it, and writes it down.

Started by `workbench.importing.pytorch`, never imported by the program itself. It leaves ``result.json``, and
``tensors.safetensors`` with weights, inputs and outputs, in the folder that it is given.
"""

from __future__ import annotations

import importlib.util
import json
import os
import sys
import traceback
from pathlib import Path
from typing import Any

RESULT = "result.json"
TENSORS = "tensors.safetensors"
REQUEST = "request.json"

_BATCHES = (2, 5)
"""Samples of the batches on which answers are recorded."""


class RefusalError(Exception):
    """What a person can put right, with the line of their file where it is known."""

    def __init__(self, what: str, remedy: str, line: int | None = None) -> None:
        super().__init__(what)
        self.what, self.remedy, self.line = what, remedy, line


def main(arguments: list[str]) -> int:
    """Do what the request in a folder asks; return the exit status, 0 whenever there is an answer."""
    folder = Path(arguments[0])
    request = json.loads((folder / REQUEST).read_text(encoding="utf-8"))
    try:
        answer = _answer(request, folder)
    except RefusalError as refusal:
        answer = {"refused": refusal.what, "remedy": refusal.remedy, "line": refusal.line}
    temporary = folder / f"{RESULT}.part"
    temporary.write_text(json.dumps(answer), encoding="utf-8")
    temporary.replace(folder / RESULT)
    return 0


def _answer(request: dict[str, Any], folder: Path) -> dict[str, Any]:
    import torch

    torch.set_num_threads(max(1, min(4, os.cpu_count() or 1)))
    torch.manual_seed(0)
    file = request["file"]
    model = made(loaded(file), request["class"], request["args"], file)
    return traced(model, request["shapes"], request["dtypes"], file, folder / TENSORS)


def loaded(file: str) -> Any:
    """Run a file and return it as a module. Raises `RefusalError`."""
    sys.path.insert(0, str(Path(file).parent))
    spec = importlib.util.spec_from_file_location("_workbench_imported", file)
    if spec is None or spec.loader is None:
        raise RefusalError("this is no Python file.", "Choose a file that ends in .py.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    try:
        spec.loader.exec_module(module)
    except SyntaxError as error:
        raise RefusalError(
            f"Python can't read it ({error.msg}).", "Correct that line.", error.lineno
        ) from error
    except BaseException as error:
        raise _raised("running the file", error, file, "Correct it, or install what it needs.") from error
    return module


def made(module: Any, name: str, args: dict[str, Any], file: str) -> Any:
    """Return an object of the class, or of what the function of this name makes. Raises `RefusalError`."""
    from torch import nn

    kinds = [
        key
        for key, value in vars(module).items()
        if isinstance(value, type) and issubclass(value, nn.Module) and value.__module__ == module.__name__
    ]
    found = vars(module).get(name)
    if found is None or not callable(found):
        has = f"It has {', '.join(kinds[:8])}." if kinds else "It has no torch.nn.Module."
        raise RefusalError(f"there is no class {name!r} in it. {has}", "Name one of its classes.")
    try:
        model = found(**args)
    except TypeError as error:
        if _line(error, file) is None or "argument" in str(error):
            what = f"{name} can't be made so ({_text(error)})."
            remedy = 'Give its arguments by name (--args), such as {"num_classes": 10}.'
            raise RefusalError(what, remedy, _line(error, file)) from error
        raise _raised(f"making {name}", error, file, "Correct it.") from error
    except BaseException as error:
        raise _raised(f"making {name}", error, file, "Correct it, or give other arguments.") from error
    if not isinstance(model, nn.Module):
        raise RefusalError(f"{name} is no torch.nn.Module.", f"Name one that is: {', '.join(kinds[:8])}.")
    return model


def traced(model: Any, shapes: list[list[int]], dtypes: list[str], file: str, target: Path) -> dict[str, Any]:
    """Return the stack of a model, and write its weights and answers to ``target``. Raises `RefusalError`."""
    import torch
    from safetensors.torch import save_file

    from workbench.importing.convert import BATCH, convert
    from workbench.importing.stack import stack
    from workbench.importing.trace import TraceError

    model = model.eval().cpu().float()
    highest = min(
        (m.num_embeddings for m in model.modules() if isinstance(m, torch.nn.Embedding)), default=10
    )

    def examples(count: int) -> list[torch.Tensor]:
        return [
            torch.randint(0, highest, (count, *shape)) if dtype == "int64" else torch.randn(count, *shape)
            for shape, dtype in zip(shapes, dtypes, strict=True)
        ]

    tensors: dict[str, torch.Tensor] = {}
    given = " and ".join("×".join(map(str, shape)) for shape in shapes)
    for number, size in enumerate(_BATCHES):
        inputs = examples(size)
        tensors |= {f"input.{number}.{place}": item for place, item in enumerate(inputs)}
        try:
            with torch.no_grad():
                answer = model(*inputs)
        except BaseException as error:
            remedy = "Check the sample's shape (--shape), without the batch, and its type (--dtype)."
            raise _raised(f"its forward, for samples of {given},", error, file, remedy) from error
        answers = answer if isinstance(answer, list | tuple) else [answer]
        for place, item in enumerate(answers):
            if not isinstance(item, torch.Tensor):
                what = f"its forward gives a {type(item).__name__}, not a tensor."
                raise RefusalError(what, "Let it return a tensor, or a tuple of them.")
            tensors[f"output.{number}.{place}"] = item.detach().float()
    try:
        found = convert(model, examples(BATCH), file)
    except TraceError as error:
        what = f"its forward can't be followed without running it ({error})."
        raise RefusalError(what, "Decide nothing by the values that pass through it.", error.line) from error
    if found.faults:
        return {"unmapped": [[fault.kind, fault.why, fault.place] for fault in found.faults]}
    graph, weights = stack(found.rows.found, found.outputs)
    tensors |= {f"weight.{name}": tensor for name, tensor in weights.items()}
    save_file({name: tensor.contiguous().clone() for name, tensor in tensors.items()}, target)
    return {"graph": graph.model_dump(mode="json"), "notes": list(found.notes), "batches": len(_BATCHES)}


def _raised(doing: str, error: BaseException, file: str, remedy: str) -> RefusalError:
    if isinstance(error, SystemExit):
        return RefusalError(f"{doing} ends the program (sys.exit).", "Remove that.", _line(error, file))
    if isinstance(error, RecursionError):
        return RefusalError(f"{doing} never ends (RecursionError).", remedy, _line(error, file))
    return RefusalError(f"{doing} fails: {type(error).__name__}: {_text(error)}.", remedy, _line(error, file))


def _line(error: BaseException, file: str) -> int | None:
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
    return lines[-1] if lines else None


def _text(error: BaseException) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (lines[0] if lines else "no message")[:300].rstrip(".")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
