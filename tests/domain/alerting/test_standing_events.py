"""Of several events of an episode the latest speaks."""

from monitor.domain.alerting.alert import EventType
from monitor.domain.alerting.standing_events import standing_events
from tests.told import native

OTHER = "12ab34cd56ef78ab"


def test_the_latest_event_of_each_episode_stands_in_the_order_they_first_came():
    first, over = native(), native(EventType.RESOLVED, number=3)
    other, late = native(fingerprint=OTHER), native(number=2)
    assert standing_events((first, other, over, late)) == (over, other)
