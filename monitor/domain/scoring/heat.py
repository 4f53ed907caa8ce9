"""Heat: a subject's observations become pressures, one pressure, and heat on its scale (heat.md 1 to 5)."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache

import numpy as np

from monitor.domain.clock import DAY_SECONDS
from monitor.domain.errors import InvalidInput
from monitor.domain.grade import UNGRADED_FACTOR
from monitor.domain.indicator import Indicator
from monitor.domain.scale import FULL, AlarmingEnd, Scale
from monitor.domain.scoring.coverage import Coverage, cover, coverage_of, freshness, is_ungraded
from monitor.domain.scoring.model import Model, Placed, compile_model
from monitor.domain.scoring.reading import Said, last_settled, say
from monitor.domain.scoring.scores import DriverScores, PlacementScores, Scores
from monitor.domain.scoring.stacked import Block, is_same, stack
from monitor.domain.scoring.tree import Combined, combine_tree, points
from monitor.domain.scoring.view import Part, parts
from monitor.domain.series import Bools, Columns, Floats, Ints, empty_columns
from monitor.domain.subject import Floor
from monitor.domain.transforms.denominator import columns_of
from monitor.domain.transforms.transform import reach_seconds

__all__ = ["Floor", "Model", "Placed", "Scores", "change_moments", "compile_model", "score"]

# Periods looked at before a moment, beside those a chain of transforms needs.
SPARE_PERIODS = 4

_FLOATS = ("value", "raw", "low", "high", "pressure", "pressure_low", "pressure_high", "grade")
_FLAGS = ("observed", "ungraded", "held", "saturated", "provisional", "imputed")
_WHOLE = ("period_start", "period_end", "newest_end", "known_at", "seq")


def score(model: Model, columns: Mapping[str, Columns], *, at: Ints, known_at: Ints | None = None) -> Scores:
    """Score a subject at each moment (epoch seconds) from the rows known by `known_at` (default: `at`).

    `columns` are by series key, those of `model.scored`; a series without columns was never observed. One
    moment is the same path as many, to the bit. InvalidInput names an observed placement whose normalisation
    is not fitted.
    """
    at = np.asarray(at, dtype=np.int64)
    known = at if known_at is None else np.asarray(known_at, dtype=np.int64)
    return _total(model, at, known, _table(model, columns, at, known))


def change_moments(model: Model, columns: Mapping[str, Columns], *, start: int, end: int) -> Ints:
    """Return the seconds in [start, end] at which data becomes known, and midnights UTC."""
    midnights = np.arange(-(-start // DAY_SECONDS), end // DAY_SECONDS + 1, dtype=np.int64) * DAY_SECONDS
    seen: list[Ints] = []
    for column in (columns[key] for key in model.scored if key in columns):
        times = np.maximum(column.known_at, column.period_start)
        # Series on one grid have the same times: they are sorted once.
        if not seen or not np.array_equal(times, seen[-1]):
            seen.append(times)
    moments = np.sort(np.concatenate([midnights, *seen]))
    is_new = np.append(True, moments[1:] != moments[:-1])[: len(moments)]
    return moments[is_new & (moments >= start) & (moments <= end)]


Table = dict[str, Floats | Bools | Ints]


def _table(model: Model, columns: Mapping[str, Columns], at: Ints, known: Ints) -> Table:
    """Return what each placement says at each moment: those on one grid together, the rest one by one."""
    count, blocks = len(model.placements), list(stack(model.placements, columns, at=at, known=known))
    if len(blocks) == 1 and blocks[0].shape == (count, len(at)):
        return blocks[0].cells
    if blocks and all(len(block.moments) == len(at) for block in blocks):
        order = np.concatenate([block.rows for block in blocks])
        if len(order) == count:
            # Together they are all there is: put in order, nothing is filled.
            return _in_order(blocks, np.argsort(order))
    found, left = _blank(count, len(at)), set(range(count))
    for block in blocks:
        left.difference_update(block.rows.tolist())
        for name, values in block.cells.items():
            found[name][np.ix_(block.rows, block.moments)] = values
    for number in sorted(left):
        _read(model.placements[number], columns, at, known, found, number)
    return found


def _in_order(blocks: Sequence[Block], places: Ints) -> Table:
    return {name: np.concatenate([block.cells[name] for block in blocks])[places] for name in blocks[0].cells}


def _blank(placements: int, moments: int) -> Table:
    shape = (placements, moments)
    table: Table = {name: np.full(shape, np.nan) for name in _FLOATS}
    table |= {name: np.zeros(shape, dtype=np.bool_) for name in _FLAGS}
    table |= {name: np.full(shape, -1, dtype=np.int64) for name in _WHOLE}
    return table | {"freshness": np.zeros(shape)}


def _read(
    placed: Placed, columns: Mapping[str, Columns], at: Ints, known: Ints, found: Table, number: int
) -> None:
    """Fill one placement's row, part by part of its history."""
    own = columns.get(placed.placement.series) or empty_columns()
    others = columns_of(placed.denominators, columns)
    if not len(own):
        return
    reach = reach_seconds(placed.indicator)
    margin = None if reach is None else reach + _spare_seconds(placed.indicator)
    for part in parts(own, at=at, known_at=known, others=list(others.values()), margin=margin):
        said, seen = _say(placed, part, others, at), part
        if part.whole is not None and not _is_enough(part, said, reach or 0.0):
            seen = part.whole()
            said = _say(placed, seen, others, at)
        _fill(placed, seen, said, at, found, number)


def _spare_seconds(indicator: Indicator) -> float:
    """Return how far before a moment the periods are looked for that count then, as a first guess."""
    return (indicator.settles_after_days + SPARE_PERIODS * indicator.cadence_days) * DAY_SECONDS


def _say(placed: Placed, part: Part, others: Mapping[str, Columns], at: Ints) -> Said:
    moments = at[part.moments]
    try:
        return say(
            placed.indicator,
            placed.normalisation,
            part.rows,
            latest=part.latest,
            settled=last_settled(placed.indicator, part.rows, latest=part.latest, at=moments),
            at=moments,
            others=part.others(others),
        )
    except InvalidInput as error:
        raise InvalidInput(f"{placed.placement.slug}: {error}", field=error.field) from error


def _is_enough(part: Part, said: Said, reach: float) -> bool:
    """Whether rows whose oldest were left out say all there is: each found lies deeper than it looks back."""
    if said.deepest < 0 or not len(part.rows):
        return False
    return bool(part.rows.period_end[said.deepest] - reach >= part.rows.period_start[0])


def _fill(placed: Placed, part: Part, said: Said, at: Ints, found: Table, number: int) -> None:
    there = np.flatnonzero(said.used >= 0)
    moments, used, newest = part.moments[there], said.used[there], said.newest[there]
    rows = part.rows
    grade, imputed = rows.grade[used], rows.imputed[used]
    ends = rows.period_end[newest]
    fresh = freshness(placed.indicator, at=at[moments], period_end=rows.oldest_end[newest])
    for name, values in (
        ("value", said.value[there]),
        ("raw", np.where(imputed, np.nan, rows.value[part.latest[there]])),
        ("low", said.low[there]),
        ("high", said.high[there]),
        ("pressure", said.pressures.value[there]),
        ("pressure_low", said.pressures.low[there]),
        ("pressure_high", said.pressures.high[there]),
        ("grade", np.where(np.isnan(grade), UNGRADED_FACTOR, grade)),
        ("ungraded", is_ungraded(grade)),
        ("observed", ~imputed),
        ("imputed", imputed),
        ("held", said.held[there]),
        ("saturated", said.pressures.saturated[there]),
        ("provisional", said.provisional[there]),
        ("freshness", np.where(imputed, 0.0, fresh)),
        ("period_start", rows.period_start[used]),
        ("period_end", rows.period_end[used]),
        ("newest_end", ends),
        ("known_at", rows.known_at[used]),
        ("seq", rows.seq[used]),
    ):
        found[name][number, moments] = values


def _total(model: Model, at: Ints, known: Ints, found: Table) -> Scores:
    """Combine the placements' rows into drivers and the subject."""
    pressure = np.asarray(found["pressure"], dtype=np.float64)
    middle = combine_tree(model, pressure)
    # Without bounds, as mostly, the ends are the middle.
    least, most = (
        _ends_of(model, found[name], pressure, middle) for name in ("pressure_low", "pressure_high")
    )
    placements = _placements(found, lambda: points(model, pressure, middle))
    covered = _cover(model.effective_weights, placements)
    heats = heat_of(model.scale, least.pressure), heat_of(model.scale, most.pressure)
    return Scores(
        at=at,
        known_at=known,
        placements=placements,
        drivers=DriverScores(
            pressure=middle.drivers,
            pressure_low=least.drivers,
            pressure_high=most.drivers,
            coverage=_driver_coverage(model, placements),
        ),
        raw_pressure=middle.raw,
        pressure=middle.pressure,
        lifted_by=middle.lifted_by,
        heat=heat_of(model.scale, middle.pressure),
        heat_low=np.minimum(*heats),
        heat_high=np.maximum(*heats),
        coverage=covered.coverage,
        confidence=covered.confidence,
        ungraded=covered.ungraded,
        carried=covered.carried,
        imputed=_imputed_share(model, placements, like=middle.raw),
        period=np.max(placements.newest_end, axis=0, initial=-1),
    )


def _imputed_share(model: Model, placements: PlacementScores, *, like: Floats) -> Floats:
    imputed = placements.imputed
    if not imputed.any():
        return np.zeros_like(like)
    return coverage_of(model.effective_weights, imputed, np.ones(imputed.shape))


def _ends_of(model: Model, ends: Floats | Bools | Ints, pressure: Floats, middle: Combined) -> Combined:
    return middle if is_same(ends, pressure) else combine_tree(model, np.asarray(ends, dtype=np.float64))


def heat_of(scale: Scale, pressure: Floats) -> Floats:
    """Return the heat of pressures: their complement where cold alarms (heat.md 1)."""
    return FULL - pressure if scale.alarming_end is AlarmingEnd.LOW else pressure


def _placements(found: Table, reckon: Callable[[], Floats]) -> PlacementScores:
    carried = (found["freshness"] == 0) & (found["observed"] == 1)
    return PlacementScores(**found, reckon_points=cache(reckon), carried=carried)  # type: ignore[arg-type]


def _cover(weights: Floats, placements: PlacementScores) -> Coverage:
    return cover(
        weights,
        observed=placements.observed,
        freshness=placements.freshness,
        grade=placements.grade,
        held=placements.held,
    )


def _driver_coverage(model: Model, placements: PlacementScores) -> Floats:
    """Return each driver's coverage, over all placements below it."""
    shape = (len(model.subject.drivers), placements.value.shape[1])
    rows = [
        coverage_of(weights[inside], placements.observed[inside], placements.freshness[inside])
        for weights in model.weights_below
        for inside in [np.flatnonzero(weights)]
    ]
    return np.array(rows, dtype=np.float64).reshape(shape)
