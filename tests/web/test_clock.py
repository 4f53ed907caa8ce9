"""The clock of a subject, set live from its page by an admin and by nobody else."""

import re

import pytest

from monitor.domain.clock import ClockMode
from monitor.services.assess import assess
from monitor.storage import audit, observations, subjects
from tests.factories import DEATHS, FUEL, NOW, a_reading, install_desk, standing

PAGE = "/subjects/goita"


@pytest.fixture
def archive(desk):
    with desk.writing() as (session, _):
        install_desk(session, now=NOW, clock=standing())
        assess(session, "goita", slot=None, now=NOW, claimed_at=NOW)
    return desk


def mode(desk):
    with desk.reading() as (session, _):
        return subjects.state(session, "goita").clock.mode


def test_an_admin_sees_the_button_and_a_reader_does_not(archive, signed_in):
    assert "Set live" in signed_in("ana").get(PAGE).text
    assert "Set live" not in signed_in("rita").get(PAGE).text


def test_setting_it_live_is_kept_with_who_and_before(archive, signed_in):
    answer = signed_in("ana").post(f"{PAGE}/clock", form=PAGE, reason="data flows again")
    assert answer.status_code == 302
    assert mode(archive) is ClockMode.LIVE
    with archive.reading() as (session, _):
        entry = next(each for each in audit.find_all(session) if each.action == "subject.set_clock")
    assert entry.actor.startswith("ana")
    assert entry.before["mode"] == "standing"


def test_the_page_that_follows_shows_where_things_stand_now(desk, signed_in):
    with desk.writing() as (session, _):
        install_desk(session, now=NOW, clock=standing())
        for series in (FUEL, DEATHS):
            observations.add(
                session, [a_reading(300, series=series)], source="feed", author="", note="", now=NOW
            )
        assess(session, "goita", slot=None, now=NOW, claimed_at=NOW)
    ana = signed_in("ana")
    assert "No level" not in ana.get(PAGE).text
    ana.post(f"{PAGE}/clock", form=PAGE, reason="data flows again")
    page = ana.get(PAGE).text
    assert "No level" in page
    first = re.search(r'<tr class="sum first"><td>([^<]+)</td>', page)
    assert first is None or first[1].endswith(", Unknown")


def test_a_desk_officer_may_not(archive, signed_in):
    assert signed_in("ben").post(f"{PAGE}/clock", form="/desk/value").status_code == 403
    assert mode(archive) is ClockMode.STANDING
