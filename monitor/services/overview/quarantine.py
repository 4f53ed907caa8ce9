"""The quarantine's page: what waits, why, and how it lies beside what was in force; few queries."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from monitor.domain.gates import Gate, Limits, limits_of
from monitor.domain.held_picture import HeldPicture, held_picture
from monitor.domain.indicator import Indicator
from monitor.domain.marking import Handling, handling_of, strictest
from monitor.domain.past import NO_PAST, past_of
from monitor.domain.quarantine import Held, State
from monitor.domain.spoken import plain
from monitor.domain.wording import msgid, say
from monitor.services.overview.desk import desk
from monitor.services.overview.values import DeskView
from monitor.services.overview.words import series_name, value_words
from monitor.storage import quarantine, series, snapshot
from monitor.storage.quarantine import Which
from monitor.storage.snapshot import Definitions

ON_A_PAGE = 25
_DECIMALS = 6
GATE_WORDS = {
    Gate.UNKNOWN_SERIES: msgid("Unknown series"),
    Gate.FUTURE: msgid("Future period"),
    Gate.UNIT: msgid("Unit"),
    Gate.RANGE: msgid("Plausible range"),
    Gate.STEP: msgid("Step"),
    Gate.DUPLICATE: msgid("Disagreement"),
    Gate.LAYOUT: msgid("Change of layout"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldRow:
    """One row: its series and value in words, its gate, and how it is drawn; None: it cannot be."""

    held: Held
    name: str
    value: str
    corrected: str
    gate: str
    source_name: str
    is_series: bool
    picture: HeldPicture | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What the address asks for."""

    state: str = "open"
    source: str = ""
    series: str = ""
    run_id: int | None = None
    page: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarantineView:
    """A page of rows under its filters, and what waits by source as (slug, name, how many)."""

    desk: DeskView
    rows: tuple[HeldRow, ...]
    total: int
    waiting: int
    filters: Filters
    sources: tuple[tuple[str, str, int], ...]
    handling: Handling

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.total // ON_A_PAGE))


def quarantine_page(session: Session, filters: Filters, *, now: datetime) -> QuarantineView:
    """Return the page in a fixed number of queries."""
    known = snapshot.current(session)
    state = None if filters.state == "all" else State(filters.state)
    which = Which(state=state, source=filters.source, series=filters.series, run_id=filters.run_id)
    rows = quarantine.find(session, which, limit=ON_A_PAGE, offset=(filters.page - 1) * ON_A_PAGE)
    waiting = quarantine.open_by_source(session)
    shown = sorted({row.source for row in rows} & known.sources.keys())
    return QuarantineView(
        desk=desk(session, now=now),
        rows=tuple(_rows(session, known, rows)),
        total=quarantine.count(session, which),
        waiting=sum(waiting.values()),
        filters=filters,
        sources=tuple((slug, _source_name(known, slug), found) for slug, found in sorted(waiting.items())),
        handling=strictest(handling_of(known.sources[each]) for each in shown),
    )


def _rows(session: Session, known: Definitions, rows: list[Held]) -> list[HeldRow]:
    written = {row.reading.series for row in rows if ":" in row.reading.series.strip(":")}
    there = series.ids(session, written)
    pasts = {key: past_of(found) for key, found in series.columns(session, there).items()}
    found = []
    for row in rows:
        key = row.reading.series
        indicator = known.indicators.get(key.partition(":")[0])
        limits = Limits() if indicator is None else limits_of(indicator)
        found.append(
            HeldRow(
                held=row,
                name=key if indicator is None else series_name(indicator, key),
                value=_words(indicator, row.reading.value),
                corrected=_words(indicator, row.corrected_value),
                gate=say(GATE_WORDS[row.gate]),
                source_name=_source_name(known, row.source),
                is_series=key in there,
                picture=held_picture(row.reading, pasts.get(key, NO_PAST), limits) if key in there else None,
            )
        )
    return found


def _words(indicator: Indicator | None, value: float | None) -> str:
    """Say a value with all its decimals: it may be wrong in any of them."""
    if value is None:
        return say("withdrawn")
    is_word = indicator is not None and value in indicator.words.values()
    return value_words(indicator, value) if indicator and is_word else plain(value, _DECIMALS)


def _source_name(known: Definitions, slug: str) -> str:
    source = known.sources.get(slug)
    return slug if source is None else source.name
