"""prometheus: queries become one value a period and series; what is no number is said, never taken for 0."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.errors import SourceError
from monitor.domain.harvest import Answer, Ask, Window
from monitor.sources.prometheus.answer import told_by
from monitor.sources.prometheus.kind import PrometheusSource
from tests.factories import a_source
from tests.fakes import FakeFetcher
from tests.sources.broken import broken

NOW = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
NOON = int(datetime(2026, 11, 23, 12, tzinfo=UTC).timestamp())
QUEUE = {"series": "queue:{place}", "query": "avg_over_time(queue[1h])"}
# The two examples of https://prometheus.io/docs/prometheus/latest/querying/api/
VECTOR = b"""{"status": "success", "data": {"resultType": "vector", "result": [
 {"metric": {"__name__": "up", "job": "prometheus", "instance": "localhost:9090"},
  "value": [1435781451.781, "1"]},
 {"metric": {"__name__": "up", "job": "node", "instance": "localhost:9100"},
  "value": [1435781451.781, "0"]}]}}"""
MATRIX = b"""{"status": "success", "data": {"resultType": "matrix", "result": [
 {"metric": {"__name__": "up", "job": "prometheus", "instance": "localhost:9090"},
  "values": [[1435781430.781, "1"], [1435781445.781, "1"], [1435781460.781, "1"]]},
 {"metric": {"__name__": "up", "job": "node", "instance": "localhost:9091"},
  "values": [[1435781430.781, "0"], [1435781445.781, "0"], [1435781460.781, "1"]]}]}}"""


def told(content, **headers):
    return told_by(Answer(url="p", content=content, headers=headers), what="the query")


def success(*rows, kind="matrix", **more):
    return json.dumps({"status": "success", "data": {"resultType": kind, "result": rows}, **more})


def row(place, *values, **labels):
    return {"metric": {"place": place, **labels}, "values": [[at, value] for at, value in values]}


def fetch(*bodies, since=None, window=None, secrets=None, **settings):
    given_ = {"url": "https://p.example/prom/", "series": [QUEUE], "first_days": 0.25, **settings}
    fetcher = FakeFetcher(*bodies)
    ask = Ask(now=NOW, since=since, window=window, secret=(secrets or {}).__getitem__)
    harvest = PrometheusSource().fetch(a_source(kind="prometheus", settings=given_), ask, fetcher)
    return harvest, fetcher.asked


def test_the_examples_of_its_documentation_are_read():
    assert [(each.labels["job"], each.at, each.value) for each in told(VECTOR).samples] == [
        ("prometheus", 1435781451.781, 1.0), ("node", 1435781451.781, 0.0),
    ]  # fmt: skip
    assert [each.value for each in told(MATRIX).samples] == [1, 1, 1, 0, 0, 1]


def test_each_result_is_a_series_and_each_point_the_period_that_ends_there():
    harvest, asked = fetch(
        success(row("bamako", (NOON - 3600, "41.5"), (NOON, "0")), row("gao", (NOON, "7")))
    )
    assert [(each.series, each.period_end.hour, each.value) for each in harvest.readings] == [
        ("queue:bamako", 11, 41.5), ("queue:bamako", 12, 0.0), ("queue:gao", 12, 7.0),
    ]  # fmt: skip
    assert all(each.period_end - each.period_start == timedelta(hours=1) for each in harvest.readings)
    (request,) = asked
    assert request["url"] == "https://p.example/prom/api/v1/query_range"
    assert request["params"] == {
        "query": QUEUE["query"], "start": str(NOON - 4 * 3600), "end": str(NOON), "step": "3600",
    }  # fmt: skip


def test_an_instant_query_asks_for_the_last_period_that_is_over():
    body = success({"metric": {"place": "gao"}, "value": [NOON, "7"]}, kind="vector")
    harvest, (request,) = fetch(body, ask="instant")
    assert (request["url"][-13:], request["params"]["time"]) == ("/api/v1/query", str(NOON))
    assert harvest.readings[0].value == 7.0


def test_a_scalar_is_a_value_of_a_key_without_labels():
    body = json.dumps({"status": "success", "data": {"resultType": "scalar", "result": [NOON, "2.5"]}})
    harvest, _ = fetch(body, ask="instant", series=[{"series": "queue:all", "query": "scalar(x)"}])
    assert [(each.series, each.value) for each in harvest.readings] == [("queue:all", 2.5)]


@pytest.mark.parametrize("value", ["NaN", "+Inf", "-Inf"])
def test_what_is_no_number_is_no_value_and_that_is_said(value):
    harvest, _ = fetch(success(row("gao", (NOON - 3600, value), (NOON, "1"))))
    assert [each.value for each in harvest.readings] == [1.0]
    assert harvest.note == "1 values are NaN or infinite, so no value"


def test_a_stale_stretch_has_no_value():
    harvest, _ = fetch(success(row("gao", (NOON - 3 * 3600, "1"), (NOON, "1"))))
    assert [each.period_end.hour for each in harvest.readings] == [9, 12]


def test_a_query_without_a_result_gives_nothing_and_says_so():
    harvest, _ = fetch(success())
    assert (harvest.readings, harvest.note) == ((), "queue:{place} has no result")


def test_units_say_what_label_values_are_called_and_leave_others_out():
    series = [QUEUE | {"units": {"Ségou": "segou"}}]
    harvest, _ = fetch(success(row("Ségou", (NOON, "3")), row("gao", (NOON, "4"))), series=series)
    assert [each.series for each in harvest.readings] == ["queue:segou"]
    assert "does not name" in harvest.note


def test_a_label_that_makes_no_key_is_rejected_and_shown():
    harvest, _ = fetch(success(row("Ségou", (NOON, "3")), row("gao", (NOON, "4"))))
    assert [each.series for each in harvest.readings] == ["queue:gao"]
    assert [(each.text, "units" in each.reason) for each in harvest.rejected] == [("Ségou", True)]


def test_two_results_for_one_key_are_an_error():
    body = success(row("gao", (NOON, "3"), pump="1"), row("gao", (NOON, "4"), pump="2"))
    with pytest.raises(SourceError, match=r"two results .* are queue:gao; sum them"):
        fetch(body)


def test_a_moment_that_was_not_asked_for_is_rejected():
    harvest, _ = fetch(success(row("gao", (NOON + 1, "3"), (NOON + 3600, "3"))))
    assert harvest.readings == ()
    assert len(harvest.rejected) == 2


def test_a_native_histogram_is_rejected():
    harvest, _ = fetch(success({"metric": {}, "histograms": [[NOON, {"count": "1"}]]}))
    assert "native histogram" in harvest.rejected[0].reason


def test_its_warnings_are_in_the_note():
    harvest, _ = fetch(success(row("gao", (NOON, "1")), warnings=["one store was unreachable"]))
    assert harvest.note == "Prometheus remarks: one store was unreachable"


def test_a_later_run_asks_from_where_the_last_one_ended_with_a_period_to_spare():
    _, (request,) = fetch(success(), since=NOW - timedelta(hours=1))
    assert (request["params"]["start"], request["params"]["end"]) == (str(NOON - 3600), str(NOON))


@pytest.mark.parametrize(
    "period,first,last",
    [
        ("day", datetime(2026, 11, 2, tzinfo=UTC), datetime(2026, 11, 4, tzinfo=UTC)),
        ("week", None, None),
    ],
)
def test_a_window_holds_whole_periods_alone(period, first, last):
    window = Window(first=date(2026, 11, 1), last=date(2026, 11, 3))
    harvest, asked = fetch(success(), window=window, period=period)
    if first is None:
        assert (asked, harvest.note) == ([], "no period has ended since the last run")
        return
    params = asked[0]["params"]
    assert (params["start"], params["end"]) == (str(int(first.timestamp())), str(int(last.timestamp())))


def test_a_week_begins_on_monday():
    _, (request,) = fetch(success(), period="week", first_days=30.0)
    assert datetime.fromtimestamp(int(request["params"]["end"]), UTC).isoweekday() == 1


def test_what_is_over_for_less_than_the_delay_is_not_asked_for():
    _, (request,) = fetch(success(), delay_seconds=3600.0)
    assert request["params"]["end"] == str(NOON - 3600)


def test_more_points_than_prometheus_gives_at_once_are_asked_for_in_parts():
    _, asked = fetch(success(), success(), period="5 minutes", first_days=50.0)
    assert int(asked[1]["params"]["start"]) == int(asked[0]["params"]["end"]) + 300


def test_a_token_goes_in_a_header_that_is_not_kept():
    _, (request,) = fetch(success(), token={"secret": "p"}, secrets={"token": "t0"})
    assert request["secret_headers"] == {"Authorization": "Bearer t0"}


def test_name_and_password_too():
    _, (request,) = fetch(success(), username="u", password={"secret": "p"}, secrets={"password": "é"})
    assert request["secret_headers"] == {"Authorization": "Basic dTrDqQ=="}


@pytest.mark.parametrize(
    "content,words",
    [
        (
            b'{"status":"error","errorType":"bad_data","error":"1:1: parse error"}',
            "bad_data: 1:1: parse error",
        ),
        (b'{"status":"error","errorType":"timeout","error":"query timed out"}', "timeout: query timed out"),
        (b"<html>Sign in</html>", "a page"),
        (b"", "is empty"),
        (b"[]", "no JSON object"),
        (b"{}", "it has no status"),
        (b'{"status":"success","data":{"resultType":"string","result":[1,"a"]}}', "'string'"),
        (b'{"status":"success","data":{"resultType":"vector","result":[1]}}', "result 0"),
        (
            b'{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1]}]}}',
            "[moment, value]",
        ),
        (b'{"status":"success","data":{"resultType":"vector","result":[{"value":[1,"1_0"]}]}}', "no value"),
        (b'{"status":"success","data":{"resultType":"vector","result":[{"value":[1,7]}]}}', "number as text"),
        (b'{"status":"success","data":{"resultType":"vector","result":[{"value":["1","7"]}]}}', "no moment"),
        (b'{"status":"success","data":{"resultType":"matrix","result":[{"values":7}]}}', "no list"),
    ],
)
def test_an_answer_that_is_none_is_said_in_its_own_words(content, words):
    with pytest.raises(SourceError) as caught:
        told(content)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    "settings,words",
    [
        ({"token": {"secret": "a"}, "username": "u", "password": {"secret": "b"}}, "not both"),
        ({"username": "u"}, "given together"),
        ({"token": "t0p-s3cret"}, "never the secret itself"),
        ({"period": "month"}, "period"),
        ({"series": [QUEUE | {"series": "queue"}]}, "series.0.series"),
        ({"url": "https://p.example/?x=1"}, "url"),
    ],
)
def test_settings_that_are_wrong_are_named_and_no_secret_is_repeated(settings, words):
    given_ = {"url": "https://p.example", "series": [QUEUE], **settings}
    found = " ".join(PrometheusSource().problems(a_source(kind="prometheus", settings=given_)))
    assert words in found
    assert "t0p-s3cret" not in found


WHOLE = success(
    row("gao", (NOON - 3600, "NaN"), (NOON, "4.5")), row("kidal", (NOON, "1e3")), warnings=["w"]
).encode()


@given(broken(WHOLE) | broken(VECTOR) | st.binary(max_size=200))
def test_whatever_comes_is_read_or_said(content):
    try:
        harvest, _ = fetch(content)
    except SourceError:
        return
    assert all(NOON - 6 * 3600 <= each.period_end.timestamp() <= NOON for each in harvest.readings)
