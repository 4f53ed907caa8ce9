"""Upgrading a pack: what the desk changed stays, what the pack changed comes, conflicts are named."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from monitor.domain.alerting.rule import Rule
from monitor.domain.clock import Clock
from monitor.domain.errors import InvalidInput
from monitor.domain.indicator import Indicator, ThresholdNormalisation
from monitor.domain.normalisations.threshold import Thresholds
from monitor.domain.placement import Placement
from monitor.services.compare_values import Change
from monitor.services.diff_pack import diff_pack
from monitor.storage import definitions, incidents, series, sources, subjects
from tests.services.tiny_pack import (
    FUEL,
    LATER,
    NOW,
    TINY,
    correct,
    install,
    of_indicator,
    save,
    with_value,
)


@pytest.fixture
def session(database):
    with database.write() as opened:
        yield opened


class TestUpgrade:
    def test_replaces_what_only_the_pack_has_changed(self, session):
        install(session)

        result = install(session, of_indicator(TINY, "fuel-price", name="Price of fuel"), now=LATER)

        assert definitions.get(session, Indicator, "fuel-price").name == "Price of fuel"
        (change,) = result.diff.definitions
        assert change.change is Change.CHANGED
        assert [(each.field, each.before, each.after) for each in change.fields] == [
            ("name", "Fuel price", "Price of fuel")
        ]
        assert result.versions == 1
        assert subjects.state(session, "leader").assess_due_at == NOW, "due since the first install"

    def test_names_a_threshold_by_its_path(self, session):
        install(session)
        harder = ThresholdNormalisation(thresholds=Thresholds(calm=0, watch=10, critical=90))

        (change,) = diff_pack(session, of_indicator(TINY, "fuel-price", normalisation=harder)).definitions

        assert [(each.field, each.before, each.after) for each in change.fields] == [
            ("normalisation.thresholds.critical", 100.0, 90.0)
        ]

    def test_never_overwrites_an_edit(self, session):
        install(session)
        mine = replace(TINY.indicators[0], name="Fuel at the pump")
        save(session, mine)

        result = install(session, of_indicator(TINY, "fuel-price", name="Price of fuel"), now=LATER)

        assert definitions.get(session, Indicator, "fuel-price") == mine
        (change,) = result.diff.definitions
        assert change.change is Change.CONFLICTING
        assert (
            change.reason == "edited here by ada on 2026-11-23 (desk knows better), and changed by the pack"
        )
        assert not result.has_changed

    def test_says_where_an_edit_stands_and_the_pack_has_not_moved(self, session):
        install(session)
        save(session, replace(TINY.indicators[0], name="Fuel at the pump"), reason="")

        (change,) = install(session, now=LATER).diff.definitions

        assert change.change is Change.KEPT
        assert change.reason == "edited here by ada on 2026-11-23; the pack says the same as before"

    @pytest.mark.parametrize("name", ["fuel-price", "indicator.fuel-price"])
    def test_gives_an_edit_up_where_it_is_accepted(self, session, name):
        install(session)
        save(session, replace(TINY.indicators[0], name="Fuel at the pump"))

        result = install(session, now=LATER, accept=[name])

        assert definitions.get(session, Indicator, "fuel-price") == TINY.indicators[0]
        assert result.diff.definitions[0].reason.startswith("accepted; edited here by ada")

    def test_a_name_that_nothing_bears_cannot_be_accepted(self, session):
        with pytest.raises(InvalidInput, match=r"tiny is called indicator\.fule-price"):
            install(session, accept=["fuel-price", "indicator.fule-price"])
        assert definitions.current_seq(session) == 0

    def test_after_an_accepted_upgrade_the_next_one_is_the_packs_again(self, session):
        install(session)
        save(session, replace(TINY.indicators[0], name="Fuel at the pump"))
        install(session, now=LATER, accept=["fuel-price"])

        result = install(session, of_indicator(TINY, "fuel-price", decimals=2), now=LATER)

        assert result.diff.definitions[0].change is Change.CHANGED

    def test_leaves_archived_what_was_archived_here(self, session):
        install(session)
        definitions.archive(session, Rule, "fuel", author="ada", reason="too noisy", now=NOW)

        (change,) = install(session, now=LATER).diff.definitions

        assert change.change is Change.KEPT
        assert change.reason == "archived here by ada on 2026-11-23 (too noisy)"

    def test_leaves_alone_what_was_defined_here_or_by_another_pack(self, session):
        save(session, replace(TINY.rules[1], name="Mine"))
        other = replace(TINY, slug="other", name="Other")
        install(session, other)

        found = diff_pack(session, of_indicator(TINY, "parties", name="Changed"))

        reasons = {each.name: each.reason for each in found.of(Change.CONFLICTING)}
        assert reasons == {
            "rule.fuel": "defined here by ada on 2026-11-23 (desk knows better)",
            "indicator.parties": "belongs to pack other",
        }

    def test_reports_what_the_pack_no_longer_has_and_keeps_it(self, session):
        install(session)

        result = install(session, replace(TINY, version="2", statements=()), now=LATER)

        (removed,) = result.diff.of(Change.REMOVED)
        assert removed.name == "statement.fuel-is-short"
        assert result.diff.installed_version == "1"
        assert len(definitions.history(session, type(TINY.statements[0]), "fuel-is-short")) == 1

    def test_a_changed_driver_is_named_by_its_slug(self, session):
        install(session)
        subject = TINY.subjects[0]
        heavier = replace(subject, drivers=(replace(subject.drivers[0], weight=5), *subject.drivers[1:]))

        found = diff_pack(session, replace(TINY, subjects=(heavier, *TINY.subjects[1:])))

        (change,) = found.definitions
        assert [(each.field, each.after) for each in change.fields] == [("drivers.supply.weight", 5.0)]

    def test_moves_a_clock_that_stands_where_the_pack_put_it(self, session):
        install(session)
        until = datetime(2025, 12, 31, tzinfo=UTC)

        install(session, replace(TINY, version="2", data_until=until), now=LATER)

        assert subjects.state(session, "leader").clock.stands_at == until

    def test_leaves_a_clock_that_was_set_here(self, session):
        install(session)
        subjects.set_clock(session, "leader", Clock())

        install(session, replace(TINY, version="2", data_until=LATER), now=LATER)

        assert subjects.state(session, "leader").clock == Clock()
        assert subjects.state(session, "land").clock.stands_at == LATER

    def test_a_source_that_is_now_fetched_becomes_due(self, session):
        install(session)
        install(session, replace(TINY, sources=(replace(TINY.sources[0], interval_seconds=60),)), now=LATER)
        assert sources.state(session, "desk").due_at == LATER

    def test_watches_placements_that_were_added_here_too(self, session):
        install(session)
        save(session, Placement(subject="land", driver="supply", series="parties:mali", weight=1.0))

        install(session, replace(TINY, version="2"), now=LATER)

        assert series.watched(session, "land") == (FUEL, "parties:mali")


class TestUpgradeOfValues:
    def test_stores_a_value_the_pack_has_changed(self, session):
        install(session)
        upgraded = with_value(TINY, datetime(2025, 10, 1, tzinfo=UTC), 1600.0)

        result = install(session, upgraded, now=LATER)

        assert result.values == 1
        (change,) = result.diff.values
        assert (change.change, change.before, change.reading.value) == (Change.CHANGED, 1500.0, 1600.0)
        assert series.latest(session, [FUEL])[FUEL].reading.value == 1600.0
        assert not install(session, upgraded, now=LATER).has_changed

    def test_never_overwrites_a_value_corrected_here(self, session):
        install(session)
        correct(session, 1700.0)
        upgraded = with_value(TINY, datetime(2025, 10, 1, tzinfo=UTC), 1600.0)

        (change,) = install(session, upgraded, now=LATER).diff.values

        assert change.change is Change.CONFLICTING
        assert change.reason == "changed here by ada on 2026-11-23, and by the pack"
        assert series.latest(session, [FUEL])[FUEL].reading.value == 1700.0

    def test_gives_a_correction_up_where_its_series_is_accepted(self, session):
        install(session)
        correct(session, 1700.0)
        install(session, now=LATER, accept=[FUEL])
        assert series.latest(session, [FUEL])[FUEL].reading.value == 1500.0

    def test_leaves_a_value_that_was_here_before_the_pack(self, session):
        correct(session, 1700.0)

        result = install(session)

        assert [each.reason for each in result.diff.values if not each.is_stored] == [
            "given here by ada on 2026-11-23, not by the pack"
        ]

    def test_withdraws_a_value_the_pack_withdraws(self, session):
        install(session)
        result = install(session, with_value(TINY, datetime(2025, 10, 1, tzinfo=UTC), None), now=LATER)
        assert result.values == 1
        assert series.latest(session, [FUEL])[FUEL].reading.value == 950

    def test_a_withdrawal_of_what_was_never_there_is_no_change(self, session):
        install(session, with_value(TINY, datetime(2025, 10, 1, tzinfo=UTC), None))
        assert not install(session, with_value(TINY, datetime(2025, 10, 1, tzinfo=UTC), None)).has_changed

    def test_a_revision_that_says_the_same_leaves_no_row_and_no_change(self, session):
        (fuel, *others) = TINY.history
        twin = replace(fuel.readings[2], value=900, low=880, high=950)
        pack = replace(TINY, history=(replace(fuel, readings=(*fuel.readings[:2], twin)), *others))

        assert install(session, pack).diff.values
        assert not install(session, pack, now=LATER).has_changed

    def test_revises_an_incident_that_no_feed_revises(self, session):
        install(session)
        (file,) = TINY.incidents
        changed = replace(TINY, incidents=(replace(file, incidents=(replace(file.incidents[0], killed=9),)),))

        assert install(session, changed, now=LATER).incidents == 1
        assert incidents.of_source(session, "desk")["I-1"].killed == 9

    def test_leaves_an_incident_its_feed_revises(self, session):
        fetched = replace(TINY, sources=(replace(TINY.sources[0], interval_seconds=60),))
        install(session, fetched)
        (file,) = TINY.incidents
        changed = (replace(file, incidents=(replace(file.incidents[0], killed=9),)),)

        assert not install(session, replace(fetched, incidents=changed), now=LATER).has_changed
