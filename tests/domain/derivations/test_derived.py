"""Tests of plans: what must be read and reckoned, and circles that are refused."""

import pytest

from monitor.domain.derivations.derived import Member, circle_in, plan, plan_of, require_no_circles
from monitor.domain.derivations.event_values import EventValues
from monitor.domain.derivations.formula import Formula
from monitor.domain.derivations.incident_count import IncidentCount
from monitor.domain.errors import InvalidInput
from monitor.domain.indicator import Transform
from tests.factories import a_placement, an_indicator

INDICATORS = {
    each.slug: each
    for each in (
        an_indicator("french"), an_indicator("wagner"), an_indicator("people"),
        an_indicator("troops", derived=Formula(text="french + wagner")),
        an_indicator("share", derived=Formula(text="troops / people:world")),
        an_indicator("attacks", derived=IncidentCount(source="log")),
        an_indicator("coups", derived=EventValues(kinds=("coup",))),
        an_indicator("rate", transforms=(Transform(name="per_capita", parameters={"series": "people"}),)),
    )
}  # fmt: skip


def test_operands_come_before_what_they_are_reckoned_into():
    found = plan(["share:mali", "troops:mali"], INDICATORS)
    assert found.stored == ("french:mali", "people:world", "wagner:mali")
    assert [each.key for each in found.derived] == ["troops:mali", "share:mali"]
    assert found.derived[1].operands == {"troops": "troops:mali", "people:world": "people:world"}


def test_what_is_watched_are_series_sources_of_incidents_and_members():
    found = plan(["attacks:mali", "coups:mali", "subject:mali", "french:mali"], INDICATORS)
    assert found.watched == ("french:mali", "incidents:log", "subject:mali")
    assert found.sources == ("log",)
    assert found.members == ("mali",)
    assert Member(subject="mali") in [each.how for each in found.derived]


def test_denominators_are_read_and_what_does_not_apply_is_not():
    placed = [a_placement("rate:mali"), a_placement("french:mali", not_applicable="no coast")]
    assert plan_of(placed, INDICATORS).stored == ("people:mali", "rate:mali")


def test_an_operand_that_is_not_defined_is_named_with_its_place():
    broken = INDICATORS | {"troops": an_indicator("troops", derived=Formula(text="french + vagner"))}
    with pytest.raises(InvalidInput, match=r"no indicator 'vagner'.*line 1, column 10"):
        plan(["troops:mali"], broken)


def test_a_formula_that_leads_back_to_itself_names_the_circle():
    broken = INDICATORS | {"french": an_indicator("french", derived=Formula(text="troops - wagner"))}
    with pytest.raises(InvalidInput, match="troops:mali -> french:mali -> troops:mali"):
        plan(["troops:mali"], broken)
    with pytest.raises(InvalidInput, match="a formula leads back to itself: french -> troops -> french"):
        require_no_circles(broken, {})


def test_a_subject_may_not_be_a_member_of_itself():
    with pytest.raises(InvalidInput, match="a subject is a member of itself: africa -> sahel -> africa"):
        require_no_circles(INDICATORS, {"africa": ["sahel", "maghreb"], "sahel": ["africa"]})
    require_no_circles(INDICATORS, {"africa": ["sahel", "maghreb"], "world": ["africa", "sahel"]})


def test_a_way_back_is_found_over_any_number_of_links():
    links = {"a": ["b", "c"], "b": ["d"], "d": ["b", "c"], "c": ["a"]}
    assert circle_in(links, "a") == ["a", "c", "a"]
    assert circle_in(links, "x") == []
    assert circle_in({"a": ["b"], "b": ["b"]}, "a") == []
