"""`heatwatch channel add|edit|test` with settings and secrets of a kind."""

import re
from ipaddress import ip_network

import pytest
from click.testing import CliRunner
from standardwebhooks.webhooks import Webhook

from monitor.cli.main import heatwatch
from monitor.domain.errors import InvalidInput
from monitor.storage import audit
from monitor.storage.engine import open_database


@pytest.fixture(autouse=True)
def _loopback(monkeypatch):
    monkeypatch.setenv("HEATWATCH_EGRESS_ALLOW_CIDRS", str(ip_network("127.0.0.0/8")))


@pytest.fixture
def pipe(home):
    """Run a command with lines on its standard input."""

    def call(*arguments, lines=()):
        result = CliRunner().invoke(heatwatch, arguments, input="".join(f"{line}\n" for line in lines))
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == 0, result.output
        return result.output

    return call


@pytest.fixture
def receiver(httpserver):
    httpserver.expect_request("/alerts", method="POST").respond_with_data("")
    return httpserver


def add(pipe, receiver):
    return pipe(
        "channel", "add", "am", "--kind", "alertmanager", "--set", f"url={receiver.url_for('/alerts')}",
        "--set", "allow_http=yes", "--secret", "token", lines=["first-token"],
    )  # fmt: skip


def test_a_secret_is_read_from_a_pipe_and_never_shown(pipe, run, run_json, receiver):
    assert "first-token" not in add(pipe, receiver)
    assert "first-token" not in run("channel", "list", "--json").output
    assert "accepted" in run("channel", "test", "am").output
    (request, _) = receiver.log[0]
    assert request.headers["authorization"] == "Bearer first-token"
    assert request.json["alerts"][0]["labels"]["alertname"] == "ChannelTest"


def test_a_secret_is_replaced_and_the_audit_says_which_not_what(pipe, run, receiver, sqlite_url):
    add(pipe, receiver)
    pipe("channel", "edit", "am", "--secret", "token", "--reason", "leaked", lines=["second-token"])
    run("channel", "test", "am")
    (request, _) = receiver.log[0]
    assert request.headers["authorization"] == "Bearer second-token"
    database = open_database(sqlite_url)
    with database.read() as session:
        entry = audit.find_all(session, target="channel/am")[1]
        assert (entry.action, entry.after["secrets_replaced"]) == ("channel.edit", ["token"])
        assert "second-token" not in str(entry)
    database.dispose()


def test_an_edit_of_a_setting_keeps_the_secret(pipe, run, run_json, receiver):
    add(pipe, receiver)
    run("channel", "edit", "am", "--set", f"url={receiver.url_for('/alerts')}?v=2")
    run("channel", "test", "am")
    (request, _) = receiver.log[0]
    assert (request.query_string, request.headers["authorization"]) == (b"v=2", "Bearer first-token")


@pytest.mark.parametrize(
    "options,words",
    [
        (("--set", "pigeon=1"), "knows no 'pigeon'"),
        (("--set", "allow_http=maybe"), "yes or no"),
        (("--set", "token=x"), "--secret token"),
        ((), "needs url"),
    ],
)
def test_what_a_kind_does_not_know_or_lacks_is_named(run, options, words):
    with pytest.raises(InvalidInput, match=words):
        run("channel", "add", "x", "--kind", "alertmanager", *options)


def test_a_signing_secret_is_rotated_and_both_verify_for_a_day(run, httpserver):
    httpserver.expect_request("/hook", method="POST").respond_with_data("")
    url = httpserver.url_for("/hook")
    added = run("channel", "add", "ops", "--kind", "webhook", "--url", url, "--allow-http").output
    rotated = run("channel", "rotate", "ops", "--reason", "leaked").output
    old, new = (re.search(r"whsec_\S+", text)[0] for text in (added, rotated))
    assert old != new
    assert "signs with the old one too" in rotated
    run("channel", "test", "ops")
    (request, _) = httpserver.log[0]
    for secret in (old, new):
        Webhook(secret).verify(request.get_data(), dict(request.headers))


def test_a_kind_that_signs_nothing_has_nothing_to_rotate(pipe, run, receiver):
    add(pipe, receiver)
    with pytest.raises(InvalidInput, match="sign nothing"):
        run("channel", "rotate", "am")
