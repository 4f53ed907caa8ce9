"""Times on pages: UTC in the words, the reader's own clock and how long ago in the title."""

from datetime import UTC, datetime

import pytest
from jinja2 import Environment

from monitor.domain.person import Person, Role
from monitor.domain.wording import speaking
from monitor.render.environment import install
from monitor.render.languages import language

NOW = datetime(2026, 11, 23, 14, 20, tzinfo=UTC)
THEN = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)


def page(template, *, zone=None):
    environment = Environment(autoescape=True)
    install(environment)
    person = None
    if zone:
        person = Person(id=1, email="rita@example.org", name="Rita", role=Role.READER, zone=zone)
    return environment.from_string(template).render(person=person, now=NOW, then=THEN)


@pytest.mark.parametrize(
    "zone,title",
    [
        (None, "14 h ago"),
        ("UTC", "14 h ago"),
        ("Africa/Bamako", "14 h ago; 22 Nov 23:30 Africa/Bamako"),
        ("Africa/Niamey", "14 h ago; 23 Nov 00:30 Africa/Niamey"),
    ],
)
def test_a_moment_is_told_in_utc_and_its_title_by_the_reader_s_clock(zone, title):
    told = page("{{ when(then, now) }}", zone=zone)
    assert told == f'<time datetime="2026-11-22T23:30:00+00:00" title="{title}">22 Nov 23:30</time>'


def test_the_reader_s_clock_has_the_name_of_its_place():
    clock = "{% set own = local_time(now) %}{% if own %}{{ own.clock }} {{ own.place }}{% endif %}"
    assert page(clock, zone="America/Port-au-Prince") == "09:20 Port-au-Prince"
    assert page(clock, zone="America/New_York") == "09:20 New York"
    assert page(clock, zone="UTC") == page(clock) == ""


def test_what_is_to_come_is_told_ahead_and_in_french():
    with speaking(language("fr")):
        assert page("{{ ago(now, then) }}; {{ ago(then, now) }}") == "dans 14 h; il y a 14 h"
