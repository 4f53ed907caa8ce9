"""Subscriptions: what a person wants, what they want later, and what is never kept from them."""

from datetime import UTC, datetime, timedelta

import pytest

from monitor.domain.alerting.silence import parse_matchers
from monitor.domain.alerting.subscription import Hold, Subscription
from monitor.domain.alerting.window_text import parse_windows
from monitor.domain.errors import InvalidInput
from monitor.domain.scale import Concern

NOW = datetime(2026, 11, 23, 23, tzinfo=UTC)
HOUR = timedelta(hours=1)
NIGHTS = parse_windows("22:00-06:00", zone="UTC")


def a_subscription(**values):
    return Subscription(**{"slug": "ana@example.org", **values})


@pytest.mark.parametrize(
    "values,labels,concern,is_wanted",
    [
        ({}, {"subject": "goita"}, Concern.WATCH, True),
        ({"is_subscribed": False}, {"subject": "goita"}, Concern.CRITICAL, False),
        ({"lowest_concern": Concern.HIGH}, {"subject": "goita"}, Concern.ELEVATED, False),
        ({"matchers": parse_matchers(["subject=goita"])}, {"subject": "goita"}, Concern.WATCH, True),
        ({"matchers": parse_matchers(["subject=goita"])}, {"subject": "other"}, Concern.CRITICAL, False),
    ],
)
def test_what_is_wanted_is_subscribed_to_and_grave_enough_and_meets_the_matchers(
    values, labels, concern, is_wanted
):
    assert a_subscription(**{"is_subscribed": True, **values}).wants(labels, concern) is is_wanted


@pytest.mark.parametrize(
    "concern,values,held",
    [
        (Concern.HIGH, {}, Hold(reason="quiet_hours", until=NOW + 7 * HOUR)),
        (Concern.CRITICAL, {}, None),
        (Concern.HIGH, {"breaks_through": Concern.HIGH}, None),
        (
            Concern.ELEVATED,
            {"breaks_through": Concern.HIGH},
            Hold(reason="quiet_hours", until=NOW + 7 * HOUR),
        ),
        (Concern.HIGH, {"quiet": ()}, None),
        (Concern.WATCH, {"quiet": (), "digest": (480,)}, Hold(reason="digest", until=NOW + 9 * HOUR)),
        (Concern.HIGH, {"quiet": (), "digest": (480,)}, None),
        (Concern.WATCH, {"digest": (300, 480)}, Hold(reason="digest", until=NOW + 9 * HOUR)),
        (Concern.CRITICAL, {"digest": (480,), "digest_below": Concern.CRITICAL}, None),
    ],
)
def test_what_is_kept_is_kept_until_the_later_of_quiet_and_digest_and_criticals_never(concern, values, held):
    assert a_subscription(**{"quiet": NIGHTS, **values}).hold(concern, at=NOW) == held


def test_quiet_hours_end_at_the_first_occurrence_of_a_time_that_autumn_has_twice():
    quiet = parse_windows("22:00-02:30", zone="Europe/Paris")
    found = a_subscription(quiet=quiet).hold(Concern.HIGH, at=datetime(2026, 10, 25, 0, tzinfo=UTC))
    assert found.until == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_a_digest_comes_at_its_local_time_each_day_once():
    daily = a_subscription(zone="Europe/Paris", digest=(150,))
    before, after = datetime(2026, 10, 24, 23, tzinfo=UTC), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert daily.next_digest(before) == after
    assert daily.next_digest(after) == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)
    spring = daily.next_digest(datetime(2026, 3, 29, 0, tzinfo=UTC))
    assert spring == datetime(2026, 3, 29, 1, tzinfo=UTC)


@pytest.mark.parametrize("values", [{"zone": "Mali"}, {"digest": (1440,)}])
def test_what_cannot_be_is_refused(values):
    with pytest.raises(InvalidInput):
        a_subscription(**values)
