"""Compose messages: the data that channels render, read for all deliveries of a batch at once."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from monitor.domain.alerting.after_silence import after_silence
from monitor.domain.alerting.alert import EventType
from monitor.domain.alerting.delivery import Delivery, Message
from monitor.domain.alerting.native_event import native_event
from monitor.domain.alerting.stepped_in import stepped_in
from monitor.domain.alerting.suppression import suppression_named
from monitor.services.markings import Markings, kept_markings
from monitor.storage import carrying, channels, notifications
from monitor.storage import deliveries as stored
from monitor.storage.notifications import EpisodeEvent, Why

# A message of a storm has room for so many; the worst come first, the rest are counted.
MOST_EVENTS = 100
NO_WHY = Why()


def compose_messages(
    session: Session, deliveries: Collection[Delivery], *, base_url: str
) -> dict[str, Message]:
    """Return the message of each delivery by its id; one whose alert event is gone is left out."""
    if not deliveries:
        return {}
    carriers = [each.id for each in deliveries if each.carries]
    carried = carrying.carried(session, carriers) if carriers else {}
    every = [*deliveries, *(each for lot in carried.values() for each in lot)]
    reasons = notifications.reasons(session, [each.id for each in every])
    events = notifications.events(session, {(each.episode_id, each.event_seq) for each in every})
    told = kept_markings(session)
    told.read_for({found.subject for found in events.values() if found.subject})
    is_relayed = any(each.relayed_from for each in reasons.values())
    composer = _Composer(
        events=events,
        absorbed=stored.absorbed(session, [each.id for each in every]),
        reasons=reasons,
        names={each.slug: each.name for each in channels.find_all(session)} if is_relayed else {},
        told=told,
        base_url=base_url,
    )
    before = stored.sent_before(session, deliveries)
    messages = {}
    for each in deliveries:
        lot = [one for one in (each, *carried.get(each.id, ())) if composer.knows(one)]
        if lot:
            messages[each.id] = composer.message(each, lot, previous=before[each.id])
    return messages


@dataclass(frozen=True, slots=True, kw_only=True)
class _Composer:
    """What is known of all deliveries of a batch."""

    events: Mapping[tuple[str, int], EpisodeEvent]
    absorbed: Mapping[str, Sequence[tuple[int, EventType]]]
    reasons: Mapping[str, Why]
    names: Mapping[str, str]
    told: Markings
    base_url: str

    def knows(self, delivery: Delivery) -> bool:
        """Whether the alert event of a delivery is still there."""
        return (delivery.episode_id, delivery.event_seq) in self.events

    def message(self, delivery: Delivery, lot: Sequence[Delivery], *, previous: tuple[str, ...]) -> Message:
        """Return one message about a lot of deliveries, which the first or its carrier stands for."""
        shown = self._worst(lot)
        return Message(
            message_id=delivery.message_id,
            delivery_id=delivery.id,
            recipient=delivery.recipient,
            formed_at=delivery.formed_at,
            episode_id=delivery.episode_id,
            events=tuple(self._body(each, message_id=delivery.message_id) for each in shown),
            base_url=self.base_url,
            is_exercise=any(self._event(each).is_exercise for each in shown),
            previous_message_ids=previous,
            group_key=delivery.group_key,
            route=self.reasons.get(delivery.id, NO_WHY).route,
            truncated=len(lot) - len(shown),
        )

    def _event(self, delivery: Delivery) -> EpisodeEvent:
        return self.events[delivery.episode_id, delivery.event_seq]

    def _worst(self, lot: Sequence[Delivery]) -> list[Delivery]:
        """Return as many as there is room for, in their order."""
        if len(lot) <= MOST_EVENTS:
            return list(lot)
        worst = sorted(lot, key=lambda each: -self._event(each).event.concern)[:MOST_EVENTS]
        kept = {each.id for each in worst}
        return [each for each in lot if each.id in kept]

    def _body(self, delivery: Delivery, *, message_id: str) -> dict[str, Any]:
        found = self._event(delivery)
        body = native_event(
            found.event,
            message_id=message_id,
            first_concern=found.first_concern,
            absorbed=self.absorbed.get(delivery.id, ()),
            is_exercise=found.is_exercise,
            base_url=self.base_url,
            handling=self.told.of_event(found),
        )
        why = self.reasons.get(delivery.id, NO_WHY)
        if why.relayed_from:
            body = stepped_in(body, channel=self.names.get(why.relayed_from, why.relayed_from))
        held = suppression_named(why.reason)
        return after_silence(body, held=held) if held else body
