"""Writing a pack: its files read back to the same values, to the last digit."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.alerting.rule import Measure, RuleKind
from monitor.domain.observation import Reading
from monitor.domain.pack import HistoryFile
from monitor.domain.scale import Concern
from monitor.packs.history import HistoryContext, parse_history
from monitor.packs.read_pack import read_pack
from monitor.packs.write_pack import history_text, write_pack
from tests.factories import a_rule

TINY = read_pack(Path(__file__).parents[1] / "data" / "packs" / "tiny").pack
START = datetime(2025, 9, 1, tzinfo=UTC)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)


def test_a_pack_reads_back_as_it_was(tmp_path):
    files = write_pack(replace(TINY, geo=()), tmp_path / "tiny")

    found = read_pack(tmp_path / "tiny")

    assert found.problems == ()
    assert found.pack == replace(TINY, geo=())
    assert "SOURCES.md" in files


def test_an_indicator_of_forecasts_reads_back(tmp_path):
    outlook = replace(TINY.indicators[1], slug="outlook", is_forecast=True)
    pack = replace(TINY, geo=(), indicators=(*TINY.indicators, outlook))
    write_pack(pack, tmp_path / "tiny")
    assert read_pack(tmp_path / "tiny").pack == pack


OTHERS = (
    a_rule("sum", subject="leader", kind=RuleKind.FORMULA, series="", formula="fuel-price:mali * 2",
           enter={Concern.HIGH: 300.0}),
    a_rule("moves", subject="leader", kind=RuleKind.MOMENTUM, series="", days=7),
    a_rule("record", subject="leader", series="fuel-price:mali", measure=Measure.RECORD_HIGH, minimum=5.0,
           lockout_seconds=3600.0),
)  # fmt: skip


@pytest.mark.parametrize("rule", OTHERS, ids=lambda rule: rule.slug)
def test_a_rule_of_each_kind_reads_back(tmp_path, rule):
    write_pack(replace(TINY, geo=(), rules=(rule,)), tmp_path / "tiny")
    assert read_pack(tmp_path / "tiny").pack.rules == (rule,)


def test_a_rule_on_pressure_reads_back(tmp_path):
    rules = tuple(replace(each, measure=Measure.PRESSURE) if each.series else each for each in TINY.rules)
    write_pack(replace(TINY, geo=(), rules=rules), tmp_path / "tiny")
    assert read_pack(tmp_path / "tiny").pack.rules == rules


def test_what_is_at_its_default_is_not_written(tmp_path):
    write_pack(replace(TINY, geo=()), tmp_path / "tiny")
    text = (tmp_path / "tiny" / "pack.toml").read_text()
    assert "is_enabled" not in text
    assert "politics-first" in text


def test_a_pack_with_little_in_it_has_few_tables(tmp_path):
    little = replace(TINY, **dict.fromkeys(("rules", "weight_sets", "geo", "scales"), ()), data_until=None)
    little = replace(little, subjects=little.subjects[:1], events=(), placements=little.placements[:2])
    write_pack(little, tmp_path / "tiny")
    assert read_pack(tmp_path / "tiny").pack == little


@given(
    value=NUMBERS,
    seconds=st.integers(0, 10**8),
    is_reckoned=st.booleans(),
    note=st.text("aé,\"' \n;", max_size=9),
)
def test_every_reading_survives(value, seconds, is_reckoned, note):
    reading = Reading(
        series="fuel-price:mali", period_start=START, period_end=START + timedelta(days=30), value=value,
        known_at=START + timedelta(seconds=seconds), citation="invented", is_reconstructed=is_reckoned,
        note=note.strip().replace("\n", " "),
    )  # fmt: skip
    text = history_text(HistoryFile(file="h.csv", source="desk", readings=(reading,)), lag_days=20)
    context = HistoryContext(
        file="h.csv", indicators={"fuel-price": None}, citations={"invented"}, publication_lag_days=20
    )
    assert parse_history(text, context) == ([reading], [])
