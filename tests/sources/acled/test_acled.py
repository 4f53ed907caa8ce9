"""acled: signed in, paged to the end, deletions taken back, and nothing without terms, rights or rows."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given

from monitor.domain.errors import SourceError
from monitor.domain.harvest import Answer, Ask, Window
from monitor.sources.acled.kind import AcledSource
from tests.factories import a_source
from tests.fakes import FakeFetcher
from tests.sources.faults import broken, fuzzed, survives

NOW = datetime(2025, 11, 19, 6, tzinfo=UTC)
TOKENS = {"token_type": "Bearer", "expires_in": 86400, "access_token": "acc-1", "refresh_token": "ref-1"}
SETTINGS = {
    "terms_accepted_by": "A. Keita, 2025-11-02", "username": {"secret": "acled-username"},
    "password": {"secret": "acled-password"}, "countries": ["MLI"],
    "series": [{"series": "acled-events:{country}"}],
}  # fmt: skip


def a_row(number=99001, **values):
    """The example row of the API's documentation, made up."""
    return {
        "event_id_cnty": f"MLI{number}", "event_date": "2025-10-03", "year": "2025", "time_precision": "1",
        "disorder_type": "Political violence", "event_type": "Explosions/Remote violence",
        "sub_event_type": "Remote explosive/landmine/IED",
        "actor1": "JNIM: Group for Support of Islam and Muslims", "assoc_actor_1": "",
        "inter1": "Rebel group",
        "actor2": "Military Forces of Mali (2021-)", "assoc_actor_2": "", "inter2": "State forces",
        "interaction": "State forces-Rebel group", "civilian_targeting": "", "iso": "466",
        "region": "Western Africa", "country": "Mali", "admin1": "Sikasso", "admin2": "Kadiolo", "admin3": "",
        "location": "Kadiolo", "latitude": "10.55", "longitude": "-5.76", "geo_precision": "1",
        "source": "Example Radio", "source_scale": "Subnational", "notes": "made up", "fatalities": "4",
        "tags": "", "timestamp": "1759795200", **values,
    }  # fmt: skip


def on(day, number, **values):
    return a_row(number, event_date=day, **values)


class Api:
    """Answers sign-ins and pages; `statuses` are given to reads before they are answered."""

    def __init__(self, rows=(), deleted=(), *, statuses=(), tokens=None, with_total=True, repeats=False):
        self.rows, self.deleted = list(rows), [{"event_id_cnty": each} for each in deleted]
        self.statuses, self.tokens = list(statuses), list(tokens or [])
        self.with_total, self.repeats = with_total, repeats

    def __call__(self, url, *, params=None, **request):
        if url.endswith("/oauth/token"):
            return self.tokens.pop(0) if self.tokens else answer(TOKENS)
        if self.statuses and (found := self.statuses.pop(0)):
            return found
        rows = self.rows if url.endswith("/acled/read") else self.deleted
        size, page = int(params["limit"]), int(params["page"])
        shown = rows[:size] if self.repeats else rows[(page - 1) * size : page * size]
        body = {"status": 200, "success": True, "count": len(shown), "data": shown}
        return answer(body | ({"total_count": len(rows)} if self.with_total else {}))


def answer(body, status=200):
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Answer(url="https://acleddata.com/x", content=content, status=status)


DENIED = answer({"message": "Access denied"}, 403)


def an_acled(**values):
    settings = SETTINGS | values.pop("settings", {})
    return a_source(**{"slug": "acled", "kind": "acled", "may_redistribute": False, "settings": settings,
                       "marking": "TLP:AMBER+STRICT", **values})  # fmt: skip


def fetch(api, *, ask=None, **settings):
    fetcher = FakeFetcher(by=api)
    asked = Ask(**{"now": NOW, "secret": lambda key: f"the {key}", **(ask or {})})
    return AcledSource().fetch(an_acled(settings=settings), asked, fetcher), fetcher


def told(api, **settings):
    with pytest.raises(SourceError) as caught:
        fetch(api, **settings)
    return caught.value


WEEKS = [on("2025-10-06", 1), on("2025-10-12", 2, fatalities="0"), on("2025-10-21", 3), on("2025-11-12", 4)]


def test_events_become_incidents_and_whole_weeks():
    harvest, _ = fetch(Api(WEEKS))
    assert [(each.external_id, each.killed, each.country) for each in harvest.incidents] == [
        ("MLI1", 4, "MLI"), ("MLI2", 0, "MLI"), ("MLI3", 4, "MLI"), ("MLI4", 4, "MLI"),
    ]  # fmt: skip
    assert [(f"{each.period_start:%m-%d}", each.value) for each in harvest.readings] == [
        ("09-01", 0), ("09-08", 0), ("09-15", 0), ("09-22", 0), ("09-29", 0), ("10-06", 2), ("10-13", 0),
        ("10-20", 1), ("10-27", 0), ("11-03", 0),
    ]  # fmt: skip
    assert (harvest.covered[0].covers_from, harvest.covered[0].covers_until) == (
        date(2025, 9, 1), date(2025, 11, 12),
    )  # fmt: skip


@pytest.mark.parametrize(
    "chosen, value",
    [
        ({"measure": "fatalities"}, 8),
        ({"event_types": ["Battles"]}, 0),
        ({"event_types": ["Explosions/Remote violence"]}, 3),
        ({"actors": ["Military Forces of Mali (2021-)"]}, 3),
        ({"actors": ["Wagner"]}, 0),
        ({"inter": ["State forces"]}, 3),
        ({"admin1": ["Gao"]}, 1),
        ({"civilian_targeting": True}, 1),
    ],
)
def test_a_month_counts_what_its_series_chooses(chosen, value):
    rows = [*WEEKS[:2], on("2025-10-21", 3, admin1="Gao", civilian_targeting="Civilian targeting"), WEEKS[3]]
    harvest, _ = fetch(Api(rows), series=[{"series": "a:mali", "period": "month", **chosen}])
    assert {f"{each.period_start:%m}": each.value for each in harvest.readings} == {"09": 0, "10": value}


def test_a_place_known_by_its_region_is_no_dot():
    harvest, _ = fetch(Api([a_row(1), a_row(2, geo_precision="3")]))
    assert [(each.latitude, each.precision) for each in harvest.incidents] == [
        (10.55, "exact"),
        (None, "region"),
    ]


def test_pages_are_read_until_a_short_one():
    harvest, fetcher = fetch(Api([a_row(number) for number in range(5)]), page_size=2)
    assert len(harvest.incidents) == 5
    reads = [each["params"]["page"] for each in fetcher.asked if each["url"].endswith("acled/read")]
    assert reads == ["1", "2", "3"]


def test_a_page_given_again_ends_the_reading_and_nothing_is_called_complete():
    harvest, _ = fetch(
        Api([a_row(number) for number in range(5)], with_total=False, repeats=True), page_size=2
    )
    assert len(harvest.incidents) == 2
    assert harvest.readings == harvest.covered == ()
    assert "the same page came again" in harvest.note
    assert "Ask for fewer countries" in harvest.note


def test_a_window_whose_pages_are_cut_short_is_asked_in_halves_until_all_is_there():
    days = [date(2025, 9, 1) + timedelta(days=4 * number) for number in range(18)]
    rows = [on(f"{day}", number) for number, day in enumerate(days)]

    class ByDay(Api):
        def __call__(self, url, *, params=None, **request):
            everything = self.rows
            if params and "event_date" in params:
                first, last = params["event_date"].split("|")
                self.rows = [row for row in everything if first <= row["event_date"] <= last]
            try:
                return super().__call__(url, params=params, **request)
            finally:
                self.rows = everything

    harvest, fetcher = fetch(ByDay(rows, with_total=False, repeats=True), page_size=4, since="2025-09-01")
    assert len(harvest.incidents) == 18
    assert "the same page" not in harvest.note
    assert harvest.covered != ()
    asked = {each["params"]["event_date"] for each in fetcher.asked if "event_date" in each.get("params", {})}
    assert {"2025-09-01|2025-11-19", "2025-09-01|2025-10-10", "2025-10-11|2025-11-19"} <= asked


def test_fewer_rows_than_announced_are_an_error():
    error = told(Api([a_row(number) for number in range(5)], repeats=True), page_size=2)
    assert "has 5 rows and gave 2" in str(error)


def test_deleted_events_are_withdrawn_unless_they_are_back():
    harvest, fetcher = fetch(Api([a_row(1)], deleted=["MLI1", "MLI7"]))
    assert harvest.withdrawn == ("MLI7",)
    assert fetcher.asked[-1]["params"]["deleted_timestamp"] == "1756684800"


def test_the_first_run_asks_from_the_first_day_wanted_and_later_ones_for_the_trailing_days():
    _, first = fetch(Api([a_row()]), since="2024-02-10")
    _, later = fetch(Api([a_row()]), since="2024-02-10", ask={"since": NOW})
    window = Window(first=date(2025, 3, 5), last=date(2025, 3, 9))
    _, windowed = fetch(Api([on("2025-03-06", 1)]), ask={"since": NOW, "window": window})
    assert [each.asked[1]["params"]["event_date"] for each in (first, later, windowed)] == [
        "2024-02-01|2025-11-19", "2025-09-01|2025-11-19", "2025-02-24|2025-04-06",
    ]  # fmt: skip
    assert first.asked[1]["params"]["iso"] == "466"


def test_a_window_of_the_past_is_complete_to_its_end_and_no_week_falls_between_two():
    weeks = set()
    for month in (3, 4):
        window = Window(first=date(2025, month, 1), last=date(2025, month, 28))
        harvest, _ = fetch(Api([on(f"2025-{month:02}-06", 1)]), ask={"since": NOW, "window": window})
        weeks |= {each.period_start.date() for each in harvest.readings}
        assert harvest.covered[0].covers_until == date(2025, month + 1, 6 if month == 3 else 4)
    assert sorted(weeks) == [date(2025, 2, 24) + timedelta(days=7 * number) for number in range(10)]


def test_a_window_gives_whole_months_only():
    window = Window(first=date(2025, 3, 5), last=date(2025, 3, 9))
    monthly = [{"series": "a:mali", "period": "month"}]
    harvest, _ = fetch(
        Api([on("2025-02-25", 1), on("2025-03-06", 2)]), ask={"window": window}, series=monthly
    )
    assert [(each.period_start.date(), each.value) for each in harvest.readings] == [(date(2025, 3, 1), 1)]


def test_name_and_password_go_apart_and_the_sign_in_is_never_kept():
    _, fetcher = fetch(Api([a_row()]))
    login = fetcher.asked[0]
    assert login["secrets"] == {"username": "the username", "password": "the password"}
    assert login["form"] == {"client_id": "acled", "grant_type": "password", "scope": "authenticated"}
    assert login["is_secret"]
    assert fetcher.asked[1]["secret_headers"] == {"authorization": "Bearer acc-1"}


def test_a_token_that_ran_out_is_renewed():
    fresh = answer(TOKENS | {"access_token": "acc-2"})
    api = Api([a_row()], statuses=[answer({}, 401)], tokens=[answer(TOKENS), fresh])
    harvest, fetcher = fetch(api)
    assert len(harvest.incidents) == 1
    assert fetcher.asked[2]["form"]["grant_type"] == "refresh_token"
    assert fetcher.asked[2]["secrets"] == {"refresh_token": "ref-1"}
    assert fetcher.asked[3]["secret_headers"] == {"authorization": "Bearer acc-2"}


def test_a_refresh_that_is_refused_signs_in_anew():
    refused = answer({"error": "invalid_grant"}, 400)
    api = Api([a_row()], statuses=[answer({}, 401)], tokens=[answer(TOKENS), refused, answer(TOKENS)])
    _, fetcher = fetch(api)
    assert [each["form"]["grant_type"] for each in fetcher.asked if "form" in each] == [
        "password", "refresh_token", "password",
    ]  # fmt: skip


@pytest.mark.parametrize("refusal", [DENIED, answer({"status": 200, "message": "Access denied"})])
def test_a_valid_token_without_rights_is_said_plainly(refusal):
    error = told(Api(statuses=[refusal]))
    assert error.permanent
    assert "has no right to read the data" in str(error)


def test_wrong_credentials_are_said_without_them():
    error = told(Api(tokens=[answer({"error": "invalid_grant"}, 400)]))
    assert error.permanent
    assert "refused the account's name or password (400; it says: 'invalid_grant')" in str(error)
    assert "the password" not in str(error)


@pytest.mark.parametrize(
    "body, message",
    [
        (b"<html>challenge</html>", "is a page"),
        (b"", "is empty"),
        ({"status": 200, "message": "Try later"}, "it says: 'Try later'"),
        ({"success": False, "data": [], "message": "busy"}, "it was no success; busy"),
        ({"data": [{"id": 1}]}, "rows have no event_id_cnty"),
        (
            {"data": [{key: each for key, each in a_row().items() if key != "fatalities"}]},
            "have no fatalities",
        ),
        ({"data": [a_row(fatalities="some")]}, "none of ACLED's 1 events could be read"),
    ],
)
def test_what_is_no_page_of_events_is_said(body, message):
    found = told(Api(statuses=[answer(body)]))
    assert message in str(found)


def test_a_row_that_cannot_be_read_is_rejected_and_nothing_is_added_up():
    harvest, _ = fetch(Api([a_row(1), a_row(2, iso="998"), a_row(3, iso="854")]))
    assert [each.external_id for each in harvest.incidents] == ["MLI1"]
    assert [each.reason for each in harvest.rejected] == [
        "iso 998 is no country of ISO 3166", "BFA on 2025-10-03 was not asked for",
    ]  # fmt: skip
    assert harvest.readings == harvest.covered == ()


def test_no_events_are_no_calm():
    harvest, _ = fetch(Api())
    assert harvest.readings == harvest.covered == ()
    assert "nothing was set to 0" in harvest.note


@pytest.mark.parametrize(
    "values, message",
    [
        ({"may_redistribute": True}, "may_redistribute = false is needed"),
        ({"marking": "TLP:AMBER"}, "marking is to be TLP:AMBER+STRICT or TLP:RED"),
        ({"settings": {"terms_accepted_by": ""}}, "terms_accepted_by"),
        ({"settings": {"countries": ["ZZZ"]}}, "no country of ISO 3166 is ZZZ"),
        ({"settings": {"password": "hunter2"}}, "expected a reference"),
        ({"settings": {"url": "https://api.acleddata.com"}}, "removed the route with key and email"),
    ],
)
def test_a_source_that_breaks_terms_or_has_a_wrong_setting_asks_nothing(values, message):
    problems = AcledSource().problems(an_acled(**values))
    assert len(problems) == 1
    assert message in problems[0]
    assert "hunter2" not in problems[0]
    fetcher = FakeFetcher()
    with pytest.raises(SourceError):
        AcledSource().fetch(an_acled(**values), Ask(now=NOW, secret=str), fetcher)
    assert fetcher.asked == []


def test_a_legacy_key_is_refused_with_what_to_do():
    assert AcledSource().problems(an_acled(settings={"key": "k", "email": "e"}))[0] == (
        "ACLED removed the route with key and email in September 2025: give username and password of an "
        "account at acleddata.com instead of key and email"
    )


PAGE = json.dumps({"status": 200, "success": True, "count": 4, "total_count": 4, "data": WEEKS}).encode()


@fuzzed
@given(broken([PAGE, json.dumps(TOKENS).encode()]))
def test_a_broken_answer_is_a_harvest_or_a_sentence(body):
    def by(url, **request):
        return answer(TOKENS) if url.endswith("/token") else answer(body)

    found = survives(lambda: fetch(by)[0])
    assert all(each.killed >= 0 for each in (found.incidents if found else ()))
    survives(lambda: fetch(lambda url, **_: answer(body))[0])
