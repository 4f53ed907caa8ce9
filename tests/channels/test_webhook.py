"""Webhook: exactly the signed bytes, the headers of the contract, and every answer told apart."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta, timezone

import httpx
import orjson
import pytest
import time_machine
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from monitor.channels.http import retry_after_seconds
from monitor.channels.webhook import WebhookChannel, sign
from monitor.domain.alerting.alert import AlertEvent, EventType
from monitor.domain.alerting.channel import Channel
from monitor.domain.alerting.delivery import Message
from monitor.domain.alerting.native_event import native_event
from monitor.domain.alerting.retry import Trouble
from monitor.domain.errors import DeliveryError, InvalidInput
from monitor.domain.scale import Concern
from monitor.egress.guard import EgressRefused
from tests.schemas import check
from tests.told import every_message

NOW = datetime(2026, 11, 23, 1, 45, 30, tzinfo=UTC)
SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
OLD_SECRET = "whsec_" + base64.b64encode(bytes(range(32, 64))).decode()


class Clients:
    """One client over a scripted receiver, as the guarded ones are handed out."""

    def __init__(self, answer):
        self.requests = []

        def handle(request):
            self.requests.append(request)
            if isinstance(answer, Exception):
                raise answer
            return answer

        self._client = httpx.Client(transport=httpx.MockTransport(handle))

    def client(self, slug, *, allow_http=False):
        return self._client


def a_hook(url="https://hooks.example/in?token=hidden", **values):
    values = {"secrets": {"signing_secret": SECRET}, **values}
    settings = {"url": url, **values.pop("settings", {})}
    return Channel(slug="hook", name="Hook", kind="webhook", settings=settings, **values)


def a_message(*, is_exercise=False, numbers=(3,)):
    events = tuple(
        native_event(
            AlertEvent(
                fingerprint="ab12cd34ef56ab78", episode_id="e1", event_seq=number, type=EventType.FIRING,
                at=NOW, concern=Concern.HIGH, reason="crossed_up", body={"subject": {"name": "Goïta"}},
            ),
            message_id="msg_abc", first_concern=Concern.HIGH, is_exercise=is_exercise,
        )
        for number in numbers
    )  # fmt: skip
    return Message(
        message_id="msg_abc", delivery_id="d", recipient="hooks.example", formed_at=NOW, episode_id="e1",
        events=events, base_url="https://desk.example", is_exercise=is_exercise,
    )  # fmt: skip


def send(answer, channel=None, message=None):
    clients = Clients(answer)
    kind, message, channel = WebhookChannel(clients), message or a_message(), channel or a_hook()
    body, _ = kind.render(channel, message)
    try:
        return kind.send(channel, message, body, now=NOW), clients.requests
    except DeliveryError as error:
        return error, clients.requests


def test_the_body_is_the_native_event_once_serialised():
    body, content_type = WebhookChannel(Clients(None)).render(a_hook(), a_message())
    assert content_type == "application/json; charset=utf-8"
    assert orjson.loads(body)["data"]["subject"] == {"name": "Goïta"}
    assert len(body) < 20_000


@pytest.mark.parametrize("name", every_message())
def test_whatever_is_told_keeps_to_the_published_schema_of_its_type(name):
    body, _ = WebhookChannel(Clients(None)).render(a_hook(), every_message()[name])
    check(orjson.loads(body)["type"], body)


def test_several_events_go_as_one_group():
    body, _ = WebhookChannel(Clients(None)).render(a_hook(), a_message(numbers=(1, 2)))
    event = orjson.loads(body)
    assert (event["type"], [each["eventSeq"] for each in event["data"]["alerts"]]) == ("alert.group", [1, 2])


def test_the_headers_are_those_of_the_contract():
    _, [request] = send(httpx.Response(200))
    headers = request.headers
    assert headers["content-type"] == "application/json; charset=utf-8"
    assert headers["user-agent"].startswith("heatwatch/")
    assert (headers["webhook-id"], headers["idempotency-key"]) == ("msg_abc", "msg_abc")
    assert headers["webhook-timestamp"] == str(int(NOW.timestamp()))
    assert headers["x-alert-event-seq"] == "3"


def test_the_library_verifies_what_was_sent():
    _, [request] = send(httpx.Response(200))
    with time_machine.travel(NOW, tick=False):
        Webhook(SECRET).verify(request.content, dict(request.headers))
        with pytest.raises(WebhookVerificationError):
            Webhook(SECRET).verify(request.content + b" ", dict(request.headers))


def test_a_verifier_written_by_hand_agrees():
    _, [request] = send(httpx.Response(200))
    signed = b"msg_abc." + request.headers["webhook-timestamp"].encode() + b"." + request.content
    wanted = base64.b64encode(hmac.new(bytes(range(32)), signed, hashlib.sha256).digest()).decode()
    assert request.headers["webhook-signature"] == f"v1,{wanted}"


def test_the_specs_own_vector_is_met():
    stamp = datetime.fromtimestamp(1_614_265_330, tz=UTC)
    signature = sign(
        ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"], message_id="msg_p5jXN8AQM9LWM0D4loKWxJek", at=stamp,
        body=b'{"test": 2432232314}',
    )  # fmt: skip
    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_zone_of_the_clock_does_not_change_the_signature():
    elsewhere = NOW.astimezone(timezone(timedelta(hours=5)))
    same = [sign([SECRET], message_id="msg_abc", at=at, body=b"{}") for at in (NOW, elsewhere)]
    assert same[0] == same[1]


def test_while_a_secret_is_rotated_both_sign():
    channel = a_hook(secrets={"signing_secret": SECRET, "previous_signing_secret": OLD_SECRET})
    _, [request] = send(httpx.Response(200), channel)
    assert len(request.headers["webhook-signature"].split(" ")) == 2
    with time_machine.travel(NOW, tick=False):
        for secret in (SECRET, OLD_SECRET):
            Webhook(secret).verify(request.content, dict(request.headers))


@pytest.mark.parametrize("later,signatures", [(0, 2), (1, 1)])
def test_a_secret_that_was_replaced_signs_until_its_time_is_over(later, signatures):
    until = (NOW + timedelta(seconds=1 - later)).isoformat()
    secrets = {"signing_secret": SECRET, "previous_signing_secret": OLD_SECRET, "previous_until": until}
    _, [request] = send(httpx.Response(200), a_hook(secrets=secrets))
    assert len(request.headers["webhook-signature"].split(" ")) == signatures


def test_nothing_goes_out_unsigned():
    error, requests = send(httpx.Response(200), a_hook(secrets={}))
    assert (requests, error.trouble) == ([], Trouble.MISCONFIGURED)


def test_an_exercise_is_marked_in_the_body_and_beside_it():
    _, [request] = send(httpx.Response(200), message=a_message(is_exercise=True))
    assert orjson.loads(request.content)["data"]["exercise"] is True
    assert request.headers["x-heatwatch-exercise"] == "true"


def test_the_answer_is_kept_in_short_without_control_characters():
    receipt, _ = send(httpx.Response(202, content=b"ok\x00\x1b[31m" + b"x" * 5000))
    assert (receipt.status_code, len(receipt.snippet)) == (202, 1022)
    assert receipt.snippet.startswith("ok[31m")


@pytest.mark.parametrize("status", [301, 400, 401, 404, 408, 429, 500, 503])
def test_a_refusal_is_tried_again_and_keeps_the_answer(status):
    error, _ = send(httpx.Response(status, text="no", headers={"retry-after": "7"}))
    assert (error.status_code, error.permanent, error.snippet) == (status, False, "no")
    assert error.retry_after_seconds == (7 if status in {408, 429, 500, 503} else None)


def test_gone_is_gone():
    error, _ = send(httpx.Response(410))
    assert error.is_gone


@pytest.mark.parametrize(
    "failure,is_timeout",
    [
        (httpx.ConnectTimeout("x"), True), (httpx.ReadTimeout("x"), True), (httpx.ConnectError("x"), False),
        (httpx.RemoteProtocolError("x"), False), (httpx.DecodingError("x"), False),
    ],
)  # fmt: skip
def test_a_failure_on_the_way_is_tried_again_and_names_no_address(failure, is_timeout):
    error, _ = send(failure)
    assert (error.permanent, error.is_timeout) == (False, is_timeout)
    assert "hidden" not in str(error)


def test_what_the_guard_refuses_is_final():
    error, _ = send(EgressRefused("10.0.0.1 is not a public address"))
    assert (error.permanent, error.trouble) == (True, Trouble.REFUSED)


@pytest.mark.parametrize(
    "text,seconds",
    [
        ("120", 120), ("0", 0), ("Mon, 23 Nov 2026 01:47:30 GMT", 120),
        ("Sun, 22 Nov 2026 01:45:30 GMT", -86_400),
        ("soon", None), ("", None), ("-5", None), ("9" * 40, 999_999_999_999), ("Mon, 99 Foo", None),
    ],
)  # fmt: skip
def test_retry_after_is_read_as_seconds_or_as_a_date(text, seconds):
    assert retry_after_seconds({"retry-after": text}, now=NOW) == seconds


def test_the_recipient_is_the_host_and_not_the_address():
    assert WebhookChannel(Clients(None)).recipients(a_hook()) == ("hooks.example",)


@pytest.mark.parametrize(
    "url",
    ["", "hooks.example", "http://hooks.example/", "ftp://hooks.example/", "https://a:b@hooks.example/"],
)
def test_an_unfit_address_is_refused_before_anything_is_sent(url):
    kind = WebhookChannel(Clients(None))
    with pytest.raises(InvalidInput) as caught:
        kind.recipients(a_hook(url))
    assert caught.value.field == "url"
    error, requests = send(httpx.Response(200), a_hook(url))
    assert (error.permanent, requests) == (True, [])


def test_plain_http_is_possible_where_it_is_ticked():
    channel = a_hook("http://receiver.local:8025/hook", settings={"allow_http": True})
    assert WebhookChannel(Clients(None)).recipients(channel) == ("receiver.local:8025",)
