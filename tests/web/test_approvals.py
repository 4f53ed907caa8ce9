"""Approvals as a page: what waits is read, let go or dismissed with a reason, by the desk."""

import pytest
from sqlalchemy import select, update

from monitor.storage.rows.approvals import ApprovalRow
from monitor.storage.rows.deliveries import NotificationRow
from tests.services.alert_rows import add_channel, raise_event
from tests.web.test_alerts import words

DECIDE = "/approvals/e1/press"


def hold(session):
    """Hold what there is, as forming does where a route asks for approval."""
    values = {"state": "held", "reason": "awaiting_approval", "route": "press"}
    session.execute(update(NotificationRow).values(**values))


@pytest.fixture
def waiting(desk):
    with desk.writing() as (session, _):
        add_channel(session, name="Press")
        raise_event(session)
        hold(session)
    return desk


def decision(desk):
    with desk.reading() as (session, _):
        row = session.scalars(select(ApprovalRow)).one_or_none()
        return None if row is None else (row.verdict, row.concern, row.by, row.reason)


def test_where_nothing_waits_the_page_says_so(desk, signed_in):
    page = words(signed_in("rita").get("/approvals"))
    assert "Nothing waits." in page
    assert "No route asks for approval." in page


def test_everyone_reads_what_waits_and_the_desk_decides(waiting, signed_in):
    page = words(signed_in("rita").get("/approvals"))
    assert "1 message waits for a person." in page
    assert "To Press by the route press" in page
    assert "Approve and send" not in page
    ben = signed_in("ben")
    answer = ben.post(f"{DECIDE}/approve", form="/approvals", concern="3", reason="read")
    assert answer.status_code == 302
    assert decision(waiting) == ("approved", 3, "ben@example.org", "read")
    assert "Nothing waits." in words(ben.get("/approvals"))


def test_dismissing_needs_a_reason(waiting, signed_in):
    ben = signed_in("ben")
    answer = ben.post(f"{DECIDE}/dismiss", form="/approvals", concern="3", reason="")
    assert answer.status_code == 422
    assert "say why it is not sent" in words(answer)
    assert ben.post(f"{DECIDE}/dismiss", form="/approvals", concern="3", reason="false").status_code == 302
    assert decision(waiting) == ("dismissed", 3, "ben@example.org", "false")


def test_what_rose_since_it_was_read_is_a_conflict(waiting, signed_in):
    answer = signed_in("ben").post(f"{DECIDE}/approve", form="/approvals", concern="2", reason="")
    assert answer.status_code == 409
    assert decision(waiting) is None


def test_readers_decide_nothing(waiting, signed_in):
    rita = signed_in("rita")
    assert rita.post(f"{DECIDE}/approve", form="/alerts", concern="3").status_code == 403
    assert decision(waiting) is None
