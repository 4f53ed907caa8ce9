"""Compose messages: the data that channels render, read for all deliveries of a batch at once."""

from collections.abc import Collection

from sqlalchemy.orm import Session

from monitor.domain.alerting.after_silence import after_silence
from monitor.domain.alerting.delivery import Delivery, Message
from monitor.domain.alerting.native_event import native_event
from monitor.domain.alerting.suppression import suppression_named
from monitor.services.markings import markings
from monitor.storage import deliveries as stored
from monitor.storage import notifications


def compose_messages(
    session: Session, deliveries: Collection[Delivery], *, base_url: str
) -> dict[str, Message]:
    """Return the message of each delivery by its id; one whose alert event is gone is left out."""
    if not deliveries:
        return {}
    events = notifications.events(session, {(each.episode_id, each.event_seq) for each in deliveries})
    absorbed = stored.absorbed(session, [each.id for each in deliveries])
    before = stored.sent_before(session, deliveries)
    reasons = notifications.reasons(session, [each.id for each in deliveries])
    told = markings(session)
    messages = {}
    for each in deliveries:
        found = events.get((each.episode_id, each.event_seq))
        if found is None:
            continue
        body = native_event(
            found.event,
            message_id=each.message_id,
            first_concern=found.first_concern,
            absorbed=absorbed.get(each.id, ()),
            is_exercise=found.is_exercise,
            base_url=base_url,
            handling=told.of_event(found),
        )
        if held := suppression_named(reasons.get(each.id, "")):
            body = after_silence(body, held=held)
        messages[each.id] = Message(
            message_id=each.message_id,
            delivery_id=each.id,
            recipient=each.recipient,
            formed_at=each.formed_at,
            episode_id=each.episode_id,
            events=(body,),
            base_url=base_url,
            is_exercise=found.is_exercise,
            previous_message_ids=before[each.id],
        )
    return messages
