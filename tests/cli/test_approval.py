"""`heatwatch approval`: what waits is listed, let go or dismissed."""

import pytest

from monitor.domain.errors import NotFound
from monitor.storage.engine import open_database
from tests.services.alert_rows import add_channel, raise_event
from tests.web.test_approvals import hold


@pytest.fixture
def waiting(home, settings):
    database = open_database(settings.effective_database_url)
    with database.write() as session:
        add_channel(session, name="Press")
        raise_event(session)
        hold(session)
    database.dispose()


def test_what_waits_is_listed_and_approved(run, run_json, waiting):
    (found,) = run_json("approval", "list")
    assert (found["episode"], found["route"], found["concern"]) == ("e1", "press", "high")
    assert "to Press:" in run("approval", "list").output
    run("approval", "approve", "e1", "press", "--note", "read")
    assert run("approval", "list").exit_code == 0


def test_what_waits_is_dismissed_with_a_reason(run, waiting):
    run("approval", "dismiss", "e1", "press", expect=2)
    assert "dismissed" in run("approval", "dismiss", "e1", "press", "--reason", "false").output


def test_what_does_not_wait_is_not_found(run):
    with pytest.raises(NotFound):
        run("approval", "approve", "e1", "press")
