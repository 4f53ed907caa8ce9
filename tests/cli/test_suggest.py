"""`heatwatch suggest`, `forecast`, `flip` and `audit` as a person and a program see them."""

import pytest

from monitor.domain.errors import InvalidInput, NotFound
from monitor.domain.subject import Aggregation
from monitor.storage.engine import open_database
from tests.factories import DEATHS, FUEL, a_subject
from tests.services.test_flip_and_audit import stamp
from tests.services.watched_months import AT, watch


@pytest.fixture
def watched(run, settings):
    """A desk whose subject stands in January 2020."""
    fill(settings, lambda session: watch(session, now=AT))
    return run


def fill(settings, write):
    database = open_database(settings.effective_database_url)
    with database.write() as session:
        write(session)
    database.dispose()


def test_thresholds_come_with_their_evidence(watched, run_json):
    text = watched("suggest", "thresholds", DEATHS).stdout
    assert "by quantiles of its settled values" in text
    assert "for about 2 firings a year" in text
    assert "Nothing is saved by itself." in text
    data = run_json("suggest", "thresholds", DEATHS, "--per-year", "0.5")
    assert (data["series"], data["per_year"], data["by_quantiles"]["count"]) == (DEATHS, 0.5, 60)


def test_too_few_values_say_so(watched):
    assert "10 settled values are too few" in watched("suggest", "thresholds", FUEL).stdout
    assert "nothing to suggest: 10 settled values" in watched("suggest", "events", FUEL).stdout
    assert "no forecast: it has 10 settled values" in watched("forecast", FUEL).stdout


def test_an_event_is_confirmed_by_its_number(watched, run_json):
    assert "  1  Jan 2018: mean 30" in watched("suggest", "events", DEATHS).stdout
    told = watched("suggest", "events", DEATHS, "--confirm", "1", "--title", "War", "--reason", "seen")
    assert told.stdout == "saved event change-conflict-deaths-mali-2018-01-01\n"
    data = run_json("suggest", "events", DEATHS)
    assert (data["proposed"], data["decided"][0]["reason"]) == ([], "seen")
    text = watched("suggest", "events", DEATHS).stdout
    assert "no change point that is not decided on" in text
    assert "confirmed as change-conflict-deaths-mali-2018-01-01" in text


def test_an_event_is_dismissed_by_its_number(watched):
    assert watched("suggest", "events", DEATHS, "--dismiss", "1", "--reason", "no").stdout == "dismissed 1\n"
    assert "dismissed by" in watched("suggest", "events", DEATHS).stdout


def test_a_program_reads_what_is_left_after_a_decision(watched, run_json):
    data = run_json("suggest", "events", DEATHS, "--dismiss", "1", "--reason", "no")
    assert (data["proposed"], len(data["decided"])) == ([], 1)


@pytest.mark.parametrize(
    "options,said",
    [(["--confirm", "7"], "no number 7: 1 are proposed"), (["--confirm", "1", "--dismiss", "1"], "either")],
)
def test_a_number_there_is_not_is_refused(watched, options, said):
    assert said in watched("suggest", "events", DEATHS, *options, expect=2).output


def test_a_title_is_asked_for(watched):
    with pytest.raises(InvalidInput, match="title"):
        watched("suggest", "events", DEATHS, "--confirm", "1")


def test_a_forecast_tells_its_worth(watched, run_json):
    text = watched("forecast", DEATHS).stdout
    assert "the 80 % interval held" in text
    assert "it never scores" in text
    assert "leaves elevated" in text
    data = run_json("forecast", DEATHS)["forecast"]
    assert len(data["ahead"]) == 6
    assert data["checked"] > 100
    assert run_json("forecast", FUEL)["forecast"] is None


def test_a_flip_is_told_in_values(watched, run_json):
    text = watched("flip", "goita").stdout
    assert text.startswith("Assimi Goïta: ")
    assert "threshold steps" in text
    assert run_json("flip", "goita")["crossings"]


def test_where_no_single_indicator_can_it_says_so(run, settings):
    worst = a_subject(aggregation=Aggregation(method="max"))
    values = {"fuel": (500.0,) * 10, "deaths": [160.0] * 60}
    fill(settings, lambda session: watch(session, now=AT, subject=worst, **values))
    assert "no single indicator can" in run("flip", "goita").stdout


def test_nothing_is_flipped_without_a_heat(run, settings):
    fill(settings, lambda session: watch(session, now=AT, assessed=False))
    assert "nothing to flip" in run("flip", "goita").stdout


def test_the_audit_of_a_subject_is_a_table(watched, run_json):
    text = watched("audit", "goita").stdout
    assert "weightings keep the level" in text
    assert "Cronbach's alpha" in text
    assert run_json("audit", "goita")["indicators"][0]["effective_weight"] == 0.5


def test_a_subject_without_a_heat_is_audited(run, settings):
    fill(settings, lambda session: watch(session, now=AT, deaths=(), fuel=(), assessed=False))
    assert "has no heat yet" in run("audit", "goita").stdout


def test_the_audit_of_a_template_ranks_its_units(run, run_json, settings):
    fill(settings, stamp)
    assert "Unit 5" in run("audit", "index").stdout
    assert len(run_json("audit", "index")["units"]) == 10


def test_what_is_neither_subject_nor_template_is_named(watched):
    with pytest.raises(NotFound, match="no subject or template nobody"):
        watched("audit", "nobody")
