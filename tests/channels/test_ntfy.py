"""ntfy: what is published, as it arrives at a server on loopback."""

import orjson
import pytest

from monitor.channels.ntfy import MOST_BYTES, NtfyChannel
from monitor.domain.alerting.alert import EventType
from monitor.domain.alerting.channel import Channel
from monitor.domain.errors import InvalidInput
from monitor.domain.scale import Concern
from tests.channels.receiving import sent_to
from tests.schemas import check
from tests.told import BASE_URL, a_message, a_test_message, every_message, native

OTHER = "12ab34cd56ef78ab"


def a_channel(url="https://ntfy.example", *, topic="desk-alerts", **values):
    settings = {"url": url, "topic": topic} | ({"allow_http": True} if url.startswith("http:") else {})
    return Channel(slug="push", name="Push", kind="ntfy", settings=settings, **values)


def body_of(message):
    return orjson.loads(NtfyChannel(None).render(a_channel(), message)[0])


@pytest.mark.parametrize("name", every_message())
def test_whatever_arrives_keeps_to_the_published_schema(name, httpserver):
    channel = a_channel(httpserver.url_for("/in"))
    check("ntfy", sent_to(httpserver, NtfyChannel, channel, every_message()[name]).body)


def test_it_is_published_with_its_token(httpserver):
    channel = a_channel(httpserver.url_for("/in"), secrets={"token": "tk_secret"})
    sent = sent_to(httpserver, NtfyChannel, channel, a_message())
    assert sent.headers["authorization"] == "Bearer tk_secret"
    assert orjson.loads(sent.body)["topic"] == "desk-alerts"


def test_it_says_how_it_stands_and_opens_the_alert():
    body = body_of(a_message())
    assert body["title"] == "[CRITICAL] Fuel price, Bamako"
    assert body["message"].startswith(
        "Assimi Goïta: Cold, critical. Fuel price: 512, critical from 500.\nStatus:"
    )
    assert (body["click"], body["tags"]) == (f"{BASE_URL}/alerts/ab12cd34ef56ab78", ["rotating_light"])


@pytest.mark.parametrize(
    "message,priority",
    [
        (a_message(native(concern=Concern.CRITICAL)), 5), (a_message(native(concern=Concern.HIGH)), 4),
        (a_message(native(concern=Concern.ELEVATED)), 3), (a_message(native(concern=Concern.WATCH)), 2),
        (a_message(native(EventType.RESOLVED)), 3), (a_test_message(), 3),
        (a_message(native(concern=Concern.WATCH), native(fingerprint=OTHER)), 5),
    ],
)  # fmt: skip
def test_the_worst_decides_how_loud_it_is(message, priority):
    assert body_of(message)["priority"] == priority


def test_a_group_names_each_and_is_cut_where_a_phone_would_not_show_it():
    body = body_of(a_message(*(native(fingerprint=f"{number:016x}") for number in range(60))))
    assert body["title"] == "[CRITICAL] Fuel price, Bamako and 59 more"
    assert len(body["message"].encode()) <= MOST_BYTES + 3
    assert body["message"].endswith("…")


def test_what_had_no_room_in_the_group_is_counted():
    assert body_of(a_message(truncated=7))["title"].endswith(" and 7 more")


def test_an_exercise_and_a_test_say_so():
    body = body_of(a_message(is_exercise=True))
    assert body["title"].startswith("[EXERCISE] ")
    assert "exercise" in body["tags"]
    assert body_of(a_test_message())["title"].startswith("[TEST] ")


@pytest.mark.parametrize("topic", ["", "a/b", "desk alerts", "désk"])
def test_a_topic_that_is_none_is_refused(topic):
    with pytest.raises(InvalidInput) as caught:
        NtfyChannel(None).check(a_channel(topic=topic))
    assert caught.value.field == "topic"


def test_the_recipient_names_server_and_topic():
    assert NtfyChannel(None).recipients(a_channel()) == ("ntfy.example/desk-alerts",)
    channel = Channel(slug="push", name="Push", kind="ntfy", settings={"topic": "t"})
    assert NtfyChannel(None).recipients(channel) == ("ntfy.sh/t",)
