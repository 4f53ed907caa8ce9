"""Decisions about suggestions: kept as they were made, by series."""

from monitor.storage import suggestion_decisions
from monitor.storage.suggestion_decisions import SuggestionDecision
from tests.factories import DEATHS, FUEL, NOW


def a_decision(**values):
    return SuggestionDecision(**{
        "series": DEATHS, "period_start": 1_700_000_000, "is_rise": True, "event": "", "author": "ana",
        "reason": "a recount", "decided_at": NOW, **values,
    })  # fmt: skip


def test_decisions_come_back_by_series_in_order(session):
    dismissed, confirmed = a_decision(), a_decision(event="offensive", is_rise=False)
    for decision in (dismissed, confirmed, a_decision(series=FUEL)):
        suggestion_decisions.add(session, decision)
    assert suggestion_decisions.of_series(session, DEATHS) == [dismissed, confirmed]
    assert [each.is_confirmed for each in (dismissed, confirmed)] == [False, True]
