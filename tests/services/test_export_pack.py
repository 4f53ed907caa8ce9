"""Exporting a pack: what is written reads back and installs without a change."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.domain.errors import Conflict, NotFound
from monitor.domain.indicator import Indicator
from monitor.domain.marking import Ceiling, Marking
from monitor.domain.observation import Reading
from monitor.domain.placement import Placement
from monitor.domain.scale import STANDING
from monitor.domain.source import Source
from monitor.packs.read_pack import read_pack
from monitor.services.diff_pack import diff_pack
from monitor.services.export_pack import export_pack
from monitor.services.install_pack import install_pack
from monitor.services.installed_packs import installed_packs
from monitor.storage import definitions, observations
from monitor.storage.engine import open_database

TINY = read_pack(Path(__file__).parents[1] / "data" / "packs" / "tiny").pack
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
FUEL = "fuel-price:mali"


@pytest.fixture
def session(database_url):
    database = open_database(database_url)
    with database.write() as opened:
        install_pack(opened, TINY, author="console", now=NOW)
        yield opened
    database.dispose()


def read_back(session, folder):
    export_pack(session, "tiny", folder)
    found = read_pack(folder)
    assert found.problems == ()
    return found.pack


def save(session, value):
    definitions.save(session, value, author="ada", reason="", effective_at=NOW, now=NOW)


def add(session, **changes):
    plain = {
        "series": FUEL,
        "period_start": datetime(2025, 10, 1, tzinfo=UTC),
        "period_end": datetime(2025, 11, 1, tzinfo=UTC),
        "value": 1600.25,
        "known_at": NOW,
        "citation": "invented",
    }
    observations.add(session, [Reading(**(plain | changes))], source="desk", author="ada", note="", now=NOW)


def test_what_was_installed_comes_back_without_a_change(session, tmp_path):
    result = export_pack(session, "tiny", tmp_path / "tiny")
    back = read_pack(tmp_path / "tiny")

    assert back.problems == ()
    assert diff_pack(session, back.pack).definitions == ()
    assert diff_pack(session, back.pack).is_empty
    assert (result.values, result.incidents, result.left_out) == (6, 2, 0)
    assert "pack.toml" in result.files
    assert "history/desk.csv" in result.files


def test_the_pack_itself_is_the_same(session, tmp_path):
    back = read_back(session, tmp_path / "tiny")
    for name in (
        "edition",
        "citations",
        "sources",
        "scales",
        "indicators",
        "weight_sets",
        "events",
        "statements",
    ):
        assert getattr(back, name) == getattr(TINY, name), name
    for name in ("subjects", "rules", "placements"):
        assert sorted(getattr(back, name), key=lambda each: each.slug) == sorted(
            getattr(TINY, name), key=lambda each: each.slug
        )
    ours = {reading for file in TINY.history for reading in file.readings}
    assert {reading for file in back.history for reading in file.readings} == ours


def test_edits_and_additions_made_here_go_along(session, tmp_path):
    save(session, replace(TINY.indicators[0], name="Fuel at the pump"))
    save(session, replace(TINY.indicators[1], slug="strikes", words={}))
    save(session, Placement(subject="land", driver="supply", series="strikes:mali", weight=0.5))
    save(session, replace(STANDING, margin=3.0))
    add(session)

    back = read_back(session, tmp_path / "tiny")

    assert back.indicators[0].name == "Fuel at the pump"
    assert "strikes" in {each.slug for each in back.indicators}
    assert 1600.25 in {reading.value for file in back.history for reading in file.readings}
    assert "standing" in {each.slug for each in back.scales}
    assert diff_pack(session, back).is_empty


def test_a_time_reckoned_by_another_lag_keeps_being_reckoned(session, tmp_path):
    save(session, replace(TINY.sources[0], publication_lag_days=3))
    back = read_back(session, tmp_path / "tiny")
    (october,) = [
        reading for file in back.history for reading in file.readings if reading.period_start.month == 10
    ]
    assert october.is_reconstructed
    assert october.known_at == datetime(2025, 11, 21, tzinfo=UTC)


def test_withdrawals_and_notes_survive(session, tmp_path):
    add(session, value=None, note="a slip")
    back = read_back(session, tmp_path / "tiny")
    withdrawn = [each for file in back.history for each in file.readings if each.value is None]
    assert [each.note for each in withdrawn] == ["a slip"]
    assert diff_pack(session, back).is_empty


def test_values_without_a_citation_are_left_out_and_counted(session, tmp_path):
    start, end = datetime(2025, 11, 1, tzinfo=UTC), datetime(2025, 12, 1, tzinfo=UTC)
    add(session, period_start=start, period_end=end, citation="")
    assert export_pack(session, "tiny", tmp_path / "tiny").left_out == 1


def test_values_of_an_exercise_stay_out(session, tmp_path):
    add(session, series=f"{FUEL}@exercise-1")
    back = read_back(session, tmp_path / "tiny")
    assert {reading.series for file in back.history for reading in file.readings} == {FUEL, "parties:mali"}


def test_what_is_not_installed_cannot_be_exported(session, tmp_path):
    with pytest.raises(NotFound, match="no pack giant"):
        export_pack(session, "giant", tmp_path / "giant")


def test_files_of_others_are_never_overwritten(session, tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(Conflict, match="not an empty folder"):
        export_pack(session, "tiny", tmp_path)


def test_installed_packs_are_listed(session):
    assert installed_packs(session) == [TINY.edition]
    assert definitions.get(session, Indicator, "parties").words == {
        "allowed": 0,
        "suspended": 1,
        "dissolved": 2,
    }


def test_data_above_the_ceiling_is_left_out_and_counted_and_definitions_stay(session, tmp_path):
    (source, *_) = {each.source for each in TINY.history}
    here = definitions.get(session, Source, source)
    save(session, replace(here, marking="TLP:AMBER", may_redistribute=False))
    whole = export_pack(session, "tiny", tmp_path / "whole")
    kept = export_pack(session, "tiny", tmp_path / "kept", ceiling=Ceiling(marking=Marking.GREEN))
    (told,) = kept.withheld
    assert (told[0], told[2]) == (here.name, "TLP:AMBER is above the ceiling TLP:GREEN")
    assert kept.values + kept.incidents + told[1] == whole.values + whole.incidents
    assert (kept.definitions, whole.withheld) == (whole.definitions, ())
    amber = Ceiling(marking=Marking.AMBER)
    assert export_pack(session, "tiny", tmp_path / "amber", ceiling=amber).withheld[0][2] == (
        f"data of {here.name} may not be passed on"
    )
