"""One sample from a file of its own, read by the rules that hold for the data it goes with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from workbench.data.array_files import IDS, INPUTS, read_npy, read_npz
from workbench.data.csv import SUFFIXES as TABLES
from workbench.data.dataset import Dataset
from workbench.data.fields import fields_of, typical
from workbench.data.images import SUFFIXES as PICTURES
from workbench.data.pixels import decode_one
from workbench.data.typed_sample import largest_id, require_known, typed
from workbench.data.typed_words import Words
from workbench.errors import UserError

if TYPE_CHECKING:
    import polars as pl

    from workbench.data.texts import Tokenizer

Array = NDArray[np.generic]
ARRAYS = (".npy", ".npz")
LARGEST = 64 * 2**20
"""Bytes of a file at most: one sample is never as large."""


@dataclass(frozen=True, eq=False)
class OneSample:
    """Values as the network gets them, of the data's sample shape, and what was done to get there."""

    values: Array
    note: str = ""


def suffixes(dataset: Dataset) -> tuple[str, ...]:
    """Return the endings of files that may hold a sample of such data."""
    return (*(PICTURES if dataset.kind == "image" else TABLES), *ARRAYS)


def read_sample(path: Path, dataset: Dataset) -> OneSample:
    """Read a sample: a picture for images, the first row of a table, an array, or lines of numbers or words.

    Arrays are in the data's own unit and scaled as they are. Raises `UserError`.
    """
    suffix, place = path.suffix.lower(), path.name
    if suffix not in suffixes(dataset):
        raise UserError(
            "this can't be a sample of these data.",
            place=place,
            remedy=f"It can be a file {_listed(suffixes(dataset))}.",
        )
    try:
        if path.stat().st_size > LARGEST:
            raise UserError(
                "this is far too large for one sample.", place=place, remedy="Save one sample in it."
            )
        if suffix in PICTURES:
            return _picture(path, dataset)
        if suffix in ARRAYS:
            return _array(path, dataset)
        if dataset.tokenizer is not None and suffix != ".txt":
            return _text(path, dataset.tokenizer)
        return _row(path, dataset) if dataset.kind == "table" else _lines(path, dataset)
    except UserError as error:
        if str(path) not in error.place:
            raise
        raise UserError(
            error.what, place=error.place.replace(str(path), place), remedy=error.remedy
        ) from error
    except OSError as error:
        raise UserError(
            f"can't be read ({error.strerror or error}).",
            place=place,
            remedy="Check that the file is whole and that you may read it.",
        ) from error


def pixel_range(dataset: Dataset) -> tuple[float, float]:
    """Return what black and white are to the network: 0 and 1, or -1 and 1 where pixels are negative."""
    return (-1.0 if float(_some(dataset, 2_000).min()) < 0 else 0.0), 1.0


def background(dataset: Dataset) -> float:
    """Return whichever of black and white is nearer to what pictures' edges mostly are."""
    low, high = pixel_range(dataset)
    some = _some(dataset, 200)
    edges = np.concatenate([some[..., [0, -1], :].ravel(), some[..., [0, -1]].ravel()])
    return low if float(np.median(edges)) < (low + high) / 2 else high


def _some(dataset: Dataset, most: int) -> Array:
    """Samples at even distances, as the network gets them: a look at all of many would take long."""
    return dataset.batch(np.linspace(0, len(dataset) - 1, min(len(dataset), most)).astype(np.int64))


def _picture(path: Path, dataset: Dataset) -> OneSample:
    channels, height, width = dataset.sample_shape
    if channels not in (1, 3):
        raise UserError(
            f"a picture has 1 or 3 channels, and these samples have {channels}.",
            place=path.name,
            remedy="Give an array (.npy) with all of them.",
        )
    pixels, size = decode_one(path, (width, height), grey=channels == 1)
    low, high = pixel_range(dataset)
    values = np.moveaxis(pixels, -1, 0).astype(np.float32) * np.float32(1 / 255)
    note = "" if size == (width, height) else f"scaled from {size[0]}×{size[1]} to {width}×{height} pixels"
    return OneSample(np.ascontiguousarray(values * np.float32(high - low) + np.float32(low)), note)


def _array(path: Path, dataset: Dataset) -> OneSample:
    array = read_npy(path) if path.suffix.lower() == ".npy" else _chosen(read_npz(path), path.name)
    if array.dtype.kind not in "biuf":
        raise UserError(f"holds {array.dtype}, not numbers.", place=path.name, remedy="Save numbers.")
    shape, note = dataset.sample_shape, ""
    if array.ndim == len(shape) + 1 and len(array):
        note = "" if len(array) == 1 else f"the first of {len(array):,}"
        array = array[0]
    array = _laid_out(array, dataset)
    if array.shape != shape:
        was, wanted = ("×".join(map(str, s)) or "one number" for s in (array.shape, shape))
        raise UserError(
            f"the array is {was}, and a sample is {wanted}.",
            place=path.name,
            remedy="Give it the shape of the data.",
        )
    if dataset.input_dtype == "int64":
        return OneSample(_ids(array, dataset, path.name), note)
    with np.errstate(over="ignore"):
        values = np.ascontiguousarray(array, np.float32)
    if not np.isfinite(values).all():
        raise UserError("holds NaN or infinite values.", place=path.name, remedy="Replace them.")
    return OneSample(values * np.float32(_scale(array, dataset)), note)


def _chosen(arrays: Mapping[str, NDArray[Any]], place: str) -> NDArray[Any]:
    """The only array, or the one that is called as inputs are."""
    if len(arrays) == 1:
        return next(iter(arrays.values()))
    usual = [name for name in arrays if name.lower() in (*INPUTS, *IDS, "values")]
    if len(usual) != 1:
        held = ", ".join(arrays) or "nothing"
        raise UserError(
            f"it isn't clear which array is the sample; the file holds {held}.",
            place=place,
            remedy="Save it as the only one, or call it x.",
        )
    return arrays[usual[0]]


def _laid_out(array: NDArray[Any], dataset: Dataset) -> NDArray[Any]:
    """Pictures may also come without a dimension of channels, or with it last."""
    shape = dataset.sample_shape
    if dataset.kind != "image" or array.shape == shape:
        return array
    if array.shape == shape[1:] and shape[0] == 1:
        return array[None]
    return np.moveaxis(array, -1, 0) if array.ndim == 3 and array.shape[-1] == shape[0] else array


def _scale(array: NDArray[Any], dataset: Dataset) -> float:
    """Decimal pixels of 0 to 1 were scaled before, where the data hold whole ones."""
    ready = dataset.kind == "image" and array.dtype.kind == "f" and float(array.max(initial=0)) <= 1
    return 1.0 if ready and dataset.inputs.dtype == np.uint8 else dataset.scale


def _ids(array: NDArray[Any], dataset: Dataset, place: str) -> Array:
    if array.dtype.kind not in "iu":
        raise UserError("these data are whole-number ids.", place=place, remedy="Save whole numbers.")
    require_known(array.ravel().tolist(), largest_id(dataset), place)
    return np.asarray(array, np.int64)


def _lines(path: Path, dataset: Dataset) -> OneSample:
    try:
        text = path.read_text(encoding="utf-8-sig")
        if dataset.vocabulary:
            return OneSample(Words(dataset).read(text.removesuffix("\n")))
        return OneSample(typed(text, dataset.sample_shape, largest_id(dataset)))
    except UnicodeDecodeError as error:
        raise UserError("this is no text.", place=path.name, remedy="Save lines of numbers.") from error
    except UserError as error:
        where = path.name if error.place in ("", "sample") else f"{path.name}, {error.place}"
        raise UserError(error.what, place=where, remedy=error.remedy) from error


def _text(path: Path, tokenizer: Tokenizer) -> OneSample:
    """The first row's text of a table, in the column that is called as in the data."""
    from workbench.data.columns import cleaned
    from workbench.data.delimited import read_table

    frame = cleaned(read_table(path).frame)
    if tokenizer.column not in frame.columns:
        raise UserError(
            f"there is no column called {tokenizer.column!r}.",
            place=path.name,
            remedy="Give it that column, or a text in a file that ends in .txt.",
        )
    note = "" if frame.height == 1 else f"the first of {frame.height:,}"
    return OneSample(tokenizer.ids(frame[tokenizer.column][0] or ""), note)


def _row(path: Path, dataset: Dataset) -> OneSample:
    """The first row; columns are found by their names, or without a header by their order."""
    from workbench.data.columns import cleaned
    from workbench.data.delimited import read_table

    table = read_table(path)
    frame = cleaned(table.frame)
    if not frame.height:
        raise UserError("its row is empty.", place=path.name, remedy="Fill it in.")
    fields = fields_of(dataset)
    values = typical(fields)
    names = {name.strip().lower(): name for name in frame.columns}
    unnamed = frame.columns == [f"column {n}" for n in range(1, frame.width + 1)]
    if unnamed and frame.width in (len(fields), len(fields) + 1):
        names = {field.name.lower(): name for field, name in zip(fields, frame.columns, strict=False)}
    missing = [field.name for field in fields if field.name.lower() not in names]
    if missing:
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        raise UserError(
            f"there is no column called {missing[0]!r}{more}.",
            place=path.name,
            remedy="Give it the columns of the data, in a header line.",
        )
    for field in fields:
        _fill(values, field.columns, field.choices, frame[names[field.name.lower()]], table.separator, path)
    return OneSample(values, "" if frame.height == 1 else f"the first of {frame.height:,}")


def _fill(
    values: NDArray[np.float32],
    columns: tuple[int, ...],
    choices: tuple[str, ...],
    column: pl.Series,
    separator: str,
    path: Path,
) -> None:
    """Set what a row says of a field; what is missing stays typical, as import fills it in."""
    from workbench.data.columns import finite, numbers

    cell = column[0]
    if cell is None:
        return
    if choices:
        if cell not in choices:
            raise UserError(
                f"{column.name!r} is {cell!r}, which the data never hold.",
                place=path.name,
                remedy=f"It can be {_listed(choices)}.",
            )
        values[list(columns)] = [float(cell == choice) for choice in choices]
        return
    flags = {"true": 1.0, "yes": 1.0, "y": 1.0, "t": 1.0, "false": 0.0, "no": 0.0, "n": 0.0, "f": 0.0}
    read = finite(numbers(column[:1], separator))[0]
    number = flags.get(cell.lower()) if read is None else read
    if number is None:
        raise UserError(f"{column.name!r} is {cell!r}, which is no number.", place=path.name)
    values[columns[0]] = number


def _listed(items: tuple[str, ...]) -> str:
    shown = [*items[:8], "…"] if len(items) > 8 else list(items)
    return " or ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)
