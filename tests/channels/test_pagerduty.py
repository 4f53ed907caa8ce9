"""PagerDuty: each alert an event of the Events API v2, as it arrives at a receiver on loopback."""

import json

import orjson
import pytest

from monitor.channels.pagerduty import ENQUEUE, PagerdutyChannel
from monitor.domain.alerting.alert import EventType
from monitor.domain.alerting.channel import Channel
from monitor.domain.errors import DeliveryError
from monitor.domain.scale import Concern
from tests.channels.receiving import sent_to
from tests.schemas import check
from tests.told import BASE_URL, NOW, a_message, a_test_message, every_message, native

KEY = "R0UT1NGKEY0000000000000000000000"
OTHER = "12ab34cd56ef78ab"


def a_channel(httpserver=None, **values):
    settings = {"url": httpserver.url_for("/in"), "allow_http": True} if httpserver else {}
    return Channel(**{
        "slug": "pager", "name": "Pager", "kind": "pagerduty", "settings": settings,
        "secrets": {"routing_key": KEY}, **values,
    })  # fmt: skip


def events_of(message):
    body, _ = PagerdutyChannel(None).render(a_channel(), message)
    return orjson.loads(body)


@pytest.mark.parametrize("name", set(every_message()) - {"notice"})
def test_whatever_arrives_keeps_to_the_published_schema(name, httpserver):
    sent_to(httpserver, PagerdutyChannel, a_channel(httpserver), every_message()[name], status=202)
    assert httpserver.log
    for request, _ in httpserver.log:
        assert check("pagerduty", request.get_data())["routing_key"] == KEY


def test_what_is_kept_of_a_message_holds_no_key():
    body, _ = PagerdutyChannel(None).render(a_channel(), a_message())
    assert KEY.encode() not in body


def test_an_alert_triggers_is_acknowledged_and_resolves_under_one_key():
    kinds = (EventType.FIRING, EventType.ACKNOWLEDGED, EventType.UNACKNOWLEDGED, EventType.RESOLVED)
    events = [events_of(a_message(native(kind)))[0] for kind in kinds]
    assert [each["event_action"] for each in events] == ["trigger", "acknowledge", "trigger", "resolve"]
    assert {each["dedup_key"] for each in events} == {"ab12cd34ef56ab78.0193-ab12"}


@pytest.mark.parametrize(
    "concern,severity",
    [
        (Concern.CRITICAL, "critical"), (Concern.HIGH, "error"), (Concern.ELEVATED, "warning"),
        (Concern.WATCH, "info"),
    ],
)  # fmt: skip
def test_a_concern_has_a_severity(concern, severity):
    assert events_of(a_message(native(concern=concern)))[0]["payload"]["severity"] == severity


def test_the_payload_says_what_it_is_about():
    [event] = events_of(a_message())
    payload = event["payload"]
    assert payload["summary"].startswith("[CRITICAL] Fuel price, Bamako: Assimi Goïta: Cold, critical.")
    assert (payload["source"], payload["component"]) == ("Assimi Goïta", "fuel-price:bamako")
    assert event["links"][0] == {"href": f"{BASE_URL}/alerts/ab12cd34ef56ab78", "text": "Open the alert"}
    assert payload["custom_details"]["marking"] == "TLP:CLEAR"


def test_an_exercise_and_a_test_say_so():
    [event] = events_of(a_message(is_exercise=True))
    assert event["payload"]["summary"].startswith("[EXERCISE] ")
    assert event["payload"]["custom_details"]["exercise"] is True
    [test] = events_of(a_test_message())
    assert (test["payload"]["class"], test["dedup_key"]) == ("test", "test.msg_abc")
    assert test["payload"]["summary"].startswith("[TEST] ")


def test_what_cannot_be_laid_out_is_told_plainly():
    [event] = events_of(every_message()["broken"])
    assert "could not be laid out" in event["payload"]["custom_details"]["Layout"]


def test_each_alert_of_a_group_is_an_event_of_its_own(httpserver):
    message = a_message(native(), native(fingerprint=OTHER, concern=Concern.HIGH))
    sent_to(httpserver, PagerdutyChannel, a_channel(httpserver), message, status=202)
    keys = [json.loads(request.get_data())["dedup_key"] for request, _ in httpserver.log]
    assert keys == ["ab12cd34ef56ab78.0193-ab12", "12ab34cd56ef78ab.0193-12ab"]


@pytest.mark.parametrize("status,trouble", [(400, "misconfigured"), (429, ""), (500, "")])
def test_a_refusal_is_tried_again_and_a_wrong_key_told_to_admins(status, trouble, httpserver):
    with pytest.raises(DeliveryError) as caught:
        sent_to(httpserver, PagerdutyChannel, a_channel(httpserver), a_message(), status=status, answer=KEY)
    assert (caught.value.permanent, caught.value.trouble, caught.value.snippet) == (False, trouble, "***")


def test_without_a_key_nothing_is_sent(httpserver):
    with pytest.raises(DeliveryError, match="no routing key"):
        PagerdutyChannel(None).send(a_channel(secrets={}), a_message(), b"[]", now=NOW)


def test_it_goes_to_pagerduty_unless_told_otherwise():
    assert str(PagerdutyChannel(None).address(a_channel())) == ENQUEUE
    assert PagerdutyChannel(None).recipients(a_channel()) == ("events.pagerduty.com",)
