"""Duty as a page: who is on now and next, in local time and UTC; who may stand in, who may write rotas."""

from datetime import UTC, date, datetime, timedelta

import pytest

from monitor.domain.alerting.rota import Rota, Turns
from monitor.domain.alerting.window_text import parse_windows
from monitor.services.arrange import arrange
from monitor.storage import arrangements, channels
from tests.factories import a_channel
from tests.web.test_alerts import words

ANA, BEN = "ana@example.org", "ben@example.org"
DAY = timedelta(days=1)
ROTA = {
    "slug": "desk", "name": "Desk", "zone": "Africa/Bamako", "members": f"{ANA}, {BEN}",
    "starts_on": "2026-11-23", "handover": "08:00", "days": "7", "window": "", "reason": "winter",
}  # fmt: skip


def rota_of(desk):
    with desk.reading() as (session, _):
        return arrangements.get(session, Rota, "desk").value


@pytest.fixture
def manned(desk):
    """A desk with a rota: ana is on duty, for good."""
    with desk.writing() as (session, now):
        turns = Turns(members=(ANA,), starts_on=date(2020, 1, 1), days=366)
        rota = Rota(slug="desk", name="Desk", zone="Africa/Bamako", turns=(turns,))
        arrange(session, rota, by="test", reason="", now=now)
    return desk


def until(days):
    return (datetime.now(UTC) + days * DAY).strftime("%Y-%m-%dT%H:%M")


def test_without_a_rota_the_page_says_what_one_is(desk, signed_in):
    page = words(signed_in("rita").get("/duty"))
    assert "There is no rota." in page
    assert "An admin writes the first rota." in page


def test_who_is_on_duty_is_read_by_everyone(manned, signed_in):
    page = words(signed_in("rita").get("/duty"))
    assert "Desk: Ana" in page
    assert "Africa/Bamako, now" in page
    assert "Ana; 366 days each, handed over at 08:00." in page
    assert "Save the rota" not in page


def test_an_admin_writes_a_rota(desk, signed_in):
    ana = signed_in("ana")
    assert ana.post("/duty", form="/duty", **ROTA).status_code == 302
    found = rota_of(desk)
    assert (found.zone, found.members) == ("Africa/Bamako", (ANA, BEN))
    page = ana.get("/duty?edit=desk").text
    assert 'value="ana@example.org, ben@example.org"' in page
    assert 'name="seen" value="1"' in page


def test_an_edit_upon_what_was_changed_meanwhile_is_a_conflict(manned, signed_in):
    ana = signed_in("ana")
    assert ana.post("/duty", form="/duty", **ROTA, seen="0").status_code == 409
    assert rota_of(manned).members == (ANA,)
    assert ana.post("/duty", form="/duty", **ROTA, seen="1", turns="1").status_code == 302
    assert rota_of(manned).members == (ANA, BEN)


def test_turns_are_added_changed_and_removed_one_by_one_and_the_others_stay(manned, signed_in):
    ana = signed_in("ana")
    nights = ROTA | {"members": BEN, "window": "20:00-08:00"}
    assert 'value="Africa/Bamako"' in ana.get("/duty?edit=desk&turns=new").text
    assert ana.post("/duty", form="/duty", **nights, seen="1", turns="0").status_code == 302
    first, second = rota_of(manned).turns
    assert (first.members, second.members, second.windows[0].zone) == ((ANA,), (BEN,), "Africa/Bamako")
    page = words(ana.get("/duty"))
    assert "Turns 2: Ben; 7 days each, handed over at 08:00; only 20:00" in page
    shown = ana.get("/duty?edit=desk&turns=2").text
    assert 'name="turns" value="2"' in shown
    assert 'name="seen" value="2"' in shown
    moved = nights | {"members": f"{BEN}, {ANA}", "zone": "Africa/Nairobi"}
    assert ana.post("/duty", form="/duty", **moved, seen="2", turns="2").status_code == 302
    assert [each.members for each in rota_of(manned).turns] == [(ANA,), (BEN, ANA)]
    assert ana.post("/duty/desk/turns/1/remove", form="/duty", seen="2").status_code == 409
    assert ana.post("/duty/desk/turns/1/remove", form="/duty", seen="3").status_code == 302
    assert [each.members for each in rota_of(manned).turns] == [(BEN, ANA)]
    assert ana.post("/duty/desk/turns/7/remove", form="/duty", seen="4").status_code == 404
    assert signed_in("ben").post("/duty/desk/turns/1/remove", form="/alerts", seen="4").status_code == 403


@pytest.mark.parametrize(
    "values,said",
    [
        ({"zone": "Mali"}, "no IANA time zone"),
        ({"handover": "early"}, "hand-overs are written"),
        ({"window": "nights"}, "no part of a window"),
        ({"members": " , "}, "say who takes turns"),
        ({"slug": "The Desk"}, "small letters"),
        ({"starts_on": ""}, "when the first turn begins"),
    ],
)
def test_what_is_no_rota_is_named_at_its_field(desk, signed_in, values, said):
    answer = signed_in("ana").post("/duty", form="/duty", **ROTA | values)
    assert answer.status_code == 422
    assert said in words(answer)


def test_the_desk_stands_in_and_is_relieved(manned, signed_in):
    ben = signed_in("ben")
    fields = {"person": BEN, "instead_of": ANA, "starts_at": "", "ends_at": until(2), "reason": "ana is ill"}
    assert ben.post("/duty/desk/stand-in", form="/duty", **fields).status_code == 302
    page = words(ben.get("/duty"))
    assert "Desk: Ben" in page
    assert "Ben stands in for Ana," in page
    assert ben.post("/duty/desk/stand-in/1/end", form="/duty").status_code == 302
    assert "Desk: Ana" in words(ben.get("/duty"))


@pytest.mark.parametrize(
    "values,said",
    [
        ({"ends_at": ""}, "Say until when"),
        ({"instead_of": "dora@example.org"}, "takes no turns"),
        ({"instead_of": BEN}, "for whom"),
        ({"ends_at": until(-2), "starts_at": until(-3)}, "over already"),
    ],
)
def test_a_stand_in_that_cannot_be_is_named_at_its_field(manned, signed_in, values, said):
    fields = {"person": BEN, "instead_of": ANA, "starts_at": "", "ends_at": until(2), "reason": ""} | values
    answer = signed_in("ben").post("/duty/desk/stand-in", form="/duty", **fields)
    assert answer.status_code == 422
    assert said in words(answer)


def test_holes_in_the_cover_are_shown(desk, signed_in):
    with desk.writing() as (session, now):
        turns = Turns(
            members=(ANA,), starts_on=date(2020, 1, 1), windows=parse_windows("00:00-00:01", zone="UTC")
        )
        rota = Rota(slug="desk", name="Desk", zone="UTC", turns=(turns,))
        arrange(session, rota, by="test", reason="", now=now)
    page = words(signed_in("rita").get("/duty"))
    assert "Nobody is on duty from" in page
    assert "All members are told then." in page


def test_only_admins_write_rotas_and_readers_do_not_stand_in(manned, signed_in):
    assert signed_in("ben").post("/duty", form="/duty", **ROTA).status_code == 403
    rita = signed_in("rita")
    assert rita.post("/duty/desk/stand-in", form="/alerts", person=BEN).status_code == 403


STEPS = {"slug": "ladder", "steps": "15m hook; 30m hook", "rounds": "3", "reason": "sleep"}


@pytest.fixture
def reachable(desk):
    with desk.writing() as (session, now):
        channels.add(session, a_channel("hook"), box=desk.secrets, now=now)
    return desk


def test_an_admin_writes_an_escalation_and_removes_it(reachable, signed_in):
    ana = signed_in("ana")
    assert ana.post("/duty/escalations", form="/duty", **STEPS).status_code == 302
    page = words(ana.get("/duty"))
    assert "After 15 min Hook; then after 30 min Hook. 3 rounds, then a banner stands" in page
    assert "No route names it, so it tells nobody." in page
    assert 'name="seen" value="1"' in ana.get("/duty?steps=ladder").text
    assert ana.post("/duty/escalations", form="/duty", **STEPS, seen="0").status_code == 409
    assert ana.post("/duty/escalations/ladder/remove", form="/duty").status_code == 302
    assert "There is none." in words(ana.get("/duty"))


@pytest.mark.parametrize(
    "values,said",
    [
        ({"steps": "soon"}, "a step is written"), ({"steps": "15m nobody"}, "no channel nobody"),
        ({"slug": ""}, "Give it a short name"), ({"rounds": "4"}, "a number from 1 to 3"),
    ],
)  # fmt: skip
def test_what_is_no_escalation_is_named_at_its_field(reachable, signed_in, values, said):
    answer = signed_in("ana").post("/duty/escalations", form="/duty", **STEPS | values)
    assert answer.status_code == 422
    assert said in words(answer)


def test_the_desk_writes_no_escalations(reachable, signed_in):
    assert signed_in("ben").post("/duty/escalations", form="/duty", **STEPS).status_code == 403


def test_the_board_says_who_is_on_duty_and_until_when(manned, signed_in):
    rita = signed_in("rita")
    assert "Desk : Ana ." in words(rita.get("/"))
    with manned.writing() as (session, now):
        turns = Turns(members=(ANA, BEN), starts_on=now.date() - 2 * DAY)
        rota = Rota(slug="desk", name="Desk", zone="Asia/Kathmandu", turns=(turns,))
        arrange(session, rota, by="test", reason="", now=now)
    page = words(rita.get("/"))
    assert "Desk : Ana until" in page
    assert "08:00 there)" in page


def test_a_hole_in_the_cover_is_said_on_the_board(desk, signed_in):
    with desk.writing() as (session, now):
        turns = Turns(
            members=(ANA,), starts_on=date(2020, 1, 1), windows=parse_windows("2020", zone="UTC")
        )  # fmt: skip
        rota = Rota(slug="desk", name="Desk", zone="UTC", turns=(turns,))
        arrange(session, rota, by="test", reason="", now=now)
    assert "nobody is on duty, so all members are told" in words(signed_in("rita").get("/"))
