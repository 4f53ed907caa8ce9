"""Closing an alert by hand: the next breach needs a fresh crossing, and one already left is fresh."""

from datetime import timedelta

from monitor.domain.alerting.alert import AlertState, EventType
from monitor.domain.alerting.handling import closed
from tests.domain.watch import START, Watch, told

HOUR = 3600


def close(watch, *, at):
    watch.alert, event = closed(watch.alert, by="amina", note="known", slot=START + timedelta(seconds=at))
    return event


def kinds(events):
    return [event.type for event in told(events)]


def test_a_breach_that_stands_does_not_open_again():
    watch = Watch()
    watch.sees(150)
    close(watch, at=HOUR)
    assert kinds(watch.sees(151, at=2 * HOUR)) == []
    assert watch.alert.state is AlertState.INACTIVE


def test_what_had_fallen_below_its_edge_when_it_was_closed_opens_at_the_next_crossing():
    """146 lies between the exit (145) and the edge (150): the breach was left, the alert still fired."""
    watch = Watch()
    watch.sees(150)
    watch.sees(146, at=HOUR)
    close(watch, at=2 * HOUR)
    assert kinds(watch.sees(150, at=3 * HOUR)) == [EventType.FIRING]


def test_an_idle_look_after_closing_changes_nothing_of_it():
    watch = Watch()
    watch.sees(150)
    watch.sees(146, at=HOUR)
    close(watch, at=2 * HOUR)
    watch.sees(146, at=2 * HOUR + 1, is_new=False)
    assert kinds(watch.sees(150, at=3 * HOUR)) == [EventType.FIRING]
