"""`heatwatch channel`: added, listed without secrets, tried, enabled and disabled."""

import re
import threading
from datetime import UTC, datetime

import orjson
import pytest
from flask import Flask

from monitor.dev.arrivals import Arrivals, trusted
from monitor.dev.webhook_sink import webhook_sink
from monitor.domain.alerting.delivery import Attempt
from monitor.domain.alerting.native_event import channel_test
from monitor.domain.errors import Conflict, InvalidInput, NotFound
from monitor.storage import attempts, audit, claims, deliveries, notifications
from monitor.storage.engine import open_database
from tests.services.alert_rows import NOW, raise_event

AT = datetime(2025, 11, 30, 12, tzinfo=UTC)

SECRET = re.compile(r"whsec_[A-Za-z0-9+/=]{44}")


@pytest.fixture(autouse=True)
def _loopback(monkeypatch):
    monkeypatch.setenv("HEATWATCH_EGRESS_ALLOW_CIDRS", "127.0.0.0/8")


@pytest.fixture
def database(home, sqlite_url):
    database = open_database(sqlite_url)
    yield database
    database.dispose()


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


def test_the_list_shows_how_the_last_message_fared(run, run_json, add_hook, settings, database):
    add_hook()
    assert "nothing sent yet" in run("channel", "list").output
    with database.write() as session:
        tried(session, "ops", error="status 403")
    assert "last try 2025-11-30 12:00 UTC: status 403" in run("channel", "list").output
    assert run_json("channel", "list")[0]["last_try"]["error"] == "status 403"


def test_an_address_without_tls_is_refused_with_the_way_to_allow_it(run):
    with pytest.raises(InvalidInput, match="--allow-http"):
        run("channel", "add", "ops", "--kind", "webhook", "--url", "http://hooks.example.org")


def test_a_channel_is_edited_and_what_is_not_given_stays(run, run_json, add_hook, database):
    add_hook("--lowest", "high")
    before = run_json("channel", "list")[0]
    run("channel", "edit", "ops", "--name", "Operations", "--lowest", "critical", "--reason", "too much")
    after = run_json("channel", "list")[0]
    assert (after["name"], after["lowest_concern"]) == ("Operations", "critical")
    assert after["settings"] == before["settings"]
    with database.read() as session:
        entry = audit.find_all(session, target="channel/ops")[0]
        assert (entry.action, entry.reason) == ("channel.edit", "too much")
        assert (entry.before["lowest_concern"], entry.after["lowest_concern"]) == ("high", "critical")


def test_an_edit_keeps_the_signing_secret(run, add_hook, httpserver):
    httpserver.expect_request("/new", method="POST").respond_with_data("thanks")
    add_hook()
    run("channel", "edit", "ops", "--url", httpserver.url_for("/new"))
    assert "accepted" in run("channel", "test", "ops").output


def test_an_edit_that_cannot_be_used_changes_nothing(run, run_json, add_hook):
    add_hook()
    before = run_json("channel", "list")
    with pytest.raises(InvalidInput, match="--allow-http"):
        run("channel", "edit", "ops", "--no-allow-http")
    with pytest.raises(NotFound):
        run("channel", "edit", "nobody", "--name", "x")
    assert run_json("channel", "list") == before


def test_a_removed_channel_is_gone_and_what_waited_is_given_up(run, run_json, add_hook, database):
    add_hook()
    with database.write() as session:
        raise_event(session, channels=("ops",))
        (notification,) = notifications.take_due(session, now=NOW, limit=1)
        deliveries.form(session, notification, recipients=["ops"], now=NOW)
    assert "ops removed; 1 message given up" in run("channel", "remove", "ops", "--reason", "gone").output
    assert run_json("channel", "list") == []
    with database.read() as session:
        assert [each.dead_reason for each in attempts.dead(session)] == ["the channel was removed"]
        assert audit.find_all(session, target="channel/ops")[0].action == "channel.remove"
    with pytest.raises(NotFound):
        run("channel", "remove", "ops")


def test_the_receiver_of_this_machine_is_told_the_secret(run, home, monkeypatch):
    monkeypatch.setenv("HEATWATCH_RECEIVER_BIND", "127.0.0.1:8025")
    url = "http://127.0.0.1:8025/hook/ops"
    added = run("channel", "add", "ops", "--kind", "webhook", "--allow-http", "--url", url).output
    assert "the receiver on this machine knows it" in added
    assert list(trusted(home / "receiver")) == [SECRET.search(added)[0]]


def test_other_receivers_are_not(run, home, add_hook):
    assert "knows it" not in add_hook().output
    assert list(trusted(home / "receiver")) == []


def test_a_test_message_has_a_title(tmp_path):
    event = channel_test(message_id="msg_1", channel="Operations", at=NOW)
    arrivals = Arrivals(tmp_path)
    app = Flask("sink")
    app.register_blueprint(webhook_sink(arrivals, stopping=threading.Event()))
    app.test_client().post("/hook/ops", data=orjson.dumps(event))
    assert [each.title for each in arrivals.all()] == ["[TEST] Test of channel Operations"]
    assert event["data"]["summary"] == "Test of channel Operations. There is no alert."


def tried(session, channel, *, error):
    """A message that was tried once and refused."""
    raise_event(session, channels=(channel,))
    (notification,) = notifications.take_due(session, now=NOW, limit=1)
    identity = deliveries.form(session, notification, recipients=[channel], now=NOW)
    (delivery,) = claims.claim(session, [identity], owner="w", now=NOW)
    attempt = Attempt(number=1, started_at=AT, ended_at=AT, outcome="failed", error=error)
    deliveries.finish_later(session, delivery, attempt, due_at=NOW)


def test_the_kinds_are_shown_with_what_each_is_told(run, run_json):
    shown = run("channel", "kinds").output
    assert re.search(r"^alertmanager\n  url +where messages are posted \(needed\)$", shown, re.MULTILINE)
    found = run_json("channel", "kinds")
    assert {each["name"]: each["is_secret"] for each in found["alertmanager"]} == {
        "url": False, "allow_http": False, "token": True,
    }  # fmt: skip
