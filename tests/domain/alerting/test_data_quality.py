"""Alerts on the data: the rules nobody writes, their labels, and what they tell."""

import pytest

from monitor.domain.alerting.alert import Alert, DataHealth
from monitor.domain.alerting.data_quality import (
    CHANNEL_FAILING,
    SERIES_BLIND,
    SOURCE_FAILING,
    Fed,
    Trouble,
    blind_rule,
    channel_rule,
    common_labels,
    concern_behind,
    failing_rule,
    is_data_quality,
    kept_labels,
    quality_fingerprints,
    quality_snapshot,
)
from monitor.domain.alerting.fingerprint import fingerprint
from monitor.domain.alerting.seen import When
from monitor.domain.scale import Concern
from tests.domain.watch import START
from tests.factories import FUEL, NOW, a_rule

TEAMS = (
    a_rule("a", labels={"team": "sahel", "kind": "mine"}),
    a_rule("b", labels={"team": "coast", "country": "mali"}),
)


def test_labels_are_those_of_all_rules_and_of_two_the_first_rules():
    assert kept_labels(TEAMS) == {"team": "sahel", "kind": "mine", "country": "mali"}
    assert kept_labels([]) == {}


def test_a_source_carries_what_all_its_rules_agree_on():
    assert common_labels(TEAMS) == {}
    assert common_labels([TEAMS[0], a_rule("c", labels={"team": "sahel"})]) == {"team": "sahel"}
    assert common_labels([]) == {}


def test_its_own_labels_win_over_those_it_keeps():
    fed = Fed(subject="goita", source="feed", series=FUEL, labels=kept_labels(TEAMS))
    assert blind_rule(fed).labels == {
        "team": "sahel", "country": "mali", "kind": "data_quality", "source": "feed",
    }  # fmt: skip
    assert "source" not in blind_rule(Fed(subject="goita", series=FUEL)).labels


@pytest.mark.parametrize("concern, reached", [(Concern.NORMAL, 0), (Concern.WATCH, 1), (Concern.HIGH, 3)])
def test_what_its_rule_compares_is_a_concern(concern, reached):
    rule = failing_rule(Fed(subject="goita", source="feed"))
    seen = quality_snapshot(rule, concern, when=When(wall=START))
    assert max(seen.edges.entered(seen.value), default=0) == reached
    assert not seen.is_blind


def test_its_concern_is_the_worst_behind_it_and_at_least_watch():
    alerts = [
        Alert(fingerprint=name, rule="a", subject="goita", concern=concern)
        for name, concern in (("1", Concern.ELEVATED), ("2", Concern.HIGH))
    ]
    assert concern_behind(alerts) is Concern.HIGH
    assert concern_behind([]) is Concern.WATCH


def test_their_names_are_none_that_a_person_could_give():
    assert is_data_quality(SERIES_BLIND)
    assert is_data_quality(SOURCE_FAILING)
    assert not is_data_quality("fuel-high")


def test_their_fingerprints_are_those_of_what_they_watch():
    assert quality_fingerprints([FUEL], ["feed"]) == [
        fingerprint(SERIES_BLIND, FUEL), fingerprint(SOURCE_FAILING, "feed"),
    ]  # fmt: skip


@pytest.mark.parametrize("since", [NOW, None])
@pytest.mark.parametrize("source", ["feed", ""])
def test_a_trouble_is_read_as_it_was_written(since, source):
    told = Trouble(
        name="Fuel", sentence="none", health=DataHealth.STALE, source=source, since=since, series=(FUEL,)
    )
    assert Trouble.read({"dataQuality": told.body()}) == told
    assert Trouble.read({}) is None


def test_a_channel_that_fails_is_known_by_its_labels_and_every_failure_is_told():
    rule = channel_rule("goita", "mail")
    assert (rule.subject, dict(rule.labels)) == ("goita", {"kind": "delivery", "channel": "mail"})
    assert not rule.absorbs_flapping
    assert fingerprint(CHANNEL_FAILING, "mail") != fingerprint(CHANNEL_FAILING, "phone")
