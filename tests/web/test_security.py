"""Headers on every answer; nothing is changed for a request from elsewhere."""

import pytest

from monitor.bootstrap import build
from monitor.config import Settings
from monitor.web.security import CONTENT_SECURITY_POLICY, HEADERS
from tests.web.conftest import Visitor, serve


@pytest.fixture
def https_client(sqlite_url, tmp_path):
    desk = build(Settings(home=tmp_path, database_url=sqlite_url, base_url="https://desk.example.org"))
    yield Visitor(serve(desk))
    desk.close()


@pytest.mark.parametrize(
    "path,status", [("/sign-in", 200), ("/desk/value", 302), ("/nowhere", 404), ("/healthz", 200)]
)
def test_every_answer_has_the_headers(client, path, status):
    answer = client.get(path)
    assert answer.status_code == status
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    assert answer.headers["Cache-Control"] == "no-store"
    assert len(answer.headers["X-Request-Id"]) == 16


def test_a_failure_has_the_headers_and_no_details(app, client):
    def broken():
        raise RuntimeError("the word is marmalade")

    broken._heatwatch_access = 0
    app.add_url_rule("/broken", view_func=broken)
    answer = client.get("/broken")
    assert answer.status_code == 500
    assert answer.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert "marmalade" not in answer.text
    assert answer.headers["X-Request-Id"] in answer.text


def test_nothing_inline_and_nothing_from_elsewhere_is_allowed():
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert "*" not in CONTENT_SECURITY_POLICY
    assert CONTENT_SECURITY_POLICY.startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in CONTENT_SECURITY_POLICY


def test_a_form_without_its_token_is_refused(signed_in):
    answer = signed_in().client.post("/sign-out")
    assert answer.status_code == 400
    assert "Nothing was saved" in answer.text


def test_a_form_with_someone_elses_token_is_refused(signed_in):
    stolen = signed_in("rita").token("/sign-in")
    assert signed_in().client.post("/sign-out", data={"csrf_token": stolen}).status_code == 400


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost:1"])
def test_a_form_sent_from_another_site_is_refused_even_with_its_token(signed_in, origin):
    answer = signed_in().post("/sign-out", form="/desk/value", headers={"Origin": origin})
    assert answer.status_code == 400


def test_a_form_sent_from_this_site_is_taken(signed_in):
    answer = signed_in().post("/sign-out", form="/desk/value", headers={"Origin": "http://localhost"})
    assert answer.status_code == 302


def test_behind_a_tls_proxy_cookies_are_secure_and_https_is_remembered(https_client):
    answer = https_client.get("/sign-in")
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    (cookie,) = answer.headers.getlist("Set-Cookie")
    assert cookie.startswith("__Host-heatwatch-form=")
    assert "Secure" in cookie


def test_the_address_people_use_counts_as_this_site(https_client):
    token = https_client.token()
    answer = https_client.client.post(
        "/sign-in", data={"csrf_token": token}, headers={"Origin": "https://desk.example.org"}
    )
    assert answer.status_code == 422


def test_without_tls_no_browser_is_told_to_insist_on_it(client):
    assert "Strict-Transport-Security" not in client.get("/sign-in").headers


@pytest.mark.parametrize("path", ["/sign-in?next=%00", "/subjects/%00"])
def test_a_character_no_text_can_hold_is_refused(client, path):
    assert client.get(path).status_code == 400


def test_a_form_larger_than_a_megabyte_is_refused(client):
    assert client.client.post("/sign-in", data={"email": "x" * (1 << 20)}).status_code == 413


@pytest.mark.parametrize("count,seen", [(0, "127.0.0.1"), (1, "192.0.2.9")])
def test_a_forwarded_address_is_believed_only_from_proxies_that_are_trusted(
    sqlite_url, tmp_path, count, seen
):
    desk = build(Settings(home=tmp_path, database_url=sqlite_url, trusted_proxies=count))
    app = serve(desk)
    from flask import request

    view = lambda: request.remote_addr  # noqa: E731
    view._heatwatch_access = 0
    app.add_url_rule("/who", "who", view)
    answer = app.test_client().get("/who", headers={"X-Forwarded-For": "198.51.100.3, 192.0.2.9"})
    desk.close()
    assert answer.text == seen
