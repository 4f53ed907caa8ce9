"""Six ways a mail server goes wrong, over real sockets: each recipient has an outcome of its own."""

import sys
from datetime import timedelta

import numpy as np
import pytest

from monitor.channels.email import EmailChannel
from monitor.channels.smtp import SmtpServer
from monitor.domain.alerting.delivery import DeliveryStatus
from monitor.domain.alerting.retry import Trouble
from monitor.services.deliver import deliver
from monitor.storage import attempts, channels
from monitor.storage.engine import open_database
from tests.reliability.mailing import MailFault, MailServer
from tests.services.alert_rows import BOX, NOW, add_channel, raise_event

EVERYBODY = [f"{name}@example.org" for name in ("ana", "bintou", "carl", "dina", "emil")]
ONE = "carl@example.org"
LATER = NOW + timedelta(minutes=10)
WELL, RETRIED, DEAD = DeliveryStatus.DELIVERED, DeliveryStatus.FORMED, DeliveryStatus.DEAD
BAD = Trouble.MISCONFIGURED
# What the server does, how mail is sent to it, what becomes of everybody, of the one, what admins hear.
FAULTS = {
    "421": (MailFault(greeting=b"421 closing"), {}, RETRIED, RETRIED, ""),
    "450 for one": (MailFault(recipients={ONE: b"450 try later"}), {}, WELL, RETRIED, ""),
    "550 for one": (MailFault(recipients={ONE: b"550 no such user"}), {}, WELL, DEAD, ""),
    "hangs up after one's mail": (MailFault(drops=frozenset({ONE})), {}, WELL, RETRIED, ""),
    "STARTTLS refused": (
        MailFault(answers={"STARTTLS": b"454 not now"}), {"encryption": "starttls"}, RETRIED, RETRIED, ""
    ),
    "sign-in refused": (
        MailFault(answers={"AUTH": b"535 wrong"}), {"user": "desk", "password": "word"}, RETRIED, RETRIED, BAD
    ),
}  # fmt: skip


@pytest.fixture
def server():
    server = MailServer()
    yield server
    server.close()


@pytest.fixture
def database(sqlite_url):
    opened = open_database(sqlite_url)
    yield opened
    opened.dispose()


@pytest.mark.parametrize("times", [1, pytest.param(20, marks=pytest.mark.reliability)])
@pytest.mark.parametrize("name", FAULTS)
def test_each_recipient_has_an_outcome_of_its_own_and_a_retry_is_the_same_mail(
    database, server, name, times, capsys
):
    fault, options, others, one, trouble = FAULTS[name]
    with database.write() as session:
        for number in range(times):
            add_channel(session, f"mail-{number}", kind="email", settings={"recipients": EVERYBODY})
        raise_event(session, channels=tuple(f"mail-{number}" for number in range(times)))
    server.fault = fault
    _deliver(database, server, now=NOW, **options)
    found = _found(database, times)
    assert _statuses(found) == {(each, one if each == ONE else others) for each in EVERYBODY}
    assert {_trouble(database, number) for number in range(times)} == {trouble}
    server.fault = MailFault()
    _deliver(database, server, now=LATER)
    again = _found(database, times)
    same = {each.id: (each.message_id, each.body_sha256) for each in found}
    assert {each.id: (each.message_id, each.body_sha256) for each in again} == same
    assert _statuses(again) == {(each, one if each == ONE and one is DEAD else WELL) for each in EVERYBODY}
    read = set(server.read)
    lost = times * (len(EVERYBODY) - (one is DEAD)) - len(read)
    with capsys.disabled():
        if times > 1:
            sys.stdout.write(
                f"\nmail={name.replace(' ', '-')} mails={times * len(EVERYBODY)} lost={lost} "
                f"dup={len(server.read) - len(read)} dead={sum(each.status is DEAD for each in again)}\n"
            )
    assert lost == 0
    assert len(server.read) - len(read) == (times if fault.drops else 0)


def _deliver(database, server, *, now, **options):
    reached = SmtpServer(host="127.0.0.1", port=server.port, **{"encryption": "none", **options})
    kind = EmailChannel(reached, mail_from="desk@example.org", mail_domain="example.org")
    # The clock stands: on a slow machine nothing is tried a second time meanwhile.
    deliver(
        database, {"email": kind}, secrets=BOX, now=now, owner="worker", stopwatch=lambda: 0.0,
        generator=np.random.default_rng(1),
    )  # fmt: skip


def _found(database, times):
    with database.read() as session:
        return [each for number in range(times) for each in attempts.of_channel(session, f"mail-{number}")]


def _statuses(found):
    return {(each.recipient, each.status) for each in found}


def _trouble(database, number):
    with database.read() as session:
        return channels.get(session, f"mail-{number}").trouble
