"""A pack with one series of every reckoned kind: installed, scored, revised, exported, replayed."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import update

from monitor.domain.clock import DAY_SECONDS, epoch
from monitor.domain.derivations.formula import Formula
from monitor.domain.errors import InvalidInput
from monitor.domain.incident import Coverage, Incident
from monitor.domain.ledgers.ledger import Moment, ledger
from monitor.domain.observation import Reading
from monitor.domain.scoring.heat import score
from monitor.domain.scoring.view import observed, visible
from monitor.packs.read_pack import read_pack
from monitor.services.assess import assess
from monitor.services.exercise import advance_exercise, start_exercise
from monitor.services.export_pack import export_pack
from monitor.services.install_pack import install_pack
from monitor.services.model_of import model_of
from monitor.services.read_columns import read_columns
from monitor.storage import heat_points, incidents, observations, subjects
from monitor.storage.rows.subjects import SubjectStateRow

PACK = read_pack(Path(__file__).parents[1] / "data" / "packs" / "derived").pack
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
LATER = datetime(2026, 11, 24, 12, tzinfo=UTC)
STANDS_AT = datetime(2025, 6, 30, 23, 59, 59, tzinfo=UTC)


@pytest.fixture
def database(database):
    with database.write() as session:
        install_pack(session, PACK, author="console", now=NOW)
    return database


@pytest.fixture
def session(database):
    with database.write() as opened:
        yield opened


def run(session, slug, *, now=NOW):
    return assess(session, slug, slot=None, now=now, claimed_at=now)


def columns_of(session, slug):
    return read_columns(session, model_of(session, slug)[1])


def in_force(columns, moment):
    known = epoch(moment)
    rows = observed(visible(columns, at=known, known_at=known))
    starts = rows.period_start.astype("datetime64[s]").astype("datetime64[D]").astype(str)
    return dict(zip(starts.tolist(), rows.value.tolist(), strict=True))


def on(*parts):
    return datetime(*parts, tzinfo=UTC)


def due(session):
    return sorted(slug for slug, state in subjects.states(session).items() if state.assess_due_at is not None)


def at_rest(session):
    """Assess everything, so that nothing is due."""
    for slug in ("chad", "mali", "niger", "sahel"):
        subjects.mark_due(session, [slug], now=NOW)
        claims = subjects.claim_assessments(session, NOW, limit=9)
        for claim in claims:
            assess(session, claim.slug, slot=claim.slot, now=NOW, claimed_at=NOW)
    for claim in subjects.claim_assessments(session, NOW, limit=9):
        assess(session, claim.slug, slot=claim.slot, now=NOW, claimed_at=NOW)


def test_a_formula_follows_its_operands_and_their_revisions(session):
    troops = columns_of(session, "mali")["foreign-troops:mali"]
    assert in_force(troops, on(2025, 4, 4)) == {}
    assert in_force(troops, on(2025, 4, 5)) == {"2025-02-01": 2200.0}
    assert in_force(troops, on(2025, 5, 10)) == {"2025-02-01": 2500.0}
    assert in_force(troops, STANDS_AT) == {"2025-02-01": 2500.0, "2025-04-01": 1900.0}
    last = observed(visible(troops, at=epoch(STANDS_AT), known_at=epoch(STANDS_AT)))
    assert (last.low[0], last.high[0]) == (2300.0, 2700.0)


def test_a_month_without_incidents_is_nothing_only_where_the_source_covers_it(session):
    mali = columns_of(session, "mali")["attacks:MLI"]
    # June is covered until the 15th only, and has one; May is covered and has none.
    assert in_force(mali, STANDS_AT) == {
        "2025-01-01": 2.0, "2025-02-01": 0.0, "2025-03-01": 1.0, "2025-04-01": 0.0, "2025-05-01": 0.0,
        "2025-06-01": 1.0,
    }  # fmt: skip
    assert in_force(mali, on(2025, 3, 5, 23)) == {"2025-01-01": 2.0}
    assert in_force(mali, on(2025, 3, 6)) == {"2025-01-01": 2.0, "2025-02-01": 0.0}
    assert in_force(columns_of(session, "niger")["attacks:NER"], STANDS_AT) == {"2025-03-01": 1.0}


def test_a_revised_and_a_withdrawn_incident_revise_the_count(session):
    moved = Incident(
        source="log", external_id="2", happened_on=date(2025, 2, 2), country="MLI", kind="aid", admin1="Gao"
    )
    assert incidents.keep(session, [moved], now=LATER).subjects == ("mali", "niger")
    assert incidents.withdraw(session, "log", ["1", "unheard-of"], now=LATER + timedelta(days=1)) == 1
    counts = columns_of(session, "mali")["attacks:MLI"]
    start, end = on(2025, 1, 1), on(2025, 2, 1)

    def at(moment):
        rows = observed(visible(counts, at=epoch(moment), known_at=epoch(moment)))
        months = {epoch(start): "january", epoch(end): "february"}
        return {
            months[key]: value
            for key, value in zip(rows.period_start.tolist(), rows.value, strict=True)
            if key in months
        }

    assert at(NOW) == {"january": 2.0, "february": 0.0}
    assert at(LATER) == {"january": 1.0, "february": 1.0}
    assert at(LATER + timedelta(days=1)) == {"january": 0.0, "february": 1.0}


def test_a_stretch_covered_later_makes_zeros_of_silence(session):
    covered = Coverage(covers_from=date(2025, 4, 1), covers_until=date(2025, 6, 30), country="NER")
    assert incidents.cover(session, "log", [covered], now=LATER) == 1
    assert incidents.cover(session, "log", [covered], now=LATER) == 0
    assert "niger" in due(session)
    found = in_force(columns_of(session, "niger")["attacks:NER"], LATER)
    assert found == {"2025-03-01": 1.0, "2025-04-01": 0.0, "2025-05-01": 0.0, "2025-06-01": 0.0}


def test_events_give_values_that_fade_or_hold(session):
    found = columns_of(session, "mali")
    assert in_force(found["coups:mali"], STANDS_AT) == {"2025-01-10": 2.0}
    assert in_force(found["blockade:mali"], STANDS_AT) == {"2025-02-01": 1.0, "2025-06-01": 0.0}
    model = model_of(session, "mali")[1]
    moments = np.array([epoch(on(2025, 1, 11)), epoch(on(2025, 4, 21))])
    scored = score(model, found, at=moments)
    row = [placed.placement.series for placed in model.placements].index("coups:mali")
    assert scored.placements.value[row].tolist() == [2.0, 1.0]


def test_what_does_not_apply_counts_nowhere_and_is_kept_apart(session):
    model = model_of(session, "mali")[1]
    assert [each.series for each in model.not_applicable] == ["sea-ports:mali"]
    run(session, "mali")
    assert heat_points.last(session, ["mali"])["mali"].coverage == pytest.approx(1.0)


def test_a_member_counts_with_its_published_pressure_bounds_and_confidence(session):
    run(session, "sahel")
    points = heat_points.last(session, ["mali", "niger", "sahel"])
    mali, niger, sahel = (points[slug] for slug in ("mali", "niger", "sahel"))
    assert niger.level == "Unknown"
    assert sahel.pressure == pytest.approx((3 * mali.pressure + niger.pressure) / 4)
    low = (3 * mali.heat_low + 100 - niger.heat_high) / 4
    assert sahel.heat_low == pytest.approx(low)
    # Niger is Unknown: its weight rests on nothing fresh.
    assert sahel.coverage == pytest.approx(0.75)
    assert sahel.confidence == pytest.approx(0.75 * mali.confidence)


def test_the_past_of_a_region_is_drawn_from_its_members(session):
    run(session, "sahel")
    line = heat_points.line(session, "sahel")
    mali = heat_points.line(session, "mali")
    assert len(line) > 20
    known = [at for at, level in zip(mali.at, mali.levels, strict=True) if level != "Unknown"]
    assert line.at[0] == known[0]


def test_news_of_operands_incidents_and_members_marks_those_that_rest_on_them(session):
    at_rest(session)
    assert due(session) == []
    reading = Reading(
        series="french-troops:mali", period_start=on(2025, 4, 1), period_end=on(2025, 7, 1), value=0.0,
        known_at=LATER, source_revision=1,
    )  # fmt: skip
    observations.add(session, [reading], source="desk", author="ada", note="", now=LATER)
    assert due(session) == ["mali"]
    claim = subjects.claim_assessment(session, LATER)
    assert assess(session, claim.slug, slot=claim.slot, now=LATER, claimed_at=LATER).is_published
    assert due(session) == ["sahel"]


def test_the_ledger_names_news_and_revisions_of_operands(session):
    model = model_of(session, "mali")[1]
    found = columns_of(session, "mali")

    def causes(before, after):
        terms = ledger(
            Moment(model=model, columns=found, at=epoch(before)),
            Moment(model=model, columns=found, at=epoch(after)),
        ).terms
        return {str(term.cause) for term in terms if term.placement.endswith("foreign-troops:mali")}

    assert causes(on(2025, 5, 9), on(2025, 5, 11)) == {"revision"}
    assert causes(on(2025, 6, 19), on(2025, 6, 21)) == {"observation"}


def test_published_heat_is_reproduced_from_what_was_committed_then(session):
    run(session, "mali")
    point = heat_points.last(session, ["mali"])["mali"]
    late = Reading(
        series="wagner-troops:mali", period_start=on(2025, 2, 1), period_end=on(2025, 3, 1), value=6000.0,
        known_at=on(2025, 5, 1), source_revision=2,
    )  # fmt: skip
    observations.add(session, [late], source="desk", author="ada", note="", now=LATER)
    incidents.withdraw(session, "log", ["1"], now=LATER)
    model = model_of(session, "mali")[1]
    for columns in (
        read_columns(session, model, max_seq=point.input_seq),
        read_columns(session, model).up_to(point.input_seq),
    ):
        again = score(model, columns, at=np.array([point.at]), known_at=np.array([epoch(LATER)]))
        assert float(again.heat[0]) == point.heat
    assert len(read_columns(session, model)["foreign-troops:mali"]) > 0


def test_an_export_reads_back_to_the_same_pack(session, tmp_path):
    export_pack(session, "derived", tmp_path / "derived")
    again = read_pack(tmp_path / "derived")
    assert again.problems == ()
    for name in ("indicators", "subjects", "placements", "events"):
        assert set(map(repr, getattr(again.pack, name))) == set(map(repr, getattr(PACK, name)))
    kept = again.pack.incidents[0]
    assert [(each.covers_from, each.covers_until, each.country) for each in kept.covered] == [
        (date(2025, 1, 1), date(2025, 6, 15), "MLI")
    ]
    assert install_pack(session, PACK, author="console", now=LATER).has_changed is False


def test_a_formula_that_leads_back_to_itself_is_refused_on_save(session):
    circle = tuple(
        replace(each, derived=Formula(text="foreign-troops - wagner-troops"))
        if each.slug == "french-troops"
        else each
        for each in PACK.indicators
    )
    with pytest.raises(
        InvalidInput, match=r"leads back to itself: f\S+-troops -> f\S+-troops -> f\S+-troops"
    ):
        install_pack(session, replace(PACK, version="2", indicators=circle), author="console", now=LATER)


def play(session, copy, *, minutes):
    """Play an exercise to a minute of wall time: each moment is assessed before the next."""
    name, now = copy.partition("@")[2], NOW + timedelta(minutes=minutes)
    while True:
        if (claim := subjects.claim_assessment(session, now)) is not None:
            assess(session, claim.slug, slot=claim.slot, now=now, claimed_at=now)
            subjects.finish_alerts(session, claim.slug, claimed_at=now)
            session.execute(update(SubjectStateRow).values(alerts_due_at=None, alerts_slot=None))
        elif not advance_exercise(session, name, now=now):
            return


def test_an_exercise_replays_reckoned_series_as_they_became_known(session):
    at_rest(session)
    copy = start_exercise(
        session, "mali", runs_from=on(2025, 5, 9), runs_until=on(2025, 5, 12), speed=DAY_SECONDS / 60, now=NOW
    )
    play(session, copy, minutes=10)
    line = heat_points.line(session, copy, origin=heat_points.Origin.PUBLISHED)
    real = heat_points.line(session, "mali", origin=heat_points.Origin.RECONSTRUCTED)
    played = dict(zip(line.at.tolist(), line.heat.tolist(), strict=True))
    drawn = dict(zip(real.at.tolist(), real.heat.tolist(), strict=True))
    shared = sorted(played.keys() & drawn.keys())
    assert len(shared) >= 3
    assert {at: played[at] for at in shared} == {at: drawn[at] for at in shared}
