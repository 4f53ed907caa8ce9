"""Incidents as rows: what is told is compared with what is there some thousands at a time."""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, delete, select, text
from sqlalchemy.orm import Session

from monitor.domain.clock import epoch
from monitor.domain.incident import Incident
from monitor.geo.coding import code_places
from monitor.storage.batches import in_batches
from monitor.storage.bulk import fetch_tuples, write_tuples
from monitor.storage.rows.observations import IncidentRow, IncidentVersionRow

TOLD = tuple(name for name in Incident.__dataclass_fields__ if name not in {"source", "external_id"})
_TABLE: Any = IncidentRow.__table__
_VERSIONS: Any = IncidentVersionRow.__table__
_NAMES = [column.name for column in _TABLE.columns]
_KEPT = len(_NAMES) - len(TOLD)
_DAY = TOLD.index("happened_on")
_PLACE = tuple(TOLD.index(name) for name in ("country", "admin1", "latitude", "longitude", "precision"))
_CODED = slice(_NAMES.index("coded_country"), _NAMES.index("coded_by") + 1)
_AT_ONCE = 5_000
_WITHDRAWN = _NAMES.index("is_withdrawn")

# All that is stored of some ids of a source, in one statement with two parameters.
_STORED = {
    "sqlite": text(
        f"SELECT {', '.join(f'i.{name}' for name in _NAMES)} FROM json_each(:ids) AS t"  # noqa: S608
        " CROSS JOIN incident AS i ON i.source = :source AND i.external_id = t.value"
    ),
    "postgresql": text(
        f"SELECT {', '.join(f'i.{name}' for name in _NAMES)}"  # noqa: S608
        " FROM json_array_elements_text(CAST(:ids AS json)) AS t"
        " JOIN incident AS i ON i.source = :source AND i.external_id = t.value"
    ),
}


@dataclass(slots=True, kw_only=True)
class Telling:
    """One source telling of its incidents: what it has come to so far.

    What is new was known now, or with `lag_days` so many days after it happened. `is_new` says that the
    source has told of none before and will name each once, so that nothing need be looked up.
    """

    session: Session
    source: str
    now: datetime
    first_seq: int
    lag_days: float | None = None
    is_new: bool = False
    added: int = 0
    revised: int = 0
    unchanged: int = 0
    _known: dict[Any, int] = field(default_factory=dict)

    @property
    def written(self) -> int:
        """How many numbers were taken."""
        return self.added + self.revised

    def tell(self, told: Iterable[tuple[Any, ...]]) -> None:
        """Store incidents, each given as its external id and then the values of `TOLD`."""
        for part in in_batches(told, most=_AT_ONCE):
            self._tell({each[0]: each[1:] for each in part})

    def withdraw(self, external_ids: Collection[str]) -> None:
        """Take incidents back; those that are not there are passed over."""
        for part in in_batches(sorted(external_ids), most=_AT_ONCE):
            there = [row for row in self._stored(part).values() if not row[_WITHDRAWN]]
            self._revise(there, [(row[1], *row[_KEPT:]) for row in there], is_withdrawn=True)

    def recode(self, external_ids: Iterable[str]) -> None:
        """Code incidents anew that are there; those that come out otherwise are known so from now on."""
        for part in in_batches(external_ids, most=_AT_ONCE):
            there = [row for row in self._stored(part).values() if not row[_WITHDRAWN]]
            told = [(row[1], *row[_KEPT:]) for row in there]
            pairs = zip(there, told, _codings(told), strict=True)
            moved = [(row, again) for row, again, coded in pairs if tuple(row[_CODED]) != coded]
            self._revise([row for row, _ in moved], [again for _, again in moved], is_withdrawn=False)

    def _tell(self, told: dict[str, tuple[Any, ...]]) -> None:
        if self.session.get_bind().dialect.name == "sqlite":
            told = {key: (*row[:_DAY], str(row[_DAY]), *row[_DAY + 1 :]) for key, row in told.items()}
        stored = {} if self.is_new else self._stored(told)
        self._add([(key, *row) for key, row in told.items() if key not in stored])
        changed = [row for key, row in stored.items() if row[_WITHDRAWN] or tuple(row[_KEPT:]) != told[key]]
        self.unchanged += len(stored) - len(changed)
        self._revise(changed, [(row[1], *told[row[1]]) for row in changed], is_withdrawn=False)

    def _stored(self, external_ids: Iterable[str]) -> dict[str, Sequence[Any]]:
        statement = _STORED[self.session.get_bind().dialect.name]
        parameters = {"source": self.source, "ids": json.dumps(list(external_ids))}
        return {row[1]: row for row in fetch_tuples(self.session, statement, parameters)}

    def _add(self, told: Sequence[tuple[Any, ...]]) -> None:
        first = self.first_seq + self.written
        known = self._known
        known |= {day: self._known_at(day) for day in {row[1 + _DAY] for row in told} - known.keys()}
        rows = [
            (self.source, row[0], seq, known[row[1 + _DAY]], False, *coded, *row[1:])
            for seq, (row, coded) in enumerate(zip(told, _codings(told), strict=True), start=first)
        ]
        write_tuples(self.session, _TABLE, rows)
        self.added += len(rows)

    def _revise(
        self, before: Sequence[Sequence[Any]], after: Sequence[tuple[Any, ...]], *, is_withdrawn: bool
    ) -> None:
        """Keep what was said as versions, and put what is said now in its place."""
        if not before:
            return
        write_tuples(self.session, _VERSIONS, [_as_version(row) for row in before])
        ids = [row[1] for row in before]
        for part in in_batches(ids):
            gone = and_(IncidentRow.source == bindparam("of"), IncidentRow.external_id.in_(part))
            self.session.execute(delete(IncidentRow).where(gone), {"of": self.source})
        first, known_at = self.first_seq + self.written, epoch(self.now)
        rows = [
            (self.source, row[0], seq, known_at, is_withdrawn, *coded, *row[1:])
            for seq, (row, coded) in enumerate(zip(after, _codings(after), strict=True), start=first)
        ]
        write_tuples(self.session, _TABLE, rows)
        self.revised += len(rows)

    def _known_at(self, day: date | str) -> int:
        if self.lag_days is None:
            return epoch(self.now)
        midnight = datetime.combine(date.fromisoformat(str(day)), time(), UTC)
        return epoch(min(self.now, midnight + timedelta(days=1 + self.lag_days)))


def has_any(session: Session, source: str) -> bool:
    """Whether a source has ever told of an incident."""
    statement = select(IncidentRow.source).where(IncidentRow.source == source).limit(1)
    return session.execute(statement).first() is not None


def _codings(told: Sequence[tuple[Any, ...]]) -> list[tuple[str, str, str]]:
    """Return country, region and how they were told, of rows that are an external id and then `TOLD`."""
    columns = ([row[1 + place] for row in told] for place in _PLACE)
    return [(each.country, each.admin1, each.by.value) for each in code_places(*columns)]


def _as_version(row: Sequence[Any]) -> tuple[Any, ...]:
    values = dict(zip(_NAMES, row, strict=True))
    return tuple(values[column.name] for column in _VERSIONS.columns)
