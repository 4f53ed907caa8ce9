"""Slack: what arrives at an incoming webhook, within Slack's limits, with no mention out of a name."""

import orjson
import pytest

from monitor.channels.slack import SlackChannel
from monitor.domain.alerting.alert import EventType
from monitor.domain.alerting.channel import Channel
from monitor.domain.errors import DeliveryError, InvalidInput
from tests.channels.receiving import sent_to
from tests.schemas import check
from tests.told import BASE_URL, a_message, a_test_message, every_message, native


def a_channel(url):
    settings = {"allow_http": True} if url.startswith("http:") else {}
    return Channel(slug="chat", name="Chat", kind="slack", settings=settings, secrets={"url": url})


def body_of(message):
    return orjson.loads(SlackChannel(None).render(a_channel("https://hooks.example/T0/B0/x"), message)[0])


@pytest.mark.parametrize("name", every_message())
def test_whatever_arrives_keeps_to_the_published_schema(name, httpserver):
    channel = a_channel(httpserver.url_for("/in"))
    check("slack", sent_to(httpserver, SlackChannel, channel, every_message()[name], answer="ok").body)


def test_the_first_line_says_how_it_stands_and_what_it_is_about():
    body = body_of(a_message())
    assert body["text"] == (
        "[CRITICAL] Fuel price, Bamako: Assimi Goïta: Cold, critical. Fuel price: 512, critical from 500."
    )
    blocks = body["attachments"][0]["blocks"]
    assert [block["type"] for block in blocks] == ["header", "section", "section", "context"]
    page = f"{BASE_URL}/alerts/ab12cd34ef56ab78"
    assert blocks[-1]["elements"][0]["text"] == (
        f"<{page}|Open the alert>   <{page}#acknowledge|Acknowledge>   <{page}#silence|Silence>"
    )


def test_an_end_an_exercise_and_a_test_say_so():
    assert body_of(a_message(native(EventType.RESOLVED)))["text"].startswith("[RESOLVED] ")
    assert body_of(a_message(is_exercise=True))["text"].startswith("[EXERCISE] [CRITICAL] ")
    assert body_of(a_test_message())["text"].startswith("[TEST] ")


def test_a_name_mentions_nobody():
    event = native()
    named = {**event["data"]["indicator"], "name": "<!here>"}
    data = {**event["data"], "summary": "<!channel> & <@U1>", "indicator": named}
    body = body_of(a_message({**event, "data": data}))
    _, bottom_line, facts, _ = body["attachments"][0]["blocks"]
    said = orjson.dumps([body["text"], bottom_line, facts])
    assert b"<" not in said
    assert b"&lt;!channel&gt; &amp; &lt;@U1&gt;" in said


def test_a_storm_fits_into_one_message_that_says_what_it_leaves_out():
    events = [native(fingerprint=f"{number:016x}") for number in range(25)]
    body = check("slack", orjson.dumps(body_of(a_message(*events))))
    assert len(body["attachments"]) == 20
    assert body["attachments"][-1]["blocks"][-1]["text"]["text"] == "And 5 more, on the desk."


def test_what_had_no_room_in_the_group_is_counted():
    body = body_of(a_message(truncated=7))
    assert body["attachments"][-1]["blocks"][-1]["text"]["text"] == "And 7 more, on the desk."


def test_the_address_is_nowhere_to_be_seen(httpserver):
    channel = a_channel(httpserver.url_for("/in"))
    assert SlackChannel(None).recipients(channel) == ("chat",)
    with pytest.raises(DeliveryError) as caught:
        sent_to(httpserver, SlackChannel, channel, a_message(), status=403, answer=channel.secrets["url"])
    assert channel.secrets["url"] not in f"{caught.value} {caught.value.snippet}"


def test_an_address_that_is_none_is_refused_when_it_is_given():
    with pytest.raises(InvalidInput, match="https://"):
        SlackChannel(None).check(a_channel("hooks.example"))
