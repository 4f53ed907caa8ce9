"""The pages of the sources: all of them with how they do, and one with all there is; few queries each."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from monitor.domain.clock import Clock
from monitor.domain.errors import NotFound
from monitor.domain.phrases import phrase
from monitor.domain.ports import SourceKinds
from monitor.domain.spoken import unaccented
from monitor.domain.wording import msgid
from monitor.services.backfill_list import BackfillLine, backfill_list
from monitor.services.one_source import OneSource, one_source
from monitor.services.overview.desk import desk
from monitor.services.overview.source_condition import CONDITIONS, SourceRow, row_of
from monitor.services.overview.source_reach import Reach, reach_of
from monitor.services.overview.source_settings import Group, settings_of
from monitor.services.overview.source_turns import Turns, turns_of
from monitor.services.overview.values import DeskView
from monitor.services.secrets_of_sources import SecretState, secrets_of
from monitor.storage import quarantine, runs, snapshot, sources, subjects
from monitor.storage.secrets import SecretBox
from monitor.storage.sources import SourceState

ON_A_STRIP = 20
_MOST_BACKFILLS = 5
_NEEDING, _ASKED, _RESTING = msgid("Needs someone"), msgid("Asked or pushed"), msgid("By hand or off")


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceGroup:
    """Sources that stand together in the list."""

    title: str
    rows: tuple[SourceRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcesView:
    """The list of sources in groups, worst first; `tally` counts them by condition."""

    desk: DeskView
    groups: tuple[SourceGroup, ...]
    tally: Mapping[str, int]
    waiting: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceView:
    """One source: how it does, its turns, its runs, its history, and what hangs on it."""

    desk: DeskView
    row: SourceRow
    one: OneSource
    turns: Turns
    reach: Reach
    settings: tuple[Group, ...]
    secrets: tuple[SecretState, ...]
    backfills: tuple[BackfillLine, ...]

    @property
    def is_under_way(self) -> bool:
        """Whether something happens now that is worth looking at again in a moment."""
        due = self.turns.next_at is not None and self.turns.next_at <= self.desk.now
        return self.turns.is_now or due or any(each.is_running for each in self.backfills)

    @property
    def failing_secrets(self) -> tuple[SecretState, ...]:
        """The secrets that do not resolve."""
        return tuple(each for each in self.secrets if each.problem)


def chosen_sources(
    groups: Iterable[SourceGroup], *, condition: str = "", text: str = ""
) -> tuple[SourceGroup, ...]:
    """Return the sources in a condition that have all the words, in their groups."""
    asked = unaccented(text).split()
    found = []
    for group in groups:
        rows = tuple(
            row
            for row in group.rows
            if condition in {"", row.condition}
            and all(word in unaccented(f"{row.name} {row.slug} {row.kind}") for word in asked)
        )
        if rows:
            found.append(replace(group, rows=rows))
    return tuple(found)


def sources_page(session: Session, *, now: datetime) -> SourcesView:
    """Return the list of all sources, in a fixed number of queries."""
    known = snapshot.current(session).sources
    states = sources.states(session)
    strips = runs.strips(session, limit=ON_A_STRIP)
    waiting = quarantine.open_by_source(session)
    failed = runs.last(session, list(known), outcome="error")
    rows = [
        row_of(
            source, states.get(slug, SourceState(source=slug)), strips.get(slug, ()),
            failed=failed.get(slug), quarantined=waiting.get(slug, 0), now=now,
        )
        for slug, source in known.items()
    ]  # fmt: skip
    rows.sort(key=lambda row: (CONDITIONS.index(row.condition), row.name.casefold()))
    tally = {word: sum(row.condition == word for row in rows) for word in CONDITIONS}
    return SourcesView(
        desk=desk(session, now=now),
        groups=_groups(rows),
        tally={word: number for word, number in tally.items() if number},
        waiting=sum(waiting.values()),
    )


def source_page(
    session: Session,
    slug: str,
    *,
    kinds: SourceKinds,
    given: Callable[[str], str],
    box: SecretBox,
    now: datetime,
) -> SourceView:
    """Return one source's page, in a fixed number of queries; NotFound.

    `given` says where outside the database a secret is ("" if nowhere), `box` opens those within.
    """
    known = snapshot.current(session)
    if slug not in known.sources:
        raise NotFound(phrase("there is no source {slug}", slug=slug))
    one = one_source(session, slug, kinds=kinds)
    state = one.state or SourceState(source=slug)
    strip = [(run.outcome, run.started_at) for run in one.runs[:ON_A_STRIP]]
    waiting = quarantine.open_by_source(session).get(slug, 0)
    failed = next((run for run in one.runs if run.outcome == "error"), None)
    return SourceView(
        desk=desk(session, now=now),
        row=row_of(one.source, state, strip, failed=failed, quarantined=waiting, now=now),
        one=one,
        turns=turns_of(one.source, state, is_asked=one.is_asked, now=now),
        reach=reach_of(known, slug, one.series, clocks=_clocks(session), now=now),
        settings=settings_of(one.source.settings, kinds.get(one.source.kind)),
        secrets=tuple(secrets_of(session, one.source, given=given, box=box)),
        backfills=tuple(backfill_list(session, source=slug, limit=_MOST_BACKFILLS)),
    )


def _clocks(session: Session) -> dict[str, Clock]:
    return {slug: state.clock for slug, state in subjects.states(session).items()}


def _groups(rows: list[SourceRow]) -> tuple[SourceGroup, ...]:
    found: dict[str, list[SourceRow]] = {_NEEDING: [], _ASKED: [], _RESTING: []}
    needing, asked, resting = found.values()
    for row in rows:
        quiet = resting if row.condition in {"by hand", "disabled"} else asked
        (needing if row.needs_someone else quiet).append(row)
    return tuple(SourceGroup(title=title, rows=tuple(part)) for title, part in found.items() if part)
