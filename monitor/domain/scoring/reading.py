"""What one indicator says at each moment: its value, bounds, pressure and how settled that is (heat.md 5)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from monitor.domain.clock import DAY_SECONDS
from monitor.domain.indicator import Indicator, Normalisation
from monitor.domain.normalisations.normalise import Pressures, normalise
from monitor.domain.series import Bools, Columns, Floats, Ints
from monitor.domain.transforms.track import Heads, Track
from monitor.domain.transforms.transform import heads_at, stages


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """The scored value of one indicator at each of some moments.

    `used` is the row scored and `newest` the newest row with a defined value (they differ while a fall is
    held); NaN pressure where nothing is defined yet, and then `used` and `newest` are -1. `deepest` is the
    oldest row that any moment looked at, -1 where one found none.
    """

    value: Floats
    low: Floats
    high: Floats
    pressures: Pressures
    used: Ints
    newest: Ints
    held: Bools
    provisional: Bools
    deepest: int


def say(  # noqa: PLR0913 - rows, and by index which of them count how
    indicator: Indicator,
    normalisation: Normalisation,
    rows: Columns,
    *,
    latest: Ints,
    settled: Ints,
    at: Ints,
    others: Mapping[str, Columns] | None = None,
    ended: Ints | None = None,
) -> Said:
    """Score the rows at each moment; `latest`, `settled` and `ended` are row indexes, -1 where there is none.

    A provisional value may raise pressure at once; a fall below the last settled reading is held at it, and
    a period that has not ended lowers nothing at all: it is held at what the newest that has (by default at
    `at`) says.
    """
    done = stages(indicator, rows, others=others)
    over = last_ended(rows, latest=latest, at=at) if ended is None else ended
    newest, firm = _last_defined(done[-1].value, latest), _last_defined(done[-1].value, settled)
    over = _last_defined(done[-1].value, over)
    used, (value, pressures) = newest, _pressures(indicator, normalisation, done, newest, at)
    for earlier in (
        np.where((firm < over) & (over < newest), over, -1),
        np.where(firm < newest, firm, -1),
    ):
        if not np.any(earlier >= 0):
            continue
        old, old_pressures = _pressures(indicator, normalisation, done, earlier, at)
        is_worse = old_pressures.value > pressures.value
        value, pressures = _choose_heads(is_worse, old, value), _choose(is_worse, old_pressures, pressures)
        used = np.where(is_worse, earlier, used)
    return Said(
        value=value.value,
        low=value.low,
        high=value.high,
        pressures=pressures,
        used=used,
        newest=newest,
        held=used < newest,
        provisional=newest > settled,
        deepest=int(min(index.min(initial=len(rows)) for index in (newest, over, firm))),
    )


def last_ended(rows: Columns, *, latest: Ints, at: Ints) -> Ints:
    """Return the newest row up to `latest` whose period has ended, or -1."""
    ends = np.maximum.accumulate(rows.period_end)
    ended: Ints = np.minimum(np.searchsorted(ends, at, side="right") - 1, latest)
    return ended


def last_settled(indicator: Indicator, rows: Columns, *, latest: Ints, at: Ints) -> Ints:
    """Return the newest settled row up to `latest`, or -1.

    A row is settled once its period ended at least `settles_after_days` ago, or when a person confirmed it.
    """
    ends = np.maximum.accumulate(rows.period_end)
    settles = ends + indicator.settles_after_days * DAY_SECONDS
    by_age: Ints = np.minimum(np.searchsorted(settles, at, side="right") - 1, latest)
    if not np.any(rows.confirmed):
        return by_age
    confirmed = np.maximum.accumulate(np.where(rows.confirmed, np.arange(len(rows)), -1))
    return np.maximum(by_age, np.where(latest >= 0, confirmed[np.maximum(latest, 0)], -1))


def _last_defined(values: Floats, index: Ints) -> Ints:
    """Step back over rows without a value, so that a gap carries the last one on."""
    if not len(values):
        return index
    defined = np.maximum.accumulate(np.where(np.isnan(values), -1, np.arange(len(values))))
    return np.where(index >= 0, defined[np.maximum(index, 0)], -1)


def _pressures(
    indicator: Indicator, normalisation: Normalisation, done: Sequence[Track], index: Ints, at: Ints
) -> tuple[Heads, Pressures]:
    there = np.flatnonzero(index >= 0)
    heads = _spread(heads_at(indicator, done, index=index[there], at=at[there]), there, index, at)
    return heads, normalise(normalisation, value=heads.value, low=heads.low, high=heads.high)


def _spread(heads: Heads, there: Ints, index: Ints, at: Ints) -> Heads:
    """Put the values of some moments among all, NaN elsewhere."""
    columns = np.full((3, len(index)), np.nan)
    columns[:, there] = heads.value, heads.low, heads.high
    return Heads(index=index, at=at, value=columns[0], low=columns[1], high=columns[2])


def _choose_heads(first: Bools, yes: Heads, no: Heads) -> Heads:
    return Heads(
        index=np.where(first, yes.index, no.index),
        at=no.at,
        value=np.where(first, yes.value, no.value),
        low=np.where(first, yes.low, no.low),
        high=np.where(first, yes.high, no.high),
    )


def _choose(first: Bools, yes: Pressures, no: Pressures) -> Pressures:
    return Pressures(
        value=np.where(first, yes.value, no.value),
        low=np.where(first, yes.low, no.low),
        high=np.where(first, yes.high, no.high),
        saturated=np.where(first, yes.saturated, no.saturated),
    )
