"""One short builder per entity; every default is valid, and a test names only what it is about."""

from datetime import UTC, datetime, timedelta

from monitor.domain.alerting.channel import Channel
from monitor.domain.alerting.rule import Rule, RuleKind
from monitor.domain.citation import Citation
from monitor.domain.clock import Clock, ClockMode
from monitor.domain.indicator import Indicator, ThresholdNormalisation
from monitor.domain.normalisations.threshold import Thresholds
from monitor.domain.observation import Reading
from monitor.domain.placement import Placement
from monitor.domain.scale import RISK, STANDING, Concern
from monitor.domain.series import SeriesKey
from monitor.domain.source import Source
from monitor.domain.subject import Driver, Subject
from monitor.storage import definitions, series, sources, subjects

NOW = datetime(2025, 11, 30, 12, tzinfo=UTC)
FUEL = "fuel-price:bamako"
DEATHS = "conflict-deaths:mali"


def a_source(slug="feed", **values):
    return Source(**{
        "slug": slug, "name": "Feed", "kind": "fake", "licence": "CC-BY-4.0", "attribution": "Feed",
        "interval_seconds": 3600, **values,
    })  # fmt: skip


def an_indicator(slug="fuel-price", **values):
    thresholds = Thresholds(calm=100, watch=150, elevated=250, high=350, critical=500)
    return Indicator(**{
        "slug": slug, "name": slug, "unit": "index", "source": "feed", "cadence_days": 7.0,
        "normalisation": ThresholdNormalisation(thresholds=thresholds),
        "fresh_for_days": 14.0, "expires_after_days": 60.0, **values,
    })  # fmt: skip


def a_subject(slug="goita", **values):
    drivers = (
        Driver(slug="supply", name="Supply", weight=1.0),
        Driver(slug="security", name="Security", weight=1.0),
    )
    return Subject(**{
        "slug": slug, "name": "Assimi Goïta", "kind": "leader", "scale": "standing", "drivers": drivers,
        **values,
    })  # fmt: skip


def a_placement(series=FUEL, **values):
    return Placement(**{"subject": "goita", "driver": "supply", "series": series, "weight": 1.0, **values})


def a_rule(slug="fuel-high", **values):
    return Rule(**{
        "slug": slug, "name": slug, "kind": RuleKind.THRESHOLD, "subject": "goita", "series": FUEL,
        "lowest_concern": Concern.HIGH, **values,
    })  # fmt: skip


def a_level_rule(slug="level", **values):
    return Rule(**{
        "slug": slug, "name": "Standing", "kind": RuleKind.HEAT_LEVEL, "subject": "goita",
        "lowest_concern": Concern.HIGH, **values,
    })  # fmt: skip


def a_channel(slug="hook", **values):
    return Channel(**{"slug": slug, "name": "Hook", "kind": "fake", "settings": {"to": ["desk"]}, **values})


def a_reading(value, *, ends=NOW, series=FUEL, days=7, **values):
    return Reading(**{
        "series": series, "period_start": ends - timedelta(days=days), "period_end": ends, "value": value,
        "known_at": ends, "grade": "B2", "citation": "brief", **values,
    })  # fmt: skip


def install_desk(session, *, now=NOW, clock=None, subject=None, indicators=(), placements=(), rules=()):
    """Store a whole small desk: one leader on two series of one source, with the rules given."""
    values = [
        STANDING, RISK, a_source(),
        Citation(slug="brief", title="Brief", publisher="Desk", licence="CC-BY-4.0"),
        *(indicators or (an_indicator(), an_indicator("conflict-deaths"))),
        subject or a_subject(),
        *(placements or (a_placement(), a_placement(DEATHS, driver="security"))),
        *rules,
    ]  # fmt: skip
    definitions.save_all(session, values, author="test", reason="set up", effective_at=now, now=now)
    keys = [SeriesKey.parse(value.series) for value in values if isinstance(value, Placement)]
    series.ensure(session, keys)
    series.set_watched(session, "goita", keys)
    subjects.add(session, "goita", clock=clock or Clock())
    sources.add(session, "feed", due_at=now)


def standing(moment=NOW):
    return Clock(mode=ClockMode.STANDING, stands_at=moment)
