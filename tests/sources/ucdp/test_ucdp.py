"""ucdp: the final release and its candidates become incidents and months, exactly as they were published."""

import csv
import gzip
import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from monitor.domain.errors import SourceError
from monitor.domain.harvest import Answer, Unchanged, Window
from monitor.domain.incident import Coverage
from monitor.sources.ucdp.kind import UcdpSource
from tests.fakes import FakeFetcher
from tests.sources.ucdp.ged import API, NOW, Api, a_row, a_ucdp, an_ask, on

MYANMAR = Path(__file__).parents[2] / "data/sources/ged_v23_1_myanmar_2021_2022.csv.gz"


def fetch(releases, *, ask=None, page_size=2, **settings):
    api = Api(releases, page_size=page_size)
    fetcher = FakeFetcher(by=api)
    return UcdpSource().fetch(a_ucdp(**settings), ask or an_ask(), fetcher), fetcher


def told(releases, **settings):
    with pytest.raises(SourceError) as caught:
        fetch(releases, **settings)
    return str(caught.value)


def values(harvest, series="ged-deaths:MLI"):
    return {f"{each.period_start:%Y-%m}": each.value for each in harvest.readings if each.series == series}


def by_month(*amounts, year=2025):
    return {f"{year}-{month:02}": float(amount) for month, amount in enumerate(amounts, start=1)}


THIS_YEAR = {
    "25.01.25.06": [on("2025-02-03", 1), on("2025-06-30", 2, best=1, low=1, high=1)],
    "25.0.7": [on("2025-07-01", 3, best=4, low=0, high=40)],
}
FINAL = {"25.1": [on("2024-12-31", 8, best=2, low=2, high=2)]}


def test_the_final_release_and_the_newest_candidates_make_one_history():
    harvest, _fetcher = fetch(FINAL | THIS_YEAR)
    assert [each.external_id for each in harvest.incidents] == ["8", "1", "2", "3"]
    assert values(harvest) == by_month(*[0] * 11, 2, year=2024) | by_month(0, 9, 0, 0, 0, 1, 4)
    assert harvest.covered == (
        Coverage(covers_from=date(2024, 1, 1), covers_until=date(2025, 7, 31), country="MLI", lag_days=0.0),
    )
    july = harvest.readings[-1]
    assert (july.low, july.value, july.high) == (0.0, 4.0, 40.0)
    assert july.known_at == NOW
    assert harvest.note == "4 events of release 25.1, 25.01.25.06, 25.0.7"


def test_a_request_names_countries_and_days_and_keeps_the_token_apart():
    _, fetcher = fetch(FINAL | THIS_YEAR, countries=["MLI", "SRB"])
    first = fetcher.asked[0]
    assert first["url"] == f"{API}/gedevents/25.1"
    assert first["params"] == {
        "pagesize": "1000", "page": "0", "Country": "340,345,432", "StartDate": "2024-01-01",
        "EndDate": "2024-12-31",
    }  # fmt: skip
    assert first["secret_headers"] == {"x-ucdp-access-token": "the token"}
    assert "the token" not in str([{**each, "secret_headers": None} for each in fetcher.asked])


def test_candidates_are_tried_from_the_longest_so_far_then_month_by_month_until_there_is_none():
    _, fetcher = fetch(FINAL | THIS_YEAR)
    assert [each["url"].rpartition("/")[2] for each in fetcher.asked] == [
        "25.1", "25.01.25.09", "25.01.25.06", "25.0.7", "25.0.8",
    ]  # fmt: skip


def test_months_alone_are_read_where_no_longer_release_is_out():
    harvest, _ = fetch(FINAL | {"25.0.1": [on("2025-01-02", 5)], "25.0.2": []})
    assert values(harvest)["2025-01"] == 9
    assert values(harvest)["2025-02"] == 0
    assert "2025-03" not in values(harvest)


def test_an_id_that_the_final_release_has_is_not_taken_from_a_candidate():
    harvest, _ = fetch({"25.1": [on("2024-12-31", 8, best=2)], "25.0.1": [on("2025-01-01", 8, best=500)]})
    assert [(each.external_id, each.killed) for each in harvest.incidents] == [("8", 2)]


def test_pages_are_followed_to_the_last():
    rows = [on("2024-03-01", number) for number in range(1, 8)]
    harvest, fetcher = fetch({"25.1": rows}, candidates=[])
    assert len(harvest.incidents) == 7
    assert [each["url"].partition("page=")[2] for each in fetcher.asked] == ["", "1", "2", "3"]


@pytest.mark.parametrize(
    "following, message",
    [
        (f"{API}/gedevents/25.1", "pages do not end"),
        ("https://elsewhere.example/api/gedevents/25.1?page=1", "the next page is at another place"),
        (f"{API}/battledeaths/25.1?page=1", "the next page is at another place"),
    ],
)
def test_a_next_page_that_repeats_or_leads_away_is_an_error(following, message):
    body = {"TotalCount": 2, "NextPageUrl": following, "Result": [a_row()]}
    answer = Answer(url=API, content=json.dumps(body).encode())
    assert message in told({"25.1": answer})


def test_pages_that_give_the_same_events_again_are_an_error():
    assert "1 events twice" in told({"25.1": [a_row(1), a_row(2), a_row(1)]})


def test_fewer_events_than_announced_are_an_error():
    body = {"TotalCount": 5, "NextPageUrl": "", "Result": [a_row()]}
    answer = Answer(url=API, content=json.dumps(body).encode())
    assert "says it has 5 events and gave 1" in told({"25.1": answer})


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_token_is_said_and_is_permanent(status):
    with pytest.raises(SourceError) as caught:
        fetch({"25.1": Answer(url=API, content=b"API token required", status=status)})
    assert caught.value.permanent
    assert "refused the token" in str(caught.value)


@pytest.mark.parametrize(
    "content, message",
    [
        (b"", "is empty"),
        (b"<html><title>Maintenance</title>", "is a page, not data: '<html><title>Maintenance</title>'"),
        (b'{"TotalCount": 1, "Result": [', "is no JSON"),
        (b'{"message": "Too many requests"}', "it says: 'Too many requests'"),
        (b'{"Result": [], "NextPageUrl": ""}', "has no TotalCount"),
        (b"[]", "is no JSON object"),
        ('{"TotalCount": 1, "é": 1}'.encode("latin-1"), "is no JSON"),
    ],
)
def test_what_is_no_page_of_events_is_said(content, message):
    assert message in told({"25.1": Answer(url=API, content=content)})


def test_a_renamed_column_stops_the_run():
    row = a_row()
    row["deaths_best"] = row.pop("best")
    assert "have no best; their layout has changed" in told({"25.1": [row]})


def test_a_row_that_cannot_be_read_is_rejected_and_its_month_has_no_value():
    rows = [on("2024-03-01", 1), on("2024-04-01", 2, best="many"), on("2024-05-01", 3)]
    harvest, _ = fetch({"25.1": rows}, candidates=[])
    assert [each.external_id for each in harvest.incidents] == ["1", "3"]
    assert values(harvest) == {
        f"2024-{month:02}": {3: 9.0, 5: 9.0}.get(month, 0.0) for month in (1, 2, 3, *range(5, 13))
    }
    assert harvest.covered == ()
    assert [each.reason for each in harvest.rejected] == ["best 'many' is no whole number from 0 to 10000000"]
    assert "date_start=2024-04-01" in harvest.rejected[0].text


def test_a_row_without_readable_days_leaves_its_release_without_values():
    harvest, _ = fetch({"25.1": [a_row(1, date_start="soon")], "25.0.1": [on("2025-01-02", 5)]})
    assert values(harvest) == {"2025-01": 9.0}


def test_events_of_which_none_can_be_read_are_an_error():
    assert "none of the 2 events could be read" in told(
        {"25.1": [a_row(1, best="1 k"), a_row(2, best="2 k")]}
    )


def test_no_event_at_all_is_no_peace():
    harvest, _ = fetch({"25.1": []})
    assert harvest.readings == harvest.covered == ()
    assert "no month was set to 0" in harvest.note


def test_what_is_gone_from_a_newer_candidate_is_withdrawn():
    before, _ = fetch(FINAL | THIS_YEAR)
    newer = {"25.01.25.09": [on("2025-02-03", 1), on("2025-07-01", 3)]}
    harvest, fetcher = fetch(FINAL | newer, ask=an_ask(since=NOW, bookmark=before.bookmark))
    assert harvest.withdrawn == ("2",)
    assert [each["url"].rpartition("/")[2] for each in fetcher.asked] == ["25.01.25.09", "25.0.10"]
    assert harvest.bookmark["ids"] == {"2024-12": ["8"], "2025-02": ["1"], "2025-07": ["3"]}


def test_a_release_that_is_missing_for_once_withdraws_nothing_and_says_no_0():
    before, _ = fetch(FINAL | THIS_YEAR)
    only_half = {"25.01.25.06": THIS_YEAR["25.01.25.06"]}
    harvest, _ = fetch(FINAL | only_half, ask=an_ask(since=NOW, bookmark=before.bookmark))
    assert harvest.withdrawn == ()
    assert "2025-07" not in values(harvest)
    assert harvest.bookmark["ids"]["2025-07"] == ["3"]


def test_nothing_new_after_the_final_release_is_no_failure():
    before, _ = fetch(FINAL)
    ask = an_ask(since=NOW, bookmark=before.bookmark)
    with pytest.raises(Unchanged):
        fetch(FINAL, ask=ask)
    with pytest.raises(SourceError, match=r"UCDP has no release 25\.1"):
        fetch({}, ask=ask)


def test_history_goes_back_through_years_of_which_nothing_is_published():
    ask = an_ask(window=Window(first=date(2025, 1, 1), last=date(2025, 11, 23)), bookmark={"final": "kept"})
    harvest, _ = fetch(FINAL, ask=ask)
    assert harvest.note == "UCDP has published nothing yet for 2025 to 2025"
    assert (harvest.readings, harvest.covered, harvest.bookmark) == ((), (), {"final": "kept"})
    with pytest.raises(SourceError, match="UCDP has no release"):
        fetch({}, ask=ask)


def test_candidates_that_were_there_and_are_all_gone_are_a_failure():
    before, _ = fetch(FINAL | THIS_YEAR)
    with pytest.raises(SourceError, match="nothing yet for 2025 to 2025"):
        fetch(FINAL, ask=an_ask(since=NOW, bookmark=before.bookmark))


def test_a_row_that_cannot_be_read_is_not_taken_for_withdrawn():
    before, _ = fetch({"25.1": [on("2024-03-01", 1), on("2024-03-02", 2)]}, candidates=[])
    broken = {"25.1": [on("2024-03-01", 1, best=None), on("2024-03-02", 2)]}
    harvest, _ = fetch(broken, candidates=[], ask=an_ask(bookmark=before.bookmark))
    assert harvest.withdrawn == ()


def test_a_new_final_release_is_read_and_takes_back_candidates_it_dropped():
    before, _ = fetch(FINAL | THIS_YEAR)
    final = {"26.1": [on("2024-12-31", 8), on("2025-02-03", 1), on("2025-07-01", 77)]}
    now = datetime(2026, 6, 20, tzinfo=UTC)
    ask = an_ask(now=now, since=NOW, bookmark=before.bookmark)
    harvest, _ = fetch(final, ask=ask, version="26.1")
    assert sorted(harvest.withdrawn) == ["2", "3"]
    assert [each.external_id for each in harvest.incidents] == ["8", "1", "77"]


def test_a_window_asks_for_its_whole_years():
    window = Window(first=date(2024, 11, 5), last=date(2024, 11, 9))
    harvest, fetcher = fetch(FINAL | THIS_YEAR, ask=an_ask(window=window), since="1999-01-01")
    assert len(fetcher.asked) == 1
    assert fetcher.asked[0]["params"]["StartDate"] == "2024-01-01"
    assert set(values(harvest)) == {f"2024-{month:02}" for month in range(1, 13)}


def test_the_real_slice_of_myanmar_gives_all_its_events():
    answer = Answer(url="https://ucdp.example/ged.csv.gz", content=MYANMAR.read_bytes())
    source = a_ucdp(countries=["MMR"], series=[{"series": "ged-deaths:{country}"}])
    harvest = UcdpSource().read(source, an_ask(), answer)
    assert len(harvest.incidents) == 2403
    assert len({each.external_id for each in harvest.incidents}) == 2403
    assert harvest.rejected == ()
    assert len(harvest.readings) == 23
    assert sum(each.value for each in harvest.readings) == pytest.approx(
        sum(each.killed for each in harvest.incidents), abs=1e-6
    )
    assert sum(each.latitude is None for each in harvest.incidents) == 1327


def test_the_real_slice_over_the_api_gives_the_same_as_the_file():
    lines = gzip.decompress(MYANMAR.read_bytes()).decode().splitlines()
    rows = list(csv.DictReader(lines))
    harvest, _ = fetch({"23.1": rows}, version="23.1", candidates=[], countries=["MMR"], page_size=1000,
                       since="2021-01-01")  # fmt: skip
    answer = Answer(url="https://ucdp.example/ged.csv.gz", content=MYANMAR.read_bytes())
    from_file = UcdpSource().read(a_ucdp(countries=["MMR"]), an_ask(), answer)
    assert harvest.incidents == from_file.incidents
    assert [each.value for each in harvest.readings[1:]] == [each.value for each in from_file.readings]


def test_files_of_releases_are_merged_without_a_token():
    header = ",".join(a_row())
    table = lambda *rows: "\n".join([header, *(",".join(map(str, row.values())) for row in rows)])  # noqa: E731
    clean = {"source_article": ""}
    files = {
        "https://f.example/ged241.csv": table(on("2024-12-31", 8, **clean)),
        "https://f.example/c.csv": table(on("2025-01-05", 9, **clean), on("2024-12-31", 8, best=99, **clean)),
    }
    fetcher = FakeFetcher(by=lambda url, **_: Answer(url=url, content=files[url].encode()))
    source = a_ucdp(token=None, files=dict(zip(("25.1", "25.0.1"), files, strict=True)))
    assert UcdpSource().problems(source) == ()
    harvest = UcdpSource().fetch(source, an_ask(), fetcher)
    assert [(each.external_id, each.killed) for each in harvest.incidents] == [("8", 9), ("9", 9)]


def test_the_file_of_a_final_release_alone_is_read_once():
    header = ",".join(a_row())
    text = "\n".join([header, ",".join(map(str, on("2024-12-31", 8, source_article="").values()))])
    fetcher = FakeFetcher(by=lambda url, **_: Answer(url=url, content=text.encode()))
    source = a_ucdp(token=None, files={"25.1": "https://f.example/ged251.csv"})
    before = UcdpSource().fetch(source, an_ask(), fetcher)
    with pytest.raises(Unchanged):
        UcdpSource().fetch(source, an_ask(since=NOW, bookmark=before.bookmark), fetcher)
    assert len(fetcher.asked) == 1


@pytest.mark.parametrize(
    "settings, message",
    [
        ({"token": None}, "token is missing"),
        ({"token": "abc123"}, "expected a reference"),
        ({"version": "26.0.1"}, "expected a final release like 25.1"),
        ({"version": "newest"}, "no version of UCDP GED like 25.1"),
        ({"candidates": ["26.1"]}, "expected candidate releases"),
        ({"countries": ["ZZZ"]}, "no country of UCDP is ZZZ"),
        ({"countries": []}, "countries"),
        ({"colour": 1}, "colour is no setting of this kind"),
        ({"series": [{"series": "d:x", "countries": ["NER"]}]}, "which countries leaves out"),
        ({"files": {"old": "https://f.example"}}, "no version of UCDP GED"),
    ],
)
def test_a_wrong_setting_is_named(settings, message):
    problems = UcdpSource().problems(a_ucdp(**settings))
    assert len(problems) == 1
    assert message in problems[0]
    assert "abc123" not in problems[0]
