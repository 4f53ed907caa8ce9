"""48 real releases loaded in order: what is asked as of a release is that release (heat.md 8)."""

import csv
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.domain.clock import epoch
from monitor.domain.observation import Reading
from monitor.domain.scoring.view import effective
from monitor.services.assess import assess, claim_assessment
from monitor.services.revisions import revisions
from monitor.services.see import score_as_of, see
from monitor.services.verify_heat import verify_heat
from monitor.storage import heat_points, observations, series, subjects
from tests.factories import DEATHS, a_placement, a_subject, an_indicator, install_desk

FILE = Path(__file__).parent.parent / "data" / "vintages" / "mali_vintages_2018_2021.csv"
SETUP = datetime(2018, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def releases():
    """The values of each release, by the day it is taken to have come out."""
    found = defaultdict(dict)
    with FILE.open(newline="") as lines:
        for line in csv.DictReader(lines):
            day = datetime.fromisoformat(f"{line['vintage']}-20T00:00:00+00:00")
            end = datetime.fromisoformat(f"{line['month_end']}T00:00:00+00:00") + DAY
            found[day][(end - DAY).replace(day=1), end] = float(line["fatalities"])
    return dict(sorted(found.items()))


RELEASES = releases()


@pytest.fixture
def session(database):
    """A desk that watched from 2018 on, and published at every release."""
    with database.write() as session:
        install_desk(
            session, now=SETUP, subject=a_subject(min_coverage=0.4),
            indicators=(
                an_indicator(
                    "conflict-deaths", cadence_days=30.4375, settles_after_days=35.0, fresh_for_days=60.0,
                    expires_after_days=120.0,
                ),
            ),
            placements=(a_placement(DEATHS, driver="security"),),
        )  # fmt: skip
        for day, months in RELEASES.items():
            load(session, day, months)
        yield session


def load(session, day, months):
    readings = [
        Reading(series=DEATHS, period_start=start, period_end=end, value=value, known_at=day, grade="B2")
        for (start, end), value in months.items()
    ]
    observations.add(session, readings, source="feed", author="", note="", now=day)
    subjects.mark_due(session, ["goita"], now=day)
    claim = claim_assessment(session, now=day)
    assess(session, "goita", slot=claim.slot, now=day, claimed_at=day)


def test_the_file_has_the_releases_it_is_said_to_have():
    assert (len(RELEASES), sum(map(len, RELEASES.values()))) == (48, 2280)


def test_as_of_each_release_every_month_is_as_that_release_had_it(session):
    columns = series.columns(session, [DEATHS])[DEATHS]
    for day, months in RELEASES.items():
        rows = effective(columns.rows(columns.known_at <= epoch(day)))
        found = dict(
            zip(
                zip(rows.period_start.tolist(), rows.period_end.tolist(), strict=True),
                rows.value,
                strict=True,
            )
        )
        assert found == {(epoch(start), epoch(end)): value for (start, end), value in months.items()}


def test_a_score_as_of_a_release_rests_on_that_release(session):
    for day, months in list(RELEASES.items())[::5]:
        seen = score_as_of(session, "goita", at=day, as_of=day)
        assert seen.scores.placements.raw[0, 0] == list(months.values())[-1]
        published = see(session, "goita", at=day, now=day)
        assert published.point is not None
        assert seen.scores.heat[0] == published.scores.heat[0] == published.point.heat


def test_what_a_past_month_looked_like_depends_on_when_it_is_asked(session):
    """April 2021 was 410 in the release of May and 615 in that of June, when May had not ended lower."""
    asked = datetime(2021, 5, 20, tzinfo=UTC)
    seen = [
        score_as_of(session, "goita", at=asked, as_of=datetime(2021, month, 20, tzinfo=UTC)).scores
        for month in (5, 6)
    ]
    assert [float(scores.placements.value[0, 0]) for scores in seen] == [410.0, 615.0]


def test_all_that_was_published_is_found_again_to_the_last_bit(session):
    found = verify_heat(session, "goita")
    assert (found.first, found.differing, found.unlevelled) == (None, 0, 0)
    assert found.points == len(heat_points.published(session, "goita")) == 48


def test_loading_all_releases_again_stores_and_changes_nothing(session):
    before = heat_points.published(session, "goita")
    for day, months in RELEASES.items():
        readings = [
            Reading(series=DEATHS, period_start=start, period_end=end, value=value, known_at=day, grade="B2")
            for (start, end), value in months.items()
        ]
        assert not observations.add(
            session, readings, source="feed", author="", note="", now=day + 3000 * DAY
        ).stored
    assert heat_points.published(session, "goita") == before


def test_the_revisions_of_each_month_are_those_between_releases(session):
    found = revisions(session, DEATHS, now=datetime(2021, 12, 21, tzinfo=UTC))
    assert len(found.rows) == 71
    [april] = [row for row in found.rows if row.period_start == datetime(2021, 4, 1, tzinfo=UTC)]
    assert [vintage.value for vintage in april.vintages][:2] == [410.0, 615.0]
    for row in found.rows:
        told = [months.get((row.period_start, row.period_end)) for months in RELEASES.values()]
        values = [value for value in told if value is not None]
        changed = [value for place, value in enumerate(values) if not place or value != values[place - 1]]
        assert [vintage.value for vintage in row.vintages] == changed
        assert (row.first, row.last, row.revisions) == (changed[0], changed[-1], len(changed) - 1)


def test_settling_is_measured_and_is_slower_than_a_month(session):
    found = revisions(session, DEATHS, now=datetime(2021, 12, 21, tzinfo=UTC))
    assert found.ages[0].periods >= 12
    assert found.suggested_days is None or found.suggested_days > 365
