"""json: answers of any shape become rows; pages are read to the last, and never twice."""

import json
from datetime import UTC, date, datetime

import pytest

from monitor.domain.errors import SourceError
from monitor.domain.harvest import Answer, Ask, Window
from monitor.sources.tables.json import JsonSource
from tests.factories import a_source
from tests.fakes import FakeFetcher

NOW = datetime(2026, 11, 23, tzinfo=UTC)
URL = "https://data.example/v1/rows"
SERIES = {"series": "fuel:bamako", "value": "value"}


def asked(answer, *, fetcher=None, window=None, secrets=None, **settings):
    given = {"url": URL, "rows": "$.data[*]", "date": "date", "series": [SERIES], **settings}
    fetcher = fetcher or FakeFetcher(answer if isinstance(answer, str | bytes) else json.dumps(answer))
    ask = Ask(now=NOW, secret=(secrets or {}).__getitem__, window=window)
    return JsonSource().fetch(a_source(kind="json", settings=given), ask, fetcher)


def values(found):
    return [(each.period_start.strftime("%m-%d"), each.value) for each in found.readings]


def told(*arguments, **settings):
    with pytest.raises(SourceError) as caught:
        asked(*arguments, **settings)
    return str(caught.value)


def a_row(day, value):
    return {"date": f"2026-10-{day:02}", "value": value}


def test_rows_and_columns_are_found_by_path():
    answer = {
        "meta": {"rows": [{"at": {"day": "2026-10-01"}, "what": [{"n": "x"}, {"n": "y"}], "v-1": "4.1"}]}
    }
    found = asked(
        answer, rows="$.meta.rows[*]", date="at.day",
        series=[{"series": "a:b", "value": "v-1", "where": {"$.what[*].n": "x, y"}}],
    )  # fmt: skip
    assert values(found) == [("10-01", 4.1)]


def test_null_and_a_key_that_a_row_lacks_are_no_zero_and_zero_is():
    answer = {"data": [a_row(1, None), a_row(2, 0), {"date": "2026-10-03"}, a_row(4, ""), a_row(5, "-")]}
    assert values(asked(answer)) == [("10-02", 0.0)]


def test_rows_may_be_lists_and_one_object_may_be_the_row():
    assert values(
        asked({"data": [["2026-10-01", 5]]}, date="0", series=[{"series": "a:b", "value": "1"}])
    ) == [("10-01", 5.0)]
    assert values(asked(a_row(3, 7), rows="$")) == [("10-03", 7.0)]


def test_a_column_that_is_gone_is_said_with_what_is_there():
    answer = {"data": [{"date_": "2026-10-01", "value": 1, "iso3": "MLI"}]}
    assert "no column date; it has: value, date_, iso3" in told(answer)
    assert values(asked(answer, aliases={"date": ["date_"]})) == [("10-01", 1.0)]


def test_values_in_a_list_have_a_start_and_a_step():
    answer = {"data": [[
        {"source": "bgp", "from": 1762000000, "step": 300, "values": [412, 411, None]},
        {"source": "ping", "from": 1762000000, "step": 600, "values": [{"a": 1}]},
    ]]}  # fmt: skip
    found = asked(
        answer, rows="$.data[*][*]", date="time", date_format="seconds", period="hour",
        arrays={"value": "values"}, start="from", step="step",
        series=[{"series": "net:ml", "value": "value", "where": {"source": "bgp"}, "combine": "min"}],
    )  # fmt: skip
    assert [(each.period_start, each.value) for each in found.readings] == [
        (datetime(2025, 11, 1, 12, tzinfo=UTC), 411.0)
    ]


def test_lists_side_by_side_are_columns():
    answer = {"result": [{"timestamp": [1762000000, 1762100000], "q": {"close": [64.5, None]}, "name": "BZ"}]}
    settings = {"rows": "$.result[*]", "date": "t", "date_format": "seconds",
                "arrays": {"t": "timestamp", "close": "q.close"},
                "series": [{"series": "brent:world", "value": "close", "where": {"name": "BZ"}}]}  # fmt: skip
    assert values(asked(answer, **settings)) == [("11-01", 64.5)]
    answer["result"][0]["timestamp"].pop()
    assert "its lists are of 1 and 2 values" in told(answer, **settings)


def test_an_empty_list_is_nothing_and_a_missing_one_an_error():
    assert asked({"data": []}).readings == ()
    assert asked({"data": None}).readings == ()
    assert asked([{"page": 0, "pages": 0}, None], rows="$[1][*]").readings == ()
    assert "nothing at $['data'], where rows are expected; it has: message" in told({"message": "quota"})
    assert "it says: 'quota'" in told({"message": "quota"})
    assert "nothing at $['data']" in told({"data": "soon"})


@pytest.mark.parametrize(
    "answer,text",
    [
        ("<html>Maintenance", "a page, not data"),
        ("", "is empty"),
        ('{"data": [', "is no JSON"),
        ("[" * 5000 + "]" * 5000, "is no JSON"),
        ({"error": {"code": 400, "message": "Invalid field"}, "data": []}, "it says: 'Invalid field'"),
        (
            {"data": ["a", "b"]},
            "2 of 2 rows cannot be read, as if the layout had changed; entry 0: it is no",
        ),
        ({"data": [{"date": "2026-10-01", "value": {"a": 1}}]}, "is no number"),
        ('{"data": [{"date": "2026-10-01", "value": 1e999}]}', ""),
    ],
)
def test_what_is_no_answer_is_said(answer, text):
    assert text in told(answer, error_path="$.error.message")


def test_the_days_asked_for_stand_in_the_address_and_the_body():
    fetcher = FakeFetcher(json.dumps({"data": []}))
    asked(
        None,
        fetcher=fetcher,
        url=URL + "/{first:%Y%m%d}/{last:%Y%m%d}",
        params={"until": "{end:seconds}"},
        days=7,
    )
    assert fetcher.asked[0]["url"] == URL + "/20261117/20261123"
    assert fetcher.asked[0]["params"] == {"until": "1795478400"}
    assert fetcher.asked[0]["revalidate"] is False
    fetcher = FakeFetcher(json.dumps({"data": []}))
    window = Window(first=date(2025, 1, 1), last=date(2025, 1, 31))
    asked(None, fetcher=fetcher, window=window, body={"filter": [{"from": "{first}T00:00:00", "n": 1}]})
    assert (fetcher.asked[0]["method"], fetcher.asked[0]["json"]) == (
        "POST", {"filter": [{"from": "2025-01-01T00:00:00", "n": 1}]}
    )  # fmt: skip


def test_a_token_goes_where_it_is_not_shown():
    fetcher = FakeFetcher(*[json.dumps({"data": []})] * 2)
    given = {"token": {"secret": "eia-key"}, "secrets": {"token": "s3cret"}}
    asked(None, fetcher=fetcher, token_param="api_key", **given)
    asked(None, fetcher=fetcher, token_header="authorization", token_prefix="Bearer ", **given)
    assert fetcher.asked[0]["secrets"] == {"api_key": "s3cret"}
    assert fetcher.asked[1]["secret_headers"] == {"authorization": "Bearer s3cret"}


def test_404_may_mean_that_there_is_nothing():
    fetcher = FakeFetcher(Answer(url=URL, content=b"{}", status=404))
    found = asked(None, fetcher=fetcher, absent_is_empty=True)
    assert (found.readings, found.note) == ((), "the server says that there is nothing")
    assert fetcher.asked[0]["accept"] == {200, 404}


def in_pages(pages, name="page"):
    """A server that gives pages by a parameter of the query."""
    return FakeFetcher(by=lambda url, params=None, **_: Answer(
        url=url, content=json.dumps(pages.get((params or {}).get(name), {"data": []})).encode()
    ))  # fmt: skip


def test_pages_are_read_until_there_are_no_more_by_number():
    pages = {"1": {"pages": 2, "data": [a_row(1, 1)]}, "2": {"pages": 2, "data": [a_row(2, 2)]}}
    paging = {"by": "page", "param": "page", "pages": "$.pages", "size": 500, "size_param": "per_page"}
    fetcher = in_pages(pages)
    assert values(asked(None, fetcher=fetcher, paging=paging)) == [("10-01", 1.0), ("10-02", 2.0)]
    assert [each["params"] for each in fetcher.asked] == [
        {"page": "1", "per_page": "500"}, {"page": "2", "per_page": "500"}
    ]  # fmt: skip
    del pages["2"]
    assert "page 2 of 2 is empty" in told(
        None, fetcher=in_pages(pages | {"2": {"pages": 2, "data": []}}), paging=paging
    )


def test_pages_are_read_until_one_is_short():
    pages = {"0": {"data": [a_row(1, 1), a_row(2, 2)]}, "2": {"data": [a_row(3, 3)]}}
    paging = {"by": "offset", "param": "offset", "size": 2}
    assert len(asked(None, fetcher=in_pages(pages, "offset"), paging=paging).readings) == 3


def test_pages_are_read_while_the_answer_says_that_there_is_more():
    pages = {"0": {"more": True, "data": [a_row(1, 1)]}, "1": {"data": [a_row(3, 3)]}}
    paging = {"by": "offset", "param": "resultOffset", "size": 1000, "more": "$.more"}
    assert len(asked(None, fetcher=in_pages(pages, "resultOffset"), paging=paging).readings) == 2


def test_pages_are_read_until_all_rows_came():
    pages = {"0": {"total": 3, "data": [a_row(1, 1), a_row(2, 2)]}, "2": {"total": 3, "data": [a_row(3, 3)]}}
    paging = {"by": "offset", "param": "offset", "size": 2, "total": "$.total"}
    assert len(asked(None, fetcher=in_pages(pages, "offset"), paging=paging).readings) == 3
    pages["2"] = {"total": 3, "data": []}
    assert "page 2 is empty, after 2 of 3 rows" in told(
        None, fetcher=in_pages(pages, "offset"), paging=paging
    )
    pages["0"] = {"total": "many", "data": []}
    assert "says no number at $.total" in told(None, fetcher=in_pages(pages, "offset"), paging=paging)


def test_the_offset_of_a_posted_question_stands_in_its_body():
    answers = [{"data": [a_row(1, 1)]}, {"data": []}]
    fetcher = FakeFetcher(*map(json.dumps, answers))
    paging = {"by": "offset", "param": "offset", "size": 1, "size_param": "limit"}
    asked(None, fetcher=fetcher, body={"preset": "latest"}, paging=paging)
    assert [each["json"] for each in fetcher.asked] == [
        {"preset": "latest", "offset": 0, "limit": 1}, {"preset": "latest", "offset": 1, "limit": 1}
    ]  # fmt: skip


def test_links_to_the_next_page_are_followed_on_the_same_server_only():
    answers = [{"data": [a_row(1, 1)], "next": "/v1/rows?p=2"}, {"data": [a_row(2, 2)], "next": ""}]
    fetcher = FakeFetcher(*map(json.dumps, answers))
    paging = {"by": "next", "next": "$.next"}
    assert len(asked(None, fetcher=fetcher, paging=paging).readings) == 2
    assert fetcher.asked[1]["url"] == URL + "?p=2"
    elsewhere = {"data": [a_row(1, 1)], "next": "https://evil.example/x"}
    assert "on another server: 'evil.example'" in told(elsewhere, paging=paging)


def test_pages_that_come_again_are_an_error():
    fetcher = FakeFetcher(by=lambda url, **_: json.dumps({"data": [a_row(1, 1)]}).encode())
    text = "page 2 holds the rows of a page before it: the server repeats itself"
    assert text in told(None, fetcher=fetcher, paging={"by": "page", "param": "page", "size": 1})


def test_more_pages_than_expected_are_an_error_and_not_cut_off():
    def by(url, params=None, **_):
        return json.dumps({"data": [a_row(1, int(params["page"]))]}).encode()

    paging = {"by": "page", "param": "page", "size": 1, "most_pages": 5}
    assert "more than 5 pages" in told(None, fetcher=FakeFetcher(by=by), paging=paging)


@pytest.mark.parametrize(
    "settings,text",
    [
        ({"rows": ""}, "no url"),
        ({"rows": "data"}, "it begins with $"),
        ({"rows": "$.data["}, "is no JSONPath"),
        ({"rows": "$..a..b"}, "could take too long"),
        ({"rows": "$..[?@.a]"}, "could take too long"),
        ({"rows": "$[?@[?@[?@.a]]]"}, "could take too long"),
        ({"rows": "$[*,*][*,*][*,*][*,*]"}, "could take too long"),
        ({"rows": "$[?match(@.a, '(a+)+$')]"}, "is no JSONPath"),
        ({"rows": "$." + "a" * 400}, "at most 300 characters"),
        ({"date": "$.a["}, "is no JSONPath"),
        ({"start": "from", "arrays": {"v": "values"}}, "start and step belong together"),
        ({"start": "from", "step": "step"}, "go with arrays"),
        ({"paging": {"by": "next"}}, "needs next"),
        ({"paging": {"by": "page"}}, "needs param"),
        ({"paging": {"by": "page", "param": "p"}}, "to know the last"),
        ({"paging": {"by": "offset", "param": "o"}}, "needs size"),
        ({"paging": {"by": "next", "next": "nowhere"}}, "it begins with $"),
    ],
)
def test_wrong_settings_are_said(settings, text):
    if text == "no url":
        assert text in told({}, url="")
        return
    assert text in told({}, **settings)


def test_an_uploaded_answer_is_read_as_one_page():
    source = a_source(settings={"rows": "$.data[*]", "date": "date", "series": [SERIES]})
    answer = Answer(url="f.json", content=json.dumps({"data": [a_row(1, 1)]}).encode())
    assert values(JsonSource().read(source, Ask(now=NOW, secret={}.__getitem__), answer)) == [("10-01", 1.0)]
