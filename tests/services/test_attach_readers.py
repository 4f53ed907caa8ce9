"""Readers: their own language and time zone where they have an account, else the channel's language."""

from email import message_from_bytes, policy

import pytest

from monitor.channels.email import EmailChannel
from monitor.channels.smtp import SmtpServer
from monitor.domain.errors import InvalidInput
from monitor.domain.person import Role
from monitor.services.attach_readers import attach_readers
from monitor.services.change_person import set_reading
from monitor.storage import audit, people
from tests.factories import a_channel
from tests.told import NOW, a_message

AWA, STRANGER = "awa@example.org", "stranger@example.org"


@pytest.fixture
def database(database):
    with database.write() as session:
        people.add(session, email=AWA, name="Awa", role=Role.DESK, password_hash="x", now=NOW)
        set_reading(session, email=AWA, language="fr", zone="Europe/Paris", actor="ana", now=NOW)
    return database


def test_a_french_reader_gets_french_and_a_stranger_the_channel_s_language(database):
    channel = a_channel("mail", kind="email", settings={"recipients": [AWA, STRANGER]})
    french = a_channel("chat", kind="slack", settings={"language": "fr"})
    messages = {
        "awa": a_message(recipient="Awa@example.org"),
        "stranger": a_message(recipient=STRANGER),
        "chat": a_message(recipient="chat"),
    }
    with database.read() as session:
        found = attach_readers(session, messages, {"awa": channel, "stranger": channel, "chat": french})
        [entry] = audit.find_all(session, target=AWA)
    assert {name: (each.language, each.zone) for name, each in found.items()} == {
        "awa": ("fr", "Europe/Paris"), "stranger": ("en", "UTC"), "chat": ("fr", "UTC"),
    }  # fmt: skip
    assert entry.after == {"language": "fr", "zone": "Europe/Paris"}
    kind = EmailChannel(SmtpServer(host="localhost", port=25), mail_from="w@example.org", mail_domain="x.org")
    body, _ = kind.render(channel, found["awa"])
    mail = message_from_bytes(body, policy=policy.default)
    assert mail["Subject"] == "[CRITIQUE] Fuel price, Bamako"
    text = mail.get_body(("plain",)).get_content()
    assert "CRITIQUE active depuis le dim. 22 nov., 23:45 CET" in text
    assert "parce que vous êtes de permanence ou abonné au canal" in text
    plain = message_from_bytes(kind.render(channel, found["stranger"])[0], policy=policy.default)
    assert plain["Subject"] == "[CRITICAL] Fuel price, Bamako"


def test_what_is_unknown_is_refused(database):
    with database.write() as session:
        with pytest.raises(InvalidInput, match="there is no language 'xx'; there is en, fr"):
            set_reading(session, email=AWA, language="xx", actor="ana", now=NOW)
        with pytest.raises(InvalidInput, match="no IANA time zone"):
            set_reading(session, email=AWA, zone="Mars/Olympus", actor="ana", now=NOW)
