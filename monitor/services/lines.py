"""A subject's three lines of heat: published, reconstructed, restated; each with its momentum."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from weakref import WeakKeyDictionary

import numpy as np
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from monitor.domain.clock import DAY_SECONDS, epoch
from monitor.domain.errors import InvalidInput
from monitor.domain.phrases import phrase
from monitor.domain.scale import Scale
from monitor.domain.scoring.heat import heat_of, score
from monitor.domain.scoring.level import LevelState, levels
from monitor.domain.scoring.model import Model
from monitor.domain.scoring.momentum import WINDOWS_DAYS, MomentumLine, changes_at, momentum_line
from monitor.domain.series import Columns, Floats, Ints
from monitor.services.model_of import model_of
from monitor.services.read_columns import read_columns
from monitor.services.reconstruct import line_moments
from monitor.storage import heat_points, subjects
from monitor.storage.heat_points import HeatLine, Origin

# All that is known counts: a restated heat knows no clock of knowledge.
EVER = 2**62
_MOST_KEPT = 64


class Which(StrEnum):
    """Which line: as seen, as it would have been before anybody watched, as today's knowledge has it."""

    PUBLISHED = "published"
    RESTATED = "restated"
    RECONSTRUCTED = "reconstructed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Heat over time as columns of one length, by rising `at`; NaN where there was no data.

    `raw_heat` is the heat before floors, which momentum is taken of.
    """

    at: Ints
    heat: Floats
    heat_low: Floats
    heat_high: Floats
    raw_heat: Floats
    coverage: Floats
    confidence: Floats
    carried: Floats
    levels: tuple[str, ...]

    def __len__(self) -> int:
        """Count the points."""
        return len(self.at)

    def between(self, since: int | None, until: int | None) -> "Line":
        """Return the points from `since` to `until`, both included."""
        first = 0 if since is None else int(np.searchsorted(self.at, since))
        end = len(self.at) if until is None else int(np.searchsorted(self.at, until, side="right"))
        names = ("at", "heat", "heat_low", "heat_high", "raw_heat", "coverage", "confidence", "carried")
        return Line(**{name: getattr(self, name)[first:end] for name in names}, levels=self.levels[first:end])


@dataclass(frozen=True, slots=True, kw_only=True)
class LineView:
    """A line, with its change over 7 and 30 days at each point, and its momentum at each day up to `now`."""

    subject: str
    name: str
    which: Which
    scale: Scale
    now: int
    line: Line
    changes: tuple[Floats, ...]
    momentum: tuple[MomentumLine, ...]


def line_of(
    session: Session,
    slug: str,
    which: Which,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    now: datetime,
) -> LineView:
    """Return one line of a subject, momentum reckoned on all of it and told for the span; NotFound."""
    _, model = model_of(session, slug)
    if since is not None and until is not None and since > until:
        raise InvalidInput(phrase("the span ends before it starts"), field="until")
    here = epoch(subjects.state(session, slug).clock.at(now))
    if which is Which.RESTATED:
        line = restated(session, model, read_columns(session, model), until=here)
    else:
        line = stored_line(heat_points.line(session, slug, origin=Origin(which.value)), model.scale)
    span = (None if since is None else epoch(since), None if until is None else epoch(until))
    told = line.between(*span)
    return LineView(
        subject=slug,
        name=model.subject.name,
        which=which,
        scale=model.scale,
        now=here,
        line=told,
        changes=tuple(
            changes_at(line.at, line.raw_heat, moments=told.at, days=days) for days in WINDOWS_DAYS
        ),
        momentum=tuple(
            _part(momentum_line(line.at, line.raw_heat, now=here, days=days), *span) for days in WINDOWS_DAYS
        ),
    )


def stored_line(found: HeatLine, scale: Scale) -> Line:
    """Return stored points as a line; of several at one moment the last counts."""
    is_last = np.append(np.diff(found.at) > 0, True)[: len(found)]
    names = ("at", "heat", "heat_low", "heat_high", "coverage", "confidence", "carried")
    return Line(
        **{name: getattr(found, name)[is_last] for name in names},
        raw_heat=heat_of(scale, found.raw_pressure[is_last]),
        levels=tuple(level for level, keep in zip(found.levels, is_last, strict=True) if keep),
    )


def restated(session: Session, model: Model, columns: Mapping[str, Columns], *, until: int) -> Line:
    """Return what all rows and definitions of today say of the past, up to epoch second `until`.

    Kept up to the last midnight, by the model and the number of the last row that went into it: whatever
    changes is another model or has a higher number. What has passed of the day is reckoned each time.
    """
    kept = _kept.setdefault(session.get_bind().engine, OrderedDict())
    midnight = until // DAY_SECONDS * DAY_SECONDS
    key = (model.subject.slug, _last_row(columns), midnight)
    if key not in kept or kept[key][0] != model:
        moments = line_moments(model, columns, until=midnight + 1)
        kept[key] = (model, *_reckoned(model, columns, moments, state=None))
        while len(kept) > _MOST_KEPT:
            kept.popitem(last=False)
    _, before, state = kept[key]
    if until == midnight:
        return before
    rest = line_moments(model, columns, until=until)
    today, _ = _reckoned(model, columns, np.append(rest[rest > midnight], until), state=state)
    return _joined(before, today)


def _last_row(columns: Mapping[str, Columns]) -> int:
    return max((int(part.seq.max()) for part in columns.values() if len(part)), default=0)


def _reckoned(
    model: Model, columns: Mapping[str, Columns], moments: Ints, *, state: LevelState | None
) -> tuple[Line, LevelState]:
    scores = score(model, columns, at=moments, known_at=np.full(len(moments), EVER, dtype=np.int64))
    stepped = levels(model.scale, model.subject.min_coverage, scores, state)
    seen = np.flatnonzero(scores.coverage > 0)
    first = 0 if state is not None else int(seen[0]) if len(seen) else len(moments)
    names = ("heat", "heat_low", "heat_high", "coverage", "confidence", "carried")
    line = Line(
        at=moments[first:],
        **{name: getattr(scores, name)[first:] for name in names},
        raw_heat=heat_of(model.scale, scores.raw_pressure[first:]),
        levels=stepped.names[first:],
    )
    return line, stepped.state


def _joined(first: Line, last: Line) -> Line:
    names = ("at", "heat", "heat_low", "heat_high", "raw_heat", "coverage", "confidence", "carried")
    return Line(
        **{name: np.concatenate([getattr(first, name), getattr(last, name)]) for name in names},
        levels=first.levels + last.levels,
    )


def _part(line: MomentumLine, since: int | None, until: int | None) -> MomentumLine:
    keep = (line.at >= (0 if since is None else since)) & (line.at <= (EVER if until is None else until))
    return MomentumLine(
        days=line.days, at=line.at[keep], change=line.change[keep], unusual_sd=line.unusual_sd[keep]
    )


Key = tuple[str, int, int]
_kept: WeakKeyDictionary[Engine, OrderedDict[Key, tuple[Model, Line, LevelState]]] = WeakKeyDictionary()
