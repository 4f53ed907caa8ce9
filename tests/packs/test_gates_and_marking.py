"""Limits of the quality gates and markings in a pack: read, written back, and refused with their key."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.packs.read_pack import read_pack
from monitor.packs.write_pack import write_pack

TINY = Path(__file__).parents[1] / "data" / "packs" / "tiny"
INDICATOR, SOURCE = '[[indicator]]\nslug = "fuel-price"\n', "[[source]]\n"


@pytest.fixture
def told(tmp_path):
    """What reading the tiny pack says with lines added to a table."""

    def read(table, lines):
        folder = Path(shutil.copytree(TINY, tmp_path / "tiny"))
        text = (folder / "pack.toml").read_text()
        assert table in text
        (folder / "pack.toml").write_text(text.replace(table, f"{table}{lines}\n", 1))
        return [str(each) for each in read_pack(folder).problems]

    return read


def test_limits_and_marking_read_back(tmp_path):
    pack = read_pack(TINY).pack
    fuel, *rest = pack.indicators
    limited = replace(
        fuel, source_unit="francs", plausible_low=0.0, plausible_high=5000.0, largest_step=500.0,
        largest_step_percent=80.0,
    )  # fmt: skip
    sources = tuple(
        replace(each, marking="TLP:AMBER+STRICT", may_redistribute=False) for each in pack.sources
    )
    changed = replace(pack, geo=(), indicators=(limited, *rest), sources=sources)
    write_pack(changed, tmp_path / "tiny")
    assert read_pack(tmp_path / "tiny").pack == changed


@pytest.mark.parametrize("word", ["TLP:WHITE", "AMBER", "TLP:AMBER_STRICT", "secret"])
def test_another_word_than_a_marking_is_refused_with_its_key_and_those_there_are(told, word):
    (problem,) = told(SOURCE, f'marking = "{word}"')
    assert "marking" in problem
    assert "TLP:AMBER+STRICT" in problem


@pytest.mark.parametrize(
    "lines,says",
    [
        ("plausible_low = 5\nplausible_high = 5", "plausible_low must be below plausible_high"),
        ("largest_step = 0", "largest_step"),
        ("largest_step_percent = -1", "largest_step_percent"),
        ('plausible_high = "much"', "plausible_high"),
    ],
)
def test_limits_that_cannot_hold_are_refused(told, lines, says):
    (problem,) = told(INDICATOR, lines)
    assert says in problem
