"""The breaker: five failures in a row open it, one message at a time finds out, success closes it."""

from datetime import UTC, datetime, timedelta

import pytest

from monitor.domain.alerting.breaker import Breaker, after_failure, after_success, probing, room

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def failed(times, breaker=None):
    breaker = breaker or Breaker()
    for _ in range(times):
        breaker = after_failure(breaker, now=NOW)
    return breaker


def after(outcomes):
    breaker = Breaker()
    for outcome in outcomes:
        breaker = after_success(breaker) if outcome == "+" else after_failure(breaker, now=NOW)
    return breaker


def test_four_failures_leave_it_closed_and_the_fifth_opens_it_for_a_minute():
    assert room(failed(4), now=NOW) is None
    opened = failed(5)
    assert (opened.opened_at, opened.open_until) == (NOW, NOW + timedelta(minutes=1))
    assert room(opened, now=NOW) == 0


def test_a_success_between_begins_the_count_anew():
    assert not after("----+----").is_open


def test_more_than_half_of_the_last_twenty_open_it_though_never_five_are_in_a_row():
    assert not after("-+" * 10).is_open
    assert not after("--+" * 5).is_open
    assert after("--+" * 5 + "-").is_open


def test_what_was_never_tried_counts_as_well():
    assert after("-+-+-").recent == "-+-+-"
    assert not after("-+-+-").is_open


def test_nothing_is_kept_of_a_channel_that_works():
    assert after("+" * 30) == Breaker()
    assert after("-" + "+" * 20) == Breaker()


def test_after_the_pause_one_message_is_tried_and_no_second_beside_it():
    opened, later = failed(5), NOW + timedelta(minutes=1)
    assert room(opened, now=later) == 1
    assert room(probing(opened, now=later), now=later) == 0


def test_a_probe_that_nobody_finished_is_forgotten():
    probed = probing(failed(5), now=NOW + timedelta(minutes=1))
    assert room(probed, now=NOW + timedelta(minutes=1, seconds=30)) == 1


def test_each_failed_probe_keeps_it_open_for_longer():
    breaker, pauses, now = failed(5), [], NOW
    for _ in range(6):
        pauses.append((breaker.open_until - now) / timedelta(minutes=1))
        now = breaker.open_until
        breaker = after_failure(probing(breaker, now=now), now=now)
    assert pauses == [1, 2, 5, 10, 15, 15]
    assert breaker.opened_at == NOW


def test_what_was_under_way_when_it_opened_changes_nothing_by_failing():
    assert failed(9) == failed(5)


@pytest.mark.parametrize("is_probed", [False, True])
def test_a_success_closes_it(is_probed):
    opened = failed(5)
    assert after_success(probing(opened, now=NOW) if is_probed else opened) == Breaker()


def test_a_closed_one_has_no_probe():
    assert probing(Breaker(), now=NOW) == Breaker()
