"""Formulas: a value reckoned from other indicators, its bounds by interval arithmetic (heat.md 2 and 5)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, cast

import numpy as np
from numpy.typing import ArrayLike

from monitor.domain.derivations.formula_syntax import (
    Apply,
    FormulaError,
    Node,
    Number,
    operands_in,
    parse_formula,
)
from monitor.domain.series import Bools, Floats, SeriesKey
from monitor.domain.transforms.interval import ratio_bounds

__all__ = ["Band", "Formula", "FormulaError"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """Values with the bounds that hold the truth; NaN where missing."""

    value: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Formula:
    """A text such as `french-troops + wagner-troops` or `deaths / population:mali * 1e5`."""

    kind: ClassVar[str] = "formula"
    text: str

    def __post_init__(self) -> None:
        """Refuse what cannot be read, with its place."""
        parse_formula(self.text)

    @property
    def operands(self) -> tuple[str, ...]:
        """The names it reads, each once, in order of appearance."""
        return tuple(dict.fromkeys(each.name for each in operands_in(parse_formula(self.text))))

    def keys(self, series: str) -> dict[str, str]:
        """Return the keys of its operands by name; one without a unit has the unit of `series`.

        In a rehearsal every operand is the rehearsal's own copy.
        """
        unit = SeriesKey.parse(series).unit
        _, at, exercise = unit.partition("@")
        return {name: f"{name}{at}{exercise}" if ":" in name else f"{name}:{unit}" for name in self.operands}

    def fault(self, name: str, message: str) -> FormulaError:
        """Return an error that points at the first place of an operand."""
        places = (each.offset for each in operands_in(parse_formula(self.text)) if each.name == name)
        return FormulaError(message, text=self.text, offset=next(places, 0))

    def evaluate(self, bands: Mapping[str, Band]) -> Band:
        """Reckon the formula on whole arrays; a value that is not defined or not finite is missing."""
        with np.errstate(all="ignore"):
            found = _evaluate(parse_formula(self.text), bands)
        shape = np.broadcast_shapes(*(band.value.shape for band in bands.values()))
        value = np.broadcast_to(np.where(np.isfinite(found.value), found.value, np.nan), shape)
        there = ~np.isnan(value)
        low = np.where(np.isnan(found.low), -np.inf, found.low)
        high = np.where(np.isnan(found.high), np.inf, found.high)
        return Band(value=value, low=np.where(there, low, np.nan), high=np.where(there, high, np.nan))


def _evaluate(node: Node, bands: Mapping[str, Band]) -> Band:
    if isinstance(node, Number):
        return _band(node.value, node.value, node.value)
    if not isinstance(node, Apply):
        return bands[node.name]
    if node.name == "if_else":
        return _if_else(node, bands)
    if node.name == "**":
        exponent = node.parts[1]
        return _power(
            _evaluate(node.parts[0], bands), exponent.value if isinstance(exponent, Number) else 1.0
        )
    return _STEPS[node.name]([_evaluate(part, bands) for part in node.parts])


def _band(value: ArrayLike, low: ArrayLike, high: ArrayLike) -> Band:
    whole = np.float64
    return Band(value=np.asarray(value, whole), low=np.asarray(low, whole), high=np.asarray(high, whole))


def _add(parts: Sequence[Band]) -> Band:
    one, two = parts
    return _band(one.value + two.value, one.low + two.low, one.high + two.high)


def _subtract(parts: Sequence[Band]) -> Band:
    one, two = parts
    return _band(one.value - two.value, one.low - two.high, one.high - two.low)


def _negate(parts: Sequence[Band]) -> Band:
    return _band(-parts[0].value, -parts[0].high, -parts[0].low)


def _multiply(parts: Sequence[Band]) -> Band:
    one, two = parts
    products = [end * other for end in (one.low, one.high) for other in (two.low, two.high)]
    # 0 times an end that is unbounded is 0: the other factor is finite, however large.
    ends = np.array([np.where(np.isnan(product), 0.0, product) for product in np.broadcast_arrays(*products)])
    return _band(one.value * two.value, np.min(ends, axis=0), np.max(ends, axis=0))


def _divide(parts: Sequence[Band]) -> Band:
    one, two = parts
    low, high = ratio_bounds(one.low, one.high, two.low, two.high)
    below = ratio_bounds(-one.high, -one.low, -two.high, -two.low)
    is_below = two.high < 0
    return _band(
        one.value / np.where(two.value == 0, np.nan, two.value),
        np.where(is_below, below[0], low),
        np.where(is_below, below[1], high),
    )


def _power(base: Band, exponent: float) -> Band:
    """Raise to a power: rising from 0 on; an even one folds the negative side over, a fraction has none."""
    if exponent < 0:
        return _divide([_band(1.0, 1.0, 1.0), _power(base, -exponent)])
    if exponent.is_integer() and exponent % 2:
        return _band(*(np.power(part, exponent) for part in (base.value, base.low, base.high)))
    if exponent.is_integer():
        base = _absolute([base])
    value = np.power(np.where(base.value >= 0, base.value, np.nan), exponent)
    return _band(value, *(np.power(np.maximum(part, 0.0), exponent) for part in (base.low, base.high)))


def _absolute(parts: Sequence[Band]) -> Band:
    band = parts[0]
    low = np.where((band.low <= 0) & (band.high >= 0), 0.0, np.minimum(np.abs(band.low), np.abs(band.high)))
    return _band(np.abs(band.value), low, np.maximum(np.abs(band.low), np.abs(band.high)))


def _smallest(parts: Sequence[Band]) -> Band:
    first, *others = parts
    value, low, high = first.value, first.low, first.high
    for other in others:
        value, low, high = (
            np.minimum(value, other.value),
            np.minimum(low, other.low),
            np.minimum(high, other.high),
        )
    return _band(value, low, high)


def _largest(parts: Sequence[Band]) -> Band:
    return _negate([_smallest([_negate([part]) for part in parts])])


def _logarithm(parts: Sequence[Band]) -> Band:
    band = parts[0]
    value = np.log(np.where(band.value > 0, band.value, np.nan))
    return _band(value, *(np.log(np.maximum(part, 0.0)) for part in (band.low, band.high)))


def _exponential(parts: Sequence[Band]) -> Band:
    band = parts[0]
    return _band(np.exp(band.value), np.exp(band.low), np.exp(band.high))


def _root(parts: Sequence[Band]) -> Band:
    band = parts[0]
    value = np.sqrt(np.where(band.value >= 0, band.value, np.nan))
    return _band(value, *(np.sqrt(np.maximum(part, 0.0)) for part in (band.low, band.high)))


_STEPS = {
    "+": _add,
    "-": _subtract,
    "neg": _negate,
    "*": _multiply,
    "/": _divide,
    "min": _smallest,
    "max": _largest,
    "abs": _absolute,
    "log": _logarithm,
    "exp": _exponential,
    "sqrt": _root,
}


def _if_else(node: Apply, bands: Mapping[str, Band]) -> Band:
    """Choose by a comparison; where the bounds leave it open, the result may be either."""
    condition, yes, no = node.parts
    comparison = cast("Apply", condition)
    left, right = (_evaluate(part, bands) for part in comparison.parts)
    is_so, surely, surely_not = _compare(comparison.name, left, right)
    one, two = _evaluate(yes, bands), _evaluate(no, bands)
    value = np.where(is_so, one.value, two.value)
    value = np.where(np.isnan(left.value) | np.isnan(right.value), np.nan, value)
    low = np.where(surely, one.low, np.where(surely_not, two.low, np.fmin(one.low, two.low)))
    high = np.where(surely, one.high, np.where(surely_not, two.high, np.fmax(one.high, two.high)))
    return _band(value, low, high)


def _compare(sign: str, left: Band, right: Band) -> tuple[Bools, Bools, Bools]:
    """Return whether it holds for the values, for all within the bounds, and for none."""
    if sign in {">", ">="}:
        left, right = right, left
    less = np.less if sign in {"<", ">"} else np.less_equal
    return less(left.value, right.value), less(left.high, right.low), ~less(left.low, right.high)
