"""Teams: the card that arrives at a workflow, within Teams' limits."""

import orjson
import pytest

from monitor.channels.teams import MOST_BYTES, TeamsChannel
from monitor.domain.alerting.alert import EventType
from monitor.domain.alerting.channel import Channel
from tests.channels.receiving import sent_to
from tests.schemas import check
from tests.told import BASE_URL, a_message, a_test_message, every_message, native


def a_channel(url):
    settings = {"allow_http": True} if url.startswith("http:") else {}
    return Channel(slug="teams", name="Teams", kind="teams", settings=settings, secrets={"url": url})


def card_of(message):
    body, _ = TeamsChannel(None).render(a_channel("https://flow.example/x"), message)
    return orjson.loads(body)["attachments"][0]["content"]


def words(item):
    return "".join(run["text"] for run in item["inlines"])


@pytest.mark.parametrize("name", every_message())
def test_whatever_arrives_keeps_to_the_published_schema(name, httpserver):
    channel = a_channel(httpserver.url_for("/in"))
    check("teams", sent_to(httpserver, TeamsChannel, channel, every_message()[name], status=202).body)


def test_the_card_says_how_it_stands_first_and_leads_to_the_alert():
    [part] = card_of(a_message())["body"]
    assert words(part["items"][0]) == "[CRITICAL] Fuel price, Bamako"
    assert words(part["items"][1]).startswith("Assimi Goïta: Cold, critical.")
    assert (part["style"], part["items"][-1]["actions"][0]["url"]) == (
        "attention", f"{BASE_URL}/alerts/ab12cd34ef56ab78",
    )  # fmt: skip


@pytest.mark.parametrize(
    "message,begins",
    [
        (a_message(native(EventType.RESOLVED)), "[RESOLVED] "), (a_test_message(), "[TEST] "),
        (a_message(is_exercise=True), "[EXERCISE] [CRITICAL] "),
    ],
)  # fmt: skip
def test_an_end_an_exercise_and_a_test_say_so(message, begins):
    card = card_of(message)
    assert words(card["body"][0]["items"][0]).startswith(begins)
    assert card["fallbackText"].startswith(begins)


def test_a_storm_fits_and_says_what_it_leaves_out():
    card = card_of(a_message(*(native(fingerprint=f"{number:016x}") for number in range(60))))
    left = 60 - (len(card["body"]) - 1)
    assert words(card["body"][-1]) == f"And {left} more, on the desk."
    assert len(orjson.dumps(card)) < MOST_BYTES + 2000


def test_what_had_no_room_in_the_group_is_counted():
    assert words(card_of(a_message(truncated=7))["body"][-1]) == "And 7 more, on the desk."


def test_the_address_is_the_secret():
    assert TeamsChannel(None).recipients(a_channel("https://flow.example/x?sig=1")) == ("teams",)
