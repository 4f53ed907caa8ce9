"""Retries: the table of alerting.md 3.2, with its jitter, its requests for time and its hard limit."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.alerting.retry import DELAYS, LIFETIME, Trouble, delay_seconds, http_failure, next_attempt
from monitor.domain.errors import DeliveryError

FORMED = datetime(2026, 11, 23, 1, 45, tzinfo=UTC)


class Fixed:
    """A generator whose jitter is what the test says."""

    def __init__(self, factor=1.0):
        self.factor = factor

    def uniform(self, low, high):
        assert (low, high) == (0.8, 1.2)
        return self.factor


def decide(attempt_count, error=None, *, after=timedelta(0), jitter=1.0):
    error = error or DeliveryError("refused", status_code=503)
    return next_attempt(
        attempt_count, error, expires_at=FORMED + LIFETIME, now=FORMED + after, generator=Fixed(jitter)
    )


def test_the_table_ends_after_75_8_hours():
    assert len(DELAYS) == 14
    assert sum(DELAYS) / 3600 == pytest.approx(75.8, abs=0.01)
    assert timedelta(seconds=sum(DELAYS)) <= LIFETIME


@pytest.mark.parametrize("attempt_count,seconds", list(enumerate(DELAYS[1:], start=1)))
def test_each_failure_waits_as_the_table_says(attempt_count, seconds):
    assert decide(attempt_count).due_at == FORMED + timedelta(seconds=seconds)


@pytest.mark.parametrize("jitter", [0.8, 1.2])
def test_jitter_is_a_fifth_either_way(jitter):
    assert decide(4, jitter=jitter).due_at == FORMED + timedelta(seconds=300 * jitter)


def test_the_last_delay_is_cut_at_the_limit():
    decision = decide(13, after=timedelta(hours=60), jitter=1.2)
    assert decision.due_at == FORMED + LIFETIME


def test_an_end_reached_early_by_jitter_gets_the_time_that_is_left():
    decision = decide(14, after=timedelta(hours=61))
    assert decision.due_at == FORMED + LIFETIME


def test_a_failure_at_the_limit_is_final():
    decision = decide(14, after=LIFETIME)
    assert decision.is_dead
    assert decision.reason == "given up after 14 attempts in 75.8 hours: refused"
    assert not decide(14, after=LIFETIME - timedelta(seconds=1)).is_dead


@given(st.integers(1, 40), st.integers(0, 275_000), st.integers(0, 2**32))
def test_no_attempt_is_ever_due_after_the_limit(attempt_count, seconds, seed):
    decision = next_attempt(
        attempt_count,
        DeliveryError("refused", is_timeout=bool(seed % 2)),
        expires_at=FORMED + LIFETIME,
        now=FORMED + timedelta(seconds=seconds),
        generator=np.random.default_rng(seed),
    )
    assert decision.is_dead is (timedelta(seconds=seconds) >= LIFETIME)
    assert decision.due_at is None or FORMED < decision.due_at <= FORMED + LIFETIME


@pytest.mark.parametrize("attempt_count,seconds", [(1, 60), (2, 60), (3, 120)])
def test_a_timeout_waits_a_minute_at_least(attempt_count, seconds):
    decision = decide(attempt_count, DeliveryError("no answer", is_timeout=True))
    assert decision.due_at == FORMED + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "attempt_count,asked,seconds",
    [
        (1, 120, 120),  # asked for, and allowed
        (1, 1, 5),  # never sooner than the table
        (1, -3600, 5),  # a date in the past
        (1, 10**9, 900),  # at most 15 minutes
        (9, 10**9, 2 * 14_400),  # or twice the table's delay
        (4, 310, 310),
    ],
)
def test_retry_after_is_honoured_within_bounds(attempt_count, asked, seconds):
    error = http_failure(429, retry_after_seconds=asked)
    assert delay_seconds(attempt_count, error, generator=Fixed(0.8)) == seconds


@pytest.mark.parametrize(
    "status,trouble",
    [
        (301, Trouble.MOVED), (302, Trouble.MOVED), (308, Trouble.MOVED), (400, Trouble.MISCONFIGURED),
        (401, Trouble.MISCONFIGURED), (404, Trouble.MISCONFIGURED), (408, Trouble.NONE), (425, Trouble.NONE),
        (429, Trouble.NONE), (500, Trouble.NONE), (503, Trouble.NONE),
    ],
)  # fmt: skip
def test_every_failing_status_but_gone_is_tried_again(status, trouble):
    decision = decide(1, http_failure(status))
    assert (decision.is_dead, decision.trouble) == (False, trouble)


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_2xx_is_no_failure(status):
    assert http_failure(status) is None


def test_only_a_busy_receiver_may_ask_for_time():
    assert http_failure(404, retry_after_seconds=600).retry_after_seconds is None
    assert http_failure(503, retry_after_seconds=600).retry_after_seconds == 600


def test_gone_is_dead_and_disables_the_channel():
    decision = decide(1, http_failure(410))
    assert (decision.is_dead, decision.disables_channel) == (True, True)


def test_what_the_guard_refuses_is_dead_at_once():
    error = DeliveryError("not a public address", permanent=True, trouble=Trouble.REFUSED)
    decision = decide(1, error)
    assert (decision.is_dead, decision.disables_channel, decision.trouble) == (True, False, Trouble.REFUSED)
