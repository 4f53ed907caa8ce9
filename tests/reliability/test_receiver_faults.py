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
from tests.reliability.faulty import (
    NAME,
    OK,
    Authority,
    Receiver,
    answers,
    bombs,
    drips,
    hangs,
    resets,
    status,
)
from tests.services.alert_rows import BOX, NOW, add_channel, raise_event

SECRETS = {"signing_secret": "whsec_" + "A" * 43 + "="}
WELL = 10
# How many messages each well channel has, and how long a request may take.
SMALL, LARGE = (1, 2.0), (5, 3.0)
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
    "gzip bomb": (bombs, None, ""),
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
    faulty.bomb()
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


@pytest.mark.parametrize("each,seconds", [SMALL, pytest.param(*LARGE, marks=pytest.mark.reliability)])
def test_every_fault_has_its_outcome_and_holds_up_no_other_channel(
    database, addresses, each, seconds, capsys
):
    found, receivers = addresses
    well = tuple(fault for fault in found if fault.startswith("well"))
    with database.write() as session:
        for fault, url in found.items():
            settings = {"url": url, "allow_http": True}
            add_channel(session, fault, kind="webhook", settings=settings, secrets=SECRETS, per_minute=0)
        raise_event(session, channels=tuple(found))
        for number in range(1, each):
            raise_event(session, alert=f"{number:016x}", episode=f"w{number}", channels=well)
    begun = _deliver(database, seconds=seconds)
    outcomes = {fault: _outcome(database, fault) for fault in found if fault not in well}
    expected = {fault: (wait, trouble) for fault, (_, wait, trouble) in PLAIN.items()}
    expected |= {fault: (wait, "") for fault, wait in OTHERS.items()}
    wrong = {fault: outcomes[fault] for fault in outcomes if not _is_so(outcomes[fault], expected[fault])}
    delays = sorted(at - begun for fault in well for at in receivers[fault].arrivals)
    p99 = delays[int(0.99 * len(delays))]
    if each > 1:
        with capsys.disabled():
            sys.stdout.write(
                f"\nfaults={len(expected)} as_contracted={len(expected) - len(wrong)} "
                f"others={len(delays)} others_p50={delays[len(delays) // 2]:.2f}s others_p99={p99:.2f}s\n"
            )
        assert p99 < 2.0
    assert wrong == {}
    assert len(expected) == 24
    assert len(delays) == WELL * each


@pytest.mark.parametrize("each,seconds", [SMALL, pytest.param(*LARGE, marks=pytest.mark.reliability)])
def test_one_channel_of_twenty_that_hangs_holds_up_no_other(database, each, seconds, capsys):
    receivers = {f"well-{number:02}": Receiver(answers(OK)) for number in range(19)}
    receivers["a-stuck"] = Receiver(hangs)
    with database.write() as session:
        for slug, receiver in receivers.items():
            settings = {"url": f"http://127.0.0.1:{receiver.port}/", "allow_http": True}
            add_channel(session, slug, kind="webhook", settings=settings, secrets=SECRETS, per_minute=0)
        for number in range(each):
            raise_event(session, alert=f"{number:016x}", episode=f"w{number}", channels=tuple(receivers))
    try:
        begun = _deliver(database, seconds=seconds)
    finally:
        for receiver in receivers.values():
            receiver.close()
    stuck = receivers.pop("a-stuck")
    delays = sorted(at - begun for receiver in receivers.values() for at in receiver.arrivals)
    if each > 1:
        with capsys.disabled():
            sys.stdout.write(f"\nhanging=1 of=20 others={len(delays)} others_slowest={delays[-1]:.2f}s\n")
        assert delays[-1] < 5.0
    assert len(delays) == 19 * each
    assert 0 < len(stuck.arrivals) <= 5
    with database.read() as session:
        assert {found.status for found in attempts.of_channel(session, "a-stuck")} == {DeliveryStatus.FORMED}


def _deliver(database, *, seconds):
    """Deliver what is due with requests of so many seconds at most; return when that began.

    The clock stands: on a slow machine nothing is tried a second time meanwhile.
    """
    policy = EgressPolicy(allowed_networks=(ip_network("127.0.0.0/8"),))
    clients = Clients(policy, limits=Limits(total_seconds=seconds))
    begun = time.monotonic()
    try:
        deliver(
            database, {"webhook": WebhookChannel(clients)}, secrets=BOX, now=NOW, owner="worker",
            generator=np.random.default_rng(1), stopwatch=lambda: 0.0,
        )  # fmt: skip
    finally:
        clients.close()
    return begun


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
