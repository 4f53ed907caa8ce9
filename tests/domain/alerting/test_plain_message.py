"""The plain message: its identity stays, and all that a person or a source gave goes."""

from datetime import UTC, datetime

from monitor.domain.alerting.alert import AlertEvent, EventType
from monitor.domain.alerting.delivery import Message
from monitor.domain.alerting.native_event import native_event
from monitor.domain.alerting.plain_message import plain_message
from monitor.domain.scale import Concern

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_it_says_what_it_is_about_and_what_went_wrong():
    event = AlertEvent(
        fingerprint="f" * 16, episode_id="e1", event_seq=2, type=EventType.CONCERN_RAISED, at=AT,
        concern=Concern.HIGH, reason="crossed_up", body={"level": "Cold", "subject": {"name": "{{ odd }}"}},
    )  # fmt: skip
    whole = native_event(
        event, message_id="msg_1", first_concern=Concern.WATCH, base_url="https://desk.example"
    )
    message = Message(
        message_id="msg_1", delivery_id="d1", recipient="desk", formed_at=AT, episode_id="e1",
        events=(whole,), base_url="https://desk.example",
    )  # fmt: skip
    plain = plain_message(message, problem="KeyError")
    [told] = plain.events
    assert (told["type"], told["timestamp"]) == (whole["type"], whole["timestamp"])
    assert {name for name, value in told["data"].items() if value is None} >= {"level", "subject", "rule"}
    assert told["data"]["links"] == whole["data"]["links"]
    assert told["data"]["summary"] == (
        f"High, firing: alert {'f' * 16}. This message could not be made as usual: KeyError."
    )
    assert (plain.message_id, plain.recipient) == ("msg_1", "desk")
