"""Old beside new: matching by overlap, months, flaps, lead times (heat.md 9)."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from monitor.domain.backtests.firing import Firing
from monitor.domain.backtests.preview import Span, compare, fires_weekly, level_flips, outcome
from monitor.domain.clock import epoch
from monitor.domain.event import Event
from monitor.domain.scale import Concern
from monitor.domain.scoring.level import LevelChange, LevelReason

YEAR = Span(since=datetime(2025, 1, 1, tzinfo=UTC), until=datetime(2026, 1, 1, tzinfo=UTC))
COUP = Event(
    slug="coup", subjects=("goita",), title="Coup", starts_on=date(2025, 6, 10), when="10 June 2025",
    kind="coup", citation="brief", is_flag=True,
)  # fmt: skip


def day(month, number):
    return datetime(2025, month, number, tzinfo=UTC)


def a_firing(began, ended, messages=2):
    return Firing(
        rule="fuel",
        began_at=began,
        ended_at=ended,
        concern=Concern.HIGH,
        peak=Concern.HIGH,
        messages=messages,
    )


MARCH = a_firing(day(3, 1), day(3, 20))
JUNE = a_firing(day(6, 1), day(6, 20))


def test_firings_are_matched_where_they_overlap():
    early, autumn = a_firing(day(2, 25), day(3, 10)), a_firing(day(10, 1), None, messages=1)
    found = compare("fuel", [MARCH, JUNE], [early, autumn], span=YEAR)
    assert [shift.seconds / 86_400 for shift in found.kept] == [-4]
    assert (found.earlier, found.later) == (found.kept, ())
    assert (found.gained, found.lost) == ((autumn,), (JUNE,))
    assert found.has_changed
    assert found.new.is_open
    assert not found.old.is_open


def test_a_later_firing_is_kept_and_the_same_one_unchanged():
    found = compare("fuel", [MARCH], [replace(MARCH, began_at=day(3, 5))], span=YEAR)
    assert (len(found.later), found.earlier) == (1, ())
    assert not compare("fuel", [MARCH], [MARCH], span=YEAR).has_changed


def test_one_long_firing_that_falls_apart_gains_and_loses_nothing():
    long = a_firing(day(3, 1), day(6, 20))
    found = compare("fuel", [long], [MARCH, JUNE], span=YEAR)
    assert (found.gained, found.lost, len(found.kept)) == ((), (), 1)


def test_months_count_where_firings_begin_and_messages_add_up():
    before, within = a_firing(datetime(2024, 12, 1, tzinfo=UTC), day(1, 5)), a_firing(day(1, 20), day(1, 21))
    found = outcome([within, before, a_firing(day(2, 1), None), MARCH], YEAR)
    assert found.by_month == (1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0)
    assert len(found.firings) == 4
    assert found.messages == 8
    assert YEAR.months[0] == "2025-01"
    assert YEAR.months[-1] == "2025-12"


def test_what_ended_before_or_begins_after_the_span_is_left_out():
    summer = Span(since=day(6, 20), until=day(7, 1))
    assert outcome([MARCH, JUNE, a_firing(day(9, 1), None)], summer).firings == ()


def test_an_alert_that_comes_back_within_a_week_flaps():
    again = a_firing(day(3, 27), day(3, 28))
    assert outcome([MARCH, again], YEAR).flaps == 1
    assert outcome([MARCH, replace(again, began_at=day(3, 28))], YEAR).flaps == 0


@pytest.mark.parametrize(
    "firings, days",
    [
        ([MARCH, JUNE], 9.0),
        ([MARCH], None),
        ([a_firing(day(6, 12), day(6, 13))], -2.0),
        ([a_firing(day(11, 1), None)], None),
        ([], None),
    ],
)
def test_the_lead_is_that_of_the_firing_open_at_the_event_or_the_next_after(firings, days):
    (lead,) = compare("fuel", [], firings, span=YEAR, events=[COUP]).leads
    assert (lead.old_days, lead.new_days) == (None, days)


def test_only_flagged_events_of_the_span_have_a_lead():
    events = [replace(COUP, is_flag=False), replace(COUP, starts_on=date(2024, 1, 1))]
    assert compare("fuel", [], [JUNE], span=YEAR, events=events).leads == ()


def a_change(at, before, after):
    return LevelChange(
        at=epoch(at), from_level=before, to_level=after, from_concern=None, to_concern=None, heat=20.0,
        reason=LevelReason.CROSSED_UP,
    )  # fmt: skip


def test_a_level_that_turns_back_within_a_week_flips():
    changes = [
        a_change(day(3, 1), "Cool", "Cold"), a_change(day(3, 5), "Cold", "Cool"),
        a_change(day(3, 6), "Cool", "Unknown"), a_change(day(3, 7), "Unknown", "Cool"),
        a_change(day(5, 6), "Cool", "Cold"), a_change(day(7, 6), "Cold", "Cool"),
    ]  # fmt: skip
    assert level_flips(changes) == 1
    assert level_flips(changes, days=100) == 3


def test_a_rule_fires_weekly_only_over_weeks_enough():
    weekly = [a_firing(day(1, 1 + 4 * n), day(1, 2 + 4 * n)) for n in range(7)]
    assert fires_weekly(outcome(weekly, january := Span(since=day(1, 1), until=day(2, 1))), january)
    assert not fires_weekly(outcome(weekly[:3], january), january)
    assert not fires_weekly(outcome(weekly, week := Span(since=day(1, 1), until=day(1, 8))), week)


def test_a_span_must_end_after_it_begins():
    with pytest.raises(ValueError, match="must end after it begins"):
        Span(since=day(2, 1), until=day(1, 1))
