"""All the ways a receiver goes wrong, over real sockets: each has its outcome, and no other channel waits."""

import socket
import sys
import time
from datetime import timedelta
from ipaddress import ip_network

import numpy as np
import pytest

from monitor.channels.webhook import WebhookChannel
from monitor.domain.alerting.delivery import DeliveryStatus
from monitor.domain.alerting.retry import Trouble
from monitor.egress.client import Clients
from monitor.egress.guard import EgressPolicy
from monitor.egress.transport import Limits
from monitor.services.deliver import deliver
from monitor.storage import attempts, channels
from monitor.storage.engine import open_database
from tests.reliability import faulty
from tests.reliability.faulty import NAME, OK, Authority, Receiver, answers, drips, hangs, resets, status
from tests.services.alert_rows import BOX, NOW, add_channel, raise_event

pytestmark = pytest.mark.reliability

SECRETS = {"signing_secret": "whsec_" + "A" * 43 + "="}
WELL = 10
BAD = Trouble.MISCONFIGURED
# What is done with the socket, the seconds until the next try (None: none), the trouble told, the outcome.
PLAIN = {
    "reset after headers": (resets(b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n"), (4, 6), ""),
    "hang": (hangs, (60, 61), ""),
    "a byte a second": (drips, (60, 61), ""),
    "200 then reset": (resets(OK), None, ""),
    "301": (answers(status(301, "location: http://127.0.0.1/")), (4, 6), Trouble.MOVED),
    "400": (answers(status(400)), (4, 6), BAD),
    "401": (answers(status(401)), (4, 6), BAD),
    "404": (answers(status(404)), (4, 6), BAD),
    "408": (answers(status(408)), (4, 6), ""),
    "410": (answers(status(410)), "dead", Trouble.GONE),
    "429 for 30 seconds": (answers(status(429, "retry-after: 30")), (29, 31), ""),
    "429 until a date": (answers(status(429, "retry-after: Mon, 23 Nov 2026 12:02:00 GMT")), (90, 121), ""),
    "429 until the past": (answers(status(429, "retry-after: Mon, 23 Nov 2020 12:02:00 GMT")), (4, 6), ""),
    "429 for an age": (answers(status(429, "retry-after: 99999999999")), (899, 901), ""),
    "500": (answers(status(500)), (4, 6), ""),
    "503": (answers(status(503)), (4, 6), ""),
    "5 MiB": (answers(faulty.large(5 << 20)), None, ""),
    "garbage": (answers(b"SSH-2.0-OpenSSH_9\r\n" * 50), (4, 6), ""),
    "gzip bomb": (answers(faulty.bomb()), None, ""),
}
OTHERS = {
    "refuse": (4, 6),
    "bad TLS": (4, 6),
    "expired certificate": (4, 6),
    "wrong host": (4, 6),
    "no such name": (4, 6),
}


@pytest.fixture
def database(sqlite_url):
    opened = open_database(sqlite_url)
    yield opened
    opened.dispose()


@pytest.fixture
def addresses(tmp_path, monkeypatch):
    """Start every receiver; return their addresses by fault, and the receivers by fault."""
    authority = Authority(tmp_path)
    monkeypatch.setattr("monitor.egress.transport.tls_context", authority.client)
    monkeypatch.setattr("monitor.egress.guard.socket.getaddrinfo", _look_up)
    started = {fault: Receiver(act) for fault, (act, *_) in PLAIN.items()}
    started["bad TLS"] = Receiver(answers(OK), is_rude=True)
    started["expired certificate"] = Receiver(answers(OK), tls=authority.server(NAME, days=(-9, -1)))
    started["wrong host"] = Receiver(answers(OK), tls=authority.server("other.example", days=(-1, 9)))
    started |= {f"well {number}": Receiver(answers(OK)) for number in range(WELL - 1)}
    started["well over TLS"] = Receiver(answers(OK), tls=authority.server(NAME, days=(-1, 9)))
    encrypted = {"bad TLS", "expired certificate", "wrong host", "well over TLS"}
    found = {
        fault: f"http{'s' * (fault in encrypted)}://{NAME}:{receiver.port}/hook"
        for fault, receiver in started.items()
    }
    with socket.create_server(("127.0.0.1", 0)) as closed:
        found["refuse"] = f"http://{NAME}:{closed.getsockname()[1]}/"
    found["no such name"] = "http://nobody.example/"
    yield found, started
    for receiver in started.values():
        receiver.close()


_getaddrinfo = socket.getaddrinfo


def _look_up(host, port, *given, **named):
    if host == "127.0.0.1":
        return _getaddrinfo(host, port, *given, **named)
    if host != NAME:
        raise socket.gaierror(-2, "Name or service not known")
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]


def test_every_fault_has_its_outcome_and_holds_up_no_other_channel(database, addresses, capsys):
    found, receivers = addresses
    with database.write() as session:
        for fault, url in found.items():
            settings = {"url": url, "allow_http": True}
            add_channel(session, fault, kind="webhook", settings=settings, secrets=SECRETS)
        raise_event(session, channels=tuple(found))
    policy = EgressPolicy(allowed_networks=(ip_network("127.0.0.0/8"),))
    kinds = {"webhook": WebhookChannel(Clients(policy, limits=Limits(total_seconds=3.0)))}
    begun = time.monotonic()
    deliver(database, kinds, secrets=BOX, now=NOW, owner="worker", generator=np.random.default_rng(1))
    outcomes = {fault: _outcome(database, fault) for fault in found}
    slowest = max(receivers[fault].arrivals[0] - begun for fault in found if fault.startswith("well"))
    expected = {fault: (wait, trouble) for fault, (_, wait, trouble) in PLAIN.items()}
    expected |= {fault: (wait, "") for fault, wait in OTHERS.items()}
    expected |= {fault: (None, "") for fault in found if fault.startswith("well")}
    wrong = {fault: outcomes[fault] for fault in found if not _is_so(outcomes[fault], expected[fault])}
    faults = len(PLAIN) + len(OTHERS)
    with capsys.disabled():
        sys.stdout.write(
            f"\nfaults={faults} as_contracted={faults - len(wrong)} others_slowest={slowest:.2f}s\n"
        )
    assert wrong == {}
    assert faults == 24
    assert slowest < 2.0


def _outcome(database, fault):
    """Return how long until the next try (None: it arrived, dead: there is none) and the trouble."""
    with database.read() as session:
        [delivery] = attempts.of_channel(session, fault)
        trouble = channels.get(session, fault).trouble
    if delivery.status is DeliveryStatus.DELIVERED:
        return None, trouble
    if delivery.status is DeliveryStatus.DEAD:
        return "dead", trouble
    return (delivery.due_at - delivery.attempts[0].ended_at) / timedelta(seconds=1), trouble


def _is_so(outcome, expected) -> bool:
    (wait, trouble), (wanted, told) = outcome, expected
    is_in_time = (
        wanted[0] <= wait <= wanted[1]
        if isinstance(wanted, tuple) and isinstance(wait, float)
        else wait == wanted
    )
    return is_in_time and trouble == told
