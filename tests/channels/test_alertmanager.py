"""Alertmanager: payload version 4, read by Alertmanager's own types and by a receiver made for them."""

import shutil
import socket
import subprocess
import threading
import time
from ipaddress import ip_network
from pathlib import Path

import orjson
import pytest

from monitor.channels.alertmanager import ENDLESS, AlertmanagerChannel
from monitor.domain.alerting.alert import EventType
from monitor.domain.alerting.channel import Channel
from monitor.domain.errors import DeliveryError
from monitor.domain.scale import Concern
from monitor.egress.client import Clients
from monitor.egress.guard import EgressPolicy
from tests.schemas import check
from tests.told import BASE_URL, NOW, TOLD, a_message, a_test_message, every_message, native

GOLDEN = Path(__file__).parent.parent / "data" / "channels" / "alertmanager.json"
AMTOOL, RELAY = shutil.which("amtool"), shutil.which("alertmanager-irc-relay")
OTHER = "12ab34cd56ef78ab"
LOOPBACK = EgressPolicy(allowed_networks=(ip_network("127.0.0.0/8"),))


def a_kind():
    return AlertmanagerChannel(Clients(LOOPBACK))


def a_channel(url="https://hooks.example/alerts", **values):
    settings = {"url": url} | ({"allow_http": True} if url.startswith("http:") else {})
    return Channel(slug="ops", name="Ops", kind="alertmanager", settings=settings, **values)


def body_of(message):
    return orjson.loads(a_kind().render(a_channel(), message)[0])


@pytest.mark.parametrize("name", every_message())
def test_whatever_is_told_keeps_to_the_published_schema(name):
    check("alertmanager", a_kind().render(a_channel(), every_message()[name])[0])


def test_the_body_is_this_to_the_last_byte():
    body, content_type = a_kind().render(a_channel(), a_message())
    assert content_type == "application/json; charset=utf-8"
    assert orjson.dumps(orjson.loads(body), option=orjson.OPT_INDENT_2) + b"\n" == GOLDEN.read_bytes()
    assert body == orjson.dumps(orjson.loads(GOLDEN.read_bytes()))


def test_a_firing_alert_has_the_zero_time_as_its_end():
    [alert] = body_of(a_message())["alerts"]
    assert (alert["startsAt"], alert["endsAt"]) == ("2026-11-22T22:45:30Z", ENDLESS)


def test_a_resolved_one_has_the_labels_it_fired_with():
    both = (EventType.FIRING, EventType.RESOLVED)
    [fired], [over] = (body_of(a_message(native(kind)))["alerts"] for kind in both)
    assert over["labels"] == fired["labels"]
    assert (over["status"], over["endsAt"]) == ("resolved", "2026-11-23T01:45:30Z")


def test_an_alert_keeps_its_group_however_it_stands():
    keys = {body_of(a_message(native(kind)))["groupKey"] for kind in TOLD}
    assert keys == {'{}:{alertname="fuel-high", series="fuel-price:bamako", subject="goita"}'}


@pytest.mark.parametrize(
    "key,written,labels",
    [
        ("desk@exercise", '{}/{route="desk@exercise"}:{}', {}),
        ('sahel{subject="goita"}', '{}/{route="sahel"}:{subject="goita"}', {"subject": "goita"}),
    ],
)
def test_the_group_of_a_route_is_written_as_alertmanagers(key, written, labels):
    body = body_of(a_message(native(), native(fingerprint=OTHER), group_key=key))
    assert (body["groupKey"], body["groupLabels"]) == (written, labels)
    check("alertmanager", orjson.dumps(body))


def test_a_group_fires_while_one_of_its_alerts_does():
    body = body_of(a_message(native(EventType.RESOLVED), native(fingerprint=OTHER, concern=Concern.HIGH)))
    assert [each["status"] for each in body["alerts"]] == ["resolved", "firing"]
    assert (body["status"], body["notification_reason"]) == ("firing", "some alerts resolved")
    assert "severity" not in body["commonLabels"]


def test_of_several_events_of_an_alert_the_latest_speaks():
    body = body_of(a_message(native(), native(EventType.RESOLVED, number=2)))
    assert [each["status"] for each in body["alerts"]] == ["resolved"]
    assert body["alerts"][0]["annotations"]["event_seq"] == "2"


def test_an_exercise_and_a_test_are_marked_for_programs_and_for_people():
    [alert] = body_of(a_message(is_exercise=True))["alerts"]
    assert alert["labels"]["exercise"] == "true"
    assert alert["annotations"]["summary"].startswith("EXERCISE.")
    assert alert["annotations"]["title"].startswith("[EXERCISE] ")
    [tested] = body_of(a_test_message())["alerts"]
    assert tested["labels"] == {"alertname": "ChannelTest", "channel": "Operations", "severity": "none"}


def test_what_cannot_be_laid_out_is_told_plainly():
    [alert] = body_of(every_message()["broken"])["alerts"]
    assert alert["labels"]["severity"] == "critical"
    assert "could not be laid out" in alert["annotations"]["description"]


def test_it_is_posted_with_its_token_and_the_same_bytes(httpserver):
    httpserver.expect_request("/alerts", method="POST").respond_with_data("")
    channel = a_channel(httpserver.url_for("/alerts"), secrets={"token": "s3cret-token"})
    kind, message = a_kind(), a_message(is_exercise=True)
    body, _ = kind.render(channel, message)
    assert kind.send(channel, message, body, now=NOW).status_code == 200
    (request, _) = httpserver.log[0]
    assert request.get_data() == body
    assert request.headers["authorization"] == "Bearer s3cret-token"
    assert request.headers["idempotency-key"] == "msg_abc"
    assert request.headers["x-heatwatch-exercise"] == "true"


def test_a_receiver_that_echoes_the_token_does_not_get_it_into_our_rows(httpserver):
    httpserver.expect_request("/alerts").respond_with_data("bad token s3cret-token", status=401)
    channel = a_channel(httpserver.url_for("/alerts"), secrets={"token": "s3cret-token"})
    with pytest.raises(DeliveryError) as caught:
        a_kind().send(channel, a_message(), b"{}", now=NOW)
    assert (caught.value.snippet, caught.value.trouble) == ("bad token ***", "misconfigured")


# ------------------------------------------------------------------- Alertmanager's own reading of it


@pytest.mark.skipif(AMTOOL is None, reason="NOT TESTED: amtool is missing (Debian: prometheus-alertmanager)")
@pytest.mark.parametrize(
    "template,said",
    [
        ("{{ .Status }} {{ .Receiver }} {{ .ExternalURL }}", f"firing ops {BASE_URL}"),
        ("{{ .GroupLabels.SortedPairs.Values }}", "[fuel-high fuel-price:bamako goita]"),
        ("{{ len .Alerts.Firing }} {{ len .Alerts.Resolved }}", "1 1"),
        ("{{ .CommonLabels.team }}", "sahel"),
        (
            "{{ with index .Alerts 0 }}{{ .Fingerprint }} {{ .StartsAt.Unix }} {{ .EndsAt.IsZero }}{{ end }}",
            "ab12cd34ef56ab78 1795387530 true",
        ),
        (
            "{{ range .Alerts.Firing }}{{ .Labels.severity }} {{ .GeneratorURL }}{{ end }}",
            f"critical {BASE_URL}/alerts/ab12cd34ef56ab78",
        ),
        (
            "{{ range .Alerts.Resolved }}{{ .EndsAt.Unix }} {{ .Annotations.event }}{{ end }}",
            "1795398330 alert.resolved",
        ),
    ],
)  # fmt: skip
def test_alertmanagers_own_types_read_every_field(template, said, tmp_path):
    body, _ = a_kind().render(a_channel(), a_message(native(), native(EventType.RESOLVED, fingerprint=OTHER)))
    (tmp_path / "body.json").write_bytes(body)
    (tmp_path / "none.tmpl").write_text('{{ define "none" }}{{ end }}')
    done = subprocess.run(
        [AMTOOL, "template", "render", "--template.glob", tmp_path / "none.tmpl",
         "--template.data", tmp_path / "body.json", "--template.text", template],
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert done.stdout.strip() == said


# ------------------------------------------------------ an unmodified receiver of Alertmanager's webhooks


class IrcServer:
    """As much of IRC as the relay needs to join a channel; keeps what it says there."""

    def __init__(self):
        self.said, self.joined = [], threading.Event()
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        try:
            connection, _ = self._server.accept()
            with connection, connection.makefile("rwb") as stream:
                for line in stream:
                    self._answer(line.decode().rstrip("\r\n"), stream)
        except OSError:
            return

    def _answer(self, line, stream):
        word, _, rest = line.partition(" ")
        answers = {
            "USER": ":irc 001 desk :Welcome\r\n",
            "PING": f":irc PONG irc {rest}\r\n",
            "JOIN": f":desk!desk@irc JOIN {rest.split(' ')[0]}\r\n",
        }
        stream.write(answers.get(word, "").encode())
        stream.flush()
        if word == "JOIN":
            self.joined.set()
        elif word in {"PRIVMSG", "NOTICE"} and rest.startswith("#desk"):
            self.said.append(rest.partition(":")[2])

    def close(self):
        self._server.close()


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def until(condition, *, seconds=60):
    ends = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < ends, "nothing came in time"
        time.sleep(0.05)


@pytest.fixture
def relay(tmp_path):
    """The relay of the Debian package alertmanager-irc-relay, as it comes, on ports of its own."""
    irc, port = IrcServer(), free_port()
    (tmp_path / "relay.yml").write_text(
        f"http_host: 127.0.0.1\nhttp_port: {port}\nirc_host: 127.0.0.1\nirc_port: {irc.port}\n"
        "irc_nickname: desk\nirc_use_ssl: no\nirc_verify_ssl: no\nirc_channels:\n  - name: '#desk'\n"
        "msg_once_per_alert_group: no\n"
        'msg_template: "{{ .Status }} {{ .Labels.severity }} {{ .Annotations.summary }}"\n'
    )
    process = subprocess.Popen(
        [RELAY, "-config", tmp_path / "relay.yml"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    yield irc, f"http://127.0.0.1:{port}/desk"
    process.kill()
    process.wait(timeout=30)
    irc.close()


@pytest.mark.skipif(RELAY is None, reason="NOT TESTED: the Debian package alertmanager-irc-relay is missing")
def test_a_receiver_made_for_alertmanager_takes_them_unmodified(relay):
    irc, url = relay
    assert irc.joined.wait(60)
    channel, clients = a_channel(url), Clients(LOOPBACK)
    kind = AlertmanagerChannel(clients)
    for message in (a_message(), a_message(native(EventType.RESOLVED, number=2)), a_test_message()):
        body, _ = kind.render(channel, message)
        assert kind.send(channel, message, body, now=NOW).status_code == 200
    clients.close()
    until(lambda: len(irc.said) == 3)
    assert irc.said == [
        "firing critical Assimi Goïta: Cold, critical. Fuel price: 512, critical from 500.",
        "resolved critical Assimi Goïta: Cold, resolved after critical (recovered). Fuel price: 512.",
        "firing none Test of channel Operations. There is no alert.",
    ]
