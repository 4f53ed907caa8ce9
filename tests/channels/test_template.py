"""Template: each preset as it arrives on loopback; bodies of one's own; secrets only on the way out."""

import re
from dataclasses import replace
from urllib.parse import parse_qsl

import orjson
import pytest

from monitor.channels import template
from monitor.channels.template import TemplateChannel, presets
from monitor.domain.alerting.alert import EventType
from monitor.domain.alerting.channel import Channel
from monitor.domain.alerting.delivery import Receipt
from monitor.domain.errors import InvalidInput
from monitor.domain.scale import Concern
from tests.channels.receiving import Sent, sent_to
from tests.schemas import check
from tests.told import a_message, every_message, native

SECRETS = {"token": "tok en/secret", "user": "user-secret"}
ANYWHERE = re.compile(".*")


def a_channel(url="https://chat.example", *, secrets=None, **settings):
    settings |= {"allow_http": True} if url.startswith("http:") else {}
    return Channel(
        slug="rooms", name="Rooms", kind="template", settings=settings,
        secrets=SECRETS | {"url": url} if secrets is None else secrets,
    )  # fmt: skip


def arrived(httpserver, monkeypatch, name, message):
    """Send with a preset; one that posts to its own service posts to the receiver of the test instead."""
    preset, home = presets()[name], httpserver.url_for("/").rstrip("/")
    if not preset.url.startswith("{url}"):
        moved = replace(preset, url=f"{home}/{preset.url.split('/', 3)[3]}")
        monkeypatch.setattr(template, "presets", lambda: {name: moved})
    channel = a_channel(f"{home}/in" if preset.url == "{url}" else home, preset=name, to="room/1")
    return sent_to(httpserver, TemplateChannel, channel, message, path=ANYWHERE)


def body_of(sent):
    if sent.headers["content-type"] == "application/x-www-form-urlencoded":
        return dict(parse_qsl(sent.body.decode(), strict_parsing=True, keep_blank_values=True))
    return orjson.loads(sent.body)


def rendered(message, **settings):
    body, _ = TemplateChannel(None).render(a_channel(**settings), message)
    return orjson.loads(body)


@pytest.mark.parametrize("preset", presets())
def test_whatever_arrives_by_a_preset_keeps_to_its_published_schema(preset, httpserver, monkeypatch):
    sent = arrived(httpserver, monkeypatch, preset, a_message())
    check(f"template-{preset}", body_of(sent))


@pytest.mark.parametrize("name", every_message())
def test_whatever_leaves_by_a_preset_keeps_to_its_published_schema(name):
    message = every_message()[name]
    for preset in presets():
        kind, channel = TemplateChannel(None), a_channel(preset=preset, to="room/1")
        request = kind.outgoing(channel, message, kind.render(channel, message)[0])
        check(f"template-{preset}", body_of(Sent("POST", "", request.headers, request.body, Receipt())))
        assert b"(template:" not in request.body


@pytest.mark.parametrize("preset", presets())
def test_a_preset_says_how_it_stands_and_marks_exercises_and_tests(preset):
    said = {
        name: orjson.dumps(rendered(every_message()[name], preset=preset, to="1")).decode()
        for name in ("alert.firing", "alert.resolved", "exercise", "test")
    }
    assert "[CRITICAL] Fuel price, Bamako" in said["alert.firing"]
    assert "[RESOLVED] " in said["alert.resolved"]
    assert "[EXERCISE] " in said["exercise"]
    assert "[TEST] " in said["test"]


@pytest.mark.parametrize("preset", presets())
def test_what_is_kept_of_a_message_holds_no_secret(preset):
    body, _ = TemplateChannel(None).render(a_channel(preset=preset, to="1"), a_message())
    for secret in SECRETS.values():
        assert secret.encode() not in body


@pytest.mark.parametrize(
    "preset,path,header",
    [
        ("telegram", "/bottok%20en%2Fsecret/sendMessage", None),
        ("webex", "/v1/messages", ("authorization", "Bearer tok en/secret")),
        ("matrix", "/_matrix/client/v3/rooms/room%2F1/send/m.room.message/msg_abc", None),
        ("gotify", "/message", ("x-gotify-key", "tok en/secret")),
        ("apprise", "/notify/room%2F1", None),
        ("discord", "/in", None),
    ],
)
def test_a_preset_posts_where_its_service_wants_it(preset, path, header, httpserver, monkeypatch):
    sent = arrived(httpserver, monkeypatch, preset, a_message())
    (request, _) = httpserver.log[-1]
    assert request.environ["REQUEST_URI"] == path
    assert sent.method == ("PUT" if preset == "matrix" else "POST")
    if header:
        assert sent.headers[header[0]] == header[1]


@pytest.mark.parametrize("preset", presets())
def test_what_a_preset_asks_for_is_named_when_it_is_missing(preset):
    for name in presets()[preset].needs:
        given = {"url": "https://chat.example", "token": "t", "user": "u"}
        given.pop(name, None)
        settings = {"preset": preset} | ({} if name == "to" else {"to": "1"})
        with pytest.raises(InvalidInput) as caught:
            TemplateChannel(None).check(a_channel(secrets=given, **settings))
        assert caught.value.field == name


# ------------------------------------------------------------------------------------- bodies of one's own


def test_a_body_of_ones_own_is_filled_leaf_by_leaf(httpserver):
    own = '{"key": "{secret:token}", "level": "{{ priority | int }}", "tags": ["{{ word }}", true, 3]}'
    channel = a_channel(httpserver.url_for("/in"), template=own)
    sent = sent_to(httpserver, TemplateChannel, channel, a_message())
    assert orjson.loads(sent.body) == {
        "key": "tok en/secret", "level": 5, "tags": ["critical", True, 3],
    }  # fmt: skip


def test_a_form_and_plain_text_are_possible(httpserver):
    url = httpserver.url_for("/in")
    form = a_channel(url, template='{"title": "{{ title }}"}', encoding="form")
    sent = sent_to(httpserver, TemplateChannel, form, a_message())
    assert body_of(sent) == {"title": "[CRITICAL] Fuel price, Bamako"}
    plain = a_channel(url, template="{{ word }}: {{ summary }}", encoding="text", method="PUT")
    sent = sent_to(httpserver, TemplateChannel, plain, a_message())
    assert (sent.method, sent.headers["content-type"]) == ("PUT", "text/plain; charset=utf-8")
    assert sent.body.decode().startswith("critical: Assimi Goïta: Cold, critical.")


def test_case_25_a_template_that_fails_spoils_one_leaf_which_says_so():
    own = '{"room": "1", "text": "{{ alerts[0].data.nothing.there }}", "n": "{{ 1 // 0 | int }}"}'
    body = rendered(a_message(), template=own)
    assert body["room"] == "1"
    assert body["text"].startswith("[CRITICAL] Fuel price, Bamako: Assimi Goïta: Cold, critical.")
    assert "(template: UndefinedError: " in body["text"]
    assert "ZeroDivisionError" in body["n"]


def test_a_template_reaches_nothing_but_what_it_is_given():
    body = rendered(a_message(), template='{"text": "{{ title.__class__.__mro__ }}"}')
    assert "SecurityError" in body["text"]


def test_a_name_is_never_taken_for_a_secret(httpserver):
    event = native()
    data = {**event["data"], "summary": "{secret:token}"}
    channel = a_channel(httpserver.url_for("/in"), template='{"text": "{{ summary }}"}')
    sent = sent_to(httpserver, TemplateChannel, channel, a_message({**event, "data": data}))
    assert orjson.loads(sent.body) == {"text": "{ secret:token}"}


def test_a_name_mentions_nobody():
    event = native()
    data = {**event["data"], "summary": "@all <users/all>"}
    body = rendered(a_message({**event, "data": data}), preset="googlechat")
    assert "@all" not in body["text"]
    assert "<users" not in body["text"]


@pytest.mark.parametrize(
    "settings,words",
    [
        ({}, "a preset or a template"),
        ({"template": "{"}, "no JSON"),
        ({"template": '{"a": "{{ b"}'}, "unexpected end"),
        ({"template": '["a"]', "encoding": "form"}, "JSON object"),
        ({"template": '{"a": "{secret:pin}"}'}, "needs pin"),
    ],
)
def test_a_template_that_cannot_be_read_is_refused_when_it_is_given(settings, words):
    with pytest.raises(InvalidInput, match=words):
        TemplateChannel(None).check(a_channel(**settings))


def test_what_had_no_room_in_the_group_is_counted():
    body = rendered(a_message(truncated=7), template='{"t": "{{ title }}", "n": "{{ count | int }}"}')
    assert (body["t"], body["n"]) == ("[CRITICAL] Fuel price, Bamako and 7 more", 8)


def test_of_several_alerts_the_worst_gives_the_title():
    group = a_message(native(concern=Concern.WATCH), native(EventType.FIRING, fingerprint="12ab34cd56ef78ab"))
    body = rendered(group, template='{"t": "{{ title }}", "n": "{{ count | int }}", "w": "{{ word }}"}')
    assert body == {"t": "[CRITICAL] Fuel price, Bamako and 1 more", "n": 2, "w": "critical"}
