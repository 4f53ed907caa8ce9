"""Mail from alert event to mailbox: a real SMTP server with STARTTLS and login, threaded by its headers."""

import ssl
from datetime import timedelta
from email import message_from_bytes, policy

import numpy as np
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from monitor.channels.email import EmailChannel
from monitor.channels.smtp import SmtpServer
from monitor.domain.alerting.alert import EventType
from monitor.domain.person import Role
from monitor.domain.scale import Concern
from monitor.services.change_person import set_reading
from monitor.services.deliver import deliver
from monitor.storage import attempts, people
from tests.services.alert_rows import BOX, NOW, add_channel, raise_event

YEARS = timedelta(days=5000)
USER, PASSWORD = "desk", "correct horse"
DESK, HEAD = "desk@example.org", "head@example.org"


class Mailbox:
    """Keeps what it is sent, over which encryption and by whom; refuses as often as it is told to."""

    def __init__(self):
        self.arrived, self.refusals = [], []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 (aiosmtpd's name)
        if self.refusals:
            return self.refusals.pop(0)
        mail = message_from_bytes(envelope.original_content, policy=policy.default)
        self.arrived.append((envelope.rcpt_tos[0], mail, session.ssl is not None, session.authenticated))
        return "250 kept"


class OnAnyPort(Controller):
    """Takes any port that is free, and knows which once it listens."""

    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for localhost that only this test trusts, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(NOW - YEARS).not_valid_after(NOW + YEARS)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture
def server(certificate):
    """A mail server that takes nothing before STARTTLS and a login."""
    box = Mailbox()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)

    def login(server, session, envelope, mechanism, data):
        is_known = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=is_known, handled=False)

    controller = OnAnyPort(
        box, hostname="localhost", port=0, tls_context=context, require_starttls=True, auth_required=True,
        auth_require_tls=True, authenticator=login, ready_timeout=60,
    )  # fmt: skip
    controller.start()
    box.port = controller.port
    yield box
    controller.stop()


@pytest.fixture
def kind(server, certificate):
    smtp = SmtpServer(
        host="localhost", port=server.port, user=USER, password=PASSWORD, encryption="starttls",
        tls=ssl.create_default_context(cafile=certificate),
    )  # fmt: skip
    return EmailChannel(smtp, mail_from="Desk <watch@example.org>", mail_domain="example.org")


@pytest.fixture
def database(database):
    with database.write() as session:
        add_channel(session, "mail", kind="email", settings={"recipients": [DESK, HEAD]})
    return database


def run(database, kind, *, now=NOW):
    return deliver(
        database, {"email": kind}, secrets=BOX, now=now, owner="worker", base_url="https://desk.example",
        generator=np.random.default_rng(1), stopwatch=lambda: 0.0,
    )  # fmt: skip


def happen(database, number, event, concern=Concern.CRITICAL, **options):
    with database.write() as session:
        raise_event(session, number, event, concern=concern, channels=("mail",), **options)


def to(server, recipient):
    return [mail for each, mail, *_ in server.arrived if each == recipient]


def test_an_episode_is_one_thread_in_each_mailbox(database, server, kind):
    story = (EventType.FIRING, EventType.CONCERN_RAISED, EventType.RESOLVED)
    for number, event in enumerate(story, start=1):
        concern = Concern.NORMAL if event is EventType.RESOLVED else Concern.CRITICAL
        happen(database, number, event, concern)
        assert run(database, kind, now=NOW + timedelta(minutes=number)).delivered == 2
    assert {(is_tls, is_known) for _, _, is_tls, is_known in server.arrived} == {(True, True)}
    for recipient in (DESK, HEAD):
        first, second, third = to(server, recipient)
        root = "<episode.e1@example.org>"
        assert first["References"].split() == [root]
        assert second["References"].split() == [root, first["Message-ID"]]
        assert third["References"].split() == [root, second["Message-ID"]]
        assert [mail["In-Reply-To"] for mail in (first, second, third)] == [
            mail["References"] for mail in (first, second, third)
        ]
        assert {mail["Subject"] for mail in (first, second, third)} == {"[CRITICAL] Assimi Goïta"}
        assert {mail["To"] for mail in (first, second, third)} == {recipient}
    assert len({mail["Message-ID"] for _, mail, *_ in server.arrived}) == 6


def test_each_reader_is_written_to_in_their_own_language(database, server, kind):
    with database.write() as session:
        people.add(session, email=HEAD, name="Head", role=Role.ADMIN, password_hash="x", now=NOW)
        set_reading(session, email=HEAD, language="fr", zone="Africa/Bamako", actor="ana", now=NOW)
    happen(database, 1, EventType.FIRING)
    assert run(database, kind).delivered == 2
    [french], [english] = to(server, HEAD), to(server, DESK)
    assert (french["Subject"], english["Subject"]) == ("[CRITIQUE] Assimi Goïta", "[CRITICAL] Assimi Goïta")
    text = french.get_body(("plain",)).get_content()
    assert "Personne n’a acquitté." in text
    assert "Vous recevez ce message comme destinataire du canal" in text


def test_a_new_episode_is_a_new_thread(database, server, kind):
    happen(database, 1, EventType.FIRING)
    happen(database, 1, EventType.FIRING, episode="e2", alert="b" * 16)
    run(database, kind, now=NOW + timedelta(minutes=1))
    assert {mail["References"] for mail in to(server, DESK)} == {
        "<episode.e1@example.org>", "<episode.e2@example.org>",
    }  # fmt: skip


def test_a_mail_that_is_tried_again_is_the_same_mail(database, server, kind):
    happen(database, 1, EventType.FIRING)
    server.refusals = ["451 later", "451 later"]
    assert run(database, kind).retried == 2
    assert server.arrived == []
    assert run(database, kind, now=NOW + timedelta(minutes=5)).delivered == 2
    with database.read() as session:
        stored = {each.recipient: each for each in attempts.of_episode(session, "e1")}
    for recipient in (DESK, HEAD):
        [mail] = to(server, recipient)
        assert mail["Message-ID"] == f"<{stored[recipient].message_id}@example.org>"
        assert [each.status_code for each in stored[recipient].attempts] == [451, 250]


def test_a_certificate_nobody_vouches_for_gets_no_mail_and_no_password(database, server, kind):
    happen(database, 1, EventType.FIRING)
    stranger = EmailChannel(
        SmtpServer(host="localhost", port=server.port, user=USER, password=PASSWORD),
        mail_from="watch@example.org", mail_domain="example.org",
    )  # fmt: skip
    assert run(database, stranger).retried == 2
    assert server.arrived == []


def test_a_wrong_password_is_an_admins_matter(database, server, kind, certificate):
    happen(database, 1, EventType.FIRING)
    wrong = SmtpServer(
        host="localhost", port=server.port, user=USER, password="wrong",
        tls=ssl.create_default_context(cafile=certificate),
    )  # fmt: skip
    run(database, EmailChannel(wrong, mail_from="watch@example.org", mail_domain="example.org"))
    with database.read() as session:
        stored = attempts.of_episode(session, "e1")
    assert {each.attempts[0].status_code for each in stored} == {535}
