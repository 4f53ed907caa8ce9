"""Published, reconstructed, restated and as of: each answers its own question, and none rewrites another."""

from datetime import timedelta

import numpy as np
import pytest

from monitor.domain.clock import epoch
from monitor.domain.errors import InvalidInput, NotFound
from monitor.domain.normalisations.normalisation import ThresholdNormalisation
from monitor.domain.normalisations.threshold import Thresholds
from monitor.services.assess import assess, claim_assessment
from monitor.services.explain import explain
from monitor.services.ledger_between import By, ledger_between
from monitor.services.lines import Which, line_of
from monitor.services.see import score_as_of, see
from monitor.storage import confirmations, definitions, heat_points, observations
from tests.factories import DEATHS, FUEL, NOW, a_reading, an_indicator, install_desk

DAY = timedelta(days=1)
STRICT = ThresholdNormalisation(thresholds=Thresholds(calm=100, critical=300))


@pytest.fixture
def session(database):
    """A desk set up at NOW with three months of history, watched for two weeks since."""
    with database.write() as session:
        install_desk(session)
        history = [
            a_reading(200.0 + 20 * week, ends=NOW - 7 * week * DAY, series=series)
            for week in range(12, -1, -1)
            for series in (FUEL, DEATHS)
        ]
        learn(session, *history)
        run(session)
        for week in (1, 2):
            now = NOW + 7 * week * DAY
            learn(session, a_reading(300.0, ends=now), a_reading(150.0, ends=now, series=DEATHS), now=now)
            run(session, now=now)
        yield session


def learn(session, *readings, now=NOW):
    return observations.add(session, list(readings), source="feed", author="", note="", now=now)


def run(session, *, now=NOW):
    claim_assessment(session, now=now)
    return assess(session, "goita", slot=None, now=now, claimed_at=now)


def revise(session, value, *, ends, now):
    learn(session, a_reading(value, ends=ends, known_at=now, source_revision=1), now=now)


LATER = NOW + 15 * DAY


def heat_of(session, which, at):
    view = line_of(session, "goita", which, now=LATER)
    return float(view.line.heat[np.searchsorted(view.line.at, epoch(at), side="right") - 1])


def test_a_revision_moves_the_restated_line_and_neither_the_published_nor_the_reconstructed_one(session):
    past, seen = NOW - 14 * DAY, NOW + 7 * DAY
    before = {which: line_of(session, "goita", which, now=LATER).line for which in Which}
    revise(session, 480.0, ends=past, now=LATER)
    revise(session, 480.0, ends=seen, now=LATER)
    after = {which: line_of(session, "goita", which, now=LATER).line for which in Which}
    for which in (Which.PUBLISHED, Which.RECONSTRUCTED):
        assert np.array_equal(before[which].heat, after[which].heat)
    assert heat_of(session, Which.RESTATED, past) < heat_of(session, Which.RECONSTRUCTED, past)
    assert heat_of(session, Which.RESTATED, seen) < heat_of(session, Which.PUBLISHED, seen)


def test_an_edit_moves_the_restated_line_and_publishing_recomputes_nothing_of_the_past(session):
    published = heat_points.published(session, "goita")
    past = NOW - 14 * DAY
    was = heat_of(session, Which.RESTATED, past)
    strict = an_indicator(normalisation=STRICT)
    definitions.save_all(session, [strict], author="ada", reason="", effective_at=LATER, now=LATER)
    run(session, now=LATER)
    assert heat_points.published(session, "goita")[:-1] == published
    assert heat_of(session, Which.RESTATED, past) < was


def test_the_restated_line_is_kept_and_never_stale(session):
    first = line_of(session, "goita", Which.RESTATED, now=LATER)
    again = line_of(session, "goita", Which.RESTATED, now=LATER + timedelta(hours=2))
    assert np.array_equal(first.line.heat[:-1], again.line.heat[: len(first.line) - 1])
    assert int(again.line.at[-1]) == epoch(LATER + timedelta(hours=2))
    revise(session, 480.0, ends=NOW, now=LATER)
    last = line_of(session, "goita", Which.RESTATED, now=LATER)
    assert not np.array_equal(first.line.heat, last.line.heat)


def test_a_span_of_a_line_and_its_momentum(session):
    view = line_of(session, "goita", Which.PUBLISHED, since=NOW + DAY, until=NOW + 8 * DAY, now=LATER)
    assert view.line.at.tolist() == [epoch(NOW + 7 * DAY)]
    whole = line_of(session, "goita", Which.PUBLISHED, now=LATER)
    heats = whole.line.heat
    assert view.changes[0].tolist() == [heats[1] - heats[0]]
    assert np.isnan(view.changes[1]).all()
    assert [line.days for line in view.momentum] == [7, 30]
    assert view.momentum[0].change[-1] == heats[1] - heats[0]
    with pytest.raises(InvalidInput, match="ends before it starts"):
        line_of(session, "goita", Which.PUBLISHED, since=NOW, until=NOW - DAY, now=LATER)


def test_as_of_a_moment_knows_nothing_that_came_later(session):
    past = NOW - 14 * DAY
    was = score_as_of(session, "goita", at=past, as_of=NOW).scores.heat[0]
    revise(session, 480.0, ends=past, now=LATER)
    assert score_as_of(session, "goita", at=past, as_of=NOW).scores.heat[0] == was
    assert score_as_of(session, "goita", at=past, as_of=LATER).scores.heat[0] < was


def test_as_of_uses_the_definitions_in_force_then_and_names_those_that_were_not_yet(session):
    past = NOW - 14 * DAY
    strict = an_indicator(normalisation=STRICT)
    definitions.save_all(session, [strict], author="ada", reason="", effective_at=LATER, now=LATER)
    then, today = (explain(session, "goita", at=past, as_of=as_of, now=LATER) for as_of in (NOW, LATER))
    assert (then.line, then.early) == ("as_of", ())
    assert then.tree.placements[0].normalised.knots[-1] == (500.0, 100.0)
    assert today.tree.placements[0].normalised.knots[-1] == (300.0, 100.0)
    before = explain(session, "goita", at=past, now=LATER)
    assert before.line == "reconstructed"
    assert "indicator fuel-price" in before.early
    assert before.tree.placements[0].normalised.knots[-1] == (500.0, 100.0)


def test_what_was_published_is_explained_as_it_was_published(session):
    revise(session, 480.0, ends=NOW, now=LATER)
    found = explain(session, "goita", at=NOW + DAY, now=LATER)
    [point, *_] = heat_points.published(session, "goita")
    assert (found.line, found.seq, found.tree.heat) == ("published", point.seq, point.heat)
    fuel = found.tree.placements[0]
    assert (fuel.series, fuel.raw, fuel.provenance.title, fuel.provenance.grade) == (
        FUEL,
        200.0,
        "Brief",
        "B2",
    )
    assert fuel.provenance.versions == {"indicator": 1, "placement": 1, "source": 1}
    assert fuel.provenance.known_at == fuel.provenance.stored_at == NOW.isoformat()


def test_a_confirmed_value_is_said_to_be(session):
    start = NOW + 7 * DAY
    confirmations.confirm(
        session, FUEL, (start, start + 7 * DAY), source="feed", author="ada", reason="seen", now=LATER
    )
    run(session, now=LATER)
    found = explain(session, "goita", now=LATER)
    assert found.tree.placements[0].provenance.is_confirmed
    assert found.tree.placements[0].provenance.author == "ada"


def test_a_moment_that_has_not_come_and_an_unknown_subject_are_refused(session):
    with pytest.raises(InvalidInput, match="has not come yet") as caught:
        see(session, "goita", at=LATER + DAY, now=LATER)
    assert caught.value.field == "at"
    with pytest.raises(InvalidInput, match="has not come yet"):
        see(session, "goita", as_of=LATER + DAY, now=LATER)
    with pytest.raises(NotFound, match="nobody"):
        see(session, "nobody", now=LATER)
    with pytest.raises(NotFound, match="nobody"):
        score_as_of(session, "nobody", at=NOW, as_of=NOW)


@pytest.mark.parametrize("by", By)
def test_a_ledger_between_any_two_moments_adds_up(session, by):
    found = ledger_between(session, "goita", start=NOW - 40 * DAY, end=NOW + 8 * DAY, by=by, now=LATER)
    assert found.lines == ("reconstructed", "published")
    assert found.delta_heat == pytest.approx(found.after_heat - found.before_heat, abs=1e-9)
    assert sum(each.heat_delta for each in found.sums) == pytest.approx(found.delta_heat, abs=1e-9)
    assert sum(term.heat_delta for each in found.sums for term in each.terms) == pytest.approx(
        found.delta_heat, abs=1e-9
    )
    slugs = {each.slug for each in found.sums}
    expected = {
        By.CAUSE: {"observation"},
        By.DRIVER: {"supply", "security"},
        By.INDICATOR: {f"goita/supply/{FUEL}", f"goita/security/{DEATHS}"},
    }
    assert slugs == expected[by]


def test_one_moment_on_two_clocks_says_what_later_knowledge_changed(session):
    past = NOW - 14 * DAY
    revise(session, 480.0, ends=past, now=LATER)
    found = ledger_between(
        session, "goita", start=past, end=past, start_as_of=NOW, end_as_of=LATER, by=By.CAUSE, now=LATER
    )
    assert [(each.slug, each.causes) for each in found.sums] == [("revision", ("revision",))]
    assert found.lines == ("as_of", "as_of")
    assert found.delta_heat < 0


def test_an_edit_is_a_term_of_the_ledger(session):
    strict = an_indicator(normalisation=STRICT)
    definitions.save_all(session, [strict], author="ada", reason="", effective_at=LATER, now=LATER)
    run(session, now=LATER)
    found = ledger_between(session, "goita", start=NOW + 14 * DAY, by=By.CAUSE, now=LATER)
    assert [each.slug for each in found.sums] == ["definition"]


def test_a_confirmation_is_a_term_of_its_own(session):
    slow = an_indicator(settles_after_days=40.0)
    definitions.save_all(session, [slow], author="ada", reason="", effective_at=NOW, now=NOW)
    now = NOW + 21 * DAY
    learn(session, a_reading(110.0, ends=now), now=now)
    run(session, now=now)
    start = now - 7 * DAY
    confirmations.confirm(
        session, FUEL, (start, now), source="feed", author="ada", reason="seen", now=now + DAY
    )
    run(session, now=now + DAY)
    found = ledger_between(session, "goita", start=now, by=By.CAUSE, now=now + DAY)
    assert found.delta_heat > 0
    assert found.sums[0].slug == "confirmation"
    assert sum(each.heat_delta for each in found.sums) == pytest.approx(found.delta_heat, abs=1e-9)


def test_a_ledger_that_ends_before_it_starts_is_refused(session):
    with pytest.raises(InvalidInput, match="ends before it starts"):
        ledger_between(session, "goita", start=NOW, end=NOW - 9 * DAY, now=LATER)
