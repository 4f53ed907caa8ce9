"""Comms checks: sent once when due, answered by a person, on the board until then."""

from datetime import timedelta

import pytest

from monitor.domain.errors import DeliveryError, InvalidInput, NotFound
from monitor.services.check_comms import check_due, check_now, is_check_due
from monitor.services.edit_channel import remove_channel
from monitor.services.overview.desk import desk
from monitor.services.plan_comms import comms_lines, confirm_comms, one_comms_check, plan_comms
from monitor.services.set_channel_enabled import set_channel_enabled
from monitor.storage import audit, comms
from tests.fakes import FakeChannel
from tests.services.alert_rows import BOX, NOW, add_channel

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
DOWN = DeliveryError("the receiver answered 503", status_code=503)


@pytest.fixture
def database(database):
    with database.write() as session:
        add_channel(session, "duty", name="Duty", settings={"to": ["a@x", "b@x"]})
    return database


def plan(database, every=7, *, slug="duty", now=NOW):
    with database.write() as session:
        plan_comms(session, slug, every_days=every, actor="admin", reason="drill", now=now)


def check(database, kind, *, now=NOW):
    return check_due(database, {"fake": kind}, secrets=BOX, now=now, base_url="https://desk.example")


def confirm(database, identity, *, now=NOW, by="ben"):
    with database.write() as session:
        return confirm_comms(session, identity, actor=by, now=now)


def overdue(database, *, now):
    with database.read() as session:
        return [(name, recipient) for name, recipient, _ in desk(session, now=now).overdue_checks]


def is_due(database, *, now=NOW):
    with database.read() as session:
        return is_check_due(session, now=now)


def test_each_recipient_gets_one_check_when_it_is_due_and_no_more(database):
    plan(database)
    kind = FakeChannel()
    assert [each.recipient for each in check(database, kind)] == ["a@x", "b@x"]
    assert [body.decode().split()[0] for _, body in kind.sent] == ["channel.check"] * 2
    assert check(database, kind, now=NOW + DAY) == []
    assert not is_due(database, now=NOW + 6 * DAY)
    assert len(check(database, kind, now=NOW + 7 * DAY)) == 2


def test_two_workers_send_one_message(database):
    plan(database)
    with database.read() as session:
        [seen] = comms.due(session, now=NOW)
    check(database, FakeChannel())
    with database.write() as session:
        assert not comms.move(session, seen, due_at=NOW + DAY)


def test_what_nobody_answers_is_on_the_board_until_somebody_does(database):
    plan(database)
    first, _ = check(database, FakeChannel())
    assert overdue(database, now=NOW + 23 * HOUR) == []
    confirm(database, first.id, now=NOW + HOUR)
    assert overdue(database, now=NOW + DAY) == [("Duty", "b@x")]
    # A later check that waits for its answer makes up for nothing; one that is answered does.
    *_, again = check(database, FakeChannel(), now=NOW + 7 * DAY)
    assert overdue(database, now=NOW + 7 * DAY) == [("Duty", "b@x")]
    assert again.recipient == "b@x"
    confirm(database, again.id, now=NOW + 7 * DAY)
    assert overdue(database, now=NOW + 7 * DAY + HOUR) == []


def test_a_check_that_is_not_taken_is_shown_at_once_and_sent_again_soon(database):
    plan(database)
    check(database, FakeChannel(DOWN))
    assert overdue(database, now=NOW) == [("Duty", "a@x")]
    assert not is_due(database, now=NOW + timedelta(minutes=59))
    assert len(check(database, FakeChannel(), now=NOW + HOUR)) == 2


class Lost(FakeChannel):
    """A channel whose recipients nobody can find."""

    def recipients(self, channel):
        raise InvalidInput("expected a list of addresses", field="recipients")


def test_a_channel_that_cannot_be_used_fails_its_check(database):
    plan(database)
    [failed] = check(database, Lost())
    assert failed.error == "expected a list of addresses"
    assert overdue(database, now=NOW) == [("Duty", "")]


def test_a_kind_that_is_not_sent_from_here_waits_and_is_shown_when_nobody_sends_it(database):
    plan(database)
    assert check_due(database, {}, secrets=BOX, now=NOW, base_url="") == []
    assert is_due(database)
    assert overdue(database, now=NOW + timedelta(minutes=59)) == []
    assert overdue(database, now=NOW + HOUR) == [("Duty", "")]


def test_the_first_who_got_it_stays_and_the_audit_says_who(database):
    plan(database)
    first, _ = check(database, FakeChannel())
    confirm(database, first.id, by="ben")
    assert confirm(database, first.id, by="ana").confirmed_by == "ben"
    with database.read() as session:
        entry = audit.find_all(session, target="channel/duty")[0]
        assert (entry.action, entry.actor, entry.after["recipient"]) == ("comms.confirm", "ben", "a@x")
        assert one_comms_check(session, first.id, now=NOW).name == "Duty"
        assert [line.state.value for line in comms_lines(session, now=NOW)] == ["confirmed", "waiting"]


def test_a_disabled_channel_is_not_checked_and_not_on_the_board(database):
    plan(database)
    check(database, FakeChannel())
    with database.write() as session:
        set_channel_enabled(session, "duty", is_enabled=False, actor="admin", reason="", now=NOW)
    assert overdue(database, now=NOW + 2 * DAY) == []
    assert check(database, FakeChannel(), now=NOW + 8 * DAY) == []


@pytest.mark.parametrize("is_removed", [True, False])
def test_what_is_checked_no_longer_leaves_the_board(database, is_removed):
    plan(database)
    check(database, FakeChannel())
    if is_removed:
        with database.write() as session:
            remove_channel(session, "duty", actor="admin", reason="", now=NOW)
    else:
        plan(database, 0)
    assert overdue(database, now=NOW + 2 * DAY) == []
    assert not is_due(database, now=NOW + 8 * DAY)


def test_a_channel_is_checked_by_hand_planned_or_not(database):
    sent = check_now(database, {"fake": FakeChannel()}, "duty", secrets=BOX, now=NOW, base_url="")
    assert [each.error for each in sent] == ["", ""]
    with pytest.raises(NotFound):
        check_now(database, {}, "nobody", secrets=BOX, now=NOW, base_url="")


def test_mistakes_are_named(database):
    with pytest.raises(NotFound):
        plan(database, slug="nobody")
    with pytest.raises(InvalidInput):
        plan(database, 1000)
    with pytest.raises(NotFound):
        confirm(database, "msg_nothing")
