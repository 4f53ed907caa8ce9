"""Definitions are versions: an edit adds one, the same again adds none, and the past can be asked for."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from monitor.domain.alerting.rule import Rule, RuleKind
from monitor.domain.derivations.member import MEMBER
from monitor.domain.errors import NotFound
from monitor.domain.indicator import Indicator
from monitor.domain.placement import Placement
from monitor.domain.scale import STANDING, Scale
from monitor.storage import definitions
from monitor.storage.installed import installed
from monitor.storage.rows.definitions import DefinitionVersionRow
from monitor.storage.sequence import next_seq
from monitor.storage.structure import to_json
from tests.storage.values import NOW, indicator

BY = {"author": "ada", "reason": "first", "effective_at": NOW, "now": NOW}


def save(session, *values, **fields):
    return definitions.save_all(session, values, **BY | fields)


def test_a_saved_definition_comes_back(session):
    assert definitions.save(session, STANDING, **BY) == 1
    assert definitions.get(session, Scale, "standing") == STANDING


def test_saving_the_same_again_adds_no_version(session):
    definitions.save(session, indicator(), **BY)
    assert definitions.save(session, indicator(), **BY) is None
    assert len(definitions.history(session, Indicator, "fuel-price")) == 1


def test_what_was_stored_before_a_key_was_there_is_no_difference(session):
    save(session, indicator())
    row = session.execute(select(DefinitionVersionRow)).scalar_one()
    row.body = {key: value for key, value in row.body.items() if key != "tags"}
    session.flush()
    assert definitions.save(session, indicator(), **BY) is None
    here = installed(session)["indicator", "fuel-price"]
    assert here.body == to_json(indicator())


def test_an_edit_adds_a_version_with_author_and_reason(session):
    save(session, indicator())
    later = NOW + timedelta(days=1)
    edited = indicator(decimals=2)
    assert definitions.save(session, edited, author="bo", reason="cents", effective_at=NOW, now=later) == 2
    first, second = definitions.history(session, Indicator, "fuel-price")
    assert (first.version, first.author, first.value) == (1, "ada", indicator())
    assert (second.version, second.author, second.reason, second.value) == (2, "bo", "cents", edited)
    assert (second.effective_at, second.stored_at) == (NOW, later)
    assert definitions.get(session, Indicator, "fuel-price") == edited


def test_an_unknown_definition_is_not_found(session):
    with pytest.raises(NotFound, match="there is no indicator cocoa-price"):
        definitions.get(session, Indicator, "cocoa-price")


def test_the_same_slug_may_name_things_of_two_kinds(session):
    rule = Rule(slug="fuel-price", name="r", kind=RuleKind.HEAT_LEVEL, subject="s")
    save(session, indicator(), rule)
    assert definitions.get(session, Rule, "fuel-price") == rule
    assert definitions.find_all(session, Indicator) == [indicator()]


def test_all_of_a_kind_come_by_slug(session):
    save(session, indicator("b"), STANDING, indicator("a"))
    assert [value.slug for value in definitions.find_all(session, Indicator)] == ["a", "b"]


def test_many_are_saved_at_once_and_only_what_differs(session):
    save(session, indicator("a"), indicator("b"))
    saved = save(session, indicator("a"), indicator("b", decimals=1), indicator("c"))
    assert [(item.slug, item.version, item.is_new) for item in saved] == [("b", 2, False), ("c", 1, True)]


def test_definitions_as_of_a_number_are_those_in_force_then(session):
    save(session, indicator("a"))
    before = definitions.current_seq(session)
    next_seq(session)
    save(session, indicator("a", decimals=1), indicator("b"))
    assert definitions.as_of_seq(session, Indicator, before) == [indicator("a")]
    assert definitions.as_of_seq(session, Indicator, before + 1) == [indicator("a")]
    now = definitions.as_of_seq(session, Indicator, definitions.current_seq(session))
    assert now == [indicator("a", decimals=1), indicator("b")]
    assert definitions.as_of_seq(session, Indicator, before - 1) == []


def test_an_archived_definition_is_gone_now_and_there_in_the_past(session):
    save(session, indicator("a"))
    before = definitions.current_seq(session)
    assert definitions.archive(session, Indicator, "a", author="bo", reason="unused", now=NOW) == 2
    assert definitions.find_all(session, Indicator) == []
    assert definitions.current_seq(session) > before
    assert definitions.as_of_seq(session, Indicator, before) == [indicator("a")]
    assert definitions.as_of_seq(session, Indicator, before + 1) == []
    assert definitions.history(session, Indicator, "a")[-1].value is None
    assert definitions.archive(session, Indicator, "a", author="bo", reason="", now=NOW) is None


def test_an_archived_definition_can_be_saved_again(session):
    save(session, indicator("a"))
    definitions.archive(session, Indicator, "a", author="bo", reason="unused", now=NOW)
    assert definitions.save(session, indicator("a"), **BY) == 3
    assert definitions.get(session, Indicator, "a") == indicator("a")


def test_archiving_what_is_not_there_is_not_found(session):
    with pytest.raises(NotFound):
        definitions.archive(session, Indicator, "a", author="bo", reason="", now=NOW)


def test_a_snapshot_holds_everything_in_force(session):
    placement = Placement(subject="s", driver="d", series="fuel-price:mali", weight=1.0)
    rule = Rule(slug="r", name="r", kind=RuleKind.HEAT_LEVEL, subject="s")
    save(session, STANDING, indicator(), placement, rule, indicator("old"))
    definitions.archive(session, Indicator, "old", author="", reason="", now=NOW)
    found = definitions.load_all(session)
    assert found.scales == {"standing": STANDING}
    assert found.indicators == {"fuel-price": indicator(), MEMBER.slug: MEMBER}
    assert found.placements_of("s") == (placement,)
    assert found.placements_of("t") == ()
    assert found.rules_of("s") == (rule,)
    assert found.version_of("indicator", "fuel-price") == 1
    assert found.seq == definitions.current_seq(session)
