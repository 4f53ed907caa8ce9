"""An index of several levels and its floors: from a pack to a score, and back to a pack."""
# ruff: noqa: E501, ISC004 - a case stands on one line with the message it must give

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from monitor.domain.clock import epoch
from monitor.domain.scale import RISK
from monitor.domain.scoring.heat import compile_model, score
from monitor.domain.subject import Floor
from monitor.packs.read_pack import read_pack
from monitor.packs.write_pack import write_pack
from tests.domain.vectors import columns

GUIDE = (Path(__file__).parents[2] / "docs" / "packs.md").read_text(encoding="utf-8")
EXAMPLE = GUIDE.partition("## An index of several levels")[2].partition("\n## ")[0]
TOML, ROWS = (re.search(rf"```{language}\n(.*?)```", EXAMPLE, re.DOTALL)[1] for language in ("toml", "csv"))
FLOOR = '[[subject.floor]]\nseries = "human/killed:north"\n'


def write(folder, toml=TOML):
    (folder / "history").mkdir(parents=True)
    (folder / "pack.toml").write_text(toml)
    (folder / "history" / "survey.csv").write_text(ROWS)
    (folder / "SOURCES.md").write_text("#")
    return read_pack(folder)


@pytest.fixture
def found(tmp_path):
    return write(tmp_path / "risk-index")


def problems(tmp_path, *replacement):
    assert replacement[0] in TOML
    return [str(each) for each in write(tmp_path / "risk-index", TOML.replace(*replacement, 1)).problems]


def scored(pack):
    observed = {
        each.series: columns(
            {
                "period_start": epoch(each.period_start),
                "period_end": epoch(each.period_end),
                "known_at": epoch(each.known_at),
                "source_revision": 0,
                "value": each.value,
                "low": np.nan,
                "high": np.nan,
                "grade": 1.0,
            }
        )
        for each in pack.history[0].readings
    }
    model = compile_model(
        pack.subjects[0], RISK, pack.placements, {each.slug: each for each in pack.indicators}
    )
    return model, score(model, observed, at=np.array([epoch(datetime(2025, 3, 1, tzinfo=UTC))]))


def test_the_example_of_the_guide_scores_as_it_says(found):
    assert (found.problems, found.warnings) == ((), ())
    model, scores = scored(found.pack)
    told = [float(each) for each in re.findall(r"^\| [^|]+ \| [^|]+ \| ([0-9.]+) \|$", EXAMPLE, re.MULTILINE)]
    hazard, natural, human, capacity = scores.drivers.pressure[:, 0].tolist()
    steps = [natural, human, hazard, capacity, scores.raw_pressure[0], scores.pressure[0]]
    assert told == pytest.approx(steps, abs=0.05)
    assert model.effective_weights.tolist() == pytest.approx([1 / 3, 1 / 3, 1 / 3])
    assert scores.lifted_by.tolist() == [0]


def test_levels_and_floors_survive_an_export(found, tmp_path):
    folder = tmp_path / "out" / "risk-index"
    write_pack(found.pack, folder)
    assert read_pack(folder).pack == found.pack


def test_a_floor_reaches_a_number_or_a_concern(found, tmp_path):
    assert found.pack.subjects[0].floors == (Floor(placement="human/killed:north", reaches=75, pressure=70),)
    floors = (Floor(placement="human/killed:north", reaches=62.5, pressure=55.5),)
    subject = replace(found.pack.subjects[0], floors=floors)
    write_pack(replace(found.pack, subjects=(subject,)), tmp_path / "risk-index-2")
    text = (tmp_path / "risk-index-2" / "pack.toml").read_text()
    assert "reaches = 62.5" in text


WRONG = [
    (('parent = "hazard"', 'parent = "hasard"'), "natural.parent: no driver 'hasard' (expected `hazard`)"),
    (('parent = "hazard"', 'parent = "The hazard"'), "natural.parent: 'The hazard' cannot be used (expected lower"),
    (('slug = "hazard"\n', 'slug = "hazard"\nparent = "human"\n'), "hazard.parent: lies under itself: hazard under human "
     "under hazard"),
    ((FLOOR, FLOOR.replace("killed", "kiled")), "floor.human/kiled:north.series: no placement 'human/kiled:north' "
     "(expected `human/killed:north`)"),
    ((FLOOR, FLOOR.replace("human/", "")), "floor.killed:north.series: 'killed:north' cannot be used (expected a placement "
     "such as"),
    (("pressure = 70", "pressure = 0"), "floor.human/killed:north.pressure: 0 cannot be used"),
    (('reaches = "high"', 'reaches = "worst"'), "floor.human/killed:north.reaches: 'worst' cannot be used (expected a "
     "pressure above 0"),
    (('reaches = "high"', "reaches = true"), "floor.human/killed:north.reaches: True cannot be used"),
]  # fmt: skip


@pytest.mark.parametrize("replacement,expected", WRONG)
def test_what_the_structure_may_not_say(tmp_path, replacement, expected):
    said = problems(tmp_path, *replacement)
    assert any(expected in each for each in said), said


def test_a_circle_is_one_problem_for_each_driver_on_it(tmp_path):
    said = problems(tmp_path, 'slug = "hazard"\n', 'slug = "hazard"\nparent = "human"\n')
    assert len(said) == 2
