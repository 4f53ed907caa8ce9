"""The silences as a page: tried before they are stored, seen with what comes next, ended early."""

import re
from datetime import timedelta

import pytest

from monitor.domain.alerting.silence import Silence, parse_matchers
from monitor.domain.alerting.window_text import parse_windows
from monitor.services.add_silence import add_silence
from monitor.storage import silences
from tests.factories import a_placement, a_rule, install_desk
from tests.web.test_alerts import feel, words

HOUR = timedelta(hours=1)
FORM = {"matchers": "subject=goita\nalertname=~fuel-.*", "lasts": "8h", "comment": "known"}


@pytest.fixture
def fired(desk):
    with desk.writing() as (session, now):
        rules = (a_rule(name="Fuel price"),)
        install_desk(session, now=now, rules=rules, placements=(a_placement(),))
        feel(session, 500, now=now)
    return desk


@pytest.fixture
def ben(signed_in):
    return signed_in("ben")


def post(visitor, path="", **values):
    answer = visitor.post(f"/silences{path}", form="/silences", **values)
    return visitor.get("/silences") if answer.status_code == 302 else answer


def stored(desk):
    with desk.reading() as (session, _):
        return silences.find_all(session)


def silence(desk, **values):
    with desk.writing() as (session, now):
        given = {"starts_at": now, "ends_at": now + 8 * HOUR} | {
            name: value if name == "windows" else now + value for name, value in values.items()
        }
        new = Silence(matchers=parse_matchers(["subject=goita"]), author="ana", comment="known", **given)
        return add_silence(session, new, now=now)


def test_a_desk_without_silences_says_what_one_does(desk, signed_in):
    page = words(signed_in("rita").get("/silences"))
    assert "Nothing is silenced." in page
    assert "There never was a silence." in page
    assert "New silence" not in page


def test_a_silence_is_tried_before_it_is_stored(fired, ben):
    page = words(post(ben, "/preview", **FORM))
    assert "It would mute 1 of 1 open alert now. Fuel price is critical (Assimi Goïta)" in page
    assert "It would mute 1 critical" in page
    assert stored(fired) == []


def test_a_silence_is_stored_and_seen_with_what_it_mutes(fired, ben):
    page = words(post(ben, **FORM))
    assert "1 silence mutes now." in page
    assert "Look again: it mutes 1 of 1 open alerts, more than half." in page
    assert "Look again: it mutes 1 critical: fuel-high." in page
    assert "ben@example.org: known" in page
    assert "Mutes 1 open alert: Fuel price is critical (Assimi Goïta)." in page
    assert stored(fired)[0].matchers == parse_matchers(["subject=goita", "alertname=~fuel-.*"])


def test_one_that_recurs_shows_its_windows_and_when_it_comes_next(desk, ben):
    with desk.reading() as (_, now):
        window = f"{now + 3 * HOUR:%H}:00-{now + 5 * HOUR:%H}:00"
    page = words(post(ben, **FORM | {"lasts": "20w", "windows": window, "zone": "Africa/Bamako"}))
    assert f"Only {window} Africa/Bamako." in page
    assert re.search(r"Next from .* to .*; over on", page)
    assert stored(desk)[0].windows == parse_windows(window, zone="Africa/Bamako")


def test_one_that_ends_within_the_hour_says_so_and_what_is_over_is_listed(desk, signed_in):
    silence(desk, ends_at=HOUR / 2)
    silence(desk, starts_at=HOUR)
    with desk.writing() as (session, now):
        over = Silence(
            matchers=parse_matchers(["subject=x"]), author="ana", comment="old",
            starts_at=now - 2 * HOUR, ends_at=now - HOUR,
        )  # fmt: skip
        silences.add(session, over, now=now)
    page = words(signed_in("rita").get("/silences"))
    assert "within the hour" in page
    for heading in ("In force 1", "To come 1", "Over 1"):
        assert heading in page


def test_a_silence_is_ended(desk, ben):
    number = silence(desk).id
    assert f"Silence {number} ended." in words(post(ben, f"/{number}/end"))
    assert "Over 1" in words(ben.get("/silences"))


@pytest.mark.parametrize(
    "values,said",
    [
        ({"matchers": ""}, "Say which alerts"),
        ({"matchers": "everything"}, "a matcher is written"),
        ({"matchers": "subject=~.*"}, "at least one matcher"),
        ({"comment": ""}, "Say why"),
        ({"lasts": "soon"}, "a span is written"),
        ({"lasts": "31d"}, "at most 30 days"),
        ({"windows": "nights"}, "no part of a window"),
        ({"windows": "Mon", "zone": "Mali"}, "no IANA time zone"),
    ],
)
def test_what_cannot_be_used_is_named_at_its_field(desk, ben, values, said):
    answer = post(ben, **FORM | values)
    assert answer.status_code == 422
    assert said in words(answer)
    assert stored(desk) == []


def test_readers_change_nothing(desk, signed_in):
    number, rita = silence(desk).id, signed_in("rita")
    assert rita.post("/silences", form="/alerts", **FORM).status_code == 403
    assert rita.post(f"/silences/{number}/end", form="/alerts").status_code == 403
    assert stored(desk)[0].ends_at - stored(desk)[0].starts_at == 8 * HOUR


WINDOW = {"slug": "nights", "windows": "22:00-06:00", "zone": "Africa/Bamako", "reason": "sleep"}


def test_an_admin_writes_a_mute_window_and_removes_it(desk, signed_in):
    ana = signed_in("ana")
    page = words(post(ana, "/mute-windows", **WINDOW))
    assert "nights 22:00-06:00 Africa/Bamako" in page
    assert "No route names it, so it mutes nothing." in page
    assert 'name="seen" value="1"' in ana.get("/silences?window=nights").text
    assert "There is none." in words(post(ana, "/mute-windows/nights/remove"))


def test_a_mute_window_upon_what_was_changed_meanwhile_is_a_conflict(desk, signed_in):
    ana = signed_in("ana")
    post(ana, "/mute-windows", **WINDOW)
    assert ana.post("/silences/mute-windows", form="/silences", **WINDOW, seen="0").status_code == 409


@pytest.mark.parametrize(
    "values,said",
    [
        ({"slug": "The nights"}, "small letters"), ({"windows": "dark"}, "no part of a window"),
        ({"zone": "Mali"}, "no IANA time zone"), ({"windows": ""}, "Say when it is open"),
    ],
)  # fmt: skip
def test_what_is_no_mute_window_is_named_at_its_field(desk, signed_in, values, said):
    answer = post(signed_in("ana"), "/mute-windows", **WINDOW | values)
    assert answer.status_code == 422
    assert said in words(answer)


def test_the_desk_writes_no_mute_windows(desk, signed_in):
    ben = signed_in("ben")
    assert ben.post("/silences/mute-windows", form="/silences", **WINDOW).status_code == 403
    assert "Mute windows" not in words(ben.get("/silences"))


def test_the_board_says_which_silences_end_within_a_shift(fired, signed_in):
    rita = signed_in("rita")
    silence(fired, ends_at=9 * HOUR)
    assert "soon" not in words(rita.get("/"))
    silence(fired, ends_at=2 * HOUR)
    assert "1 silence ends soon, at" in words(rita.get("/"))
    silence(fired, ends_at=HOUR)
    assert "2 silences end soon, the first at" in words(rita.get("/"))
