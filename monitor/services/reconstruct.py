"""Reconstruct: draw a subject's line before it was first assessed, from what was known at each time."""

from collections.abc import Mapping

import numpy as np
from sqlalchemy.orm import Session

from monitor.domain.clock import DAY_SECONDS
from monitor.domain.ledgers.ledger import Ledger, Moment, ledger
from monitor.domain.scoring.heat import change_moments, score
from monitor.domain.scoring.level import Levels, LevelState, levels
from monitor.domain.scoring.model import Model
from monitor.domain.scoring.scores import Scores
from monitor.domain.series import Bools, Columns, Floats, Ints
from monitor.services.score_rows import heat_point
from monitor.storage import heat_points, level_changes
from monitor.storage.heat_points import Origin

# Before this many days only the moments at which data became known are drawn, not every midnight.
DAILY_DAYS = 400
LONGEST_DAYS = 15 * 366
EXPLAINED_DAYS = 30


def reconstruct(
    session: Session, model: Model, columns: Mapping[str, Columns], *, until: int, definition_seq: int
) -> LevelState:
    """Store the reconstructed line up to epoch second `until` (excluded) and return the level state there.

    Today's first definitions are used for all of it; the points are marked as reconstructed, never as
    published, and may be replaced.
    """
    slug = model.subject.slug
    moments, scores, stepped = _line(model, columns, until=until)
    first = _first_seen(scores.coverage)
    input_seq = max((int(column.seq.max()) for column in columns.values() if len(column)), default=0)
    points = (
        heat_point(
            scores, number, subject=slug, seq=0, level=stepped.names[number],
            concern=stepped.concerns[number], input_seq=input_seq, definition_seq=definition_seq,
            origin=Origin.RECONSTRUCTED,
        )
        for number in range(first, len(moments))
    )  # fmt: skip
    heat_points.replace_reconstructed(session, slug, points)
    level_changes.remove_reconstructed(session, slug)
    for change in stepped.changes:
        level_changes.add(
            session,
            slug,
            change,
            seq=0,
            ledger=_explained(model, columns, change.at),
            origin=Origin.RECONSTRUCTED,
        )
    return stepped.state


def state_until(model: Model, columns: Mapping[str, Columns], *, until: int) -> LevelState:
    """Return the level state that the reconstructed line leaves at epoch second `until`, storing nothing."""
    return _line(model, columns, until=until)[2].state


def _line(model: Model, columns: Mapping[str, Columns], *, until: int) -> tuple[Ints, Scores, Levels]:
    moments = line_moments(model, columns, until=until)
    scores = score(model, columns, at=moments)
    return moments, scores, levels(model.scale, model.subject.min_coverage, scores)


def line_moments(model: Model, columns: Mapping[str, Columns], *, until: int) -> Ints:
    """Return the moments before epoch second `until` that a line is drawn at."""
    moments = change_moments(model, columns, start=until - LONGEST_DAYS * DAY_SECONDS, end=until - 1)
    is_recent = moments >= until - DAILY_DAYS * DAY_SECONDS
    kept: Ints = moments[is_recent | (moments % DAY_SECONDS != 0) | _is_news(moments, columns)]
    return kept


def _is_news(moments: Ints, columns: Mapping[str, Columns]) -> Bools:
    """Whether something became known exactly then: histories are often dated to midnight."""
    known = [np.maximum(column.known_at, column.period_start) for column in columns.values()]
    return np.isin(moments, np.concatenate(known) if known else np.zeros(0, dtype=np.int64))


def _first_seen(coverage: Floats) -> int:
    seen = np.flatnonzero(coverage > 0)
    return int(seen[0]) if len(seen) else len(coverage)


def _explained(model: Model, columns: Mapping[str, Columns], at: int) -> Ledger:
    before = Moment(model=model, columns=columns, at=at - EXPLAINED_DAYS * DAY_SECONDS)
    return ledger(before, Moment(model=model, columns=columns, at=at))
