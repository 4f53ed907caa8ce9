"""Since you last looked: one sentence on the board and on a subject's page, with the ledger of the span."""

import re
from datetime import timedelta

import pytest

from monitor.domain.alerting.rota import Rota, Turns
from monitor.services.arrange import arrange
from monitor.services.assess import assess
from monitor.services.raise_alerts import raise_alerts
from monitor.storage import observations, people, visits
from tests.factories import a_placement, a_reading, a_rule, install_desk
from tests.services.test_overview_board import counted
from tests.web.test_alerts import words

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def risen(desk):
    """A live desk on which fuel was calm five hours ago and is critical since an hour ago."""
    with desk.writing() as (session, now):
        rules, placements = (a_rule(name="Fuel price"),), (a_placement(),)
        install_desk(session, now=now - 6 * HOUR, rules=rules, placements=placements)
        for value, at in ((100, now - 5 * HOUR), (500, now - HOUR)):
            reading = a_reading(value, ends=at, days=1)
            observations.add(session, [reading], source="feed", author="", note="", now=at)
            assess(session, "goita", slot=None, now=at, claimed_at=at)
            raise_alerts(session, "goita", slot=None, now=at)
    return desk


def look(desk, subject, *, hours, name="rita"):
    with desk.writing() as (session, now):
        person, _ = people.by_email(session, f"{name}@example.org")
        visits.record(session, person.id, subject, now=now - hours * HOUR)


def strip(page):
    found = re.search(r'<p class="since-strip.*?</p>', page.text, flags=re.DOTALL)
    return "" if found is None else re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found[0])).strip()


def test_the_board_says_what_changed_since_this_person_looked(risen, signed_in):
    rita = signed_in("rita")
    assert strip(rita.get("/")) == ""
    look(risen, visits.BOARD, hours=3)
    said = strip(rita.get("/"))
    assert said.startswith("Since you last looked, ")
    assert "Assimi Goïta entered Cold from " in said
    assert "one alert opened ." in said
    assert strip(signed_in("ben").get("/")) == ""
    assert rita.post("/looked", form="/alerts").status_code == 204
    assert "Since you last looked" in strip(rita.get("/"))
    look(risen, visits.BOARD, hours=0.75, name="ben")
    assert strip(signed_in("ben").get("/")).startswith("Nothing changed since you last looked, ")


def test_a_subject_says_so_too_and_leads_to_the_ledger_of_the_span(risen, signed_in):
    rita = signed_in("rita")
    look(risen, "goita", hours=3)
    page = rita.get("/subjects/goita")
    assert "entered Cold from " in strip(page)
    (address,) = set(re.findall(r'href="(/subjects/goita/ledger\?from=[^"]+Z)"', page.text))
    ledger = words(rita.get(address))
    assert "Fuel-price" in ledger
    assert "In all" in ledger
    assert 'aria-current="true">Since you last looked</a>' in rita.get(address).text
    assert rita.get("/subjects/goita/ledger?from=2025-99-30T10:00").status_code == 422


def test_the_shift_of_now_is_a_span_of_the_ledger(risen, signed_in):
    with risen.writing() as (session, now):
        turns = Turns(members=("ana@example.org", "ben@example.org"), starts_on=now.date() - DAY)
        for slug in ("desk", "night"):
            rota = Rota(slug=slug, name=slug.title(), zone="UTC", turns=(turns,))
            arrange(session, rota, by="test", reason="", now=now)
    page = signed_in("rita").get("/subjects/goita/ledger").text
    (address,) = re.findall(r'href="([^"]+)"[^>]*>This shift, Desk</a>', page)
    assert "This shift, Night" in page
    assert signed_in("rita").get(address.replace("&amp;", "&")).status_code == 200


def test_looking_back_costs_the_board_no_query_beside_that_for_the_look(risen, signed_in):
    rita = signed_in("rita")
    rita.get("/")
    with risen.reading() as (session, _), counted(session) as before:
        rita.get("/")
    look(risen, visits.BOARD, hours=3)
    with risen.reading() as (session, _), counted(session) as after:
        rita.get("/")
    assert len(after) == len(before)
