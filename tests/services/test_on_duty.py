"""Whoever is on duty gets the message; who was told hears how it goes on; arrangements are audited."""

from datetime import date, timedelta

import pytest

from monitor.domain.alerting.alert import EventType
from monitor.domain.alerting.rota import Rota, StandIn, Turns
from monitor.domain.alerting.window import MuteWindow
from monitor.domain.alerting.window_text import parse_windows
from monitor.domain.errors import Conflict, InvalidInput, NotFound
from monitor.services.arrange import arrange, end_stand_in, stand_in, take_back
from monitor.services.try_channel import try_channel
from monitor.storage import arrangements, audit
from tests.services.alert_rows import BOX, NOW, add_channel, raise_event
from tests.services.delivering import Keeps, run

ANA, BEN, CLEO, DESK = (f"{name}@example.org" for name in ("ana", "ben", "cleo", "desk"))
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def a_rota(**values):
    turns = Turns(members=(ANA, BEN), starts_on=date(2026, 11, 23), handovers=(480,), days=1)
    return Rota(**{"slug": "desk", "name": "Desk", "zone": "UTC", "turns": (turns,), **values})


def cleo_for_ana():
    return StandIn(
        person=CLEO, instead_of=ANA, starts_at=NOW, ends_at=NOW + 8 * HOUR, reason="ill", by=BEN
    )  # fmt: skip


@pytest.fixture
def database(database):
    with database.write() as session:
        add_channel(session, settings={"to": ["oncall:desk", DESK], "recipients": ["oncall:desk"]})
        arrange(session, a_rota(), by="ana", reason="winter", now=NOW)
    return database


def happen(database, number=1, kind=EventType.FIRING, *, at=NOW):
    with database.write() as session:
        raise_event(session, number, kind, at=at, due_at=at)


def test_a_message_goes_to_whoever_is_on_duty_when_it_is_formed(database):
    kind = Keeps()
    happen(database)
    run(database, kind)
    assert kind.told == [(ANA, "firing"), (DESK, "firing")]


def test_after_the_hand_over_the_next_is_told_and_so_is_who_knew_of_it(database):
    kind = Keeps()
    happen(database)
    run(database, kind)
    happen(database, 2, EventType.CONCERN_RAISED, at=NOW + DAY)
    run(database, kind, now=NOW + DAY)
    assert sorted(kind.told[2:]) == [(each, "concern_raised") for each in (ANA, BEN, DESK)]


def test_one_who_stands_in_is_told_instead(database):
    with database.write() as session:
        value = StandIn(
            person=CLEO, instead_of=ANA, starts_at=NOW, ends_at=NOW + 8 * HOUR, reason="ill", by=BEN
        )
        stand_in(session, "desk", value, now=NOW)
    kind = Keeps()
    happen(database)
    run(database, kind)
    assert [who for who, _ in kind.told] == [CLEO, DESK]


def test_where_nobody_is_on_duty_everyone_of_the_rota_is_told(database):
    windows = parse_windows("20:00-06:00", zone="UTC")
    turns = Turns(members=(ANA, BEN), starts_on=date(2026, 11, 1), windows=windows)
    with database.write() as session:
        arrange(session, a_rota(turns=(turns,)), by="ana", reason="", now=NOW)
    kind = Keeps()
    happen(database)
    run(database, kind)
    assert sorted(who for who, _ in kind.told) == sorted([ANA, BEN, DESK])


def test_a_rota_there_is_not_makes_the_message_wait_and_says_so(database):
    with database.write() as session:
        arrangements.remove(session, Rota, "desk")
    kind = Keeps()
    happen(database)
    assert run(database, kind).delivered == 0
    with database.write() as session:
        arrange(session, a_rota(), by="ana", reason="", now=NOW)
    assert run(database, kind, now=NOW + HOUR).delivered == 2


def test_a_test_goes_to_whoever_is_on_duty(database):
    trials = try_channel(database, {"fake": Keeps()}, "hook", secrets=BOX, actor="ana", now=NOW)
    assert [trial.recipient for trial in trials] == [ANA, DESK]


def test_an_arrangement_comes_back_as_it_was_stored(database):
    windows = parse_windows("Mon-Fri 22:00-06:00; Sat,Sun", zone="Africa/Bamako")
    nights = MuteWindow(slug="nights", windows=windows)
    with database.write() as session:
        assert arrange(session, nights, by="ana", reason="sleep", now=NOW) == 1
    with database.read() as session:
        assert arrangements.get(session, MuteWindow, "nights").value == nights
        assert [each.value for each in arrangements.find_all(session, Rota)] == [a_rota()]
        found = arrangements.get(session, Rota, "desk")
        assert (found.version, found.changed_by, found.changed_at) == (1, "ana", NOW)


def test_two_who_edit_at_once_do_not_overwrite_each_other(database):
    with database.write() as session:
        arrange(session, a_rota(name="First"), by="ana", reason="", now=NOW, seen=1)
    with database.write() as session, pytest.raises(Conflict, match="changed meanwhile"):
        arrange(session, a_rota(name="Second"), by="ben", reason="", now=NOW, seen=1)
    with database.write() as session, pytest.raises(Conflict):
        arrange(session, a_rota(name="Third"), by="ben", reason="", now=NOW, seen=0)
    with database.read() as session:
        assert arrangements.get(session, Rota, "desk").value.name == "First"


def test_every_change_is_audited(database):
    with database.write() as session:
        stand_in(session, "desk", cleo_for_ana(), now=NOW)
        ended = end_stand_in(session, "desk", 1, by=ANA, now=NOW + HOUR / 2)
        assert [each.ends_at for each in ended.stand_ins] == [NOW + HOUR / 2]
    with database.read() as session:
        found = [
            (entry.actor, entry.reason) for entry in audit.find_all(session) if entry.action == "rota.save"
        ]
    assert sorted(found) == sorted([(ANA, "ended stand-in 1"), (BEN, "ill"), ("ana", "winter")])


def test_what_is_over_or_unknown_is_refused(database):
    with database.write() as session:
        over = StandIn(person=CLEO, instead_of=ANA, starts_at=NOW - DAY, ends_at=NOW, by=BEN)
        with pytest.raises(InvalidInput, match="over already"):
            stand_in(session, "desk", over, now=NOW)
        with pytest.raises(NotFound, match="no rota night"):
            end_stand_in(session, "night", 1, by=ANA, now=NOW)
        with pytest.raises(InvalidInput, match="small letters"):
            arrange(session, a_rota(slug="The Desk"), by="ana", reason="", now=NOW)


def test_a_rota_that_a_channel_needs_cannot_be_removed(database):
    with database.write() as session:
        with pytest.raises(Conflict, match="hook sends to whoever is on duty in desk"):
            take_back(session, Rota, "desk", by="ana", reason="", now=NOW)
        arrange(session, a_rota(slug="night"), by="ana", reason="", now=NOW)
        take_back(session, Rota, "night", by="ana", reason="over", now=NOW)
        assert arrangements.find(session, Rota, "night") is None
