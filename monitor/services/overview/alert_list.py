"""The inbox: every episode that is open, in hand, quiet for a reason or over, in one sentence each."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from monitor.domain.alerting.alert import Alert, AlertState, Resolution
from monitor.domain.alerting.silence import Silence, muted_by
from monitor.domain.clock import Clock, ClockMode
from monitor.domain.errors import InvalidInput
from monitor.domain.phrases import phrase
from monitor.domain.scale import Concern
from monitor.domain.spoken import unaccented
from monitor.domain.wording import msgid, say
from monitor.services.overview.alert_words import happened, resolution_words, title
from monitor.services.overview.board import clock_of
from monitor.services.overview.desk import desk
from monitor.services.overview.open_alerts import BLIND
from monitor.services.overview.standings import shown
from monitor.services.overview.values import DeskView
from monitor.storage import alerts, notifications, silences, snapshot, subjects
from monitor.storage.alerts import Episode
from monitor.storage.snapshot import Definitions

RECENT = 100
Choice = TypeVar("Choice", bound=StrEnum)


class Handling(StrEnum):
    """What an episode asks of the desk, in the order of the inbox."""

    NEEDS_SOMEONE = msgid("Needs someone")
    IN_HAND = msgid("In hand")
    QUIET = msgid("Quiet for a reason")
    OVER = msgid("Over")


class Filter(StrEnum):
    """Which episodes are shown."""

    OPEN = "open"
    ALL = "all"


class Grouping(StrEnum):
    """By what they are grouped; within a group the worst come first."""

    HANDLING = "handling"
    CONCERN = "concern"
    SUBJECT = "subject"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertLine:
    """One episode. `concern` is that of now, or the worst once it is over; times are the subject's."""

    key: str
    fingerprint: str
    title: str
    subject: str
    subject_name: str
    what: str
    state: AlertState
    concern: Concern
    started_at: datetime | None
    as_of: datetime
    is_standing: bool = False
    ended_at: datetime | None = None
    resolution: str = ""
    acked_by: str = ""
    acked_until: datetime | None = None
    silence: Silence | None = None
    is_blind: bool = False
    is_flapping: bool = False
    is_exercise: bool = False

    @property
    def handling(self) -> Handling:
        """What it asks of the desk."""
        if self.state not in {AlertState.FIRING, AlertState.RECOVERING}:
            return Handling.OVER
        if self.silence is not None or self.state is AlertState.RECOVERING:
            return Handling.QUIET
        return Handling.IN_HAND if self.acked_by else Handling.NEEDS_SOMEONE

    @property
    def needs_someone(self) -> bool:
        """Whether it fires, and nobody took it on or silenced it."""
        return self.handling is Handling.NEEDS_SOMEONE

    def says(self, words: str) -> bool:
        """Whether all these words stand in it, case and accents aside."""
        said = unaccented(f"{self.title} {self.subject} {self.subject_name} {self.what} {self.acked_by}")
        return all(word in said for word in unaccented(words).split())

    @property
    def age_seconds(self) -> float:
        """How long it has been open on its subject's clock."""
        return 0.0 if self.started_at is None else (self.as_of - self.started_at).total_seconds()


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertGroup:
    """Some episodes under one heading."""

    name: str
    lines: tuple[AlertLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertListView:
    """The inbox under its filters; counts are of what is open, whatever the filters."""

    desk: DeskView
    groups: tuple[AlertGroup, ...]
    filter: Filter
    grouping: Grouping
    subject: str
    concern: str
    text: str
    with_exercises: bool
    open_count: int
    needing: int
    silenced: int
    oldest: AlertLine | None
    subjects: tuple[tuple[str, str], ...]
    silences: tuple[Silence, ...]


def alert_list(  # noqa: PLR0913 - one parameter a filter
    session: Session,
    *,
    now: datetime,
    which: str = Filter.OPEN,
    by: str = Grouping.HANDLING,
    subject: str = "",
    concern: str = "",
    text: str = "",
    with_exercises: bool = False,
) -> AlertListView:
    """Return the inbox in a fixed number of queries; InvalidInput names a filter there is not."""
    chosen, grouping = _chosen(Filter, which, field="show"), _chosen(Grouping, by, field="by")
    known = snapshot.current(session)
    listed = shown(known, with_exercises=with_exercises)
    slugs = {item.slug for item in listed} | ({subject} if subject else set())
    lines = _open_lines(session, known, now=now)
    mine = [line for line in lines if with_exercises or not line.is_exercise]
    found = [line for line in lines if line.subject in slugs and subject in {"", line.subject}]
    if chosen is Filter.ALL:
        found += _over(session, known, subject=subject, with_exercises=with_exercises, now=now)
    least = _least(concern)
    found = [line for line in found if line.concern >= least and line.says(text)]
    return AlertListView(
        desk=desk(session, now=now),
        groups=_grouped(found, grouping),
        filter=chosen,
        grouping=grouping,
        subject=subject,
        concern=concern,
        text=text,
        with_exercises=with_exercises,
        open_count=len(mine),
        needing=sum(line.needs_someone for line in mine),
        silenced=sum(line.silence is not None for line in mine),
        oldest=max(
            (line for line in mine if line.needs_someone),
            key=lambda line: (line.concern, line.age_seconds),
            default=None,
        ),
        subjects=tuple(sorted(((item.slug, item.name) for item in listed), key=lambda pair: pair[1])),
        silences=tuple(silences.active(session, now=now)),
    )


def alert_line(
    known: Definitions,
    alert: Alert,
    *,
    clock: Clock,
    episode: Episode | None,
    body: Mapping[str, Any],
    active: Iterable[Silence],
    now: datetime,
) -> AlertLine:
    """Return an open alert as it is listed; `body` is that of its last event."""
    subject = known.subjects.get(alert.subject)
    labels = {} if episode is None else episode.labels
    return AlertLine(
        key=alert.episode_id,
        fingerprint=alert.fingerprint,
        title=title(known, alert.rule, alert.concern),
        subject=alert.subject,
        subject_name=alert.subject if subject is None else subject.name,
        what=happened(known, body, alert.concern),
        state=alert.state,
        concern=alert.concern,
        started_at=alert.started_at,
        as_of=clock.at(now),
        is_standing=clock.mode is ClockMode.STANDING,
        acked_by="" if alert.ack is None else alert.ack.by,
        acked_until=None if alert.ack is None else alert.ack.until,
        silence=muted_by(active, labels, at=now),
        is_blind=alert.data_health in BLIND,
        is_flapping=alert.is_flapping,
        is_exercise="@" in alert.subject,
    )


def over_line(known: Definitions, episode: Episode, *, clock: Clock, now: datetime) -> AlertLine:
    """Return an episode that has ended as it is listed."""
    subject = known.subjects.get(episode.subject)
    resolution = resolution_words(episode.resolution or Resolution.RECOVERED)
    return AlertLine(
        key=episode.id,
        fingerprint=episode.fingerprint,
        title=title(known, episode.rule, None),
        subject=episode.subject,
        subject_name=episode.subject if subject is None else subject.name,
        what=say("was {concern}; {why}", concern=episode.peak_concern.said, why=resolution),
        state=AlertState.INACTIVE,
        concern=episode.peak_concern,
        started_at=episode.started_at,
        as_of=clock.at(now),
        is_standing=clock.mode is ClockMode.STANDING,
        ended_at=episode.ended_at,
        resolution=resolution,
        is_exercise="@" in episode.subject,
    )


def _open_lines(session: Session, known: Definitions, *, now: datetime) -> list[AlertLine]:
    found = alerts.find_open(session)
    states = subjects.states(session, {alert.subject for alert in found})
    episodes = alerts.episodes(session, {alert.episode_id for alert in found})
    told = notifications.events(session, {(alert.episode_id, alert.event_seq) for alert in found})
    active = silences.active(session, now=now)
    return [
        alert_line(
            known,
            alert,
            clock=clock_of(states.get(alert.subject)),
            episode=episodes.get(alert.episode_id),
            body=told[key].event.body if (key := (alert.episode_id, alert.event_seq)) in told else {},
            active=active,
            now=now,
        )
        for alert in found
    ]


def _over(
    session: Session, known: Definitions, *, subject: str, with_exercises: bool, now: datetime
) -> list[AlertLine]:
    """Return the last episodes that have ended, the latest first."""
    found = [
        episode
        for episode in alerts.recent_episodes(session, subject=subject or None, limit=RECENT)
        if episode.ended_at is not None and (with_exercises or subject or "@" not in episode.subject)
    ]
    return [over_line(known, episode, clock=Clock(), now=now) for episode in found]


def _grouped(lines: Sequence[AlertLine], grouping: Grouping) -> tuple[AlertGroup, ...]:
    """Put lines under headings: what is open by concern, what is over by its end."""
    worst_first = sorted(lines, key=lambda line: (line.handling is Handling.OVER, -line.concern))
    groups: dict[str, list[AlertLine]] = {}
    if grouping is Grouping.HANDLING:
        groups = {handling.value: [] for handling in Handling}
    for line in worst_first:
        groups.setdefault(_heading(line, grouping), []).append(line)
    return tuple(AlertGroup(name=name, lines=tuple(found)) for name, found in groups.items() if found)


def _heading(line: AlertLine, grouping: Grouping) -> str:
    if grouping is Grouping.SUBJECT:
        return line.subject_name
    if grouping is Grouping.CONCERN and line.handling is not Handling.OVER:
        return line.concern.said.capitalize()
    return line.handling.value


def _least(word: str) -> Concern:
    if not word:
        return Concern.NORMAL
    try:
        return Concern[word.upper()]
    except KeyError:
        known = ", ".join(concern.word for concern in Concern)
        raise InvalidInput(phrase("concern is one of {known}", known=known), field="concern") from None


def _chosen(kind: type[Choice], text: str, *, field: str) -> Choice:
    try:
        return kind(text)
    except ValueError:
        raise InvalidInput(
            phrase("{field} is one of {names}", field=field, names=", ".join(kind)), field=field
        ) from None
