"""The native event: its names are a promise, and a body cannot change whose event it is."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from monitor.domain.alerting.alert import AlertEvent, EventType
from monitor.domain.alerting.native_event import channel_test, comms_check, native_event, rfc3339
from monitor.domain.scale import Concern

AT = datetime(2026, 11, 23, 1, 45, tzinfo=UTC)
NAMES = {
    "messageId", "episodeId", "eventSeq", "fingerprint", "dedupKey", "reason", "state", "concern",
    "concernName", "previousConcern", "peakConcern", "level", "resolution", "subject", "series", "indicator",
    "rule", "observation", "evaluation", "startsAt", "endsAt", "ack", "suppressedWhile", "firingUndelivered",
    "links", "absorbed", "exercise", "firstConcern", "firstConcernName", "marking", "mayRedistribute",
    "attributions",
}  # fmt: skip


def event(kind=EventType.FIRING, **body):
    return AlertEvent(
        fingerprint="ab12cd34ef56ab78", episode_id="0193e3c1-7c1e-7000-8000-000000000001", event_seq=2,
        type=kind, at=AT, concern=Concern.HIGH, reason="crossed_up", body=body,
    )  # fmt: skip


def native(source, **values):
    return native_event(source, message_id="msg_a", **{"first_concern": Concern.HIGH, **values})


def test_every_name_is_there_even_where_nothing_is_known():
    found = native(event())
    assert found["data"].keys() == NAMES
    assert (found["type"], found["timestamp"], found["schema"]) == (
        "alert.firing",
        "2026-11-23T01:45:00Z",
        "1",
    )


def test_the_body_fills_in_and_cannot_change_the_identity():
    data = native(event(level="Cold", eventSeq=99, messageId="other"))["data"]
    assert (data["level"], data["eventSeq"], data["messageId"]) == ("Cold", 2, "msg_a")


def test_the_dedup_key_names_the_episode_in_64_characters():
    assert native(event())["data"]["dedupKey"] == "ab12cd34ef56ab78.0193e3c1-7c1e-7000-8000-000000000001"
    assert len(native(event())["data"]["dedupKey"]) <= 64


def test_resolved_says_what_it_stands_for():
    absorbed = ((1, EventType.FIRING), (2, EventType.CONCERN_RAISED))
    data = native(event(EventType.RESOLVED), absorbed=absorbed)["data"]
    assert (data["state"], data["firingUndelivered"], data["absorbed"]) == ("resolved", True, [1, 2])


def test_a_link_of_the_body_wins_over_ours():
    data = native(event(links={"view": "https://h/x"}), base_url="https://h")["data"]
    assert data["links"]["view"] == "https://h/x"


def test_what_one_may_do_leads_to_a_page_and_once_it_is_over_nowhere():
    firing = native(event(), base_url="https://h")["data"]
    page = f"https://h/alerts/{firing['fingerprint']}"
    assert firing["links"] == {"view": page, "ack": f"{page}#acknowledge", "silence": f"{page}#silence"}
    over = native(event(EventType.RESOLVED), base_url="https://h")["data"]
    assert over["links"] == {"view": page, "ack": None, "silence": None}


def test_a_test_is_no_alert():
    found = channel_test(message_id="msg_t", channel="Desk", at=AT)
    assert (found["type"], found["data"]["concern"]) == ("channel.test", 0)


def test_a_comms_check_asks_for_an_answer_on_a_page():
    found = comms_check(
        message_id="msg_t", channel="Desk", at=AT, answer_by=AT + timedelta(days=1), base_url="https://h"
    )
    assert (found["type"], found["data"]["answerBy"]) == ("channel.check", "2026-11-24T01:45:00Z")
    assert found["data"]["links"]["ack"] == "https://h/comms-checks/msg_t"


def test_times_are_told_in_utc():
    assert rfc3339(AT.astimezone(timezone(timedelta(hours=5)))) == "2026-11-23T01:45:00Z"
    with pytest.raises(ValueError, match="no time zone"):
        rfc3339(datetime(2026, 11, 23, 1, 45))  # noqa: DTZ001 (that is the point)
