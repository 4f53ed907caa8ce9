"""The pages of the sources: all of them with how they do, and one with its runs; few queries each."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from monitor.domain.errors import NotFound
from monitor.domain.schedule import is_scheduled
from monitor.domain.source import Source
from monitor.domain.spoken import count
from monitor.services.one_source import OneSource, one_source
from monitor.services.overview.desk import desk
from monitor.services.overview.sources import release_owed
from monitor.services.overview.values import DeskView
from monitor.storage import quarantine, runs, snapshot, sources
from monitor.storage.runs import Run
from monitor.storage.sources import SourceState

ON_A_STRIP = 20
# Worst first: what a person comes for.
_ORDER = ("failing", "cut off", "late", "fine", "disabled", "by hand")
_WORDS = {"": "under way"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One run on a strip: its outcome, and when it began."""

    outcome: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRow:
    """One source in the list."""

    slug: str
    name: str
    kind: str
    condition: str
    sentence: str
    strip: tuple[Mark, ...]
    last_run_at: datetime | None
    due_at: datetime | None
    quarantined: int
    marking: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcesView:
    """The list of sources, worst first; `tally` counts them by condition."""

    desk: DeskView
    rows: tuple[SourceRow, ...]
    tally: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceView:
    """One source with its runs."""

    desk: DeskView
    row: SourceRow
    one: OneSource


def sources_page(session: Session, *, now: datetime) -> SourcesView:
    """Return the list of all sources, in a fixed number of queries."""
    known = snapshot.current(session).sources
    states = sources.states(session)
    strips = runs.strips(session, limit=ON_A_STRIP)
    waiting = quarantine.open_by_source(session)
    last = runs.last(session, list(known))
    rows = [
        _row(
            source, states.get(slug, SourceState(source=slug)), strips.get(slug, ()),
            last=last.get(slug), quarantined=waiting.get(slug, 0), now=now,
        )
        for slug, source in known.items()
    ]  # fmt: skip
    rows.sort(key=lambda row: (_ORDER.index(row.condition), row.name.casefold()))
    tally = {word: sum(row.condition == word for row in rows) for word in _ORDER}
    return SourcesView(
        desk=desk(session, now=now), rows=tuple(rows), tally={word: n for word, n in tally.items() if n}
    )


def source_page(session: Session, slug: str, *, kinds: Collection[str], now: datetime) -> SourceView:
    """Return one source's page, in a fixed number of queries; NotFound."""
    if slug not in snapshot.current(session).sources:
        raise NotFound(f"there is no source {slug}")
    one = one_source(session, slug, kinds=kinds)
    state = one.state or SourceState(source=slug)
    strip = [(run.outcome, run.started_at) for run in one.runs[:ON_A_STRIP]]
    waiting = quarantine.open_by_source(session).get(slug, 0)
    row = _row(one.source, state, strip, last=one.runs[0] if one.runs else None, quarantined=waiting, now=now)
    return SourceView(desk=desk(session, now=now), row=row, one=one)


def _row(
    source: Source,
    state: SourceState,
    strip: Sequence[tuple[str, datetime]],
    *,
    last: Run | None,
    quarantined: int,
    now: datetime,
) -> SourceRow:
    condition, sentence = _condition(source, state, last, now=now)
    return SourceRow(
        slug=source.slug,
        name=source.name,
        kind=source.kind,
        condition=condition,
        sentence=sentence,
        strip=tuple(Mark(outcome=_WORDS.get(word, word), at=at) for word, at in reversed(strip)),
        last_run_at=state.last_run_at,
        due_at=None if state.is_cut or not source.is_enabled else state.due_at,
        quarantined=quarantined,
        marking=source.marking,
    )


def _condition(source: Source, state: SourceState, last: Run | None, *, now: datetime) -> tuple[str, str]:
    """How a source does in a word, and the sentence that goes with it."""
    if state.is_cut:
        return "cut off", "Nothing is fetched or replayed from it until it is restored."
    if not source.is_enabled:
        return "disabled", "It is switched off in its definition."
    if state.failures:
        tail = f" It failed {count(state.failures, 'time')} in a row." if state.failures > 1 else ""
        return "failing", f"{_capital(last.message) if last else 'It failed'}.{tail}"
    if owed := release_owed(source, state, now=now):
        return "late", f"{owed}."
    if source.is_pushed:
        return "fine", "" if state.last_ok_at else "Nothing was pushed to it yet."
    return ("fine" if is_scheduled(source) else "by hand"), ""


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:] if not text.startswith("http") else text
