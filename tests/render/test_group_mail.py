"""A mail about several alerts: the worst first, each with its link, what had no room counted."""

from dataclasses import replace
from email import message_from_bytes, policy

import pytest

from monitor.channels.email import EmailChannel
from monitor.channels.smtp import SmtpServer
from monitor.domain.alerting.alert import EventType
from monitor.domain.scale import Concern
from monitor.render.messages import Mail, mail
from tests import told
from tests.factories import a_channel

SERVER = SmtpServer(host="127.0.0.1", port=1, user="", password="", encryption="none")


def events():
    return (
        told.native(concern=Concern.HIGH, fingerprint="1" * 16),
        told.native(concern=Concern.CRITICAL, fingerprint="2" * 16),
        told.native(EventType.RESOLVED, number=4, fingerprint="3" * 16),
    )


def a_group(*given, **values):
    return replace(told.a_message(*(given or events())), group_key="default", **values)


def test_the_worst_comes_first_and_each_has_its_link():
    said = mail(a_group())
    assert said.problem == ""
    assert said.subject.startswith("[CRITICAL] 3 alerts: ")
    places = [said.text.find(f"/alerts/{number * 16}") for number in "213"]
    assert -1 not in places
    assert places == sorted(places)
    assert all(said.html.count(f"/alerts/{number * 16}") == 1 for number in "123")


def test_what_had_no_room_is_counted():
    said = mail(a_group(truncated=400))
    assert "403 alerts" in said.subject
    assert "And 400 more events" in said.text
    assert "And 400 more events" in said.html


def test_a_rehearsal_is_marked():
    assert mail(a_group(is_exercise=True)).subject.startswith("[EXERCISE] [CRITICAL] 3 alerts")


def test_several_events_of_one_alert_are_the_usual_mail_at_its_latest():
    first = told.native(concern=Concern.HIGH)
    raised = told.native(EventType.CONCERN_RAISED, number=2)
    alone, both = mail(a_group(raised)), mail(a_group(first, raised))
    assert (both.subject, both.text) == (alone.subject, alone.text)


def test_a_fault_in_the_layout_still_names_every_alert(monkeypatch):
    monkeypatch.setattr("monitor.render.messages.group_view", lambda _: 1 / 0)
    said = mail(a_group())
    assert "ZeroDivisionError" in said.problem
    assert said.text.count("Also: ") == 2


def test_the_mail_hangs_on_the_threads_of_its_episodes_and_names_its_events():
    kind = EmailChannel(SERVER, mail_from="desk@example.org", mail_domain="desk.example")
    message = a_group(recipient="a@example.org")
    body, _ = kind.render(a_channel(kind="email"), message)
    found = message_from_bytes(body, policy=policy.default)
    roots = [f"<episode.0193-{number * 4}@desk.example>" for number in "123"]
    assert found["References"].split() == roots
    assert found["X-Alert-Events"].split() == ["0193-1111#1", "0193-2222#1", "0193-3333#4"]
    assert found["Importance"] == "high"


NAMES = "Fuel price, Bamako; Coup attempt, Mali; Assimi Goïta; People shut in by blockade, Kayes"


@pytest.mark.parametrize("length", range(1, len(NAMES.split()) + 1))
def test_a_subject_of_any_length_is_read_back_as_it_is(length, monkeypatch):
    subject = "[EXERCISE] [CRITICAL] 4 alerts: " + " ".join(NAMES.split()[:length])
    monkeypatch.setattr("monitor.channels.email.mail", lambda *_, **__: Mail(subject=subject, text="x"))
    kind = EmailChannel(SERVER, mail_from="desk@example.org", mail_domain="desk.example")
    body, _ = kind.render(a_channel(kind="email"), a_group(recipient="a@example.org"))
    assert message_from_bytes(body, policy=policy.default)["Subject"] == subject
    assert max(map(len, body.split(b"\r\n\r\n")[0].split(b"\r\n"))) <= 100
