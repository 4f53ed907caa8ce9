"""Installing a pack: everything at once, twice nothing, and an upgrade never takes an edit away."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.domain.alerting.rule import Rule
from monitor.domain.citation import Citation
from monitor.domain.clock import Clock, ClockMode
from monitor.domain.errors import InvalidInput
from monitor.domain.event import Event
from monitor.domain.indicator import Indicator, ThresholdNormalisation
from monitor.domain.normalisations.threshold import Thresholds
from monitor.domain.observation import Reading
from monitor.domain.placement import Placement
from monitor.domain.scale import Scale
from monitor.domain.subject import Subject
from monitor.packs.read_pack import read_pack
from monitor.services.compare_values import Change
from monitor.services.diff_pack import diff_pack
from monitor.services.install_pack import install_pack, is_empty
from monitor.storage import audit, definitions, incidents, observations, series, sources, subjects
from monitor.storage.engine import open_database

TINY = read_pack(Path(__file__).parents[1] / "data" / "packs" / "tiny").pack
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
LATER = datetime(2026, 11, 24, 12, tzinfo=UTC)
DATA_UNTIL = datetime(2025, 11, 30, 23, 59, 59, tzinfo=UTC)
FUEL = "fuel-price:mali"


@pytest.fixture
def database(database_url):
    opened = open_database(database_url)
    yield opened
    opened.dispose()


@pytest.fixture
def session(database):
    with database.write() as opened:
        yield opened


def install(session, pack=TINY, *, now=NOW, accept=()):
    return install_pack(session, pack, author="console", now=now, accept=accept)


def save(session, value, *, reason="desk knows better"):
    definitions.save(session, value, author="ada", reason=reason, effective_at=NOW, now=NOW)


def of_indicator(pack, slug, **changes):
    """The pack with one indicator changed."""
    changed = tuple(replace(each, **changes) if each.slug == slug else each for each in pack.indicators)
    return replace(pack, indicators=changed)


def with_value(pack, start, value):
    """The pack with another value for the fuel price of one month, first revision."""
    history = tuple(
        replace(
            file,
            readings=tuple(
                replace(each, value=value, low=None, high=None)
                if each.series == FUEL and each.period_start == start and not each.source_revision
                else each
                for each in file.readings
            ),
        )
        for file in pack.history
    )
    return replace(pack, history=history)


def stored_values(session, key=FUEL):
    return sorted((each.seq, each.reading.value) for each in observations.history(session, key))


class TestFirstInstall:
    def test_stores_every_definition_as_a_version_of_the_pack(self, session):
        result = install(session)

        assert result.versions == len(list(TINY.definitions)) + 1, "and the built-in scale its subject needs"
        assert definitions.get(session, Indicator, "fuel-price") == TINY.indicators[0]
        assert definitions.find_all(session, Placement) == sorted(TINY.placements, key=lambda each: each.slug)
        (version,) = definitions.history(session, Rule, "fuel")
        assert (version.origin, version.author, version.reason) == ("pack", "console", "pack tiny 1")
        assert {each.slug for each in definitions.find_all(session, Scale)} == {"grip", "standing"}
        assert definitions.get(session, Event, "decree").is_flag
        assert definitions.get(session, Citation, "invented").licence == "CC0-1.0"

    def test_stores_history_with_the_time_each_value_was_known(self, session):
        result = install(session)

        assert result.values == 6
        rows = {
            (each.reading.period_start.month, each.reading.source_revision): each.reading
            for each in observations.history(session, FUEL, since=datetime(2025, 1, 1, tzinfo=UTC))
        }
        assert rows[9, 1].value == 950
        assert rows[9, 1].known_at == datetime(2025, 11, 5, 6, tzinfo=UTC)
        assert rows[10, 0].known_at == datetime(2025, 11, 21, tzinfo=UTC)
        assert rows[10, 0].is_reconstructed
        assert not rows[9, 0].is_reconstructed
        assert rows[9, 0].citation == "invented"

    def test_puts_subjects_where_the_data_ends_watching_their_series_and_due(self, session):
        result = install(session)

        state = subjects.state(session, "leader")
        assert state.clock == Clock(mode=ClockMode.STANDING, stands_at=DATA_UNTIL)
        assert state.assess_due_at == NOW
        assert series.watched(session, "leader") == (FUEL, "parties:mali")
        assert result.subjects == ("leader", "land")

    def test_a_pack_without_an_end_leaves_its_subjects_live(self, session):
        install(session, replace(TINY, data_until=None))
        assert subjects.state(session, "leader").clock == Clock()

    def test_keeps_incidents_and_gives_sources_a_state(self, session):
        install(session)
        assert incidents.of_source(session, "desk")["I-2"].kidnapped == 4
        assert sources.state(session, "desk").due_at is None

    def test_a_source_fetched_by_the_clock_is_due_at_once(self, session):
        install(session, replace(TINY, sources=(replace(TINY.sources[0], interval_seconds=3600),)))
        assert sources.state(session, "desk").due_at == NOW

    def test_leaves_an_audit_entry(self, session):
        install(session)
        (entry,) = audit.find_all(session, target="tiny")
        assert (entry.actor, entry.action, entry.before) == ("console", "pack.install", None)
        assert entry.after["values"] == 6

    def test_an_empty_desk_is_told_from_one_with_definitions(self, session):
        assert is_empty(session)
        install(session)
        assert not is_empty(session)


class TestSecondInstall:
    def test_changes_nothing(self, session):
        install(session)
        subjects.finish_assessment(
            session, subjects.state(session, "leader"), claimed_at=NOW - subjects.LEASE
        )
        before = (definitions.current_seq(session), stored_values(session))

        result = install(session, now=LATER)

        assert not result.has_changed
        assert result.diff.is_empty
        assert result.diff.definitions == ()
        assert result.diff.values == ()
        assert (definitions.current_seq(session), stored_values(session)) == before
        assert subjects.state(session, "leader").assess_due_at is None
        assert len(audit.find_all(session, target="tiny")) == 1

    def test_changes_nothing_where_the_desk_has_corrected_a_value_since(self, session):
        install(session)
        correct(session, 1700.0)

        result = install(session, now=LATER)

        assert not result.has_changed
        (kept,) = result.diff.values
        assert kept.change is Change.KEPT
        assert kept.reason == "changed here by ada on 2026-11-23; the pack's value is the same as before"


def correct(session, value):
    reading = Reading(
        series=FUEL, period_start=datetime(2025, 10, 1, tzinfo=UTC), known_at=NOW,
        period_end=datetime(2025, 11, 1, tzinfo=UTC), value=value, citation="invented",
    )  # fmt: skip
    observations.add(session, [reading], source="desk", author="ada", note="", now=NOW)


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


def test_comparing_writes_nothing(database):
    with database.read() as session:
        found = diff_pack(session, TINY)
    assert {each.change for each in found.definitions} == {Change.ADDED}
    assert len(found.values) == 6
    assert len(found.incidents) == 2


def test_a_subject_that_was_there_keeps_its_clock(session):
    save(session, Subject(slug="leader", name="Mine", kind="leader", scale="standing", drivers=()))
    subjects.ensure(session, ["leader"])
    install(session)
    assert subjects.state(session, "leader").clock == Clock()
