"""Packs alone, without code, reproduce two published indices: the HDI and INFORM's risk (heat.md 10)."""

import csv
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from monitor.domain.clock import epoch
from monitor.domain.normalisations.normalise import normalise
from monitor.domain.scale import RISK, STANDING
from monitor.domain.scoring.aggregate import combine
from monitor.domain.scoring.heat import compile_model, score
from monitor.domain.subject import Aggregation, Side
from monitor.packs.read_pack import read_pack
from tests.domain.vectors import columns

PACKS = Path(__file__).parents[1] / "data" / "packs"
SCALES = {scale.slug: scale for scale in (RISK, STANDING)}


@cache
def pack(slug):
    found = read_pack(PACKS / slug)
    assert (found.problems, found.warnings) == ((), ())
    return found.pack


@cache
def history(slug):
    """The columns of a pack's series, each value known when its year ends."""
    readings = sorted(pack(slug).history[0].readings, key=lambda each: each.period_start)
    return {
        series: columns(
            *(
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
                for each in readings
                if each.series == series
            )
        )
        for series in {each.series for each in readings}
    }


def published(slug):
    with (PACKS / slug / "published.csv").open() as file:
        yield from csv.DictReader(file)


def scores(slug, unit, years):
    """A country scored at the end of each year."""
    whole = pack(slug)
    subject = next(each for each in whole.subjects if each.slug == unit.lower())
    placements = [each for each in whole.placements if each.subject == subject.slug]
    indicators = {each.slug: each for each in whole.indicators}
    at = np.array([np.datetime64(f"{int(year) + 1}-01-01", "s").astype(np.int64) for year in years])
    return score(compile_model(subject, SCALES[subject.scale], placements, indicators), history(slug), at=at)


def errors(slug, column, scale):
    """The distances from what was published, one a country and year."""
    rows = list(published(slug))
    for unit in sorted({row["unit"] for row in rows}):
        own = [row for row in rows if row["unit"] == unit]
        heat = scores(slug, unit, [row["year"] for row in own]).heat
        yield from np.abs(heat / scale - [float(row[column]) for row in own])


def test_undps_human_development_index_is_reproduced_to_its_rounding():
    found = list(errors("hdi", "hdi", 100))
    assert len(found) == 199
    assert max(found) <= 0.0006


def test_informs_risk_is_reproduced_to_its_rounding():
    found = list(errors("inform", "risk", 10))
    assert len(found) == 30
    assert max(found) <= 0.051


def test_the_drivers_are_undps_dimensions():
    drivers = scores("hdi", "MLI", ["2022"]).drivers.pressure[:, 0]
    education = (7.03725 / 18 + 1.62671 / 15) / 2
    income = np.log(2043.6724 / 100) / np.log(75_000 / 100)
    assert 1 - drivers / 100 == pytest.approx([(59.417 - 20) / 65, education, income])


def test_the_worked_example_of_the_index():
    values = {"life-expectancy": 60, "expected-schooling": 7.0, "mean-schooling": 2.3, "income": 2100}
    forms = {each.slug: each.normalisation for each in pack("hdi").indicators}
    strengths = {
        slug: 1
        - normalise(forms[slug], **dict.fromkeys(("value", "low", "high"), np.array([value]))).value / 100
        for slug, value in values.items()
    }
    education = (strengths["expected-schooling"] + strengths["mean-schooling"]) / 2
    dimensions = np.array([strengths["life-expectancy"], education, strengths["income"]])
    assert dimensions[:, 0] == pytest.approx([0.6154, 0.2711, 0.4599], abs=5e-5)
    aggregation = Aggregation(method="geometric", of=Side.STRENGTH)
    index = 1 - combine(aggregation, 100 - 100 * dimensions, np.ones((3, 1)))[0] / 100
    assert index == pytest.approx(0.4249, abs=5e-5)
