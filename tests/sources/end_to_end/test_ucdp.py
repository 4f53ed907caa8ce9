"""ucdp from end to end: the real slice whole, corrections, withdrawals, candidates merged."""

from collections import defaultdict
from datetime import UTC, date, datetime

import pytest

from monitor.dev.sources.stand_in import real_rows
from tests.sources.end_to_end.desk import SECRETS

SLUG, DEATHS = "rehearsal-ucdp", "rehearsal-ged-deaths:MMR"
FINAL_ALONE = {"candidates": []}


def deaths_by_month():
    """Reckoned from the file alone: on an event's first day, those of summary events over all their days."""
    months = defaultdict(float)
    for row in real_rows("ged_v23_1_myanmar_2021_2022"):
        first, last = date.fromisoformat(row["date_start"]), date.fromisoformat(row["date_end"])
        if int(row["date_prec"]) < 5 and (last - first).days <= 30:
            last = first
        count = (last - first).days + 1
        for day in range(first.toordinal(), last.toordinal() + 1):
            months[date.fromordinal(day).replace(day=1)] += int(row["best"]) / count
    return months


def test_the_2403_events_of_the_slice_become_incidents_and_months(desk):
    desk.install("ucdp", settings=FINAL_ALONE)
    before = desk.server.scene.asked["ucdp"]
    outcome = desk.observe(SLUG)
    assert outcome.outcome == "ok", outcome.sentence
    assert desk.server.scene.asked["ucdp"] - before >= 3, "it paged"
    told = desk.incidents(SLUG)
    assert len(told) == 2403
    assert sum(each.killed for each in told.values()) == sum(
        int(row["best"]) for row in real_rows("ged_v23_1_myanmar_2021_2022")
    )
    values = desk.values(DEATHS)
    expected = deaths_by_month()
    found = {start.date(): value for start, value in values.items() if value}
    assert found == {month: pytest.approx(value) for month, value in expected.items()}
    assert values[datetime(2025, 12, 1, tzinfo=UTC)] == 0.0


def test_the_same_answer_again_changes_nothing(desk):
    desk.install("ucdp", settings=FINAL_ALONE)
    desk.observe(SLUG)
    again = desk.observe(SLUG)
    assert (again.outcome, again.new, again.revised, again.withdrawn) == ("unchanged", 0, 0, 0)


def test_a_region_level_event_is_no_dot(desk):
    desk.install("ucdp", settings=FINAL_ALONE)
    desk.observe(SLUG)
    rows = {row["id"]: row for row in real_rows("ged_v23_1_myanmar_2021_2022")}
    vague = {key for key, row in rows.items() if int(row["where_prec"]) >= 4}
    told = desk.incidents(SLUG)
    assert {key for key, each in told.items() if each.latitude is None} == vague
    assert 0 < len(vague) < len(told)


def test_a_newer_final_release_corrects_and_withdraws(desk):
    desk.install("ucdp", settings={**FINAL_ALONE, "version": "25.1"})
    desk.observe(SLUG)
    before = desk.incidents(SLUG)
    desk.install("ucdp", settings={**FINAL_ALONE, "version": "26.1"})
    outcome = desk.observe(SLUG)
    after = desk.incidents(SLUG)
    assert {"990001", "990002"} == before.keys() - after.keys()
    assert len(after) == 2403
    assert outcome.revised > 0


def test_candidates_follow_the_final_release_and_never_repeat_its_events(desk):
    desk.install("ucdp")
    outcome = desk.observe(SLUG)
    assert outcome.outcome == "ok", outcome.sentence
    told = desk.incidents(SLUG)
    real = {row["id"]: row for row in real_rows("ged_v23_1_myanmar_2021_2022")}
    assert real.keys() < told.keys()
    first = next(iter(real))
    assert told[first].killed == int(real[first]["best"]), "the final has the last word"
    values = desk.values(DEATHS)
    assert values[datetime(2026, 9, 1, tzinfo=UTC)] > 0
    assert datetime(2026, 11, 1, tzinfo=UTC) not in values, "no release tells of this month yet"


def test_a_candidate_of_an_event_of_the_final_is_dropped_in_later_runs_too(desk):
    desk.install("ucdp")
    desk.observe(SLUG)
    before = desk.stored()
    again = desk.observe(SLUG)
    assert again.outcome == "unchanged", again.sentence
    assert desk.stored() == before


def test_a_wrong_token_is_said_without_being_shown(desk, monkeypatch):
    monkeypatch.setitem(SECRETS, "ucdp-token", "not-the-right-one")
    desk.install("ucdp")
    outcome = desk.observe(SLUG)
    assert outcome.is_error
    assert "token" in outcome.message
    assert "not-the-right-one" not in outcome.message
    assert desk.values(DEATHS) == {}
