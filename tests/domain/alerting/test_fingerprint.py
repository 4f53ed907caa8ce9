"""Names that are derived: the same for the same, other for the other."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from monitor.domain.alerting.fingerprint import episode_id, fingerprint

SLOT = datetime(2025, 11, 30, tzinfo=UTC)


def test_a_fingerprint_is_sixteen_hex_digits_of_the_rule_and_what_it_watches():
    assert fingerprint("fuel-high", "fuel-price:bamako") == "efedd6730a4c185a"


@pytest.mark.parametrize("other", [("fuel-high", "fuel-price:kayes"), ("fuel-low", "fuel-price:bamako")])
def test_another_rule_or_series_has_another_fingerprint(other):
    assert fingerprint(*other) != fingerprint("fuel-high", "fuel-price:bamako")


def test_an_episode_has_the_shape_of_a_time_ordered_uuid():
    first = uuid.UUID(episode_id("a", slot=SLOT, rule_version=1))
    later = uuid.UUID(episode_id("a", slot=SLOT + timedelta(milliseconds=1), rule_version=1))
    assert (first.version, first.variant) == (7, uuid.RFC_4122)
    assert first < later


def test_the_same_opening_has_the_same_id():
    assert episode_id("a", slot=SLOT, rule_version=1) == episode_id("a", slot=SLOT, rule_version=1)


@pytest.mark.parametrize("changed", [{"rule_version": 2}, {"after": "earlier"}])
def test_another_opening_has_another_id(changed):
    same = {"slot": SLOT, "rule_version": 1}
    assert episode_id("a", **{**same, **changed}) != episode_id("a", **same)
    assert episode_id("b", **same) != episode_id("a", **same)


def test_the_key_for_receivers_stays_short():
    assert len(f"{fingerprint('a', 'b')}.{episode_id('a', slot=SLOT, rule_version=1)}") <= 64
