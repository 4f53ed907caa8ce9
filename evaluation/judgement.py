"""Escalations, and how well alerts tell of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from monitor.domain.series import Bools, Floats, Ints

AHEAD, BEFORE, LEAST_DEATHS, TIMES = 3, 12, 50.0, 2.0
NEAR, CLEAR = 2, 6
# The first three years are nobody's: every policy needs a past.
FIRST = 36


def escalations(values: Floats) -> Bools:
    """Whether the next 3 months have a mean of at least 50, and at least twice that of the last 12."""
    found = np.zeros(len(values), dtype=np.bool_)
    for place in range(BEFORE - 1, len(values) - AHEAD):
        ahead = values[place + 1 : place + 1 + AHEAD].mean()
        found[place] = (
            ahead >= LEAST_DEATHS and ahead >= TIMES * values[place + 1 - BEFORE : place + 1].mean()
        )
    return found


def onsets(escalating: Bools) -> Ints:
    """Return the escalating months after six that are clear."""
    places = np.flatnonzero(escalating)
    return np.array([each for each in places if not escalating[max(0, each - CLEAR) : each].any()], dtype=int)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """How a policy did: `lead` in months before the onsets it caught, below 0 after; NaN if none."""

    policy: str
    alerts: int
    right: int
    escalating: int
    warned: int
    onsets: int
    caught: int
    lead: float
    country_years: float

    @property
    def precision(self) -> float:
        """The share of alerts within two months of an escalating month."""
        return self.right / self.alerts if self.alerts else 0.0

    @property
    def recall(self) -> float:
        """The share of escalating months within two months of an alert."""
        return self.warned / self.escalating if self.escalating else 0.0

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0

    @property
    def alerts_a_year(self) -> float:
        """Alerts a country and year."""
        return self.alerts / self.country_years


def judge(policy: str, countries: Sequence[tuple[Floats, Bools]]) -> Judgement:
    """Judge alerts (one flag a month) beside the last values of each country's months.

    Months from the fourth year on count, up to the last whose next three are known.
    """
    counts = np.zeros(6)
    leads: list[int] = []
    months = 0
    for values, alerts in countries:
        span = slice(FIRST, len(values) - AHEAD)
        whole = escalations(values)
        alerting, escalating = _within(alerts, span), _within(whole, span)
        begun = [each for each in onsets(whole) if span.start <= each < span.stop]
        caught = [each for each in begun if _near(alerting)[each]]
        leads += [each - _first_near(alerting, each) for each in caught]
        counts += (
            alerting.sum(), (alerting & _near(whole)).sum(), escalating.sum(),
            (escalating & _near(alerting)).sum(), len(begun), len(caught),
        )  # fmt: skip
        months += max(0, span.stop - span.start)
    names = ("alerts", "right", "escalating", "warned", "onsets", "caught")
    return Judgement(
        policy=policy,
        **{name: int(count) for name, count in zip(names, counts, strict=True)},
        lead=float(np.mean(leads)) if leads else float("nan"),
        country_years=months / 12,
    )


def _within(flags: Bools, span: slice) -> Bools:
    found = np.zeros_like(flags)
    found[span] = flags[span]
    return found


def _first_near(flags: Bools, place: int) -> int:
    since = max(0, place - NEAR)
    return since + int(np.argmax(flags[since : place + NEAR + 1]))


def _near(flags: Bools) -> Bools:
    """Whether a flag stands at most two months before or after."""
    return np.convolve(flags, np.ones(2 * NEAR + 1), mode="same") > 0
