"""The page of what waits: who sees it, who decides, and what is said at the row."""

import re
from datetime import timedelta

import pytest

from monitor.domain.gates import Gate
from monitor.services.judge_readings import judge_readings, keep_quarantined
from monitor.services.overview.quarantine import GATE_WORDS, Filters, quarantine_page
from monitor.storage import audit, observations, quarantine
from tests.factories import DEATHS, FUEL, NOW, a_reading, a_source, an_indicator, install_desk
from tests.languages.pages import unsaid
from tests.web.test_index import counted

WEEK = timedelta(days=7)


@pytest.fixture
def held(desk):
    """Two values out of range and one of no series, of run 4; 110 is in force before them."""
    with desk.writing() as (session, _):
        install_desk(session, indicators=(an_indicator(plausible_high=500), an_indicator("conflict-deaths")))
        good = a_reading(110.0, ends=NOW - 2 * WEEK)
        observations.add(session, [good], source="feed", author="", note="", now=NOW)
        hold(session, a_reading(900.0), a_reading(901.0, ends=NOW - WEEK), a_reading(7.0, series="lost:x"))
    return desk


def hold(session, *readings, run_id=4):
    judged = judge_readings(session, a_source(), readings, now=NOW)
    keep_quarantined(session, judged, source="feed", run_id=run_id, now=NOW)


def words(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text))


def number_of(desk, value):
    with desk.reading() as (session, _):
        rows = quarantine.find(session, quarantine.Which())
    return next(row.id for row in rows if row.reading.value == value)


def stored(desk):
    with desk.reading() as (session, _):
        return [row.reading.value for row in observations.history(session, FUEL)]


def decide(visitor, desk, verb, which, **fields):
    path = f"/quarantine/{number_of(desk, which)}/{verb}"
    return visitor.post(path, form="/quarantine", **{"reason": "seen", **fields})


def test_a_reader_sees_what_waits_and_why_and_cannot_decide(held, signed_in):
    page = signed_in("rita").get("/quarantine")
    told = words(page)
    assert "3 values wait for a person." in told
    assert "900 for fuel-price, Bamako" in told
    assert "900 is above 500, the most that is plausible." in told
    assert "There is no series lost:x." in told
    assert 'aria-label="900 in quarantine; the last 1 value: 110 to 110; allowed to 500."' in page.text
    assert "Decide" not in told


def test_filters_narrow_it_and_nonsense_in_the_address_asks_nothing(held, signed_in):
    rita = signed_in("rita")
    assert "lost:x" not in words(rita.get(f"/quarantine?series={FUEL}"))
    assert "No value under these filters." in words(rita.get("/quarantine?source=other"))
    assert "No value was released." in words(rita.get("/quarantine?state=released"))
    assert "3 values wait" in words(rita.get("/quarantine?state=what&run=x&page=-1"))


def test_the_desk_releases_and_corrects_with_a_reason(held, signed_in):
    ben = signed_in("ben")
    assert decide(ben, held, "release", 900).status_code == 302
    assert "Released: 1 value." in words(ben.get("/quarantine"))
    assert decide(ben, held, "correct", 901, value="90,5").status_code == 302
    assert sorted(stored(held)) == [90.5, 110, 900]
    with held.reading() as (session, _):
        assert audit.find_all(session)[0].actor == "ben@example.org"
    assert "Corrected to 90.5 by ben@example.org" in words(ben.get("/quarantine?state=all"))


def test_only_an_admin_dismisses_or_decides_a_run(held, signed_in):
    ben, ana = signed_in("ben"), signed_in("ana")
    assert decide(ben, held, "dismiss", 900).status_code == 403
    assert ben.post("/quarantine/runs/4/release", form="/quarantine", reason="x").status_code == 403
    assert "Dismiss" not in re.findall(r">(Dismiss)<", ben.get("/quarantine").text)
    assert decide(ana, held, "dismiss", 900).status_code == 302
    answer = ana.post("/quarantine/runs/4/release?run=4", form="/quarantine?run=4", reason="true")
    assert answer.location == "/quarantine?run=4"
    page = words(ana.get("/quarantine"))
    assert "Released: 1 value. The heat follows in a moment." in page
    assert "1 value of unknown series waits on." in page
    ana.post("/quarantine/runs/4/dismiss", form="/quarantine?run=4", reason="nonsense")
    assert "Nothing waits." in words(ana.get("/quarantine"))
    assert sorted(stored(held)) == [110, 901]


@pytest.mark.parametrize(
    "verb,fields,told",
    [
        ("release", {"reason": ""}, "Say why"),
        ("correct", {"value": "900"}, "900 is above 500"),
        ("correct", {"value": ""}, "is not a number"),
    ],
)
def test_what_cannot_be_used_is_said_at_its_row(held, signed_in, verb, fields, told):
    answer = decide(signed_in("ben"), held, verb, 900, **fields)
    assert answer.status_code == 422
    assert told in words(answer)
    assert '<details class="q-act" open>' in answer.text  # fmt: skip


def test_a_row_decided_meanwhile_says_by_whom(held, signed_in):
    ben = signed_in("ben")
    path = f"/quarantine/{number_of(held, 900)}/release"
    token = ben.token("/quarantine")
    for status in (302, 422):
        answer = ben.client.post(path, data={"csrf_token": token, "reason": "seen"})
        assert answer.status_code == status
    assert "was released by ben@example.org: seen" in words(answer)


def test_the_board_and_the_series_say_how_many_wait(held, signed_in):
    rita = signed_in("rita")
    assert "3 values in quarantine" in words(rita.get("/"))
    assert "2 values in quarantine" in words(rita.get(f"/series/{FUEL}"))


def test_many_rows_take_no_more_queries_than_few_and_go_over_pages(held, signed_in):
    with held.reading() as (session, now), counted(session) as few:
        quarantine_page(session, Filters(), now=now)
    with held.writing() as (session, _):
        hold(session, *(a_reading(1000.0 + week, ends=NOW - week * WEEK) for week in range(3, 60)), run_id=5)
        hold(session, *(a_reading(float(row), series=f"lost:{row}") for row in range(9)), run_id=5)
    with held.reading() as (session, now), counted(session) as many:
        view = quarantine_page(session, Filters(), now=now)
    assert len(many) <= len(few) <= 12
    assert (len(view.rows), view.pages, view.waiting) == (25, 3, 69)
    page = words(signed_in("rita").get("/quarantine?page=2"))
    assert "Page 2 of 3" in page


def test_every_gate_has_a_word(held):
    assert set(GATE_WORDS) == set(Gate)
    with held.writing() as (session, now):
        hold(session, a_reading(5.0, series=DEATHS, ends=now + 9 * WEEK))
        assert quarantine_page(session, Filters(series=DEATHS), now=now).rows[0].gate == "Future period"


def choose(visitor, desk, verb, values, **fields):
    numbers = [number_of(desk, value) for value in values]
    return visitor.post(f"/quarantine/chosen/{verb}", form="/quarantine", number=numbers, **fields)


def test_several_are_released_at_once(held, signed_in):
    ben = signed_in("ben")
    assert "Those ticked" in words(ben.get("/quarantine"))
    assert choose(ben, held, "release", [900, 901], reason="a true jump").status_code == 302
    assert "Released: 2 values." in words(ben.get("/quarantine"))
    assert sorted(stored(held)) == [110, 900, 901]


def test_several_are_corrected_by_a_factor(held, signed_in):
    ben = signed_in("ben")
    assert choose(ben, held, "rescale", [900, 901], reason="in cents", value="0.01").status_code == 302
    assert sorted(stored(held)) == [9, 9.01, 110]
    assert "Corrected to 9.01 by ben@example.org" in words(ben.get("/quarantine?state=corrected"))


def test_only_an_admin_dismisses_several_or_rescales_a_run(held, signed_in):
    ben, ana = signed_in("ben"), signed_in("ana")
    assert choose(ben, held, "dismiss", [900], reason="x").status_code == 403
    path = "/quarantine/runs/4/rescale"
    assert ben.post(path, form="/quarantine", reason="x", value="0.1").status_code == 403
    assert choose(ana, held, "dismiss", [900], reason="nonsense").status_code == 302
    assert ana.post(path, form="/quarantine", reason="in cents", value="0.1").status_code == 302
    assert sorted(stored(held)) == [90.1, 110]


@pytest.mark.parametrize(
    "values,fields,told",
    [
        ([], {"reason": "seen"}, "Tick the values that are meant"),
        ([900], {"reason": ""}, "Say why"),
        ([900, 901], {"reason": "seen", "value": "0"}, "Expected a number that each value is multiplied by"),
        ([900, 901], {"reason": "seen", "value": "0.9"}, "is above 500"),
    ],
)
def test_what_is_wrong_with_several_is_said_where_they_are_decided(held, signed_in, values, fields, told):
    answer = choose(signed_in("ben"), held, "rescale", values, **fields)
    assert answer.status_code == 422
    assert told in words(answer).partition("Those ticked")[2]
    assert answer.text.count(" checked>") == len(values)
    assert stored(held) == [110]


def test_all_of_a_page_are_ticked_by_one_link_and_readers_tick_nothing(held, signed_in):
    assert signed_in("ben").get("/quarantine?chosen=all").text.count(" checked>") == 3
    page = signed_in("rita").get("/quarantine")
    assert "checkbox" not in page.text
    assert "Those ticked" not in words(page)


def test_no_word_of_it_was_written_and_not_said(held, signed_in):
    ana, ben = signed_in("ana"), signed_in("ben")
    decide(ben, held, "release", 901)
    names = (
        "Feed",
        "Fuel price",
        "Bamako",
        "lost:x",
        "index",
        "feed",
        "goes on",
        "TLP:CLEAR",
        "fuel-price",
        "seen",
    )
    paths = [f"/quarantine?state={state}" for state in ("open", "released", "corrected", "all")]
    assert unsaid(ana, *paths, "/quarantine?run=4", known=names) == {}
