"""The page of a series: picture and table, forecast with its worth, decisions for the desk alone."""

from datetime import timedelta

import pytest

from monitor.domain.event import Event
from monitor.domain.normalisations.normalisation import Unscored
from monitor.storage import definitions, observations, suggestion_decisions
from tests.domain.months import month_start
from tests.factories import DEATHS, an_indicator
from tests.services.watched_months import AT, a_month, watch

PAGE = f"/series/{DEATHS}"
STEP = "2018-01-01T00:00:00+00:00"


@pytest.fixture
def watched(desk):
    """A desk whose subject stands in January 2020."""
    with desk.writing() as (session, _):
        watch(session, now=AT)
    assert month_start(36) == 1514764800
    return desk


@pytest.fixture
def page(watched, signed_in):
    return signed_in("rita").get(PAGE).text


def test_the_picture_is_drawn_twice_and_has_a_table_behind_it(page):
    assert 'viewBox="0 0 924 340"' in page
    assert 'viewBox="0 0 358 280"' in page
    assert "Conflict deaths, Mali from" in page
    assert '<a href="#values">View as a table</a>' in page
    assert "Dec 2019" in page


def test_the_forecast_says_what_it_was_worth(page):
    assert "The 80\u00a0% interval held" in page
    assert "no observation: it never scores" in page
    assert "past error paths" in page


def test_a_forecast_of_a_source_is_shown_as_one_and_has_no_pressure(watched, signed_in):
    outlook = an_indicator("outlook", name="Outlook", normalisation=Unscored(), is_forecast=True)
    with watched.writing() as (session, now):
        definitions.save_all(session, [outlook], author="t", reason="", effective_at=now, now=now)
        start = now.replace(day=1) + timedelta(days=400)
        months = [a_month("outlook:MLI", 0, value, period_start=start + timedelta(days=30 * value),
                          period_end=start + timedelta(days=30 + 30 * value), known_at=now)
                  for value in (41, 42)]  # fmt: skip
        observations.add(session, months, source="feed", author="", note="", now=now)
    page = signed_in("rita").get("/series/outlook:MLI").text
    assert "A forecast</b>: shown, never scored." in page
    assert "Forecast by" in page
    assert page.index(">41<") < page.index(">42<")
    assert "The 80" not in page
    assert "Why it can be relied on" not in signed_in("ben").get("/series/outlook:MLI").text


def test_suggestions_users_and_source_are_there(page):
    for words in (
        "By its own quantiles",
        "By how often it would fire",
        "Used by",
        "Assimi Goïta",
        "It was never asked",
    ):
        assert words in page


def test_what_is_too_short_says_so(watched, signed_in):
    page = signed_in("rita").get("/series/fuel-price:bamako").text
    assert "No forecast: it has 10 settled values" in page
    assert "Nothing to propose: 10 settled values are too few" in page
    assert 'class="fan"' not in page


def test_only_the_desk_is_offered_to_decide(watched, signed_in):
    assert "the mean rose" in signed_in("rita").get(PAGE).text
    assert "Save as event" not in signed_in("rita").get(PAGE).text
    assert "Save as event" in signed_in("ben").get(PAGE).text


def decide(visitor, **fields):
    given = {"period_start": STEP, "title": "War", "reason": "the front moved", "verdict": "confirm"} | fields
    return visitor.post(f"{PAGE}/events", form=PAGE, **given)


def test_the_desk_saves_a_change_point_as_an_event(watched, signed_in):
    ben = signed_in("ben")
    assert decide(ben).status_code == 302
    with watched.reading() as (session, _):
        event = definitions.get(session, Event, "change-conflict-deaths-mali-2018-01-01")
        (version,) = definitions.history(session, Event, event.slug)
    assert (event.title, version.author, version.reason) == ("War", "ben@example.org", "the front moved")
    after = ben.get(PAGE).text
    assert "Saved the event War." in after
    assert "None that nobody has decided on." in after


def test_the_desk_keeps_that_it_is_no_event(watched, signed_in):
    assert decide(signed_in("ben"), verdict="dismiss", title="").status_code == 302
    with watched.reading() as (session, _):
        (decision,) = suggestion_decisions.of_series(session, DEATHS)
    assert (decision.is_confirmed, decision.author) == (False, "ben@example.org")


@pytest.mark.parametrize(
    "fields,said",
    [
        ({"title": ""}, "give the event a title"),
        ({"reason": ""}, "Say why"),
        ({"period_start": "then"}, "the mean rose"),
    ],
)
def test_what_is_missing_is_named_and_nothing_is_saved(watched, signed_in, fields, said):
    answer = decide(signed_in("ben"), **fields)
    assert answer.status_code == 422
    assert said in answer.text
    with watched.reading() as (session, _):
        assert suggestion_decisions.of_series(session, DEATHS) == []


def test_a_change_point_that_is_not_proposed_is_not_here(watched, signed_in):
    assert decide(signed_in("ben"), period_start="2016-01-01T00:00:00+00:00").status_code == 404


def test_a_reader_decides_nothing(watched, signed_in):
    rita = signed_in("rita")
    assert rita.post(f"{PAGE}/events", form="/series/fuel-price:bamako", period_start=STEP).status_code in {
        403,
        400,
    }


@pytest.mark.parametrize(
    "path,status",
    [(f"{PAGE}?range=all&rate=0.5", 200), ("/series/nothing:there", 404), ("/series/nonsense", 422)],
)
def test_addresses_answer_in_words(watched, signed_in, path, status):
    assert signed_in("rita").get(path).status_code == status


def test_the_heat_of_a_member_is_shown_on_its_own_page(watched, signed_in):
    answer = signed_in("rita").get("/series/subject:niger")
    assert (answer.status_code, answer.location) == (302, "/subjects/niger")


def test_a_stranger_is_sent_to_sign_in(watched, client):
    assert client.get(PAGE).status_code == 302


def test_the_subject_leads_to_its_series_and_says_what_would_flip_it(watched, signed_in):
    page = signed_in("rita").get("/subjects/goita").text
    assert f'href="{PAGE}"' in page
    assert "What would flip it" in page
    assert "one indicator alone" in page


def test_the_audit_names_what_cannot_move(watched, signed_in):
    page = signed_in("rita").get("/subjects/goita/audit").text
    for words in ("never moved", "Correlation of levels", "Cronbach", "Level holds in"):
        assert words in page
    assert signed_in("rita").get("/subjects/nobody/audit").status_code == 404


def test_a_template_there_is_not_is_not_here(watched, signed_in):
    assert signed_in("rita").get("/templates/index/audit").status_code == 404
