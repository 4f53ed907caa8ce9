"""`heatwatch comms`: planned, sent, listed, with an exit code for a script."""

import pytest

from monitor.services.plan_comms import confirm_comms
from monitor.storage.engine import open_database


@pytest.fixture
def hook(run, httpserver, monkeypatch):
    monkeypatch.setenv("HEATWATCH_EGRESS_ALLOW_CIDRS", "127.0.0.0/8")
    run("channel", "add", "ops", "--kind", "webhook", "--url", httpserver.url_for("/in"), "--allow-http")
    return httpserver


def test_a_check_is_sent_listed_and_confirmed(run, run_json, hook, sqlite_url):
    hook.expect_request("/in", method="POST").respond_with_data("")
    assert "ops is checked every 7 days" in run("comms", "plan", "ops", "--every", "7").output
    assert "accepted; to be answered by" in run("comms", "check", "ops").output
    (request, _) = hook.log[0]
    event = request.json
    assert (event["type"], event["data"]["links"]["ack"]) == (
        "channel.check", f"http://127.0.0.1:8000/comms-checks/{event['data']['messageId']}",
    )  # fmt: skip
    found = run_json("comms", "list")
    assert [(each["state"], each["channel"]) for each in found["checks"]] == [("waiting", "ops")]
    database = open_database(sqlite_url)
    with database.write() as session:
        confirm_comms(session, event["data"]["messageId"], actor="ben", now=database.now(session))
    database.dispose()
    assert "confirmed (ben)" in run("comms", "list").output
    assert "no longer" in run("comms", "plan", "ops", "--every", "0").output


def test_what_is_not_taken_is_exit_code_1(run, hook):
    hook.expect_request("/in").respond_with_data("", status=500)
    assert "500" in run("comms", "check", "ops", expect=1).output
    assert "failed" in run("comms", "list", expect=1).output
