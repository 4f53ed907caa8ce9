"""Suppress: say what holds an alert's messages back, decided anew whenever they are due."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from monitor.domain.alerting.approval import Approval
from monitor.domain.alerting.inhibition import Inhibition
from monitor.domain.alerting.route import DEFAULT, GROUP_WAIT_SECONDS, resolved, routing_labels
from monitor.domain.alerting.routing import Routing, inhibitions_of
from monitor.domain.alerting.silence import Silence, muted_by
from monitor.domain.alerting.suppression import Suppression, SuppressionKind
from monitor.domain.scale import Concern
from monitor.services.mute_windows import muted_routes
from monitor.storage import alerts, approvals, notifications, silences, snapshot
from monitor.storage.alerts import Episode

# What is inhibited is let go when its source resolves; this is for sources that change in other ways.
LOOK_AGAIN = timedelta(minutes=2)
# A decision lets go at once; this is for trees that change.
UNTIL_APPROVED = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """An open alert that may inhibit others: its episode, and its labels with its concern."""

    episode_id: str
    labels: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppressor:
    """All that may hold messages back at a moment.

    `routes` are those that a mute window mutes, `approving` those that ask for approval, `approvals` what
    was decided, by episode and route.
    """

    now: datetime
    silences: Sequence[Silence] = ()
    inhibitions: Sequence[Inhibition] = ()
    sources: Sequence[Source] = ()
    routes: Mapping[str, Suppression] = field(default_factory=dict)
    approving: Collection[str] = ()
    approvals: Mapping[tuple[str, str], Approval] = field(default_factory=dict)

    @property
    def is_idle(self) -> bool:
        """Whether nothing is held back now, whatever it is."""
        return not (self.silences or self.sources or self.routes or self.approving)

    def of(self, episode: Episode, concern: Concern, *, route: str = "") -> Suppression | None:
        """Return what holds the messages of an episode by a route back the longest; None: nothing."""
        every = (
            self._silence(episode), self._inhibition(episode, concern), self.routes.get(route),
            self._approval(episode, concern, route),
        )  # fmt: skip
        found = [each for each in every if each is not None]
        return max(found, key=lambda each: each.until, default=None)

    def dismissal(self, episode: Episode, concern: Concern, *, route: str) -> Approval | None:
        """Return by what the messages of an episode by a route are not to be sent at all."""
        found = self.approvals.get((episode.id, route)) if route in self.approving else None
        return found if found is not None and found.drops(concern) else None

    def _approval(self, episode: Episode, concern: Concern, route: str) -> Suppression | None:
        if route not in self.approving:
            return None
        found = self.approvals.get((episode.id, route))
        if found is not None and found.lets_go(concern):
            return None
        return Suppression(kind=SuppressionKind.AWAITING_APPROVAL, until=self.now + UNTIL_APPROVED)

    def _silence(self, episode: Episode) -> Suppression | None:
        silence = muted_by(self.silences, episode.labels, at=self.now)
        if silence is None:
            return None
        until = silence.active_until(self.now)
        return Suppression(kind=SuppressionKind.SILENCE, of=str(silence.id), until=until)

    def _inhibition(self, episode: Episode, concern: Concern) -> Suppression | None:
        labels = routing_labels(episode.labels, concern)
        for source in self.sources:
            if source.episode_id != episode.id and any(
                each.mutes(source.labels, labels) for each in self.inhibitions
            ):
                return Suppression(
                    kind=SuppressionKind.INHIBITED_BY, of=source.episode_id, until=self.now + LOOK_AGAIN
                )
        return None


def load_suppressor(
    session: Session, *, now: datetime, draft: Routing | None = None, is_forming: bool = True
) -> Suppressor:
    """Read what may hold messages back now, by the tree in force or a draft of one.

    For forming, silences stay as they are until the caller commits.
    """
    active = silences.active(session, now=now, for_forming=is_forming)
    routing = draft or snapshot.current(session).routings.get(DEFAULT)
    inhibitions = inhibitions_of([] if routing is None else [routing])
    root = None if routing is None else routing.route
    approving = frozenset() if root is None else {each.slug for each in resolved(root) if each.needs_approval}
    return Suppressor(
        now=now, silences=active, inhibitions=inhibitions, sources=_sources(session, inhibitions),
        routes=muted_routes(session, root, now=now), approving=approving,
        approvals=approvals.of_open(session) if approving else {},
    )  # fmt: skip


def release_inhibited(session: Session, episodes: Collection[str], *, now: datetime) -> None:
    """Have what these sources held back looked at again, one group wait from now."""
    for episode_id in sorted(episodes):
        held = Suppression(kind=SuppressionKind.INHIBITED_BY, of=episode_id, until=now)
        notifications.release(session, reason=held.name, now=now + timedelta(seconds=GROUP_WAIT_SECONDS))


def _sources(session: Session, inhibitions: Sequence[Inhibition]) -> list[Source]:
    """Return the open alerts that are sources; only those of the rules the inhibitions name, if all do."""
    if not inhibitions:
        return []
    names = [each.source_rule for each in inhibitions]
    rules = None if "" in names else names
    found = alerts.find_open(session, rules=rules)
    if not found:
        return []
    episodes = alerts.episodes(session, {alert.episode_id for alert in found})
    sources = [
        Source(
            episode_id=alert.episode_id,
            labels=routing_labels(episodes[alert.episode_id].labels, alert.concern),
        )
        for alert in found
        if alert.episode_id in episodes
    ]
    return [each for each in sources if any(rule.is_source(each.labels) for rule in inhibitions)]
