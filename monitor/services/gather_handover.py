"""Gather what a handover is drafted from: alerts, subjects, silences, sources and channels as they stand."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from statistics import median

from sqlalchemy.orm import Session

from monitor.domain.alerting.alert import Alert, AlertState
from monitor.domain.alerting.data_quality import SERIES_BLIND, SOURCE_FAILING
from monitor.domain.shifts.content import Due, Figures, Noted
from monitor.domain.shifts.facts import AlertFact, DeskFacts, SilenceFact, Trouble
from monitor.domain.spoken import at, listed
from monitor.domain.wording import say, say_many
from monitor.services.gather_subjects import subject_facts
from monitor.services.overview.alert_list import AlertLine, alert_list
from monitor.services.overview.sources import SourceTally, source_tally
from monitor.services.overview.values import DeskView
from monitor.services.source_calendar import source_calendar
from monitor.storage import (
    alerts,
    channels,
    dead_letters,
    log_entries,
    people,
    shift_figures,
    silences,
    snapshot,
)

# A silence that ends within this is for the next shifts to know.
SOON = timedelta(hours=24)
CALENDAR_DAYS = 7
# More sources than this in trouble are one item.
SOURCES_APART = 5
_BLIND_RULES = frozenset({SERIES_BLIND, SOURCE_FAILING})


def gather(session: Session, *, since_at: datetime, now: datetime) -> DeskFacts:
    """Return the state of the desk, and what changed since the shift began."""
    known = snapshot.current(session)
    listing = alert_list(session, now=now)
    lines = [line for group in listing.groups for line in group.lines]
    found = {alert.episode_id: alert for alert in alerts.find_open(session)}
    names = {each.email: each.name or each.email for each in people.find_all(session)}
    tally = source_tally(session, known, now=now)
    facts = _alerts(session, lines, found, names)
    ending = tuple(_silences(session, names, now=now))
    return DeskFacts(
        since_at=since_at,
        now=now,
        alerts=facts,
        subjects=subject_facts(session, known, since_at=since_at, now=now),
        silences=ending,
        unseen=tuple(_unseen(tally, lines)),
        unreached=tuple(_unreached(session, listing.desk)),
        agenda=tuple(_agenda(session, facts, ending, now=now)),
        figures=_figures(session, since=since_at, until=now),
        machine=_machine(tally, listing.desk),
        log=tuple(
            Noted(at=line.entry.at, author=names.get(line.entry.author, line.entry.author), text=line.text)
            for line in reversed(log_entries.find(session, since=since_at, until=now))
        ),
    )


def _alerts(
    session: Session, lines: list[AlertLine], found: Mapping[str, Alert], names: Mapping[str, str]
) -> tuple[AlertFact, ...]:
    keys = [line.key for line in lines]
    told = alerts.channels_told(session, keys)
    called = {each.slug: each.name for each in channels.find_all(session)}
    steps = shift_figures.escalation_times(session, keys)
    ideas = {line.entry.episode_id: line for line in reversed(log_entries.find(session, episode_ids=keys))}
    facts = []
    for line in lines:
        alert, noted = found.get(line.key), ideas.get(line.key)
        ack = None if alert is None else alert.ack
        because = "" if line.silence is None else line.silence.comment
        facts.append(
            AlertFact(
                episode_id=line.key,
                title=line.title,
                subject=line.subject,
                subject_name=line.subject_name,
                concern=line.concern,
                what=line.what,
                acked_by=names.get(line.acked_by, line.acked_by),
                acked_until=line.acked_until,
                silenced_until=None if line.silence is None else line.silence.ends_at,
                silenced_because=because,
                is_recovering=line.state is AlertState.RECOVERING,
                is_blind=alert is not None and alert.rule in _BLIND_RULES,
                stands_still=line.is_blind,
                escalates_at=steps.get(line.key),
                open_seconds=line.age_seconds,
                is_archive=line.is_standing,
                channels=tuple(sorted(called.get(slug, slug) for slug in told.get(line.key, ()))),
                idea=noted.text if noted else ack.note if ack else "",
            )
        )
    return tuple(sorted(facts, key=lambda each: -each.concern))


def _silences(session: Session, names: Mapping[str, str], *, now: datetime) -> Iterator[SilenceFact]:
    for each in silences.begun(session, now=now):
        if each.ends_at - now <= SOON:
            yield SilenceFact(
                name=", ".join(str(matcher) for matcher in each.matchers), number=each.id,
                ends_at=each.ends_at, author=names.get(each.author, each.author), comment=each.comment,
            )  # fmt: skip


def _unseen(tally: SourceTally, lines: list[AlertLine]) -> Iterator[Trouble]:
    """Say which sources are silent, where no alert says so already, and what waits for a person."""
    told = " ".join(line.what for line in lines)
    failing = [name for name in tally.failing if name not in told]
    if len(failing) > SOURCES_APART:
        headline = say_many("{n} source fails.", "{n} sources fail.", len(failing))
        yield Trouble(key="sources", name=say("Sources"), headline=headline, text=f"{', '.join(failing)}.")
    else:
        for name in failing:
            yield Trouble(key=f"source:{name}", name=name, headline=say("It gives no good answer."))
    for name in tally.cut:
        yield Trouble(key=f"source:{name}", name=name, headline=say("It is cut off by a person."))
    for place, sentence in enumerate(tally.owed, start=1):
        yield Trouble(key=f"owed:{place}", name=say("Late release"), headline=f"{sentence}.")
    if tally.quarantined:
        headline = say_many(
            "{n} value waits for a person.", "{n} values wait for a person.", tally.quarantined
        )
        yield Trouble(key="quarantine", name=say("Quarantine"), headline=headline)


def _unreached(session: Session, head: DeskView) -> Iterator[Trouble]:
    """Say which channels reach nobody, and which checks nobody answered."""
    for name, since in head.silent_channels:
        then = "" if since is None else at(since, near=head.now)
        headline = say("It has taken nothing since {time}.", time=then) if then else say("It takes nothing.")
        yield Trouble(key=f"channel:{name}", name=name, headline=headline)
    for name, recipient, since in head.overdue_checks:
        yield Trouble(
            key=f"check:{name}:{recipient}", name=name,
            headline=say("A comms check of {time} is unanswered.", time=at(since, near=head.now)),
            text=say("Until a person says that it came, nobody knows whether alerts do."), detail=recipient,
        )  # fmt: skip
    dead = dead_letters.count_by_channel(session)
    if dead:
        headline = say_many("{n} message was given up.", "{n} messages were given up.", sum(dead.values()))
        yield Trouble(
            key="undelivered", name=say("Undelivered"), headline=headline, text=f"{listed(sorted(dead))}."
        )


def _agenda(
    session: Session, facts: tuple[AlertFact, ...], ending: tuple[SilenceFact, ...], *, now: datetime
) -> Iterator[Due]:
    for each in facts:
        if each.acked_until is not None:
            yield Due(at=each.acked_until, text=say("The acknowledgement of {alert} ends", alert=each.title))
    for silence in ending:
        yield Due(at=silence.ends_at, text=say("Silence {number} ends", number=silence.number))
    for entry in source_calendar(session, days=CALENDAR_DAYS, now=now).entries:
        if entry.what == "release":
            title = entry.title or say("release")
            yield Due(at=entry.at, text=say("{source}: {title} expected", source=entry.name, title=title))


def _figures(session: Session, *, since: datetime, until: datetime) -> Figures:
    waited = shift_figures.ack_seconds(session, since=since, until=until)
    sent, lost = shift_figures.messages(session, since=since, until=until)
    return Figures(
        alerts_opened=shift_figures.alerts_opened(session, since=since, until=until),
        ack_seconds=median(waited) if waited else None,
        messages_sent=sent,
        messages_lost=lost,
    )


def _machine(tally: SourceTally, head: DeskView) -> str:
    worker = say("The worker is silent.") if head.is_worker_late else say("Worker ok.")
    every = tally.fine + len(tally.late) + len(tally.failing) + len(tally.cut)
    sources = say(
        "{all} sources: {fine} ok, {late} late, {failing} failing.",
        all=every, fine=tally.fine, late=len(tally.late), failing=len(tally.failing),
    )  # fmt: skip
    return f"{worker} {sources}" if every else worker
