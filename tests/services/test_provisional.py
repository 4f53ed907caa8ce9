"""Provisional periods: what is coded late or has not ended never calms anybody down (heat.md 5)."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from monitor.domain.alerting.alert import EventType
from monitor.domain.errors import InvalidInput
from monitor.domain.indicator import ThresholdNormalisation, Transform
from monitor.domain.normalisations.threshold import Thresholds
from monitor.domain.observation import Reading
from monitor.domain.scale import Concern
from monitor.services.assess import assess, claim_assessment
from monitor.services.confirm import confirm
from monitor.services.deliver import deliver
from monitor.services.raise_alerts import raise_next
from monitor.services.verify_heat import verify_heat
from monitor.storage import audit, channels, heat_points, observations, pressures, subjects
from tests.factories import (
    DEATHS,
    a_channel,
    a_level_rule,
    a_placement,
    a_rule,
    a_subject,
    an_indicator,
    install_desk,
)  # fmt: skip
from tests.fakes import FakeChannel
from tests.services.alert_rows import BOX

DAY = timedelta(days=1)
START = datetime(2025, 1, 1, tzinfo=UTC)
PLACEMENT = f"goita/security/{DEATHS}"
MONTHLY = {
    "cadence_days": 30.0,
    "fresh_for_days": 45.0,
    "expires_after_days": 120.0,
    "settles_after_days": 35.0,
}
YEARLY = ThresholdNormalisation(thresholds=Thresholds(calm=0, critical=5000))
LASTS = {"keep_firing_seconds": 0.0, "for_count": 1}
SUM = (Transform(name="rolling_sum", parameters={"window_days": 365}),)


def month(number):
    """The first moment of a month, counted from January 2025 as 1."""
    return datetime(2025 + (number - 1) // 12, (number - 1) % 12 + 1, 1, tzinfo=UTC)


def deaths(number, value, *, known_at=None, **fields):
    return Reading(
        series=DEATHS, period_start=month(number), period_end=month(number + 1), value=value,
        known_at=known_at or month(number + 1) + 5 * DAY, grade="B2", citation="brief", **fields,
    )  # fmt: skip


class Desk:
    """A desk on one monthly series, with rules on the series and the level, and a channel that keeps all."""

    def __init__(self, database, **indicator):
        self.database, self.channel = database, FakeChannel()
        with database.write() as session:
            install_desk(
                session, now=START,
                subject=a_subject(min_coverage=0.5),
                indicators=(an_indicator("conflict-deaths", **(MONTHLY | indicator)),),
                placements=(a_placement(DEATHS, driver="security"),),
                rules=(
                    a_rule(slug="deaths", series=DEATHS, lowest_concern=Concern.WATCH, **LASTS),
                    a_level_rule(lowest_concern=Concern.WATCH),
                ),
            )  # fmt: skip
            channels.add(session, a_channel(), box=BOX, now=START)

    def day(self, now, *readings):
        """Store what is known by then, assess, raise alerts, deliver; return the heat."""
        with self.database.write() as session:
            observations.add(session, list(readings), source="feed", author="", note="", now=now)
        return self.work(now)

    def work(self, now):
        with self.database.write() as session:
            subjects.mark_due(session, ["goita"], now=now)
            claim = claim_assessment(session, now=now)
            found = assess(session, claim.slug, slot=claim.slot, now=now, claimed_at=now)
            while raise_next(session, now=now) is not None:
                pass
        deliver(
            self.database, {"fake": self.channel}, secrets=BOX, now=now + timedelta(minutes=30),
            owner="worker",
            base_url="https://desk.example", generator=np.random.default_rng(1), stopwatch=lambda: 0.0,
        )  # fmt: skip
        return found.heat

    def of(self):
        with self.database.read() as session:
            return heat_points.last(session, ["goita"])["goita"], pressures.of_subject(session, "goita")[
                PLACEMENT
            ]

    @property
    def told(self):
        """The kinds of message that went out, in order."""
        return [line.split()[0] for _, body in self.channel.sent for line in body.decode().splitlines()]

    def confirm(self, period, now, reason="counted again with the makers"):
        with self.database.write() as session:
            return confirm(session, DEATHS, period, reason=reason, actor="ada@example.org", now=now)


CALMING = {f"alert.{kind.value}" for kind in (EventType.CONCERN_LOWERED, EventType.RESOLVED)} | {
    kind.value for kind in (EventType.CONCERN_LOWERED, EventType.RESOLVED)
}


def high_desk(database, **indicator):
    """Four months near 400 a month, settled but for the last; alerts were sent."""
    desk = Desk(database, **indicator)
    for number, value in ((1, 390.0), (2, 410.0), (3, 395.0), (4, 400.0)):
        desk.day(month(number + 1) + 5 * DAY, deaths(number, value))
    assert desk.told
    return desk


def test_a_month_at_a_fifth_of_its_neighbours_soon_after_its_end_is_held_and_nobody_is_told_of_calm(database):
    desk = high_desk(database)
    (before, _), told = desk.of(), list(desk.told)
    now = month(6) + 5 * DAY
    desk.day(now, deaths(5, 80.0))
    after, held = desk.of()
    assert after.heat <= before.heat
    assert (held.is_held, held.is_provisional, held.value) == (True, True, 400.0)
    assert after.level == before.level
    assert after.confidence == pytest.approx(before.confidence / 2)
    for days in range(1, 30):
        assert desk.work(now + days * DAY) == after.heat
    assert not CALMING & set(desk.told[len(told) :])
    settled = month(6) + 35 * DAY
    assert desk.work(settled) > after.heat
    assert not desk.of()[1].is_held
    with database.read() as session:
        assert verify_heat(session, "goita").first is None


def test_a_month_that_has_not_ended_is_held_at_the_newest_that_has_though_that_is_provisional_too(database):
    desk = high_desk(database)
    desk.day(month(6) + 5 * DAY, deaths(5, 480.0))
    before, _ = desk.of()
    desk.day(month(6) + 8 * DAY, deaths(6, 20.0, known_at=month(6) + 8 * DAY))
    after, held = desk.of()
    assert after.heat == before.heat
    assert (held.value, held.is_held) == (480.0, True)
    assert after.confidence == pytest.approx(before.confidence / 2)
    assert not CALMING & set(desk.told)


def test_a_month_that_has_not_ended_may_raise_the_alarm_at_once(database):
    desk = high_desk(database)
    before, _ = desk.of()
    desk.day(month(5) + 8 * DAY, deaths(5, 600.0, known_at=month(5) + 8 * DAY))
    after, seen = desk.of()
    assert after.heat < before.heat
    assert (seen.is_held, seen.is_provisional) == (False, True)


def test_a_sum_over_twelve_months_is_held_as_the_month_itself_is(database):
    desk = high_desk(database, transforms=SUM, normalisation=YEARLY)
    before, _ = desk.of()
    for number in range(5, 13):
        desk.day(month(number + 1) + 5 * DAY, deaths(number, 1.0))
    full, _ = desk.of()
    assert full.heat <= before.heat
    desk.day(month(14) + 5 * DAY, deaths(13, 2.0))
    after, held = desk.of()
    assert (held.is_held, held.value) == (True, 390.0 + 410.0 + 395.0 + 400.0 + 8.0)
    assert after.heat == full.heat
    desk.work(month(14) + 36 * DAY)
    assert desk.of()[1].value == 410.0 + 395.0 + 400.0 + 8.0 + 2.0


def test_a_confirmed_month_counts_at_once_and_the_desk_is_told(database):
    desk = high_desk(database)
    now = month(6) + 5 * DAY
    desk.day(now, deaths(5, 80.0))
    held, _ = desk.of()
    found = desk.confirm("2025-05", now + DAY)
    assert (found.value, found.is_new) == (80.0, True)
    assert desk.work(now + DAY) == 100.0 > held.heat
    after, seen = desk.of()
    assert (seen.is_held, seen.is_provisional, seen.value) == (False, False, 80.0)
    assert after.confidence == pytest.approx(2 * held.confidence)
    with database.read() as session:
        [entry] = audit.find_all(session, target=DEATHS)
        assert (entry.actor, entry.action) == ("ada@example.org", "observation.confirm")
        assert verify_heat(session, "goita").first is None
    assert not desk.confirm("2025-05", now + 2 * DAY).is_new


def test_the_same_value_from_the_source_leaves_the_confirmation_and_a_revision_withdraws_it(database):
    desk = high_desk(database)
    now = month(6) + 5 * DAY
    desk.day(now, deaths(5, 80.0))
    desk.confirm("2025-05-01", now + DAY)
    desk.day(now + 2 * DAY, deaths(5, 80.0, known_at=now + 2 * DAY))
    assert not desk.of()[1].is_held
    desk.day(now + 3 * DAY, deaths(5, 90.0, known_at=now + 3 * DAY))
    assert (desk.of()[1].is_held, desk.of()[1].value) == (True, 400.0)
    with database.read() as session:
        assert verify_heat(session, "goita").first is None


@pytest.mark.parametrize(
    "key,period,reason,field,words",
    [
        (DEATHS, "2025-05", " ", "reason", "say why"),
        (DEATHS, "2025-05", "x" * 301, "reason", "at most 300"),
        (DEATHS, "2024-05", "known", "period", "no value for '2024-05'"),
        (DEATHS, "2025", "known", "period", "5 periods .* start in 2025: name one .* 2025-05-01"),
        ("deaths:nowhere", "2025-05", "known", "series", "there is no series"),
        ("deaths", "2025-05", "known", "series", "indicator:unit"),
    ],
)
def test_what_cannot_be_confirmed_is_refused(database, key, period, reason, field, words):
    desk = high_desk(database)
    desk.day(month(6) + 5 * DAY, deaths(5, 80.0))
    with database.write() as session, pytest.raises(InvalidInput, match=words) as caught:
        confirm(session, key, period, reason=reason, actor="ada", now=month(6) + 6 * DAY)
    assert caught.value.field == field


def test_a_month_known_only_when_it_had_settled_is_not_held(database):
    desk = high_desk(database)
    desk.day(month(6) + 40 * DAY, deaths(5, 80.0, known_at=month(6) + 40 * DAY))
    assert (desk.of()[0].heat, desk.of()[1].is_held) == (100.0, False)
