"""`heatwatch channel`: added, listed without secrets, tried, enabled and disabled."""

import re

import pytest

from monitor.domain.errors import Conflict, InvalidInput, NotFound

SECRET = re.compile(r"whsec_[A-Za-z0-9+/=]{44}")


@pytest.fixture(autouse=True)
def _loopback(monkeypatch):
    monkeypatch.setenv("HEATWATCH_EGRESS_ALLOW_CIDRS", "127.0.0.0/8")


@pytest.fixture
def add_hook(run, httpserver):
    """Add a webhook channel to a receiver of the test."""

    def add(*options):
        return run(
            "channel", "add", "ops", "--kind", "webhook", "--url", httpserver.url_for("/hook"),
            "--allow-http", *options,
        )  # fmt: skip

    return add


def test_a_webhooks_secret_is_shown_once(run, run_json, add_hook):
    secret = SECRET.search(add_hook("--lowest", "high", "--exercises").output)[0]
    assert secret not in run("channel", "list").output
    (channel,) = run_json("channel", "list")
    assert secret not in str(channel)
    assert (channel["lowest_concern"], channel["takes_exercises"]) == ("high", True)


def test_a_test_message_is_sent_and_signed(run, add_hook, httpserver):
    httpserver.expect_request("/hook", method="POST").respond_with_data("thanks")
    add_hook()
    assert "accepted" in run("channel", "test", "ops").output
    (request, _) = httpserver.log[0]
    assert request.headers["webhook-signature"].startswith("v1,")
    assert "channel.test" in request.get_data(as_text=True)


def test_a_refused_test_message_is_exit_code_1(run, add_hook, httpserver):
    httpserver.expect_request("/hook").respond_with_data("no", status=403)
    add_hook()
    assert "403" in run("channel", "test", "ops", expect=1).output


def test_a_channel_is_disabled_and_enabled(run, run_json, add_hook):
    add_hook()
    run("channel", "disable", "ops", "--reason", "noise")
    assert [channel["is_enabled"] for channel in run_json("channel", "list")] == [False]
    run("channel", "enable", "ops")
    assert [channel["is_enabled"] for channel in run_json("channel", "list")] == [True]


def test_mail_goes_to_several(run, run_json, monkeypatch):
    monkeypatch.setenv("HEATWATCH_SMTP_HOST", "127.0.0.1")
    run("channel", "add", "mail", "--kind", "email", "--to", "a@example.org", "--to", "b@example.org")
    (channel,) = run_json("channel", "list")
    assert channel["settings"] == {"recipients": ["a@example.org", "b@example.org"]}


@pytest.mark.parametrize(
    "options,words",
    [
        (("--kind", "webhook"), "needs --url"),
        (("--kind", "email"), "needs --to"),
        (("--kind", "email", "--to", "a@example.org", "--allow-http"), "takes no --url"),
        (("--kind", "pigeon"), "'pigeon' is not one of"),
    ],
)
def test_options_that_do_not_fit_are_refused(run, options, words):
    assert words in run("channel", "add", "x", *options, expect=2).output


def test_mistakes_are_named(run, add_hook):
    add_hook()
    with pytest.raises(Conflict, match="ops"):
        add_hook()
    with pytest.raises(InvalidInput):
        run("channel", "add", "plain", "--kind", "webhook", "--url", "http://hooks.example.org/")
    with pytest.raises(NotFound, match="nowhere"):
        run("channel", "test", "nowhere")
    with pytest.raises(NotFound, match="nowhere"):
        run("channel", "enable", "nowhere")
