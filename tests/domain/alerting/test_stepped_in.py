"""Stepped in: a message through a fallback names the channel that did not take it."""

from monitor.domain.alerting.alert_body import MOST_SUMMARY
from monitor.domain.alerting.stepped_in import stepped_in
from monitor.domain.phrases import later
from monitor.domain.spoken import clipped


def test_it_says_so_at_the_end_and_in_a_field_of_its_own():
    native = {"type": "alert.firing", "data": {"summary": "Critical: Cold.", "concern": 4}}
    data = stepped_in(native, channel="Desk mail")["data"]
    assert data["summary"] == "Critical: Cold. Sent through the fallback of Desk mail."
    assert (data["throughFallbackOf"], data["concern"]) == ("Desk mail", 4)


def test_a_long_summary_makes_room_for_it():
    native = {"type": "alert.firing", "data": {"summary": later(clipped, "long " * 60, 160)}}
    summary = stepped_in(native, channel="Desk mail")["data"]["summary"]
    assert len(summary) <= MOST_SUMMARY
    assert summary.endswith("… Sent through the fallback of Desk mail.")


def test_without_a_summary_it_is_all_there_is():
    native = {"type": "alert.firing", "data": {}}
    assert stepped_in(native, channel="Mail")["data"]["summary"] == "Sent through the fallback of Mail."
