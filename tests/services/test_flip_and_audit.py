"""Flips and audits of stored subjects and templates, and their pages in a bounded number of queries."""

from dataclasses import replace

import pytest

from monitor.domain.errors import NotFound
from monitor.domain.scale import UNKNOWN
from monitor.domain.subject import Subject
from monitor.services.assess import assess
from monitor.services.audit_model import audit_subject, audit_template, subject_data, template_data
from monitor.services.flip_level import as_data, flip_level
from monitor.services.overview.audit import subject_audit, template_audit
from monitor.services.overview.flips import crossing_views
from monitor.services.overview.series import series_page
from monitor.services.overview.subject import subject_page
from monitor.storage import definitions, observations
from monitor.storage.engine import open_database
from tests.boards import add_subject, begin
from tests.factories import DEATHS, NOW
from tests.services.test_overview_board import counted
from tests.services.watched_months import AT, a_month, watch

HEATS = (10, 35, 52, 58, 71, 90, 22, 47, 66)


@pytest.fixture
def session(database_url):
    database = open_database(database_url)
    with database.write() as opened:
        yield opened
    database.dispose()


def stamp(session):
    """Nine countries of one template, and one nobody hears from."""
    begin(session)
    for number, heat in enumerate(HEATS):
        add_subject(session, f"unit-{number}", name=f"Unit {number}", heat=heat, indicators=2)
    add_subject(session, "silent", name="Silent")
    known = definitions.find_all(session, Subject)
    values = [replace(each, template="index") for each in known]
    definitions.save_all(session, values, author="test", reason="stamp", effective_at=NOW, now=NOW)


def test_the_value_told_flips_the_published_level(session):
    watch(session)
    found = flip_level(session, "goita")
    worse = next(each for each in found.crossings if each.is_worse)
    flip = next(each for each in worse.flips if each.series == DEATHS)
    told = a_month(DEATHS, 59, flip.wanted, known_at=AT, source_revision=1)
    observations.add(session, [told], source="feed", author="", note="", now=AT)
    assessed = assess(session, "goita", slot=None, now=AT, claimed_at=AT)
    assert (assessed.level, found.level != worse.level) == (worse.level, True)
    assert assessed.heat == pytest.approx(flip.heat, abs=1e-9)


def test_flips_are_told_to_programs_and_in_the_indicators_words(session):
    watch(session)
    found = flip_level(session, "goita")
    data = as_data(found)
    assert (data["subject"], data["level"]) == ("goita", found.level)
    assert {each["towards"] for each in data["crossings"]} <= {"alarm", "calm"}
    deaths = [flip for each in data["crossings"] for flip in each["flips"] if flip["series"] == DEATHS]
    assert all(flip["past_spreads"] > 0 for flip in deaths)
    for view in crossing_views(found.known, found.model, found.crossings):
        for row, flip in zip(view.rows, view.crossing.flips, strict=True):
            whole = float(row.wanted.replace("\u202f", ""))
            assert abs(whole - flip.wanted) < 1
            assert (whole >= flip.wanted) is (flip.wanted > flip.value) or whole == pytest.approx(flip.wanted)


def test_a_subject_without_a_point_has_nothing_to_flip(session):
    watch(session, assessed=False)
    found = flip_level(session, "goita")
    assert (found.crossings, found.heat, found.as_of) == ((), None, None)
    assert as_data(found)["level"] == UNKNOWN


def test_a_subject_there_is_not_is_named(session):
    watch(session)
    for read in (flip_level, lambda *given: audit_subject(*given, now=AT)):
        with pytest.raises(NotFound, match="nobody"):
            read(session, "nobody")


def test_the_audit_of_a_subject_is_told_to_programs(session):
    watch(session)
    data = subject_data(audit_subject(session, "goita", now=AT))
    assert [each["effective_weight"] for each in data["indicators"]] == [0.5, 0.5]
    assert {each["placement"]: each["never_moved"] for each in data["indicators"]} == {
        "goita/security/conflict-deaths:mali": False, "goita/supply/fuel-price:bamako": True,
    }  # fmt: skip
    assert data["monte_carlo"]["draws"] == 1000
    assert data["leave_one_out"][0]["rank"] == data["leave_one_out"][0]["of"] == 1
    assert len(data["correlations"]["levels"]) == 2


def test_an_unassessed_subject_is_audited_as_unknown(session):
    watch(session, deaths=(), fuel=(), assessed=False)
    data = subject_data(audit_subject(session, "goita", now=AT))
    assert (data["heat"], data["level"], data["monte_carlo"]) == (None, UNKNOWN, None)
    assert subject_audit(session, "goita", now=AT).draws is None


def test_a_template_is_audited_across_its_units(session):
    stamp(session)
    data = template_data(audit_template(session, "index", now=NOW))
    assert [each["subject"] for each in data["units"]][:2] == ["unit-5", "unit-4"]
    assert len(data["units"]) == 10
    assert all(each["rank_5"] <= each["rank"] <= each["rank_95"] for each in data["units"])
    assert len(data["indicators"]) == len(data["correlations"]["levels"])


def test_a_template_there_is_not_is_named(session):
    watch(session)
    with pytest.raises(NotFound, match="no subject or template index"):
        audit_template(session, "index", now=AT)


def test_the_rank_without_an_indicator_is_among_the_others(session):
    stamp(session)
    view = subject_audit(session, "unit-5", now=NOW)
    assert (view.others, view.template) == (9, "index")
    assert all(1 <= row.rank <= 10 for row in view.rows)


def test_the_template_page_names_what_the_audit_found(session):
    stamp(session)
    view = template_audit(session, "index", now=NOW)
    assert view.names["unit-5"] == "Unit 5"
    assert {row.driver for row in view.rows} == {"Supply"}
    assert len(view.levels.names) == len(view.rows)


def test_pages_take_a_bounded_number_of_queries(session):
    watch(session)
    read = {
        "series": lambda: series_page(session, DEATHS, now=AT),
        "audit": lambda: subject_audit(session, "goita", now=AT),
        "subject": lambda: subject_page(session, "goita", now=AT),
    }
    found = {}
    for name, page in read.items():
        page()
        with counted(session) as statements:
            page()
        found[name] = len(statements)
    assert found["series"] <= 20, found
    assert found["audit"] <= 14, found


def test_more_units_take_no_more_queries(session):
    stamp(session)
    found = []
    for slugs in (HEATS[:3], HEATS):
        known = [each for each in definitions.find_all(session, Subject) if each.template]
        keep = {f"unit-{number}" for number in range(len(slugs))}
        values = [replace(each, template="index" if each.slug in keep else "other") for each in known]
        definitions.save_all(session, values, author="test", reason="part", effective_at=NOW, now=NOW)
        template_audit(session, "index", now=NOW)
        with counted(session) as statements:
            template_audit(session, "index", now=NOW)
        found.append(len(statements))
    assert found[0] == found[1]
