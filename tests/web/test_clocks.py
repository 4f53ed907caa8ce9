"""Pages of the two clocks: heat explained, ledgers of any span, revisions, confirming, the restated line."""

import re

import pytest

from monitor.domain.observation import Reading
from monitor.services.assess import assess
from monitor.storage import definitions, observations
from tests.boards import add_subject, begin
from tests.factories import an_indicator

GOITA, SERIES = "/subjects/assimi-goita", "mali-0:here"


@pytest.fixture
def provisional(desk):
    """A desk on one series whose newest week was revised and is provisional."""
    with desk.writing() as (session, now):
        begin(session, now=now)
        add_subject(session, "mali", now=now)
        slow = an_indicator("mali-0", name="Mali 0", settles_after_days=40.0, decimals=1)
        definitions.save_all(session, [slow], author="t", reason="", effective_at=now, now=now)
        [newest, *_] = observations.history(session, SERIES)
        start, end = newest.reading.period_start, newest.reading.period_end
        again = Reading(series=SERIES, period_start=start, period_end=end, value=20.0, known_at=now)
        observations.add(session, [again], source="feed", author="", note="", now=now)
        assess(session, "mali", slot=None, now=now, claimed_at=now)
    return start


@pytest.mark.usefixtures("mali")
def test_heat_is_explained_down_to_citation_and_version(signed_in):
    page = signed_in("rita").get(f"{GOITA}/explain").text
    for words in (
        "how heat 14.12 comes about", "As published for 30 November 2025", "Fuel price", "Brief on Assimi",
        "100 - 85.877", "graded B3", "indicator 1, placement 1, source 1", "margin 2, dwell 2",
    ):  # fmt: skip
        assert words in page
    assert page.count("<details") > 20
    assert "<script" not in page.partition("<main")[2]


@pytest.mark.usefixtures("mali")
def test_a_past_moment_is_explained_as_it_was_known(signed_in):
    reader = signed_in("rita")
    page = reader.get(f"{GOITA}/explain?at=2025-09-30").text
    assert "reconstructed: nothing was published then" in page
    assert "younger than this moment and used as they began" in page
    assert (
        "as known and defined on 30 November 2025"
        in reader.get(f"{GOITA}/explain?at=2025-09-30&as_of=2025-11-30").text
    )


@pytest.mark.usefixtures("mali")
@pytest.mark.parametrize("query", ["at=2199-01-01", "at=never", "as_of=2199-01-01"])
def test_a_moment_that_cannot_be_asked_about_is_refused(signed_in, query):
    assert signed_in("rita").get(f"{GOITA}/explain?{query}").status_code == 422


def test_an_unknown_subject_or_series_is_not_found(signed_in):
    reader = signed_in("rita")
    for path in ("/subjects/nobody/explain", "/subjects/nobody/ledger", "/series/no:where/revisions"):
        assert reader.get(path).status_code == 404, path


@pytest.mark.usefixtures("mali")
@pytest.mark.parametrize(
    "by,words", [("indicator", "Fuel price"), ("driver", "Supply and economy"), ("cause", "Observation")]
)
def test_a_ledger_of_any_span_adds_up(signed_in, by, words):
    page = signed_in("rita").get(f"{GOITA}/ledger?from=2025-08-31&to=2025-11-30&by={by}").text
    assert words in page
    points = [
        float(each.replace("\N{MINUS SIGN}", "-"))
        for each in re.findall(r'num b">([+\N{MINUS SIGN}]?[\d.]+)<', page)
    ]
    assert sum(points[:-1]) == pytest.approx(points[-1], abs=0.05)
    assert points[-1] == -19.26
    assert page.count('<td class="wfc"><svg') == len(points), "a bar for each, a dot for the end"


@pytest.mark.usefixtures("mali")
def test_a_line_of_a_ledger_leads_to_the_observation_it_rests_on(signed_in):
    page = signed_in("rita").get(f"{GOITA}/ledger?from=2025-08-31&to=2025-11-30").text
    rests = re.findall(r'<details class="rests">(.*?)</details>', page, flags=re.DOTALL)
    (fuel,) = [each for each in rests if "Fuel price" in each]
    assert "Value of " in fuel
    assert "known " in fuel
    assert 'href="/series/fuel-price:bamako"' in fuel
    assert "All its values" not in signed_in("rita").get(f"{GOITA}/ledger?by=driver").text


@pytest.mark.usefixtures("mali")
def test_spans_are_chosen_by_name(signed_in):
    page = signed_in("rita").get(f"{GOITA}/ledger?from=2025-11-23").text
    assert 'from=2025-11-23" aria-current="true">7 days</a>' in page
    assert page.count(">Since ") >= 3
    # The clock of an archive is nobody's: no look and no shift of today lies on it.
    assert "Since you last looked" not in page


@pytest.mark.usefixtures("mali")
def test_a_ledger_without_days_is_of_the_last_ninety_and_wrong_fields_are_named(signed_in):
    reader = signed_in("rita")
    assert 'value="2025-09-01"' in reader.get(f"{GOITA}/ledger").text
    assert reader.get(f"{GOITA}/ledger?by=nothing").status_code == 422
    assert reader.get(f"{GOITA}/ledger?from=2025-11-30&to=2025-08-31").status_code == 422


@pytest.mark.usefixtures("mali")
def test_the_restated_line_is_drawn_when_asked_for_without_script(signed_in):
    reader = signed_in("rita")
    plain, asked = (reader.get(f"{GOITA}{query}").text for query in ("", "?restated=1"))
    assert "Show restated" in plain
    assert "today’s data and definitions" in asked
    assert (plain.count('class="l restated"'), asked.count('class="l restated"')) == (0, 3)
    assert "range=all&amp;since=90d&amp;restated=1" in asked


@pytest.mark.usefixtures("mali")
def test_momentum_is_drawn_below_the_line(signed_in):
    page = signed_in("rita").get(GOITA).text
    assert page.count("Momentum: \N{MINUS SIGN}4.6 over the last 30 days") == 2
    assert 'class="l mom30"' in page


def test_revisions_are_shown_per_period(provisional, signed_in):
    page = signed_in("rita").get(f"/series/{SERIES}/revisions").text
    assert "1 period of 26 revised" in page
    assert "provisional" in page
    assert "Confirm</button>" not in page
    assert "What was known when" in signed_in("rita").get(f"/series/{SERIES}").text


def test_the_desk_confirms_a_period_and_a_reader_may_not(provisional, signed_in):
    path, day = f"/series/{SERIES}/revisions", f"{provisional:%Y-%m-%d}"
    ben = signed_in("ben")
    assert f'value="{day}"' in ben.get(path).text
    answer = ben.post(f"/series/{SERIES}/confirm", form=path, period=day, reason="counted again")
    assert answer.status_code == 302
    page = ben.get(path).text
    assert "confirmed. The heat follows in a moment." in page
    assert '<span class="tag">confirmed</span>' in page
    rita = signed_in("rita")
    token = ben.token("/subjects/mali")
    assert rita.client.post(
        f"/series/{SERIES}/confirm", data={"csrf_token": token, "period": day, "reason": "x"}
    ).status_code in {400, 403}


def test_a_confirmation_without_a_reason_is_refused(provisional, signed_in):
    path = f"/series/{SERIES}/revisions"
    answer = signed_in("ana").post(
        f"/series/{SERIES}/confirm", form=path, period=f"{provisional:%Y-%m-%d}", reason=" "
    )
    assert answer.status_code == 422


def test_a_held_series_leads_to_its_confirmation(provisional, signed_in):
    del provisional
    assert f'href="/series/{SERIES}/revisions"' in signed_in("ben").get("/subjects/mali").text.replace(
        "%3A", ":"
    )


def test_a_span_is_chosen_on_the_heat_line_and_by_the_form_alike(reader):
    page = reader.get(f"{GOITA}/ledger?from=2025-09-30&to=2025-10-31").text
    assert 'data-first="2024-10-27" data-days="399"' in page
    assert 'aria-valuetext="30 Sep 2025"' in page
    assert 'aria-valuetext="31 Oct 2025"' in page
    assert 'name="from" value="2025-09-30"' in page
    assert "TLP:CLEAR" in page.partition('id="ledger-view"')[2]
    # A span from before what is seen begins the strip earlier.
    assert 'data-first="2023-1' in reader.get(f"{GOITA}/ledger?from=2024-01-01").text
