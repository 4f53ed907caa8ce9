"""A backfill asks for its days stretch by stretch, the newest first, each day once."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.backfill import Backfill, BackfillState
from monitor.domain.harvest import Window

NOW = datetime(2025, 11, 30, 12, tzinfo=UTC)
FIRST, LAST = date(2025, 10, 1), date(2025, 10, 25)


def a_backfill(**values):
    return Backfill(**{
        "id": 1, "source": "ucdp", "since": FIRST, "until": LAST, "step_days": 10, "next_day": LAST,
        "state": BackfillState.RUNNING, "requested_by": "ana", "requested_at": NOW, "due_at": NOW, **values,
    })  # fmt: skip


def test_the_newest_stretch_is_first_and_the_oldest_is_as_long_as_what_is_left():
    found, day = [], LAST
    while (stretch := a_backfill(next_day=day).stretch) is not None:
        found.append((stretch.first.day, stretch.last.day))
        day = a_backfill(next_day=day).next_day_after
    assert found == [(16, 25), (6, 15), (1, 5)]


@given(days=st.integers(0, 400), step_days=st.integers(1, 500))
def test_each_day_is_asked_for_once(days, step_days):
    backfill = a_backfill(
        until=FIRST + timedelta(days=days), next_day=FIRST + timedelta(days=days), step_days=step_days
    )
    asked, stretches = [], 0
    left = backfill.stretches_left
    while backfill.stretch is not None:
        window = backfill.stretch
        asked += [
            window.first + timedelta(days=number) for number in range((window.last - window.first).days + 1)
        ]
        stretches += 1
        backfill = a_backfill(until=backfill.until, next_day=backfill.next_day_after, step_days=step_days)
    assert sorted(asked) == [FIRST + timedelta(days=number) for number in range(days + 1)]
    assert (stretches, backfill.stretches_left, backfill.share_done) == (left, 0, 1.0)


@pytest.mark.parametrize(
    "step_days,since,first",
    [
        (10, date(2020, 1, 1), date(2025, 10, 1)),
        (20, date(2020, 1, 1), date(2025, 9, 1)),
        (365, date(2020, 1, 1), date(2024, 1, 1)),
        (10, date(2025, 10, 9), date(2025, 10, 9)),
    ],
)
def test_a_stretch_is_asked_for_with_the_whole_of_the_weeks_and_months_it_would_cut(step_days, since, first):
    found = a_backfill(since=since, step_days=step_days)
    assert found.window == Window(first=first, last=LAST)


def test_nothing_is_asked_for_once_all_are_there():
    assert a_backfill(next_day=date(2025, 9, 30)).window is None


def test_how_far_it_is():
    begun, half = a_backfill(), a_backfill(next_day=date(2025, 10, 15), new=7, seen=9)
    done = a_backfill(next_day=date(2025, 9, 30), state=BackfillState.DONE)
    assert [each.reached for each in (begun, half, done)] == [None, date(2025, 10, 16), FIRST]
    assert [each.share_done for each in (begun, half, done)] == [0.0, 0.4, 1.0]
    assert [each.stretches_left for each in (begun, half, done)] == [3, 2, 0]
    assert begun.sentence == (
        "ucdp, 2025-10-01 to 2025-10-25: running, 0%, nothing yet, 0 seen, 0 new, 0 revised"
    )
    assert half.sentence == (
        "ucdp, 2025-10-01 to 2025-10-25: running, 40%, back to 2025-10-16, 9 seen, 7 new, 0 revised"
    )
    assert done.sentence == "ucdp, 2025-10-01 to 2025-10-25: done, 0 seen, 0 new, 0 revised"


def test_why_it_stopped_is_said():
    found = a_backfill(state=BackfillState.FAILED, message="the server says 503")
    assert found.sentence.endswith("0 revised; the server says 503")


def test_a_day_alone_is_one_stretch():
    found = a_backfill(since=LAST)
    assert (found.stretch, found.stretches_left) == (Window(first=LAST, last=LAST), 1)


@pytest.mark.parametrize(
    "values,words", [({"until": date(2025, 9, 30)}, "before since"), ({"step_days": 0}, "at least 1")]
)
def test_what_cannot_be_is_refused(values, words):
    with pytest.raises(ValueError, match=words):
        a_backfill(**values)
