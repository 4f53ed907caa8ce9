"""What waits for approval: each draft as it would be sent, to whom, and since when."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from monitor.domain.alerting.route import DEFAULT, resolved
from monitor.domain.scale import Concern
from monitor.services.overview.alert_words import title
from monitor.services.overview.desk import desk
from monitor.services.overview.values import DeskView
from monitor.storage import alerts, approvals, channels, notifications, snapshot
from monitor.storage.approvals import Waiting


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A message that waits: what it says in its first line, and the channels it would go to."""

    episode_id: str
    route: str
    title: str
    subject: str
    concern: Concern
    summary: str
    channels: tuple[str, ...]
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalsView:
    """The page: drafts, the worst first, and the routes that ask for approval."""

    desk: DeskView
    drafts: tuple[Draft, ...]
    routes: tuple[str, ...]


def approvals_page(session: Session, *, now: datetime) -> ApprovalsView:
    """Return what waits for approval now."""
    routing = snapshot.current(session).routings.get(DEFAULT)
    routes = () if routing is None else tuple(resolved(routing.route))
    return ApprovalsView(
        desk=desk(session, now=now),
        drafts=drafts(session),
        routes=tuple(each.slug for each in routes if each.needs_approval),
    )


def drafts(session: Session) -> tuple[Draft, ...]:
    """Return the drafts that wait, the worst and then the oldest first; none that somebody has decided."""
    waiting = _undecided(session)
    known = snapshot.current(session)
    names = {each.slug: each.name for each in channels.find_all(session)}
    episodes = alerts.episodes(session, {each.episode_id for each in waiting})
    keys = {(each.episode_id, each.event_seq) for each in waiting}
    events = notifications.events(session, keys) if keys else {}
    found = []
    for each in waiting:
        episode, event = episodes.get(each.episode_id), events.get((each.episode_id, each.event_seq))
        if episode is None or event is None:
            continue
        subject = known.subjects.get(episode.subject)
        found.append(
            Draft(
                episode_id=each.episode_id,
                route=each.route,
                title=title(known, episode.rule, each.concern),
                subject=episode.subject if subject is None else subject.name,
                concern=each.concern,
                summary=str(event.event.body.get("summary") or ""),
                channels=tuple(names.get(slug, slug) for slug in each.channels),
                since=each.since,
            )
        )
    return tuple(found)


def _undecided(session: Session) -> list[Waiting]:
    """Leave out what was decided at its concern and only waits for the worker to look."""
    waiting = approvals.awaiting(session)
    decided = approvals.of_open(session) if waiting else {}
    return [
        each
        for each in waiting
        if (found := decided.get((each.episode_id, each.route))) is None or found.concern < each.concern
    ]
