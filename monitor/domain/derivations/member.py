"""Members: a subject in another subject's tree, by its heat line (heat.md 4)."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from monitor.domain.clock import DAY_SECONDS
from monitor.domain.indicator import Indicator
from monitor.domain.normalisations.normalisation import CurveNormalisation
from monitor.domain.placement import Placement
from monitor.domain.scale import FULL
from monitor.domain.series import Bools, Columns, Floats, Ints, SeriesKey, empty_columns

# The first half of a member's key: `subject:mali` stands for the pressure of the subject mali.
SUBJECT = "subject"
# A known member counts in full until its next point; an Unknown one rests on nothing fresh.
_FOREVER = 2**52
_LONG_AGO = 0

# Its own pressure counts, as it is.
MEMBER = Indicator(
    slug=SUBJECT,
    name="Member",
    unit="pressure",
    source="",
    cadence_days=1.0,
    normalisation=CurveNormalisation(points=((0.0, 0.0), (FULL, FULL))),
    fresh_for_days=2.0,
    expires_after_days=3.0,
    description="The pressure of another subject, from its published heat.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberLine:
    """A subject's heat line as pressure: NaN where it had no data, `is_known` False where it was Unknown."""

    at: Ints
    seq: Ints
    pressure: Floats
    low: Floats
    high: Floats
    confidence: Floats
    is_known: Bools

    def up_to(self, max_seq: int) -> "MemberLine":
        """Return the points committed up to a number."""
        keep = self.seq <= max_seq
        return MemberLine(**{name: getattr(self, name)[keep] for name in self.__slots__})


def member_key(subject: str) -> str:
    """Return the key by which a subject is placed in another."""
    return str(SeriesKey(SUBJECT, subject))


def member_of(series: str) -> str | None:
    """Return the subject whose heat a series is, None where it is none; a rehearsal follows the real one."""
    key = SeriesKey.parse(series)
    return key.unit.partition("@")[0] if key.indicator == SUBJECT else None


def members_by_subject(placements: Iterable[Placement]) -> dict[str, list[str]]:
    """Return the members of each subject that has any."""
    found: dict[str, list[str]] = {}
    for placement in placements:
        member = member_of(placement.series)
        if member is not None and "@" not in placement.subject:
            found.setdefault(placement.subject, []).append(member)
    return found


def member_columns(line: MemberLine) -> Columns:
    """Return a row a point, of the day that ends with it; one without data keeps the last pressure."""
    there = ~np.isnan(line.pressure)
    order = np.lexsort((line.seq, line.at))
    last = np.maximum.accumulate(np.where(there[order], np.arange(len(order)), -1))
    taken, order = order[last[last >= 0]], order[last >= 0]
    if not len(order):
        return empty_columns()
    is_fresh = line.is_known[order] & there[order]
    at = line.at[order]
    return Columns(
        period_start=at - DAY_SECONDS,
        period_end=at,
        known_at=at,
        source_revision=np.zeros(len(at), dtype=np.int64),
        seq=line.seq[order],
        value=line.pressure[taken],
        low=line.low[taken],
        high=line.high[taken],
        grade=line.confidence[order],
        oldest_end=np.where(is_fresh, _FOREVER, _LONG_AGO),
    )
