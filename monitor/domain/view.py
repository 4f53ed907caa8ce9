"""What of a series can be seen at a moment: one row a period, as known then (heat.md 8)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from monitor.domain.series import Bools, Columns, Ints

NEVER = -1
NEVER_ENDS = int(np.iinfo(np.int64).max)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Moments that share one history: `latest[i]` is the newest row that `moments[i]` sees (-1: none).

    `rows` hold one row a period in rising (start, end) and no withdrawn one; a moment sees the rows
    up to its latest, so one causal pass over them serves every moment of the part. What becomes known at
    `until` or later none of them sees.
    """

    moments: Ints
    rows: Columns
    latest: Ints
    until: int = NEVER_ENDS

    def others(self, columns: Mapping[str, Columns]) -> dict[str, Columns]:
        """Return the rows in force of the other series this part was split by, without withdrawals."""
        return {
            name: observed(effective(each.rows(each.known_at < self.until))) for name, each in columns.items()
        }


def effective(columns: Columns) -> Columns:
    """Return the row in force for each period, highest (source_revision, seq), by rising (start, end)."""
    order = np.lexsort((columns.seq, columns.source_revision, columns.period_end, columns.period_start))
    rows = columns.rows(order)
    return rows.rows(_ends_of_runs(rows))


def visible(columns: Columns, *, at: int, known_at: int) -> Columns:
    """Return the row in force for each period begun by `at`, of those known by `known_at`."""
    return effective(columns.rows((columns.known_at <= known_at) & (columns.period_start <= at)))


def observed(rows: Columns) -> Columns:
    """Return the rows that are not withdrawals."""
    return rows.rows(~np.isnan(rows.value))


def period_ranks(columns: Columns) -> Ints:
    """Number the distinct periods by rising (start, end), from 0; one number a row."""
    order = np.lexsort((columns.period_end, columns.period_start))
    is_last = _ends_of_runs(columns.rows(order))
    ranks = np.empty(len(columns), dtype=np.int64)
    ranks[order] = np.cumsum(is_last) - is_last
    return ranks


def parts(columns: Columns, *, at: Ints, known_at: Ints, others: Iterable[Columns] = ()) -> Iterator[Part]:
    """Split the moments where a revision, a withdrawal or a late older period rewrites the past.

    Between two such times every newly known row extends the series, so what a moment sees is a prefix.
    Any row of `others`, which the series is divided by, may rewrite it.
    """
    breaks = np.unique(np.concatenate([_rewrites(columns), *(each.known_at for each in others)]))
    piece = np.searchsorted(breaks, known_at, side="right")
    for number in np.unique(piece):
        moments = np.flatnonzero(piece == number)
        yield _part(columns, breaks, int(number), moments, at[moments], known_at[moments])


def _part(columns: Columns, breaks: Ints, number: int, moments: Ints, at: Ints, known_at: Ints) -> Part:
    known = columns if number == len(breaks) else columns.rows(columns.known_at < breaks[number])
    rows = observed(effective(known))
    since = breaks[number - 1] if number else np.iinfo(np.int64).min
    by_knowledge = np.searchsorted(np.maximum(rows.known_at, since), known_at, side="right")
    by_start = np.searchsorted(rows.period_start, at, side="right")
    until = NEVER_ENDS if number == len(breaks) else int(breaks[number])
    return Part(moments=moments, rows=rows, latest=np.minimum(by_knowledge, by_start) - 1, until=until)


def _rewrites(columns: Columns) -> Ints:
    """Return the times at which a row becomes known that does not extend the series."""
    order = np.lexsort((columns.seq, columns.period_end, columns.period_start, columns.known_at))
    rank = period_ranks(columns)[order]
    extends = np.ones(len(rank), dtype=np.bool_)
    extends[1:] = rank[1:] > np.maximum.accumulate(rank)[:-1]
    return np.unique(columns.known_at[order][~extends])


def _ends_of_runs(rows: Columns) -> Bools:
    """Mark the last row of each run of one period in rows ordered by period."""
    marks = np.ones(len(rows), dtype=np.bool_)
    start, end = rows.period_start, rows.period_end
    marks[:-1] = (start[1:] != start[:-1]) | (end[1:] != end[:-1])
    return marks
