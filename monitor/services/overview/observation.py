"""One value of a series on a page of its own: what it says, who gave it, what came before and after it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from monitor.domain.citation import Citation
from monitor.domain.clock import epoch
from monitor.domain.grade import grade_factor
from monitor.domain.indicator import Indicator
from monitor.domain.marking import Handling
from monitor.domain.observation import Observation
from monitor.domain.source import Source
from monitor.domain.spoken import period
from monitor.domain.wording import say
from monitor.services.attach import Target, attached_to
from monitor.services.markings import markings
from monitor.services.overview.desk import desk
from monitor.services.overview.entry_effects import Effects, entry_effects
from monitor.services.overview.values import DeskView
from monitor.services.overview.words import series_name, value_words
from monitor.services.record_observation import Recorded
from monitor.services.withdraw_observation import Period, period_of_row, why_not
from monitor.storage import definitions, people, snapshot
from monitor.storage.entries import Attachment
from monitor.storage.withdrawals import Withdrawal

_LOW_GRADE = 0.7


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservationRow:
    """One value that was given for the period: in words, by whom, and whether it counts or was taken back."""

    address: str
    seq: int
    value: str
    span: str
    grade: str
    is_low_grade: bool
    citation: Citation | None
    told: str
    note: str
    author: str
    source: str
    known_at: datetime
    stored_at: datetime
    is_in_force: bool
    restores: bool
    withdrawal: Withdrawal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservationView:
    """A value's page; `why_not` says why it cannot be taken back, "" where it can."""

    desk: DeskView
    key: str
    seq: int
    name: str
    unit: str
    when: str
    row: ObservationRow
    others: tuple[ObservationRow, ...]
    why_not: str
    effects: Effects
    handling: Handling
    attached: tuple[Attachment, ...]


def observation_page(session: Session, row: Recorded, *, now: datetime) -> ObservationView:
    """Return a value's page; NotFound."""
    found = period_of_row(session, row)
    known = snapshot.current(session)
    indicator = definitions.get(session, Indicator, row.series.partition(":")[0])
    names = {each.email: each.name or each.email for each in people.find_all(session)}
    told = _Told(found, indicator, known.sources, known.citations, names)
    rows = tuple(told.row(each) for each in reversed(found.rows))
    reading = found.rows[0].reading
    return ObservationView(
        desk=desk(session, now=now),
        key=row.series,
        seq=row.seq,
        name=series_name(indicator, row.series),
        unit=indicator.unit,
        when=period(reading.period_start, reading.period_end),
        row=next(each for each in rows if each.seq == row.seq),
        others=tuple(each for each in rows if each.seq != row.seq),
        why_not=why_not(found, row.seq),
        effects=entry_effects(session, [row.series], row.seq),
        handling=markings(session).of_series(row.series),
        attached=attached_to(session, Target(row=row)),
    )


@dataclass(frozen=True, slots=True)
class _Told:
    period: Period
    indicator: Indicator
    sources: Mapping[str, Source]
    citations: Mapping[str, Citation]
    names: Mapping[str, str]

    def row(self, each: Observation) -> ObservationRow:
        """Return a row in words."""
        reading = each.reading
        undone = {item.seq: item for item in self.period.withdrawn}
        source = self.sources.get(each.source)
        return ObservationRow(
            address=f"{epoch(reading.period_start)}.{each.seq}",
            seq=each.seq,
            value="" if reading.value is None else value_words(self.indicator, reading.value),
            span=self._span(reading.low, reading.high),
            grade=reading.grade,
            is_low_grade=grade_factor(reading.grade) <= _LOW_GRADE,
            citation=self.citations.get(reading.citation),
            told=reading.citation,
            note=reading.note,
            author=self.names.get(each.author, each.author),
            source=each.source if source is None else source.name,
            known_at=reading.known_at,
            stored_at=each.stored_at,
            is_in_force=each.seq == self.period.in_force.seq,
            restores=each.seq in {item.by_seq for item in self.period.withdrawn},
            withdrawal=undone.get(each.seq),
        )

    def _span(self, low: float | None, high: float | None) -> str:
        if low is None or high is None:
            return ""
        ends = value_words(self.indicator, low), value_words(self.indicator, high)
        return say("{low} to {high}", low=ends[0], high=ends[1])
