"""A draft is merged over what is in force, key by key; every fault names file, table and key."""

from dataclasses import replace
from pathlib import Path

import pytest

from monitor.domain.alerting.rule import Rule
from monitor.domain.normalisations.normalisation import CurveNormalisation
from monitor.domain.placement import Placement
from monitor.domain.scale import Concern
from monitor.domain.subject import Subject
from monitor.packs.read_draft import read_draft
from monitor.packs.read_pack import read_pack

TINY = read_pack(Path(__file__).parents[1] / "data" / "packs" / "tiny").pack
FUEL = next(each for each in TINY.indicators if each.slug == "fuel-price")
RULE = next(each for each in TINY.rules if each.slug == "fuel")


@pytest.fixture
def draft(tmp_path):
    def read(text, **values):
        path = tmp_path / "draft.toml"
        path.write_text(text)
        return read_draft(path, TINY, **values)

    return read


def test_one_edge_leaves_the_others_in_force(draft):
    (found,) = draft('[[indicator]]\nslug = "fuel-price"\nthresholds = { critical = 999 }').values
    before = FUEL.normalisation.thresholds
    assert found.normalisation.thresholds == replace(before, critical=999)
    assert replace(found, normalisation=FUEL.normalisation) == FUEL


def test_another_form_takes_the_place_of_the_one_in_force(draft):
    (found,) = draft('[[indicator]]\nslug = "fuel-price"\ncurve = [[0, 0], [100, 100]]').values
    assert found.normalisation == CurveNormalisation(points=((0, 0), (100, 100)))


def test_the_edges_of_a_rule_are_taken_as_written(draft):
    (found,) = draft('[[rule]]\nslug = "fuel"\nenter = { critical = 80 }\nexit = {}').values
    assert found == replace(RULE, enter={Concern.CRITICAL: 80.0}, exit={})


def test_a_weight_leaves_the_other_drivers_and_placements(draft):
    subject = TINY.subjects[0]
    name = subject.drivers[0].slug
    found = draft(
        f'[[subject]]\nslug = "{subject.slug}"\n[[subject.driver]]\nslug = "{name}"\nweight = 7'
    ).values
    (changed,) = found
    assert isinstance(changed, Subject)
    assert changed.drivers == (replace(subject.drivers[0], weight=7.0), *subject.drivers[1:])


def test_a_placements_weight_is_merged_by_its_series(draft):
    placement = next(each for each in TINY.placements if each.series == "fuel-price:mali")
    (found,) = draft(
        f'[[subject]]\nslug = "{placement.subject}"\n[[subject.driver]]\nslug = "{placement.driver}"\n'
        '[[subject.driver.placement]]\nseries = "fuel-price:mali"\nweight = 3.5'
    ).values
    assert isinstance(found, Placement)
    assert found == replace(placement, weight=3.5)


def test_a_new_rule_is_written_whole(draft):
    (found,) = draft(
        '[[rule]]\nslug = "new"\nname = "New"\nkind = "threshold"\nsubject = "leader"\n'
        'series = "fuel-price:mali"\nmeasure = "pressure"\nenter = { high = 60 }'
    ).values
    assert isinstance(found, Rule)
    assert found.slug == "new"


@pytest.mark.parametrize(
    "text, problem",
    [
        ("", "draft.toml: is empty (expected a table, such as [[rule]])"),
        ('[[rule]]\nslug = "fuel"', "draft.toml: nothing differs from the definitions in force"),
        ("[[rule]", "draft.toml:1: not TOML in column 7: expected ']]' at the end of an array declaration"),
        (
            '[[rule]]\nslug = "fuel"\nfor_hour = 3',
            "draft.toml:1 rule.fuel.for_hour: no such key (expected `for_hours`)",
        ),
        ('[[rule]]\nslug = "fule"', "draft.toml:1 rule.fule.name: is missing (expected name for people)"),
        (
            ('[[rule]]\nslug = "new"\nname = "New"\nkind = "formula"\nsubject = "leader"\n'
            'formula = "fuel-price:mali + bread:mali"\nenter = { high = 1 }'),
            "draft.toml:1 rule.new.formula: leader has no placement of bread:mali: the rule would never be",
        ),
        (
            ('[[rule]]\nslug = "new"\nname = "New"\nkind = "formula"\nsubject = "leader"\n'
            'formula = "fuel-price:mali +"\nenter = { high = 1 }'),
            "draft.toml:1 rule.new",
        ),
        (
            '[[rule]]\nslug = "fuel"\nseries = "bread:mali"',
            "draft.toml:1 rule.fuel.series: leader has no placement of bread:mali: the rule would never be",
        ),
        (
            '[[indicator]]\nslug = "fuel-price"\nthresholds = { critical = 1 }',
            "draft.toml:1 indicator.fuel-price.thresholds: ",
        ),
        (
            '[pack]\nslug = "x"',
            "draft.toml:1 pack: does not belong in a draft (expected tables of citation, source",
        ),
    ],
)  # fmt: skip
def test_a_draft_that_cannot_be_used_says_where_and_why(draft, text, problem):
    found = draft(text)
    assert found.values == ()
    assert str(found.problems[0]).startswith(problem)


def test_only_the_kinds_asked_for_are_taken(draft):
    found = draft('[[indicator]]\nslug = "fuel-price"\nthresholds = { critical = 999 }', kinds=["rule"])
    assert str(found.problems[0]).endswith("does not belong in a draft (expected tables of rule)")


def test_a_slip_in_a_slug_is_told_from_a_new_definition(draft):
    found = draft('[[rule]]\nslug = "fule"\nfor_hours = 3')
    said = "draft.toml:1 rule.fule.slug: no rule 'fule' is in force, so it must be whole (expected `fuel`)"
    assert said in [str(each) for each in found.problems]
    other = draft('[[weight_set]]\nsubject = "leader"\nname = "other"')
    assert not any("in force" in str(each) for each in other.problems)
