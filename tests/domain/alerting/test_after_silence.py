"""After a silence: the firing to whom it was kept from, a repeat to others, a resolved to all told."""

from datetime import UTC, datetime

import pytest

from monitor.domain.alerting.after_silence import after_silence
from monitor.domain.alerting.alert import AlertEvent, EventType
from monitor.domain.alerting.native_event import native_event
from monitor.domain.scale import Concern

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
F, UP, R = EventType.FIRING, EventType.CONCERN_RAISED, EventType.RESOLVED


def told(kind, *absorbed, held="silence:7", **body):
    event = AlertEvent(
        fingerprint="ab12cd34ef56ab78", episode_id="e1", event_seq=3, type=kind, at=AT, concern=Concern.HIGH,
        reason="crossed_up", body=body,
    )  # fmt: skip
    native = native_event(event, message_id="msg_a", first_concern=Concern.HIGH, absorbed=absorbed)
    return after_silence(native, held=held)


@pytest.mark.parametrize(
    "kind,absorbed,shown",
    [
        (F, (), "alert.firing"),
        (UP, ((1, F), (2, UP)), "alert.firing"),
        (UP, ((2, UP),), "alert.repeated"),
        (EventType.ACKNOWLEDGED, (), "alert.repeated"),
    ],
)
def test_it_is_the_firing_to_whom_that_was_kept_from_and_a_repeat_to_others(kind, absorbed, shown):
    found = told(kind, *absorbed)
    assert found["type"] == shown
    assert found["data"]["reason"] == "silence_ended"
    assert found["data"]["suppressedWhile"] == ["silence:7"]
    assert found["data"]["firingUndelivered"] is False
    assert found["data"]["absorbed"] == [number for number, _ in absorbed]


def test_a_resolved_stays_what_it_is():
    found = told(R, (2, UP))
    assert (found["type"], found["data"]["reason"]) == ("alert.resolved", "crossed_up")
    assert found["data"]["suppressedWhile"] == ["silence:7"]


def test_the_summary_says_so_and_stays_short():
    assert told(F)["data"]["summary"] == "Still firing, silence ended."
    assert told(F, summary="Goïta: Cold, high.")["data"]["summary"] == (
        "Goïta: Cold, high. Still firing, silence ended."
    )
    long = told(F, summary="word " * 40)["data"]["summary"]
    assert len(long) <= 160
    assert long.endswith("… Still firing, silence ended.")


@pytest.mark.parametrize(
    "held,reason,tail",
    [
        ("inhibited_by:e9", "inhibited_by_ended", "the alert that explained it is over."),
        ("mute_window:nights", "mute_window_ended", "mute window over."),
        ("flapping", "flapping_ended", "no longer flapping."),
        ("quiet_hours", "quiet_hours_ended", "quiet hours over."),
        ("awaiting_approval", "awaiting_approval_ended", "approved."),
    ],
)
def test_whatever_held_it_is_named(held, reason, tail):
    found = told(F, held=held)["data"]
    assert (found["reason"], found["suppressedWhile"]) == (reason, [held])
    assert found["summary"] == f"Still firing, {tail}"
