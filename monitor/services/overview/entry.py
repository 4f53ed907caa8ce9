"""The page on which values are entered: what to choose from, recent ones first, and what was entered last."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from monitor.domain.clock import DAY_SECONDS, epoch, moment
from monitor.domain.indicator import Indicator
from monitor.domain.spoken import day
from monitor.services.enterable_series import EnterableSeries, enterable_series
from monitor.services.overview.desk import desk
from monitor.services.overview.entry_effects import Effects, entry_effects
from monitor.services.overview.values import DeskView
from monitor.services.overview.words import value_words
from monitor.services.withdraw_observation import row_named
from monitor.storage import audit, definitions, series, withdrawals
from monitor.storage.audit import AuditEntry

MOST_SHOWN = 6
MOST_CITATIONS = 12
_LOOKED_BACK = 60
_RECORD = "observation.record"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """A value that the visitor entered: what it was, when, and whether it was taken back."""

    key: str
    address: str
    seq: int
    name: str
    value: str
    until: str
    grade: str
    at: datetime
    is_withdrawn: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryView:
    """Everything beside the form; `effects` are those of `just`, the value that was saved last."""

    desk: DeskView
    entered: tuple[Entered, ...]
    citations: tuple[str, ...]
    just: Entered | None = None
    effects: Effects | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """The series that can be chosen, and the keys of those that the visitor entered values of last."""

    rows: tuple[EnterableSeries, ...]
    recent: tuple[str, ...]

    def get(self, key: str) -> EnterableSeries | None:
        """Return the series of a key, None where there is none."""
        return next((row for row in self.rows if row.key == key), None)


def entry_page(session: Session, *, email: str, just: str = "", now: datetime) -> EntryView:
    """Return what stands beside the form; `just` is the address of what was saved a moment ago."""
    acts = _acts(session, email)
    rows = _entered(session, acts)
    saved = next((row for row in rows if row.address == just), None)
    return EntryView(
        desk=desk(session, now=now),
        entered=rows[:MOST_SHOWN],
        citations=_citations(session, acts),
        just=saved,
        effects=None if saved is None else entry_effects(session, [saved.key], saved.seq),
    )


def choices(session: Session, *, email: str, now: datetime) -> Choices:
    """Return the series to choose from."""
    recent = dict.fromkeys(act.target for act in _acts(session, email))
    return Choices(rows=tuple(enterable_series(session, now=now)), recent=tuple(recent))


def _acts(session: Session, email: str) -> list[AuditEntry]:
    return audit.acts_of(session, email, {_RECORD}, limit=_LOOKED_BACK)


def _entered(session: Session, acts: Iterable[AuditEntry]) -> tuple[Entered, ...]:
    indicators = {each.slug: each for each in definitions.find_all(session, Indicator)}
    known = [act for act in acts if _address(act) and act.target.partition(":")[0] in indicators]
    gone = {each.seq for each in withdrawals.of(session, [_seq(act) for act in known])}
    return tuple(_row(act, indicators[act.target.partition(":")[0]], gone) for act in known)


def _row(act: AuditEntry, indicator: Indicator, gone: set[int]) -> Entered:
    after = act.after or {}
    ends = datetime.fromisoformat(after["period_end"])
    return Entered(
        key=act.target,
        address=_address(act),
        seq=_seq(act),
        name=EnterableSeries(
            key=act.target, name=indicator.name, place=act.target.partition(":")[2], unit="", words=()
        ).title,
        value=value_words(indicator, after["value"]),
        until=day(moment(epoch(ends) - DAY_SECONDS).date()),
        grade=after["grade"],
        at=act.at,
        is_withdrawn=_seq(act) in gone,
    )


def _citations(session: Session, acts: Sequence[AuditEntry]) -> tuple[str, ...]:
    """Return where the visitor's last values came from, and what the series' latest values cite."""
    found = series.latest(session, dict.fromkeys(act.target for act in acts))
    told = [str((act.after or {}).get("citation", "")) for act in acts]
    told += [each.reading.citation for each in found.values()]
    return tuple(dict.fromkeys(text for text in told if text))[:MOST_CITATIONS]


def _address(act: AuditEntry) -> str:
    return str((act.after or {}).get("row", ""))


def _seq(act: AuditEntry) -> int:
    return row_named(_address(act), act.target).seq
