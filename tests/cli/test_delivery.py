"""`heatwatch delivery`: what was given up is listed, sent again and cleared."""

import pytest

from monitor.domain.alerting.delivery import DeliveryStatus
from monitor.domain.errors import InvalidInput, NotFound
from monitor.storage import attempts, deliveries, notifications
from monitor.storage.engine import open_database
from tests.services.alert_rows import NOW, raise_event


@pytest.fixture
def database(home, sqlite_url):
    database = open_database(sqlite_url)
    yield database
    database.dispose()


@pytest.fixture
def letter(run, database):
    """The id of one message of channel ops that was given up."""
    run("channel", "add", "ops", "--kind", "webhook", "--url", "https://hooks.example.org/")
    with database.write() as session:
        raise_event(session, channels=("ops",))
        [waiting] = notifications.take_due(session, now=NOW, limit=1)
        made = deliveries.form(session, waiting, recipients=["hooks.example.org"], now=NOW)
        notifications.mark_sent(session, waiting.id, delivery_id=made)
        deliveries.kill_queue(session, "ops", reason="the receiver answered 503")
    return made


def status(database):
    with database.read() as session:
        return attempts.of_episode(session, "e1")[0].status


def test_what_was_given_up_is_listed_with_the_reason(run, run_json, letter):
    (found,) = run_json("delivery", "list")
    assert (found["id"], found["channel"], found["reason"]) == (letter, "ops", "the receiver answered 503")
    assert found["cannot_be_sent_again"] is None
    assert "rule (goita): firing; 0 tries: the receiver answered 503" in run("delivery", "list").output
    assert run("delivery", "list", "--channel", "other").output == "nothing was given up\n"


@pytest.mark.parametrize("which", [["--channel", "ops"], ["--all"], []])
def test_it_is_sent_again(run, letter, database, which):
    told = run("delivery", "resend", *(which or [letter]), "--reason", "the receiver is back").output
    assert told == "1 message on the way again\n"
    assert status(database) is DeliveryStatus.FORMED


def test_a_command_that_names_nothing_does_nothing(run, letter, database):
    assert "say which" in run("delivery", "resend", expect=2).output
    assert status(database) is DeliveryStatus.DEAD


def test_what_cannot_be_sent_is_said_and_the_command_fails(run, letter):
    run("channel", "disable", "ops")
    assert "the channel is disabled" in run("delivery", "resend", letter, expect=1).output


def test_it_is_cleared_with_a_reason(run, letter, database):
    assert run("delivery", "clear", letter, "--reason", "told by phone").output == "1 message cleared\n"
    assert status(database) is DeliveryStatus.CANCELLED
    with pytest.raises(NotFound):
        run("delivery", "clear", letter, "--reason", "again")


def test_a_channel_has_a_limit_and_a_fallback(run, run_json, letter):
    run(
        "channel",
        "add",
        "duty",
        "--kind",
        "webhook",
        "--url",
        "https://duty.example.org/",
        "--per-minute",
        "5",
    )
    run("channel", "edit", "ops", "--fallback", "duty", "--per-minute", "0")
    duty, ops = run_json("channel", "list")
    assert (duty["per_minute"], duty["fallback"]) == (5, None)
    assert (ops["per_minute"], ops["fallback"]) == (0, "duty")
    assert "any number a minute, else duty" in run("channel", "list").output
    run("channel", "edit", "ops", "--fallback", "none", "--per-minute", "-1")
    assert (run_json("channel", "list")[1]["per_minute"], run_json("channel", "list")[1]["fallback"]) == (
        60,
        None,
    )


@pytest.mark.parametrize("fallback", ["nobody", "ops"])
def test_a_fallback_is_another_channel_that_there_is(run, letter, fallback):
    with pytest.raises(InvalidInput, match="there is no other channel"):
        run("channel", "edit", "ops", "--fallback", fallback)
