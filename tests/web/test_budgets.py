"""Budgets of the pages people keep open: statements for 200 subjects, and for a subject of 50 indicators."""

import re
from datetime import timedelta

import pytest

from monitor.domain.alerting.rota import Rota, Turns
from monitor.domain.clock import epoch
from monitor.domain.scale import Concern
from monitor.services.arrange import arrange
from monitor.services.assess import assess
from monitor.storage import definitions, heartbeats, heat_points, observations, subjects, visits
from monitor.storage.heat_points import HeatPoint
from tests.boards import add_subject, begin
from tests.factories import a_placement, a_reading, a_subject, an_indicator
from tests.services.test_overview_board import counted

MOST, SUBJECTS, DAYS, INDICATORS = 12, 200, 3, 50


def a_point(slug, at, heat, *, seq):
    return HeatPoint(
        subject=slug, at=at, seq=seq, heat=heat, pressure=heat, raw_pressure=heat, heat_low=heat,
        heat_high=heat, coverage=1.0, confidence=0.5, ungraded=0.0, carried=0.0, level="Simmering",
        concern=Concern.WATCH, input_seq=1, definition_seq=1,
    )  # fmt: skip


@pytest.fixture
def watched(desk):
    """Two hundred subjects with a point a day, one of them with fifty indicators, someone on duty."""
    with desk.writing() as (session, now):
        begin(session, now=now)
        add_subject(session, "large", name="Large", heat=60, rise=8, indicators=INDICATORS, now=now)
        slugs = [f"subject-{number:03}" for number in range(SUBJECTS - 1)]
        values = [
            an_indicator("price", unit="%"),
            *(a_subject(slug, name=slug, scale="risk") for slug in slugs),
        ]
        values += [a_placement("price:mali", subject=slug, driver="supply") for slug in slugs]
        definitions.save_all(session, values, author="test", reason="test", effective_at=now, now=now)
        subjects.ensure(session, slugs)
        end = epoch(now) - 60
        heat_points.publish(session, [
            a_point(slug, end - day * 86_400, 30.0 + (number + day) % 7, seq=10**6 + number)
            for number, slug in enumerate(slugs) for day in range(DAYS)
        ])  # fmt: skip
        turns = Turns(
            members=("ana@example.org", "ben@example.org"), starts_on=now.date() - timedelta(days=1)
        )
        arrange(
            session, Rota(slug="desk", name="Desk", zone="UTC", turns=(turns,)), by="test", reason="", now=now
        )
        visits.record(session, 3, visits.BOARD, now=now - timedelta(hours=3))
        visits.record(session, 3, "large", now=now - timedelta(hours=3))
        heartbeats.beat(session, worker="one", now=now)
    return desk


def asked(desk, visitor, path):
    with desk.reading() as (session, _), counted(session) as statements:
        page = visitor.get(path)
    assert page.status_code == 200
    return page.text, [each for each in statements if not each.startswith("BEGIN")]


def test_board_and_subject_keep_their_budget_of_statements(watched, signed_in):
    rita = signed_in("rita")
    page, _ = asked(watched, rita, "/")
    assert page.count('class="nm"') == SUBJECTS
    assert "Since you last looked" in page
    assert re.search(r'<b class="nb">(Ana|Ben)</b>', page)
    _, again = asked(watched, rita, "/")
    with watched.writing() as (session, now):
        reading = a_reading(90, series="large-0:here", ends=now - timedelta(hours=1), days=1)
        observations.add(session, [reading], source="feed", author="", note="", now=now)
        assess(session, "large", slot=None, now=now, claimed_at=now)
    _, moved = asked(watched, rita, "/")
    own, _ = asked(watched, rita, "/subjects/large")
    assert own.count('class="needle"') == INDICATORS
    _, twice = asked(watched, rita, "/subjects/large")
    assert len(again) <= MOST - 2, again
    assert len(moved) <= MOST, moved
    assert len(twice) <= MOST, twice
