"""The format ``arrays``: NumPy's .npz files, and pairs of .npy files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from workbench.data.array_files import Arrays as ArraysByName
from workbench.data.array_files import Pair, pairs_of, read_npy, read_npz
from workbench.data.array_kinds import Samples, samples_of
from workbench.data.dataset import Source
from workbench.data.formats import Format
from workbench.data.targets import encode
from workbench.data.vocabulary import vocabulary_of
from workbench.errors import UserError
from workbench.graph.project import DataSection


class Arrays(Format):
    """Arrays of inputs and targets, told apart by their names: x and y, images and labels, x_train …"""

    name: ClassVar[str] = "arrays"
    help: ClassVar[str] = "NumPy arrays (.npz with x and y, or a pair x.npy and y.npy)"

    def recognises(self, path: Path) -> bool:
        """An .npz or .npy file, or a folder with .npy files that pair up."""
        if path.is_dir():
            return bool(pairs_of(file.stem for file in path.glob("*.npy")))
        return path.suffix.lower() in (".npz", ".npy") and path.is_file()

    def read(self, section: DataSection, path: Path) -> Source:
        """Read the pairs of arrays that the names tell, and put them together."""
        arrays, pairs = _opened(path)
        place = str(path)
        inputs = _joined([arrays[pair.inputs] for pair in pairs], pairs[0].inputs, place)
        targets = _joined(
            [_one_a_sample(arrays[p.targets], p.targets, place) for p in pairs], pairs[0].targets, place
        )
        counts = [len(arrays[pair.inputs]) for pair in pairs]
        for pair, count in zip(pairs, counts, strict=True):
            if count != len(arrays[pair.targets]):
                raise UserError(
                    f"{pair.inputs!r} has {count:,} samples, but {pair.targets!r} has "
                    f"{len(arrays[pair.targets]):,}.",
                    place=place,
                    remedy="Save as many targets as samples.",
                )
        samples = samples_of(inputs, pairs[0].inputs, pairs[0].ids, place)
        is_test = np.repeat([pair.part == "test" for pair in pairs], counts)
        notes = list(samples.notes)
        if any(pair.part == "validation" for pair in pairs):
            notes.append(
                "Samples set apart for validation were put with those for training, to be split anew."
            )
        if pairs[0].ids:
            words = vocabulary_of(arrays, path, int(samples.inputs.max()))
            samples = replace(samples, vocabulary=words.tokens)
            notes += words.notes
        return _source(section, path, pairs[0].targets, samples, targets, is_test, notes)


def _source(
    section: DataSection,
    path: Path,
    target: str,
    samples: Samples,
    targets: NDArray[Any],
    is_test: NDArray[np.bool_],
    notes: list[str],
) -> Source:
    values, inputs = targets, samples.inputs
    known = np.isfinite(values) if values.dtype.kind == "f" else np.ones(len(values), bool)
    if not known.all():
        notes.append(f"{(~known).sum():,} samples without a target were left out.")
        values, inputs, is_test = values[known], inputs[known], is_test[known]
    encoded = encode(values, section.task, target, str(path))
    return Source(
        name=path.stem,
        kind=samples.kind,
        task=encoded.task,
        inputs=inputs,
        targets=encoded.values,
        scale=samples.scale,
        classes=encoded.classes,
        features=samples.features,
        vocabulary=samples.vocabulary,
        target=target,
        given_test=np.flatnonzero(is_test).astype(np.int64) if is_test.any() else None,
        notes=tuple(notes),
    )


def _opened(path: Path) -> tuple[ArraysByName, tuple[Pair, ...]]:
    """The arrays of a file, or of the .npy files in a folder, and which of them belong together."""
    if path.suffix.lower() == ".npz" and path.is_file():
        arrays = read_npz(path)
        pairs = pairs_of(arrays)
        if not pairs:
            held = ", ".join(f"{name} ({_shape(array)})" for name, array in arrays.items()) or "nothing"
            raise UserError(
                f"no array of inputs pairs up with one of targets; the file holds {held}.",
                place=str(path),
                remedy="Call the arrays x and y, or x_train, y_train, x_test and y_test.",
            )
        return arrays, pairs
    folder = path if path.is_dir() else path.parent
    files = {file.stem: file for file in sorted(folder.glob("*.npy"))}
    pairs = pairs_of(files)
    used = {name for pair in pairs for name in (pair.inputs, pair.targets)}
    if not pairs or (path.is_file() and path.stem not in used):
        raise UserError(
            "an array of inputs needs one of targets beside it.",
            place=str(path),
            remedy="Call the files x.npy and y.npy, in one folder, or save both arrays in one .npz file.",
        )
    return {name: read_npy(files[name]) for name in used}, pairs


def _joined(arrays: list[NDArray[Any]], name: str, place: str) -> NDArray[Any]:
    if any(array.ndim == 0 for array in arrays):
        raise UserError(f"{name!r} is a single value.", place=place, remedy="Save a row for each sample.")
    if len({array.shape[1:] for array in arrays}) > 1:
        shapes = " and ".join(_shape(array) for array in arrays)
        raise UserError(
            f"{name!r} and its partners have samples of different shapes ({shapes}).",
            place=place,
            remedy="Save all with one shape but for the number of samples.",
        )
    joined = np.concatenate(arrays) if len(arrays) > 1 else arrays[0]
    if joined.size == 0:
        raise UserError(
            f"{name!r} is empty ({_shape(joined)}).", place=place, remedy="Save at least 3 samples."
        )
    return joined


def _one_a_sample(array: NDArray[Any], name: str, place: str) -> NDArray[Any]:
    """Targets as (N,): a column is laid flat, one-hot rows become class numbers, bytes become text."""
    flat = array.reshape(-1) if array.ndim == 2 and array.shape[1] == 1 else array
    if flat.dtype.kind == "S":
        flat = np.char.decode(flat, "utf-8", "replace")
    if flat.dtype.kind not in "biufU":
        raise UserError(
            f"{name!r} holds {flat.dtype}, which can't be a target.",
            place=place,
            remedy="Save numbers or text.",
        )
    if flat.ndim == 2 and flat.dtype.kind in "biuf" and _is_one_hot(flat):
        return np.asarray(flat.argmax(1), np.int64)
    if flat.ndim > 1:
        raise UserError(
            f"{name!r} has {_shape(flat)} values; there must be one a sample.",
            place=place,
            remedy="Save a vector of targets, or one-hot rows.",
        )
    return flat


def _is_one_hot(array: NDArray[Any]) -> bool:
    return bool(np.all((array == 0) | (array == 1)) and np.all(array.sum(1) == 1))


def _shape(array: NDArray[Any]) -> str:
    return "×".join(map(str, array.shape)) or "one value"
