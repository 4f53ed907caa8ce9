"""Whole desks for pages: many subjects of known heat, among them one nobody hears from."""

import math
from datetime import timedelta

from monitor.domain.citation import Citation
from monitor.domain.event import Event
from monitor.domain.indicator import ThresholdNormalisation
from monitor.domain.normalisations.threshold import Thresholds
from monitor.domain.observation import Reading
from monitor.domain.subject import Driver
from monitor.services.assess import assess
from monitor.storage import definitions, observations, series, subjects
from tests.factories import NOW, a_placement, a_source, a_subject, an_indicator

PERCENT = ThresholdNormalisation(thresholds=Thresholds(calm=0, watch=25, elevated=50, high=75, critical=100))
SAHEL = (
    ("dakar-bamako", "Dakar–Bamako road", "route", "risk", 92, 10),
    ("burkina-faso", "Burkina Faso", "country", "risk", 77, 3),
    ("nigeria", "Nigeria", "country", "risk", 67, -2),
    ("ibrahim-traore", "Ibrahim Traoré", "leader", "standing", 36, -4),
    ("abidjan-bamako", "Abidjan–Bamako road", "route", "risk", 58, 9),
    ("niger", "Niger", "country", "risk", 55, -4),
    ("abdourahamane-tiani", "Abdourahamane Tiani", "leader", "standing", 47, -1),
    ("benin", "Benin", "country", "risk", 43, 4),
    ("mauritania", "Mauritania", "country", "risk", 26, 2),
    ("senegal", "Senegal", "country", "risk", 15, 1),
)


def add_subject(
    session,
    slug,
    *,
    name="Mali",
    kind="country",
    scale="risk",
    heat=50.0,
    rise=0.0,
    indicators=1,
    now=NOW,
    silent_days=0,
):
    """Define a subject, give it half a year of weekly values that end at `heat`, and assess it."""
    subject = a_subject(
        slug, name=name, kind=kind, scale=scale, drivers=(Driver(slug="supply", name="Supply", weight=1.0),)
    )
    keys = [f"{slug}-{number}:here" for number in range(indicators)]
    values = [subject]
    for key in keys:
        indicator = key.partition(":")[0]
        values += [_indicator(indicator), a_placement(key, subject=slug)]
    _save(session, values, now=now)
    series.ensure(session, keys)
    series.set_watched(session, slug, keys)
    subjects.ensure(session, [slug])
    for key in keys:
        readings = _readings(key, scale=scale, heat=heat, rise=rise, last=now - timedelta(days=silent_days))
        observations.add(session, readings, source="feed", author="", note="", now=now)
    assess(session, slug, slot=None, now=now, claimed_at=now)


def add_sahel(session, *, now=NOW):
    """Ten subjects and one that fell silent."""
    begin(session, now=now)
    for slug, name, kind, scale, heat, rise in SAHEL:
        add_subject(session, slug, name=name, kind=kind, scale=scale, heat=heat, rise=rise, now=now)
    add_subject(session, "togo", name="Togo", heat=31, now=now, silent_days=80)


def begin(session, *, now=NOW):
    """The source and the citation that all subjects share."""
    _save(
        session,
        [a_source(), Citation(slug="brief", title="Brief", publisher="Desk", licence="CC-BY-4.0")],
        now=now,
    )


def an_event(slug="blockade", *, subject, **values):
    """An event that flies a flag."""
    return Event(**{
        "slug": slug, "subjects": (subject,), "title": "Fuel blockade", "when": "September 2025",
        "kind": "siege",
        "starts_on": (NOW - timedelta(days=80)).date(), "citation": "brief", "is_flag": True, **values,
    })  # fmt: skip


def _indicator(slug):
    return an_indicator(
        slug, name=slug.replace("-", " ").capitalize(), unit="% of worst", normalisation=PERCENT, decimals=1
    )


def _readings(key, *, scale, heat, rise, last):
    """Weekly values, each known a day after its week; the last month brings the rise."""
    readings = []
    for week in range(26):
        end = last - timedelta(days=7 * week + 1)
        wanted = heat - rise * min(week, 4) / 4 + (1.5 * math.sin(week * 2.1) if week else 0)
        pressure = min(max(100 - wanted if scale == "standing" else wanted, 0.0), 100.0)
        readings.append(
            Reading(
                series=key, period_start=end - timedelta(days=7), period_end=end, value=pressure,
                low=max(pressure - 4, 0), high=min(pressure + 4, 100), grade="B2", citation="brief",
                known_at=end + timedelta(hours=6),
            )
        )  # fmt: skip
    return readings[::-1]


def _save(session, values, *, now):
    definitions.save_all(session, values, author="test", reason="test", effective_at=now, now=now)
