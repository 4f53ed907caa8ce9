"""What of a series can be seen at a moment: one row a period, as known then (heat.md 8)."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from monitor.domain.series import Bools, Columns, Ints

NEVER = -1
NEVER_ENDS = int(np.iinfo(np.int64).max)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Moments that share one history: `latest[i]` is the newest row that `moments[i]` sees (-1: none).

    `rows` hold one row a period in rising (start, end) and no withdrawn one; a moment sees the rows
    up to its latest, so one causal pass over them serves every moment of the part. What becomes known at
    `until` or later none of them sees. Where the oldest rows were left out, `whole` gives them too.
    """

    moments: Ints
    rows: Columns
    latest: Ints
    until: int = NEVER_ENDS
    whole: "Callable[[], Part] | None" = None

    def others(self, columns: Mapping[str, Columns]) -> dict[str, Columns]:
        """Return the rows in force of the other series this part was split by, without withdrawals."""
        return {
            name: observed(effective(each.rows(each.known_at < self.until))) for name, each in columns.items()
        }


def effective(columns: Columns) -> Columns:
    """Return the row in force for each period, highest (source_revision, seq), by rising (start, end)."""
    if is_plain(columns):
        return columns
    order = np.lexsort((columns.seq, columns.source_revision, columns.period_end, columns.period_start))
    rows = columns.rows(order)
    return rows.rows(_ends_of_runs(rows))


def visible(columns: Columns, *, at: int, known_at: int) -> Columns:
    """Return the row in force for each period begun by `at`, of those known by `known_at`."""
    return effective(columns.rows((columns.known_at <= known_at) & (columns.period_start <= at)))


def observed(rows: Columns) -> Columns:
    """Return the rows that are not withdrawals."""
    is_there = ~np.isnan(rows.value)
    return rows if is_there.all() else rows.rows(is_there)


def period_ranks(columns: Columns) -> Ints:
    """Number the distinct periods by rising (start, end), from 0; one number a row."""
    if is_plain(columns):
        return np.arange(len(columns))
    order = np.lexsort((columns.period_end, columns.period_start))
    is_last = _ends_of_runs(columns.rows(order))
    ranks = np.empty(len(columns), dtype=np.int64)
    ranks[order] = np.cumsum(is_last) - is_last
    return ranks


def is_plain(columns: Columns) -> bool:
    """Whether each row extends the series: one row a period, each known no earlier than the one before."""
    start, known = columns.period_start, columns.known_at
    return bool((start[1:] > start[:-1]).all() and (known[1:] >= known[:-1]).all())


def parts(
    columns: Columns,
    *,
    at: Ints,
    known_at: Ints,
    others: Sequence[Columns] = (),
    margin: float | None = None,
) -> Iterator[Part]:
    """Split the moments where a revision, a withdrawal or a late older period rewrites the past.

    Between two such times every newly known row extends the series, so what a moment sees is a prefix.
    Any row of `others`, which the series is divided by, may rewrite it. With `margin` a part begins at most
    so many seconds before its first moment: it `is_cut`, and `whole` where that turns out to be too few.
    """
    history = _History.of(columns)
    if not others and len(known_at) and (known_at == known_at[0]).all():
        # One state of knowledge is one part, whatever was rewritten before.
        yield history.part(np.arange(len(at)), at, known_at, before=int(known_at[0]) + 1, margin=margin)
        return
    breaks = np.unique(np.concatenate([history.rewrites, *(each.known_at for each in others)]))
    piece = np.searchsorted(breaks, known_at, side="right")
    for number in np.unique(piece):
        moments = np.flatnonzero(piece == number)
        until = NEVER_ENDS if number == len(breaks) else int(breaks[number])
        since = int(breaks[number - 1]) if number else None
        yield history.part(moments, at[moments], known_at[moments], before=until, since=since, margin=margin)


@dataclass(frozen=True, slots=True, kw_only=True)
class _History:
    """All rows by rising period and rank, and from when until when each is in force."""

    rows: Columns
    since: Ints
    until: Ints
    rewrites: Ints
    is_apart: bool

    @classmethod
    def of(cls, columns: Columns) -> "_History":
        """Put the rows in order, once for all moments."""
        if is_plain(columns):
            never = np.full(len(columns), NEVER_ENDS)
            apart = _are_apart(columns)
            return cls(rows=columns, since=columns.known_at, until=never, rewrites=never[:0], is_apart=apart)
        order = np.lexsort((columns.seq, columns.source_revision, columns.period_end, columns.period_start))
        rows = columns.rows(order)
        return cls(
            rows=rows,
            since=rows.known_at,
            until=_outranked(rows),
            rewrites=_rewrites(columns),
            is_apart=_are_apart(rows.rows(_ends_of_runs(rows))),
        )

    def part(
        self,
        moments: Ints,
        at: Ints,
        known_at: Ints,
        *,
        before: int,
        since: int | None = None,
        margin: float | None = None,
    ) -> Part:
        """Return what moments see that know all until `since` and nothing from `before` on."""
        first = self._first(at, known_at, margin)
        last = int(np.searchsorted(self.rows.period_start, at.max(initial=0), side="right"))
        span = slice(first, max(first, last))
        in_force = (self.since[span] < before) & (self.until[span] >= before)
        rows = self.rows.rows(first + np.flatnonzero(in_force & ~np.isnan(self.rows.value[span])))
        known = rows.known_at if since is None else np.maximum(rows.known_at, since)
        by_knowledge = np.searchsorted(known, known_at, side="right")
        by_start = np.searchsorted(rows.period_start, at, side="right")
        return Part(
            moments=moments,
            rows=rows,
            latest=np.minimum(by_knowledge, by_start) - 1,
            until=before,
            whole=partial(self.part, moments, at, known_at, before=before, since=since) if first else None,
        )

    def _first(self, at: Ints, known_at: Ints, margin: float | None) -> int:
        if margin is None or not self.is_apart or not len(at):
            return 0
        begin = min(int(at.min()), int(known_at.min())) - margin
        return int(np.searchsorted(self.rows.period_start, begin))


def _outranked(rows: Columns) -> Ints:
    """Return for rows by period and rank when a higher row of the same period becomes known."""
    group: Ints = np.cumsum(_ends_of_runs(rows)) - _ends_of_runs(rows)
    least = int(rows.known_at.min(initial=0))
    span = int(rows.known_at.max(initial=0)) - least + 1
    # The least of all later ones in the group: each group lies below the one after it, and so begins anew.
    shifted = rows.known_at - least + group * span
    later = np.minimum.accumulate(shifted[::-1])[::-1] - group * span + least
    found = np.full(len(rows), NEVER_ENDS)
    same: Bools = group[1:] == group[:-1]
    found[:-1][same] = later[1:][same]
    return found


def _are_apart(rows: Columns) -> bool:
    """Whether no period begins before the one before it ends."""
    return bool((rows.period_start[1:] >= rows.period_end[:-1]).all())


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
