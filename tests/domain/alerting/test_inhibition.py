"""Inhibition: a source mutes a target with equal labels, never itself."""

import pytest

from monitor.domain.alerting.inhibition import Inhibition
from monitor.domain.alerting.route import Route
from monitor.domain.alerting.routing import Routing
from monitor.domain.alerting.silence import parse_matchers
from monitor.domain.errors import InvalidInput


def a_rule(source=("kind=source",), target=("kind=blind",), equal=("source",), slug="rule"):
    return Inhibition(
        slug=slug, source_matchers=parse_matchers(source), target_matchers=parse_matchers(target), equal=equal
    )


SOURCE = {"kind": "source", "source": "ucdp"}


@pytest.mark.parametrize(
    "target,is_muted",
    [
        ({"kind": "blind", "source": "ucdp"}, True),
        ({"kind": "blind", "source": "acled"}, False),
        ({"kind": "blind"}, False),
        ({"kind": "other", "source": "ucdp"}, False),
    ],
)
def test_a_source_mutes_targets_whose_named_labels_are_equal(target, is_muted):
    assert a_rule().mutes(SOURCE, target) is is_muted


def test_what_is_no_source_mutes_nothing():
    assert not a_rule().mutes({"kind": "blind", "source": "ucdp"}, {"kind": "blind", "source": "ucdp"})


def test_a_label_that_both_lack_is_equal():
    assert a_rule(equal=("region",)).mutes(SOURCE, {"kind": "blind"})


def test_what_is_both_source_and_target_is_not_muted_by_another_such():
    rule = a_rule(source=("team=sahel",), target=("team=sahel",), equal=())
    assert not rule.mutes({"team": "sahel", "n": "1"}, {"team": "sahel", "n": "2"})
    half = a_rule(source=("concern=critical",), target=("team=sahel",), equal=())
    both, only = {"team": "sahel", "concern": "critical"}, {"team": "sahel", "concern": "high"}
    assert half.mutes(both, only)
    assert not half.mutes(both, both)


def test_a_rule_for_everything_is_refused():
    for side in ("source", "target"):
        with pytest.raises(InvalidInput, match="say which alerts"):
            a_rule(**{side: ()})


def test_two_rules_of_one_name_are_refused():
    with pytest.raises(InvalidInput, match="the inhibition rule is there twice"):
        Routing(route=Route(slug="root"), inhibitions=(a_rule(), a_rule()))
