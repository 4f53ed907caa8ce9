"""Where only some days are asked for, a sum is not told of a week or month of which days are missing."""

import json
from datetime import UTC, date, datetime

import pytest

from monitor.domain.harvest import Ask, Window
from monitor.sources.tables.json import JsonSource
from tests.factories import a_source
from tests.fakes import FakeFetcher

NOW = datetime(2026, 11, 23, tzinfo=UTC)
WINDOW = Window(first=date(2026, 9, 20), last=date(2026, 10, 31))
DAYS = [date.fromordinal(day) for day in range(WINDOW.first.toordinal(), WINDOW.last.toordinal() + 1)]


def told(*, window, url="https://data.example/v1?from={first}&to={last}", **series):
    table = {"series": "deaths:mali", "value": "value", **series}
    settings = {"url": url, "rows": "$[*]", "date": "date", "period": "month", "series": [table]}
    rows = [{"date": str(day), "value": 1} for day in DAYS]
    ask = Ask(now=NOW, secret={}.__getitem__, window=window)
    source = a_source(kind="json", settings=settings)
    found = JsonSource().fetch(source, ask, FakeFetcher(json.dumps(rows)))
    return [(each.period_start.month, each.value) for each in found.readings]


@pytest.mark.parametrize("combine,value", [("sum", 31.0), ("mean", 1.0), ("max", 1.0), ("count", 31.0)])
def test_a_month_of_which_the_first_days_were_not_asked_for_is_left_out(combine, value):
    assert told(window=WINDOW, combine=combine) == [(10, value)]


def test_a_month_of_which_the_last_days_were_not_asked_for_is_left_out():
    assert told(window=Window(first=date(2026, 9, 1), last=date(2026, 10, 30)), combine="sum") == [(9, 11.0)]


def test_an_answer_that_does_not_depend_on_the_days_is_whole():
    assert told(window=WINDOW, url="https://data.example/v1", combine="sum") == [(9, 11.0), (10, 31.0)]
