"""CloudEvents: read back by the CloudEvents SDK, held against its schema, signed like any webhook."""

import base64

import orjson
import pytest
import time_machine
from cloudevents.core.bindings.http import HTTPMessage, from_http, to_structured
from cloudevents.core.formats.json import JSONFormat
from standardwebhooks.webhooks import Webhook

from monitor.channels import cloudevents
from monitor.channels.webhook import WebhookChannel
from monitor.domain.alerting.channel import Channel
from tests.channels.receiving import Sent, sent_to
from tests.schemas import check
from tests.told import BASE_URL, NOW, a_message, every_message

SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()


def a_channel(url):
    settings = {"url": url, "allow_http": True, "cloudevents": True}
    return Channel(
        slug="bus", name="Bus", kind="webhook", settings=settings, secrets={"signing_secret": SECRET}
    )


def received(httpserver, message) -> Sent:
    return sent_to(httpserver, WebhookChannel, a_channel(httpserver.url_for("/in")), message)


def read_by_the_sdk(sent):
    return from_http(HTTPMessage(headers=sent.headers, body=sent.body), JSONFormat())


@pytest.mark.parametrize("name", every_message())
def test_the_sdk_reads_whatever_is_told_and_it_keeps_to_the_schema(name, httpserver):
    message = every_message()[name]
    event = read_by_the_sdk(received(httpserver, message))
    structured = orjson.loads(to_structured(event, JSONFormat()).body)
    check("cloudevents", structured)
    assert structured["source"] == (message.base_url or "urn:heatwatch")


def test_its_attributes_are_those_of_the_contract(httpserver):
    event = read_by_the_sdk(received(httpserver, a_message()))
    assert (event.get_specversion(), event.get_id(), event.get_source()) == ("1.0", "msg_abc", BASE_URL)
    assert (event.get_type(), event.get_subject()) == ("heatwatch.alert.firing.v1", "ab12cd34ef56ab78")
    assert event.get_time() == NOW
    assert event.get_data()["subject"]["name"] == "Assimi Goïta"


def test_a_group_and_a_test_say_what_they_are(httpserver):
    kinds = [
        read_by_the_sdk(received(httpserver, every_message()[name])).get_type() for name in ("group", "test")
    ]
    assert kinds == ["heatwatch.alert.group.v1", "heatwatch.channel.test.v1"]


def test_it_is_signed_like_any_webhook(httpserver):
    sent = received(httpserver, a_message())
    with time_machine.travel(NOW, tick=False):
        Webhook(SECRET).verify(sent.body, dict(sent.headers))


def test_what_no_header_may_hold_is_escaped():
    headers = cloudevents.headers(a_message(base_url='https://dësk.example/a "b"%'), kind="alert.firing")
    assert headers["ce-source"] == "https://d%C3%ABsk.example/a%20%22b%22%25"
