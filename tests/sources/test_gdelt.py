"""gdelt: days of a timeline; pages, refusals, broken escapes and hours are said, never taken for values."""

import json
from datetime import UTC, date, datetime

import pytest
from hypothesis import given

from monitor.domain.errors import Postponed, SourceError
from monitor.domain.harvest import Answer, Ask, Window
from monitor.sources.gdelt import GdeltSource
from tests.factories import a_source
from tests.fakes import FakeFetcher
from tests.sources.faults import broken, fuzzed, survives

NOW = datetime(2025, 11, 4, 9, tzinfo=UTC)
FUEL = {"series": "fuel-news:mali", "query": "(Bamako) (fuel OR carburant)"}
GOITA = {"series": "tone:goita", "query": '"Assimi Goita"', "mode": "tone"}


def a_timeline(*points, name="Volume Intensity"):
    """The example answer of source-formats.md, made up."""
    data = [{"date": f"{day}T000000Z", "value": value} for day, value in points]
    details = {"title": '"Assimi Goita"', "date_resolution": "day"}
    return json.dumps({"query_details": details, "timeline": [{"series": name, "data": data}]})


TWO = a_timeline(("20251101", 0.0123), ("20251102", 0.0311))


def a_gdelt(*series, **settings):
    return a_source(kind="gdelt", settings={"series": list(series or [FUEL]), **settings})


def fetch(*answers, series=(FUEL,), ask=None, **settings):
    fetcher = FakeFetcher(*answers)
    asked = Ask(**{"now": NOW, "secret": str, **(ask or {})})
    return GdeltSource().fetch(a_gdelt(*series, **settings), asked, fetcher), fetcher


def told(*answers, **values):
    with pytest.raises(SourceError) as caught:
        fetch(*answers, **values)
    return caught.value


def values(harvest):
    return [(each.series, f"{each.period_start:%m-%d}", each.value) for each in harvest.readings]


def test_days_become_readings():
    harvest, fetcher = fetch(TWO)
    assert values(harvest) == [("fuel-news:mali", "11-01", 0.0123), ("fuel-news:mali", "11-02", 0.0311)]
    assert harvest.readings[0].period_end == datetime(2025, 11, 2, tzinfo=UTC)
    assert fetcher.asked[0]["url"] == "https://api.gdeltproject.org/api/v2/doc/doc"
    assert fetcher.asked[0]["params"] == {
        "query": "(Bamako) (fuel OR carburant)", "mode": "timelinevol", "format": "json",
        "startdatetime": "20251005000000", "enddatetime": "20251104235959",
    }  # fmt: skip


def test_one_request_serves_all_series_of_a_query_and_mode():
    other = FUEL | {"series": "fuel-news:again"}
    harvest, fetcher = fetch(TWO, a_timeline(("20251101", -4.2)), series=(FUEL, other, GOITA))
    assert len(fetcher.asked) == 2
    assert [each.series for each in harvest.readings] == ["fuel-news:mali"] * 2 + ["fuel-news:again"] * 2 + [
        "tone:goita"
    ]


def test_gdelt_is_asked_once_in_five_seconds_and_not_again():
    assert GdeltSource.pace.pause_seconds >= 5
    assert (GdeltSource.pace.at_once, GdeltSource.pace.tries) == (1, 1)


@pytest.mark.parametrize(
    "ask, since, first, last",
    [
        ({}, "2024-01-01", "20240101", "20251104"),
        ({"since": NOW}, "2024-01-01", "20251005", "20251104"),
        ({}, "2001-01-01", "20170101", "20251104"),
        ({"window": Window(first=date(2024, 3, 1), last=date(2024, 3, 3))}, None, "20240218", "20240303"),
    ],
)
def test_the_days_asked_for_are_never_so_few_that_hours_would_come(ask, since, first, last):
    _, fetcher = fetch(TWO, ask=ask, **({"since": since} if since else {}))
    params = fetcher.asked[0]["params"]
    assert (params["startdatetime"], params["enddatetime"]) == (f"{first}000000", f"{last}235959")


def test_a_day_that_is_not_over_has_no_value():
    assert values(fetch(a_timeline(("20251103", 1), ("20251104", 2)))[0]) == [("fuel-news:mali", "11-03", 1)]


def test_no_articles_have_no_tone_and_a_day_that_was_not_looked_at_has_no_count():
    assert values(fetch(a_timeline(("20251101", 0), ("20251102", -3)), series=(GOITA,))[0]) == [
        ("tone:goita", "11-02", -3)
    ]
    raw = json.loads(a_timeline(("20251101", 0), ("20251102", 0)))
    for point, norm in zip(raw["timeline"][0]["data"], (0, 812345), strict=True):
        point["norm"] = norm
    harvest, _ = fetch(json.dumps(raw), series=(FUEL | {"mode": "articles"},))
    assert values(harvest) == [("fuel-news:mali", "11-02", 0)]


def test_broken_escapes_and_control_characters_are_passed_over():
    body = TWO.replace('\\"Assimi Goita\\"', "l\\'Assimi \\ \t Go\\u00efta \\\\ \\q")
    assert len(fetch(body)[0].readings) == 2


def test_an_answer_without_a_timeline_is_no_0():
    for body in ("{}", '{"timeline": []}'):
        harvest, _ = fetch(body)
        assert harvest.readings == ()
        assert "nothing was set to 0" in harvest.note


@pytest.mark.parametrize(
    "content, message, permanent",
    [
        (b"The specified phrase is too short.\n", "GDELT refused the query '(Bamako)", True),
        (b"Please limit requests to one every 5 seconds", "Please limit requests", False),
        (b"<html><body>down</body></html>", "is a page", False),
        (b"", "is empty", False),
        (TWO.encode()[:90], "is no JSON", False),
        (b'{"time_line": []}', "has no list 'timeline'", False),
        (a_timeline(("20251101", "1%")).encode(), "of which none can be read", False),
        (b'{"timeline": [{"data": []}, {"data": []}]}', "gave 2 lines", False),
        (a_timeline(("20251101", 1), ("20251101", 2)).encode(), "two values for 2025-11-01", False),
    ],
)
def test_what_is_no_timeline_is_said(content, message, permanent):
    error = told(Answer(url="u", content=content, headers={"content-type": "text/html"}))
    assert message in str(error)
    assert error.permanent is permanent


def test_hours_are_rejected():
    body = TWO.replace("20251101T000000Z", "20251101T010000Z")
    harvest, _ = fetch(body)
    assert len(harvest.readings) == 1
    assert "is within a day" in harvest.rejected[0].reason


def test_a_query_that_fails_does_not_cost_the_others():
    harvest, _ = fetch(TWO, b"The specified phrase is too short.", series=(FUEL, GOITA))
    assert len(harvest.readings) == 2
    assert harvest.rejected[0].where == "series tone:goita"


def test_after_a_refusal_gdelt_is_not_asked_again_in_the_same_run():
    busy = SourceError("asks us to wait 300 s", retry_after_seconds=300.0)
    harvest, fetcher = fetch(TWO, busy, series=(FUEL, GOITA, GOITA | {"series": "a:b", "mode": "articles"}))
    assert len(fetcher.asked) == 2
    assert len(harvest.readings) == 2
    assert [each.reason for each in harvest.rejected] == ["asks us to wait 300 s"] * 2


def test_a_query_that_gdelt_refuses_does_not_silence_the_next():
    wrong = SourceError("refused (400)", permanent=True)
    harvest, fetcher = fetch(wrong, TWO, series=(GOITA, FUEL))
    assert len(fetcher.asked) == 2
    assert len(harvest.readings) == 2


def test_a_turn_that_is_put_off_is_not_a_failure():
    with pytest.raises(Postponed):
        fetch(TWO, Postponed("later"), series=(FUEL, GOITA))


@pytest.mark.parametrize(
    "series, message",
    [
        (FUEL | {"query": "Mali OR Bamako"}, "are to stand in brackets"),
        (FUEL | {"query": "ab"}, "query"),
        (FUEL | {"mode": "artlist"}, "mode"),
    ],
)
def test_a_wrong_setting_is_named(series, message):
    assert message in GdeltSource().problems(a_gdelt(series))[0]


@fuzzed
@given(broken([TWO.encode(), a_timeline(("20251101", -4.2), name="Average Tone").encode()]))
def test_a_broken_answer_is_a_harvest_or_a_sentence(body):
    found = survives(lambda: fetch(body, body, series=(FUEL, GOITA))[0])
    assert all(-100 <= each.value <= 100 for each in (found.readings if found else ()))
