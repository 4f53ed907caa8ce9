"""The receiver: keeps everything that arrives, answers as told, and shows it without running any of it."""

import base64
import hashlib
import hmac
import smtplib
import time
from email.message import EmailMessage

import httpx
import orjson
import pytest

from monitor.dev.arrivals import INDEX, Arrivals, duplicates
from monitor.dev.receiver import build_receiver
from monitor.dev.signature import check_signature

KEY = bytes(range(32))
SECRET = "whsec_" + base64.b64encode(KEY).decode()
EVENT = {
    "type": "alert.firing",
    "data": {
        "episodeId": "e1",
        "eventSeq": 2,
        "absorbed": [1],
        "exercise": True,
        "concernName": "high",
        "subject": {"name": "<b>Goïta</b>"},
    },
}


@pytest.fixture
def receiver(tmp_path):
    with build_receiver(tmp_path) as running:
        yield running


def signed(body, *, message_id="msg_a", key=KEY, at=None):
    stamp = str(int(at or time.time()))
    digest = hmac.new(key, f"{message_id}.{stamp}.".encode() + body, hashlib.sha256).digest()
    signature = f"v1,{base64.b64encode(digest).decode()}"
    return {"webhook-id": message_id, "webhook-timestamp": stamp, "webhook-signature": signature}


def post(receiver, path="/hook/desk", event=None, **options):
    body = orjson.dumps(event or EVENT)
    return httpx.post(receiver.url + path, content=body, headers=signed(body), **options)


def a_mail(receiver, html="<h1>Hot</h1><script>x</script>", to="desk@example.org"):
    mail = EmailMessage()
    mail["Subject"], mail["To"], mail["From"] = "[EXERCISE] [HIGH] Fuel", to, "watch@example.org"
    mail["Message-ID"], mail["References"] = (
        "<msg_m@example.org>",
        "<episode.e9@example.org> <msg_l@example.org>",
    )
    mail["X-Alert-Event-Seq"] = "4"
    mail.set_content("plain words")
    mail.add_alternative(html, subtype="html")
    with smtplib.SMTP(*receiver.smtp_address) as server:
        server.send_message(mail)


def test_a_webhook_is_kept_as_the_oracle_needs_it(receiver, tmp_path):
    assert post(receiver).status_code == 200
    [line] = (tmp_path / INDEX).read_bytes().splitlines()
    kept = orjson.loads(line)
    wanted = {
        "message_id": "msg_a", "episode_id": "e1", "event_seq": 2, "absorbed": [1], "target": "/hook/desk",
        "body_sha256": hashlib.sha256(orjson.dumps(EVENT)).hexdigest(), "is_accepted": True,
        "is_exercise": True,
    }  # fmt: skip
    assert {name: kept[name] for name in wanted} == wanted
    assert kept["arrival"].endswith("Z")


def test_a_mail_is_kept_with_what_its_headers_say(receiver):
    a_mail(receiver)
    [arrival] = receiver.arrivals.all()
    assert (arrival.kind, arrival.target, arrival.message_id) == ("mail", "desk@example.org", "msg_m")
    assert (arrival.episode_id, arrival.event_seq, arrival.is_exercise) == ("e9", 4, True)


def test_what_arrived_before_is_still_there_after_a_restart(receiver, tmp_path):
    post(receiver)
    with (tmp_path / INDEX).open("ab") as file:
        file.write(b'{"number": 2, "cut off')
    assert Arrivals(tmp_path).all() == receiver.arrivals.all()


def test_the_same_message_again_is_a_duplicate_once_it_was_accepted(receiver):
    for path in ("/fail/503", "/hook/desk", "/hook/desk", "/hook/other"):
        post(receiver, path)
    assert duplicates(receiver.arrivals.all()) == {3}


@pytest.mark.parametrize(
    "trusted,tamper,word",
    [
        ([SECRET], False, "verified"),
        (["whsec_AAAA", SECRET], False, "verified"),
        ([SECRET], True, "wrong"),
        (["whsec_AAAA"], False, "wrong"),
        ([], False, "no secret known"),
    ],
)
def test_a_signature_is_checked_with_the_secrets_it_was_given(receiver, trusted, tamper, word):
    for secret in trusted:
        receiver.trust(secret)
    body = orjson.dumps(EVENT)
    httpx.post(receiver.url + "/hook/desk", content=body + b" " * tamper, headers=signed(body))
    assert receiver.arrivals.all()[0].signature == word


def test_an_old_or_missing_signature_is_told_apart():
    headers = signed(b"{}", at=1_000_000_000)
    assert check_signature(headers, b"{}", secrets=[SECRET], now_seconds=1_000_000_301) == "too old"
    assert check_signature(headers, b"{}", secrets=[SECRET], now_seconds=1_000_000_300) == "verified"
    assert check_signature({}, b"{}", secrets=[SECRET], now_seconds=0) == "not signed"
    broken = headers | {"webhook-signature": "garbage v1 v1,*** v2,AAAA"}
    assert check_signature(broken, b"{}", secrets=[SECRET], now_seconds=1_000_000_000) == "wrong"


@pytest.mark.parametrize("status", [400, 410, 429, 503])
def test_a_path_may_say_how_it_fails(receiver, status):
    answer = post(receiver, f"/fail/{status}?retry-after=7")
    assert (answer.status_code, answer.headers["retry-after"]) == (status, "7")
    assert not receiver.arrivals.all()[0].is_accepted


def test_a_path_may_fail_at_first(receiver):
    answers = [post(receiver, "/fail/503/2/name").status_code for _ in range(3)]
    assert answers == [503, 503, 200]


def test_a_path_may_hang_break_off_or_say_too_much(receiver):
    with pytest.raises(httpx.ReadTimeout):
        post(receiver, "/hang", timeout=0.2)
    with pytest.raises(httpx.TransportError):
        post(receiver, "/reset")
    with pytest.raises(httpx.ReadTimeout):
        post(receiver, "/slow", timeout=0.1)
    assert post(receiver, "/moved").status_code == 302
    assert len(post(receiver, "/big").content) == 5 * 1024 * 1024


def test_the_page_counts_and_marks_what_arrived(receiver):
    receiver.trust(SECRET)
    post(receiver)
    post(receiver)
    page = httpx.get(receiver.url).text
    for words in ("2 messages arrived", "Exercise", "Duplicate", "verified", "&lt;b&gt;Goïta"):
        assert words in page
    assert page.index("/arrivals/2") < page.index("/arrivals/1")
    assert "<script" not in page
    assert "style=" not in page


def test_the_page_before_anything_arrived_says_where_to_send(receiver):
    assert f"{receiver.url}/hook/desk" in httpx.get(receiver.url).text


def test_a_mail_is_shown_as_text_and_laid_out_in_a_sandbox(receiver):
    a_mail(receiver)
    page = httpx.get(receiver.url + "/arrivals/1")
    assert "plain words" in page.text
    assert '<iframe sandbox title="The mail as laid out" src="/arrivals/1/mail">' in page.text
    assert "script-src" not in page.headers["content-security-policy"]
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    laid_out = httpx.get(receiver.url + "/arrivals/1/mail")
    assert "<h1>Hot</h1>" in laid_out.text
    assert " sandbox;" in laid_out.headers["content-security-policy"]


def test_a_webhook_is_shown_as_text_and_as_it_came(receiver):
    post(receiver)
    assert "&#34;episodeId&#34;: &#34;e1&#34;" in httpx.get(receiver.url + "/arrivals/1").text
    assert httpx.get(receiver.url + "/arrivals/1/raw").content == orjson.dumps(EVENT)
    assert httpx.get(receiver.url + "/arrivals/1/mail").status_code == 404
    assert httpx.get(receiver.url + "/arrivals.json").json()[0]["message_id"] == "msg_a"


def test_what_never_arrived_is_not_found(receiver):
    assert httpx.get(receiver.url + "/arrivals/1").status_code == 404
    assert httpx.get(receiver.url + "/arrivals/0").status_code == 404


@pytest.mark.parametrize("body", [b"", b"no json", b"[1]", b'{"data": 5}', b"\xff\xfe"])
def test_a_post_that_is_no_event_is_kept_all_the_same(receiver, body):
    assert httpx.post(receiver.url + "/hook/x", content=body).status_code == 200
    assert httpx.get(receiver.url + "/arrivals/1").status_code == 200
    assert receiver.arrivals.all()[0].signature == "not signed"
