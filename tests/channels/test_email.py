"""E-mail: the headers of alerting.md 3.5, the same bytes each time, each refusal as it is meant."""

import contextlib
import re
import socket
import threading
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy

import numpy as np
import pytest

from monitor.channels import smtp
from monitor.channels.email import EmailChannel, checked_address
from monitor.channels.smtp import SmtpServer
from monitor.dev.receiver import build_receiver
from monitor.domain.alerting.alert import AlertEvent, EventType
from monitor.domain.alerting.channel import Channel
from monitor.domain.alerting.delivery import Message
from monitor.domain.alerting.history import History
from monitor.domain.alerting.native_event import channel_test, native_event
from monitor.domain.alerting.retry import Trouble
from monitor.domain.errors import DeliveryError, InvalidInput
from monitor.domain.scale import Concern
from tests.told import a_comms_check, every_message
from tests.told import a_message as full_message

NOW = datetime(2026, 11, 23, 1, 45, 30, tzinfo=UTC)
DESK = Channel(slug="desk", name="Desk", kind="email", settings={"recipients": ["desk@example.org"]})


def a_message(kind=EventType.FIRING, *, concern=Concern.CRITICAL, number=1, body=None, absorbed=(), **values):
    event = AlertEvent(
        fingerprint="ab12cd34ef56ab78", episode_id="0193", event_seq=number, type=kind, at=NOW,
        concern=concern, reason="crossed_up",
        body={"subject": {"slug": "goita", "name": "Assimi Goïta"}} | (body or {}),
    )  # fmt: skip
    data = native_event(event, message_id="msg_abc", first_concern=Concern.CRITICAL, absorbed=absorbed)
    return Message(**{
        "message_id": "msg_abc", "delivery_id": "d", "recipient": "desk@example.org", "formed_at": NOW,
        "episode_id": "0193", "events": (data,), "base_url": "https://desk.example", **values,
    })  # fmt: skip


def a_kind(host="127.0.0.1", port=1, **options):
    server = SmtpServer(host=host, port=port, **{"encryption": "none", **options})
    return EmailChannel(server, mail_from="Heatwatch Désk <watch@example.org>", mail_domain="example.org")


def mail(message, kind=None):
    body, content_type = (kind or a_kind()).render(DESK, message)
    assert content_type == "message/rfc822"
    return message_from_bytes(body, policy=policy.default)


def test_the_headers_are_those_of_the_contract():
    found = mail(a_message(previous_message_ids=("msg_first", "msg_second")))
    assert found["Message-ID"] == "<msg_abc@example.org>"
    assert found["In-Reply-To"] == "<episode.0193@example.org> <msg_second@example.org>"
    assert found["References"] == "<episode.0193@example.org> <msg_second@example.org>"
    assert found["Subject"] == "[CRITICAL] Assimi Goïta"
    assert found["Auto-Submitted"] == "auto-generated"
    assert found["X-Auto-Response-Suppress"] == "All"
    assert (found["From"], found["To"]) == ("Heatwatch Désk <watch@example.org>", "desk@example.org")
    assert found["Date"].datetime == NOW
    assert (found["Importance"], found["X-Priority"]) == ("high", "1")
    assert found["X-Alert-Event-Seq"] == "1"


def test_it_says_why_its_reader_gets_it_and_how_to_get_less():
    for recipient, reason in (("desk@example.org", "as a recipient of"), ("ben@example.org", "on duty or")):
        found = mail(a_message(recipient=recipient, route="sahel"))
        text = found.get_body(("plain",)).get_content()
        assert f"You get this {reason}" in text
        assert "The route “sahel” leads there." in text
        assert "To get less, silence it on its page" in text
        assert found["List-Unsubscribe"] is None
    assert "The route" not in mail(a_message()).get_body(("plain",)).get_content()


def test_a_subscriber_is_shown_the_page_that_ends_it_and_nothing_that_acts_at_a_click():
    channel = replace(DESK, settings={"recipients": ["desk@example.org", "subscribers"]})
    its_page = "<https://desk.example/subscription>"
    for recipient, page in (("ben@example.org", its_page), ("desk@example.org", None)):
        body, _ = a_kind().render(channel, a_message(recipient=recipient))
        found = message_from_bytes(body, policy=policy.default)
        assert found["List-Unsubscribe"] == page
        assert found["List-Unsubscribe-Post"] is None
        text = found.get_body(("plain",)).get_content().replace("\n", " ")
        assert ("change your wishes: https://desk.example/subscription" in text) is (page is not None)


def test_a_notice_hangs_on_a_name_that_a_message_id_may_hold():
    assert mail(every_message()["notice"])["References"] == "<episode.silence-7@example.org>"


def test_the_first_mail_of_an_episode_hangs_on_its_root():
    assert mail(a_message())["References"] == "<episode.0193@example.org>"


@pytest.mark.parametrize("concern", [Concern.NORMAL, Concern.WATCH, Concern.ELEVATED, Concern.HIGH])
def test_only_critical_is_important(concern):
    found = mail(a_message(concern=concern))
    assert (found["Importance"], found["X-Priority"]) == (None, None)


@pytest.mark.parametrize("kind", list(EventType))
def test_the_subject_stays_the_same_throughout_an_episode(kind):
    assert mail(a_message(kind, concern=Concern.HIGH))["Subject"] == "[CRITICAL] Assimi Goïta"


def test_an_exercise_is_marked_in_the_subject():
    found = mail(a_message(is_exercise=True))
    assert found["Subject"] == "[EXERCISE] [CRITICAL] Assimi Goïta"
    assert found.get_body(("plain",)).get_content().startswith("EXERCISE, EXERCISE, EXERCISE")


def test_a_test_is_marked_in_the_subject_and_hangs_on_nothing():
    event = channel_test(message_id="msg_abc", channel="Desk", at=NOW)
    found = mail(a_message(events=(event,), episode_id=""))
    assert (found["Subject"], found["References"]) == ("[TEST] Test of channel Desk", None)


def test_absorbed_events_are_named():
    found = mail(
        a_message(EventType.RESOLVED, number=3, absorbed=((1, EventType.FIRING), (2, EventType.FIRING)))
    )
    assert found["X-Alert-Absorbed"] == "1 2"


def test_text_and_html_are_both_there_and_the_bytes_are_always_the_same():
    found = mail(a_message())
    assert found.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in found.iter_parts()] == ["text/plain", "text/html"]
    assert a_kind().render(DESK, a_message()) == a_kind().render(DESK, a_message())
    assert a_kind().render(DESK, a_message())[0].isascii()


@pytest.mark.parametrize("name", ["Goïta\r\nBcc: all@example.org", "Goïta\nX: y", "a\x00b"])
def test_a_name_with_a_line_break_reaches_no_header(name):
    found = mail(a_message(body={"subject": {"name": name}}))
    assert found["Bcc"] is None
    assert found["Subject"] == "[CRITICAL] alert ab12cd34ef56ab78"
    assert "could not be laid out" in found.get_content()


@pytest.mark.parametrize(
    "address",
    ["", "desk", "desk@", "@example.org", "desk@example.org\r\nBcc: x@y", "a@b\n", "Desk <desk@example.org>",
     "a b@example.org", "a@example.org,b@example.org", "a@-x", "x" * 250 + "@example.org"],
)  # fmt: skip
def test_what_is_no_bare_address_is_refused(address):
    with pytest.raises(InvalidInput):
        checked_address(address)
    with pytest.raises(InvalidInput):
        a_kind().recipients(replace(DESK, settings={"recipients": [address]}))
    with pytest.raises(DeliveryError) as caught:
        a_kind().send(DESK, a_message(recipient=address), b"", now=NOW)
    assert caught.value.permanent


@pytest.mark.parametrize("given", [None, [], "desk@example.org"])
def test_recipients_are_a_list(given):
    with pytest.raises(InvalidInput):
        a_kind().recipients(replace(DESK, settings={"recipients": given}))


def test_each_recipient_counts_once():
    settings = {"recipients": ["a@example.org", "b@example.org", "a@example.org"]}
    assert a_kind().recipients(replace(DESK, settings=settings)) == ("a@example.org", "b@example.org")


@pytest.fixture(scope="module")
def receiver(tmp_path_factory):
    with build_receiver(tmp_path_factory.mktemp("receiver")) as running:
        yield running


def deliver(receiver, recipient):
    kind = a_kind(*receiver.smtp_address)
    message = a_message(recipient=recipient)
    body, _ = kind.render(DESK, message)
    return body, kind.send(DESK, message, body, now=NOW)


def test_a_real_server_gets_the_frozen_bytes(receiver):
    body, receipt = deliver(receiver, "frozen@example.org")
    arrival = next(each for each in receiver.arrivals.all() if each.target == "frozen@example.org")
    assert receiver.arrivals.body(arrival) == body
    assert (arrival.message_id, arrival.episode_id, arrival.event_seq) == ("msg_abc", "0193", 1)
    assert (receipt.status_code, receipt.remote_address) == (250, "127.0.0.1")


@pytest.mark.parametrize(
    "recipient,code,is_final",
    [("fail-550@example.org", 550, True), ("fail-450@example.org", 450, False),
     ("fail-554-data@example.org", 554, True), ("fail-451-data@example.org", 451, False)],
)  # fmt: skip
def test_5xx_is_final_for_that_recipient_and_4xx_is_tried_again(receiver, recipient, code, is_final):
    with pytest.raises(DeliveryError) as caught:
        deliver(receiver, recipient)
    error = caught.value
    assert (error.status_code, error.permanent, error.trouble) == (code, is_final, "")


@contextlib.contextmanager
def scripted(*answers):
    """A mail server that says these lines, one after each command, then hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve():
            connection, _ = listener.accept()
            with connection, connection.makefile("rb") as lines, contextlib.suppress(OSError):
                for answer in answers:
                    connection.sendall(answer + b"\r\n")
                    lines.readline()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()
        thread.join(5)


OPENING = (b"220 hello", b"250-desk\r\n250-STARTTLS\r\n250 AUTH PLAIN")


def send_to(address, **options):
    with pytest.raises(DeliveryError) as caught:
        a_kind(*address, **options).send(DESK, a_message(), b"Subject: x\r\n\r\nx\r\n", now=NOW)
    return caught.value


def test_a_server_that_is_closing_is_tried_again():
    with scripted(b"421 closing") as address:
        error = send_to(address)
    assert (error.status_code, error.permanent, error.trouble) == (421, False, "")


def test_a_refused_password_is_an_admins_matter_and_tried_again():
    with scripted(*OPENING, b"535 wrong", b"221 bye") as address:
        error = send_to(address, user="desk", password="word")
    assert (error.status_code, error.permanent, error.trouble) == (535, False, Trouble.MISCONFIGURED)
    assert "word" not in repr(SmtpServer(host="h", password="word"))


def test_a_refused_sender_is_an_admins_matter():
    with scripted(*OPENING, b"553 not you", b"250 reset", b"221 bye") as address:
        error = send_to(address)
    assert (error.status_code, error.permanent, error.trouble) == (553, False, Trouble.MISCONFIGURED)


def test_without_the_encryption_asked_for_nothing_is_sent():
    with scripted(b"220 hello", b"250 desk", b"221 bye") as address:
        error = send_to(address, encryption="starttls")
    assert (error.permanent, error.trouble) == (False, Trouble.MISCONFIGURED)


def test_a_connection_cut_before_the_answer_is_tried_again():
    with scripted(*OPENING, b"250 ok", b"250 ok", b"354 go on") as address:
        error = send_to(address)
    assert (error.permanent, error.status_code) == (False, None)


def test_a_goodbye_that_fails_does_not_undo_what_was_taken():
    with scripted(*OPENING, b"250 ok", b"250 ok", b"354 go on") as address:
        # One line of body a command: the last answer is sent after the body's first line was read.
        send_to(address)
    with scripted(*OPENING, b"250 ok", b"250 ok", b"354 go on\r\n250 taken") as address:
        receipt = a_kind(*address).send(DESK, a_message(), b"x\r\n", now=NOW)
    assert receipt.status_code == 250


def test_silence_is_a_timeout(monkeypatch):
    monkeypatch.setattr(smtp, "TOTAL_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        error = send_to(silent.getsockname())
    assert error.is_timeout


def test_nobody_there_is_tried_again():
    with socket.create_server(("127.0.0.1", 0)) as closed:
        address = closed.getsockname()
    assert not send_to(address).permanent


def test_a_comms_check_asks_for_an_answer_on_its_page():
    found = mail(a_comms_check(recipient="desk@example.org"))
    assert found["Subject"] == "[COMMS CHECK] Operations"
    page = "https://desk.example/comms-checks/msg_abc"
    for kind in ("plain", "html"):
        assert page in found.get_body((kind,)).get_content()


def test_the_chart_is_a_part_of_the_mail_and_nothing_is_fetched_from_elsewhere():
    history = History(
        ends=np.array([0, 86_400, 172_800]), values=np.array([100.0, 200.0, 300.0]), edges={"critical": 250.0}
    )
    message = full_message(recipient="desk@example.org", history=history)
    found = mail(message)
    _, related = found.iter_parts()
    html, picture = related.iter_parts()
    assert picture.get_content_type() == "image/png"
    assert picture.get_content().startswith(b"\x89PNG")
    assert picture.get_content_disposition() == "inline"
    source = re.findall(r'<img src="([^"]+)"[^>]* alt="([^"]+)"', html.get_content())
    assert source == [
        (f"cid:{picture['Content-ID'].strip('<>')}", "3 values since 1 Jan 1970: lowest 100, highest 300")
    ]
    assert a_kind().render(DESK, message) == a_kind().render(DESK, message)


def test_a_mail_about_several_alerts_shows_the_values_of_the_worst():
    history = History(
        ends=np.array([0, 86_400, 172_800]), values=np.array([100.0, 200.0, 300.0]), edges={"critical": 250.0}
    )
    group = replace(every_message()["group"], recipient="desk@example.org", history=history)
    _, related = mail(group).iter_parts()
    html, picture = related.iter_parts()
    assert picture.get_content().startswith(b"\x89PNG")
    assert 'alt="Fuel price: 3 values since 1 Jan 1970: lowest 100, highest 300"' in html.get_content()


def test_a_chart_that_cannot_be_drawn_leaves_the_mail_as_it_is():
    broken = History(ends=np.array([0]), values=np.array([np.nan]), edges={})
    found = mail(full_message(recipient="desk@example.org", history=broken))
    assert [part.get_content_type() for part in found.iter_parts()] == ["text/plain", "text/html"]
    assert "<img" not in found.get_body(("html",)).get_content()


@pytest.mark.parametrize("name", every_message())
def test_whatever_is_told_makes_a_mail_of_text_and_html_that_fetches_nothing(name):
    found = mail(replace(every_message()[name], recipient="desk@example.org"))
    assert found["Subject"]
    assert found.get_body(("plain",)).get_content().strip()
    html = found.get_body(("html",))
    assert (html is None) is (name == "broken")
    if html is not None:
        assert re.findall(r'(?:src|background)="(?!cid:)', html.get_content()) == []
