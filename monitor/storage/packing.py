"""Packing: the columns of a series as one run of bytes, each column in the smallest form that is exact.

A form is chosen by what the numbers are: one number throughout, evenly spaced, few different ones, whole
multiples of one unit, decimals of few places, or the eight bytes themselves. What is read is to the bit
what was written; equal columns of different series come back as one shared array that cannot be written to.
"""

import struct
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from monitor.domain.series import Bools, Columns, Floats, Ints

# A change of how anything here is written, or of what a grade counts for, is a new format:
# blocks of another are not read and are made anew from the rows.
FORMAT = 1
_NAMES = (
    "period_start", "period_end", "known_at", "source_revision", "seq", "value", "low", "high", "grade",
    "confirmed",
)  # fmt: skip
_FLOATS = frozenset({"value", "low", "high", "grade"})
_CONSTANT, _EVEN, _FEW, _UNITS, _DECIMALS, _RAW = range(6)
_HEAD = struct.Struct("<BBqq")
_SMALL = tuple(np.dtype(name) for name in ("<u1", "<u2", "<u4"))
_MOST_FEW = 256
_PLACES = (0, 1, 2, 3, 4, 5, 6)
_LARGEST_EXACT = 2**53
# Numbers of rows, times and revisions that many series have alike.
_SHARED = 256


def pack(columns: Columns) -> bytes:
    """Return the columns as bytes."""
    return b"".join(_packed(_whole(getattr(columns, name))) for name in _NAMES)


def unpack(body: bytes, count: int) -> Columns:
    """Return the columns of `count` rows."""
    taken = {name: _as(name, array) for name, array in zip(_NAMES, _arrays(body, count), strict=True)}
    return Columns(**taken, imputed=_none(count))


def _whole(array: npt.NDArray[Any]) -> Ints:
    """Return the array as 64-bit whole numbers with the same bits."""
    solid = np.ascontiguousarray(array)
    return solid.astype(np.int64) if solid.dtype == np.bool_ else solid.view(np.int64)


def _as(name: str, array: Ints) -> Any:
    if name == "confirmed":
        return _flags(array)
    return array.view(np.float64) if name in _FLOATS else array


def _flags(array: Ints) -> Bools:
    """Return flags; those of rows of which nothing is said are shared by all series as long."""
    return array.astype(np.bool_) if array.any() else _none(len(array))


@lru_cache(maxsize=_SHARED)
def _none(count: int) -> Bools:
    flags = np.zeros(count, dtype=np.bool_)
    flags.flags.writeable = False
    return flags


def _packed(array: Ints) -> bytes:
    return next(found for form in _FORMS if (found := form(array)) is not None)


def _arrays(body: bytes, count: int) -> Iterator[Ints]:
    place = 0
    for _ in _NAMES:
        form, size, first, second = _HEAD.unpack_from(body, place)
        place += _HEAD.size
        length = _READERS[form][1](size, second, count)
        yield _READERS[form][0](size, first, second, count, body[place : place + length])
        place += length


def _constant(array: Ints) -> bytes | None:
    if len(array) and (array != array[0]).any():
        return None
    return _HEAD.pack(_CONSTANT, 0, int(array[0]) if len(array) else 0, 0)


def _even(array: Ints) -> bytes | None:
    steps = np.diff(array)
    if (steps != steps[0]).any():
        return None
    return _HEAD.pack(_EVEN, 0, int(array[0]), int(steps[0]))


def _few(array: Ints) -> bytes | None:
    found, places = np.unique(array, return_inverse=True)
    if len(found) > min(_MOST_FEW, len(array) // 2):
        return None
    head = _HEAD.pack(_FEW, 0, 0, len(found))
    return head + found.astype("<i8").tobytes() + places.astype(np.uint8).tobytes()


def _units(array: Ints) -> bytes | None:
    """Multiples of a unit above the least: days, hours, numbers in a row."""
    least = int(array.min())
    if int(array.max()) - least >= _LARGEST_EXACT:
        return None
    above = array - least
    unit = int(np.gcd.reduce(above))
    small = _smallest(above // unit)
    return None if small is None else _HEAD.pack(_UNITS, small.itemsize, least, unit) + small.tobytes()


def _decimals(array: Ints) -> bytes | None:
    """Numbers with few places behind the point, if dividing gives back the very bits."""
    values: Floats = array.view(np.float64)
    if not (np.isfinite(values).all() and np.abs(values).max() < _LARGEST_EXACT / 10 ** _PLACES[-1]):
        return None
    for places in _PLACES:
        scaled = np.rint(values * 10**places).astype(np.int64)
        if ((scaled / 10**places).view(np.int64) == array).all():
            least = int(scaled.min())
            small = _smallest(scaled - least)
            head = _HEAD.pack(_DECIMALS, small.itemsize if small is not None else 0, least, places)
            return None if small is None else head + small.tobytes()
    return None


def _raw(array: Ints) -> bytes | None:
    return _HEAD.pack(_RAW, 8, 0, 0) + array.astype("<i8").tobytes()


def _smallest(numbers: Ints) -> npt.NDArray[Any] | None:
    """Return the numbers in the smallest form that holds the largest; None where that saves nothing."""
    most = int(numbers.max())
    return next((numbers.astype(kind) for kind in _SMALL if most <= np.iinfo(kind).max), None)


@lru_cache(maxsize=_SHARED)
def _read_constant(_size: int, first: int, _second: int, count: int, _body: bytes) -> Ints:
    return _locked(np.full(count, first, dtype=np.int64))


@lru_cache(maxsize=_SHARED)
def _read_even(_size: int, first: int, step: int, count: int, _body: bytes) -> Ints:
    return _locked(first + step * np.arange(count, dtype=np.int64))


@lru_cache(maxsize=_SHARED)
def _read_few(_size: int, _first: int, different: int, _count: int, body: bytes) -> Ints:
    found = np.frombuffer(body, dtype="<i8", count=different).astype(np.int64)
    return _locked(found[np.frombuffer(body, dtype=np.uint8, offset=8 * different)])


@lru_cache(maxsize=_SHARED)
def _read_units(size: int, least: int, unit: int, _count: int, body: bytes) -> Ints:
    return _locked(least + unit * np.frombuffer(body, dtype=f"<u{size}").astype(np.int64))


def _read_decimals(size: int, least: int, places: int, _count: int, body: bytes) -> Ints:
    whole = np.frombuffer(body, dtype=f"<u{size}").astype(np.int64) + least
    return _locked((whole / 10**places).view(np.int64))


def _read_raw(_size: int, _first: int, _second: int, _count: int, body: bytes) -> Ints:
    return np.frombuffer(body, dtype="<i8").astype(np.int64, copy=False)


def _locked(array: Ints) -> Ints:
    array.flags.writeable = False
    return array


def _sized(size: int, _second: int, count: int) -> int:
    return size * count


def _listed(_size: int, different: int, count: int) -> int:
    return 8 * different + count


_FORMS: tuple[Callable[[Ints], bytes | None], ...] = (_constant, _even, _few, _units, _decimals, _raw)
_READERS: dict[int, tuple[Callable[[int, int, int, int, bytes], Ints], Callable[[int, int, int], int]]] = {
    _CONSTANT: (_read_constant, _sized),
    _EVEN: (_read_even, _sized),
    _FEW: (_read_few, _listed),
    _UNITS: (_read_units, _sized),
    _DECIMALS: (_read_decimals, _sized),
    _RAW: (_read_raw, _sized),
}
