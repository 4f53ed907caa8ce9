"""Saving a draft: new versions, its preview in the audit log, and the subjects it touches due."""

from dataclasses import replace

import pytest

from monitor.domain.alerting.rule import Rule
from monitor.domain.errors import InvalidInput, NotFound
from monitor.domain.scale import Concern
from monitor.services.look_up_definitions import body_of, list_all, table_text, versions_of
from monitor.services.save_draft import save_draft
from monitor.storage import audit, definitions, observations, series, subjects
from tests.factories import FUEL, NOW, a_placement, a_reading, a_rule, an_indicator, install_desk

RULE = a_rule(for_count=1)


@pytest.fixture
def session(database):
    with database.write() as session:
        install_desk(session, rules=(RULE,))
        observations.add(session, [a_reading(400.0)], source="feed", author="", note="", now=NOW)
        yield session


def save(session, *values, reason="the desk wants it earlier"):
    return save_draft(session, values, author="amina", reason=reason, now=NOW)


def test_the_preview_is_kept_with_the_audit_entry(session):
    draft = replace(RULE, lowest_concern=Concern.CRITICAL)
    found = save(session, draft)
    assert [(each.kind, each.slug, each.version) for each in found.versions] == [("rule", "fuel-high", 2)]
    entry = audit.find_all(session)[0]
    assert (entry.actor, entry.action, entry.target) == ("amina", "definition.save", "rule fuel-high")
    assert entry.before["rule fuel-high"]["lowest_concern"] == "high"
    assert entry.after["rule fuel-high"]["lowest_concern"] == "critical"
    (subject,) = entry.after["preview"]["subjects"]
    assert (subject["subject"], subject["rules"][0]["lost"][0]["peak"]) == ("goita", "high")
    assert definitions.get(session, Rule, "fuel-high") == draft


def test_what_is_touched_is_due_and_watches_what_it_has_placed(session):
    subjects.mark_due(session, ["goita"], now=NOW)
    subjects.claim_assessment(session, NOW)
    save(session, an_indicator("bread"), a_placement("bread:mali"))
    assert subjects.claim_assessment(session, NOW).slug == "goita"
    assert series.watchers(session, ["bread:mali"]) == ("goita",)


def test_without_a_reason_nothing_is_saved(session):
    with pytest.raises(InvalidInput, match="say why"):
        save(session, replace(RULE, for_count=3), reason="  ")
    assert definitions.get(session, Rule, "fuel-high") == RULE


def test_definitions_can_be_looked_up_with_their_versions(session):
    save(session, replace(RULE, for_count=3))
    assert list_all(session, "rule") == [{"kind": "rule", "slug": "fuel-high", "version": 2}]
    assert {"placement", "indicator", "subject"} <= {each["kind"] for each in list_all(session)}
    assert body_of(session, "rule", "fuel-high")["for_count"] == 3
    first, second = versions_of(session, "rule", "fuel-high")
    assert (first["changed"], second["changed"]) == ([], ["for_count"])
    assert (second["author"], second["reason"]) == ("amina", "the desk wants it earlier")
    text = table_text(session, "rule", "fuel-high")
    assert text.startswith("[[rule]]\n")
    assert "for_count = 3" in text
    assert f'series = "{FUEL}"' in table_text(session, "placement", f"goita/supply/{FUEL}")


def test_what_is_not_there_is_refused(session):
    with pytest.raises(InvalidInput, match="there is no kind 'rul'; there are citation, source"):
        list_all(session, "rul")
    with pytest.raises(NotFound, match="there is no rule x"):
        body_of(session, "rule", "x")
    with pytest.raises(NotFound, match="there is no rule x"):
        table_text(session, "rule", "x")
    with pytest.raises(NotFound, match="there was never a weight set x"):
        versions_of(session, "weight_set", "x")
