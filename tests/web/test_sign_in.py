"""Signing in and out in a browser."""

from datetime import UTC, datetime, timedelta

import pytest

from monitor.storage.rows.desk import WebSessionRow
from monitor.web.pages.sign_in import REFUSED, local_path

MINUTE = timedelta(minutes=1)
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def sessions(desk):
    with desk.reading() as (session, _):
        return session.query(WebSessionRow).all()


def test_the_right_password_leads_to_the_board(client):
    answer = client.sign_in()
    assert (answer.status_code, answer.location) == (302, "/")


def test_signing_in_leads_back_to_where_one_was_going(client):
    assert client.get("/desk/value?series=a:b").location == "/sign-in?next=/desk/value?series%3Da:b"
    answer = client.sign_in(next="/desk/value?series=a:b")
    assert answer.location == "/desk/value?series=a:b"


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example",
        "javascript:alert(1)", "evil.example", "", None, "/\t/evil.example", "/\n/evil.example",
        " //evil.example", "/%0d%0aSet-Cookie:x=y\r\nX: y",
    ],
)  # fmt: skip
def test_another_address_is_never_followed(target):
    assert local_path(target) == "/"


@pytest.mark.parametrize("target", ["/", "/alerts?state=open", "/subjects/assimi-goita#drivers", "/a//b"])
def test_a_path_of_this_desk_is_followed(target):
    assert local_path(target) == target


@pytest.mark.parametrize("name,password", [("ana", "wrong"), ("nobody", "mango-river-tuesday")])
def test_a_wrong_password_and_an_unknown_account_get_the_same_answer(client, name, password):
    answer = client.sign_in(name, password=password)
    assert answer.status_code == 422
    assert REFUSED in answer.text
    assert client.cookie() is None


def test_what_was_typed_as_password_is_not_sent_back(client):
    assert "not-my-password" not in client.sign_in(password="not-my-password").text


def test_an_empty_field_is_named(client):
    assert "Enter your password" in client.sign_in(password="").text


def test_the_sixth_try_is_told_to_wait_even_with_the_right_password(client):
    for _ in range(5):
        client.sign_in(password="wrong")
    answer = client.sign_in()
    assert answer.status_code == 422
    assert "Too many tries" in answer.text


def test_the_cookie_cannot_be_read_by_scripts_nor_sent_from_elsewhere(client):
    cookies = client.sign_in().headers.getlist("Set-Cookie")
    (cookie,) = [text for text in cookies if text.startswith("heatwatch=")]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie


def test_each_sign_in_has_a_new_token(client):
    client.sign_in()
    first = client.cookie()
    client.sign_in()
    assert client.cookie() != first


def test_signing_out_ends_the_session_for_good(signed_in, desk):
    ana = signed_in()
    token = ana.cookie()
    assert ana.post("/sign-out", form="/desk/value").location == "/sign-in"
    assert sessions(desk) == []
    ana.client.set_cookie("heatwatch", token)
    assert ana.get("/desk/value").status_code == 302


def test_an_unattended_session_ends_after_half_an_hour(client, time_machine):
    time_machine.move_to(NOON, tick=False)
    client.sign_in("ben")
    time_machine.move_to(NOON + 29 * MINUTE, tick=False)
    assert client.get("/desk/value").status_code == 200
    time_machine.move_to(NOON + 58 * MINUTE, tick=False)
    assert client.get("/desk/value").status_code == 200
    time_machine.move_to(NOON + 89 * MINUTE, tick=False)
    assert client.get("/desk/value").location.startswith("/sign-in")


def test_requests_within_a_minute_write_nothing(client, desk, time_machine):
    time_machine.move_to(NOON, tick=False)
    client.sign_in("ben")
    time_machine.move_to(NOON + MINUTE, tick=False)
    client.get("/desk/value")
    assert [row.seen_at for row in sessions(desk)] == [NOON]
    time_machine.move_to(NOON + MINUTE + timedelta(seconds=1), tick=False)
    client.get("/desk/value")
    assert [row.seen_at for row in sessions(desk)] == [NOON + MINUTE + timedelta(seconds=1)]


def test_a_made_up_token_is_nobody(client):
    client.client.set_cookie("heatwatch", "x" * 43)
    assert client.get("/desk/value").status_code == 302
