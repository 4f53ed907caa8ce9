"""Fits are made from what is known at a moment, saved as versions, and stay until they are made anew."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.domain.clock import Clock, ClockMode
from monitor.domain.errors import InvalidInput, NotFound
from monitor.domain.indicator import Indicator
from monitor.domain.normalisations.relative import Against, RelativeNormalisation, Yardstick
from monitor.domain.placement import Placement
from monitor.services.diff_pack import diff_pack
from monitor.services.fit_definitions import fit_definitions
from monitor.services.install_pack import install_pack
from monitor.storage import audit, definitions, observations, subjects
from monitor.storage.engine import open_database
from tests.factories import (
    DEATHS,
    FUEL,
    NOW,
    a_placement,
    a_reading,
    an_indicator,
    install_desk,
)
from tests.indices import small_index

LATER = NOW + timedelta(days=1)


@pytest.fixture
def session(database_url):
    database = open_database(database_url)
    with database.write() as opened:
        yield opened
    database.dispose()


def own_past(**given):
    return RelativeNormalisation(**{"by": Yardstick.MINMAX, "window_days": 400.0} | given)


def tell(session, *values, series=FUEL, ends=NOW):
    """One value a week, the last ending then."""
    readings = [
        a_reading(value, series=series, ends=ends - timedelta(days=7 * (len(values) - 1 - number)))
        for number, value in enumerate(values)
    ]
    observations.add(session, readings, source="feed", author="", note="", now=NOW)


def desk(session, *, indicator, placements=()):
    install_desk(session, indicators=(indicator, an_indicator("conflict-deaths")), placements=placements)


def fitted(session, *slugs, **given):
    asked = {"until": None, "author": "ana", "reason": "first fit", "now": NOW} | given
    return fit_definitions(session, slugs, **asked)


def the_fit(session, slug="fuel-price"):
    return definitions.get(session, Indicator, slug).normalisation.fit


def test_a_fit_is_a_new_version_with_author_and_reason(session):
    desk(session, indicator=an_indicator(normalisation=own_past()))
    tell(session, 10, 20, 30, 40, 50)
    found = fitted(session, "fuel-price")
    assert the_fit(session).knots == ((10, 0), (50, 100))
    last = definitions.history(session, Indicator, "fuel-price")[-1]
    assert (last.version, last.author, last.reason) == (2, "ana", "first fit")
    assert found.subjects == ("goita",)
    assert subjects.has_marks(session, "goita")
    (entry,) = [each for each in audit.find_all(session) if each.action == "definition.fit"]
    assert entry.target == "indicator.fuel-price"


def test_a_dry_run_shows_how_pressures_would_move_and_saves_nothing(session):
    desk(session, indicator=an_indicator(normalisation=own_past()))
    tell(session, 10, 20, 30, 40, 50)
    fitted(session, "fuel-price")
    tell(session, 90, ends=LATER)
    found = fitted(session, "fuel-price", is_dry=True, now=LATER)
    (moved,) = found.fitted[0].moved
    assert (moved.series, moved.value, moved.before, moved.after) == (FUEL, 90, 100, 100)
    assert not found.is_saved
    assert the_fit(session).parameters["worst"] == 50


def test_a_fit_knows_nothing_after_its_moment(session):
    desk(session, indicator=an_indicator(normalisation=own_past()))
    tell(session, 10, 20, 30, 40, 50, 900)
    fitted(session, until=NOW - timedelta(days=1))
    assert the_fit(session).parameters["worst"] == 50


def test_an_archive_is_fitted_as_of_its_own_clock(session):
    stands = datetime(2025, 11, 29, tzinfo=UTC)
    both = an_indicator(normalisation=own_past()), an_indicator("conflict-deaths")
    install_desk(session, indicators=both, clock=Clock(mode=ClockMode.STANDING, stands_at=stands))
    tell(session, 10, 20, 30, 40, 50, 900)
    fitted(session, now=NOW + timedelta(days=9999))
    assert the_fit(session).until == stands


def test_the_past_of_several_series_is_fitted_for_each_placement(session):
    places = (a_placement(), a_placement("fuel-price:kayes"), a_placement(DEATHS, driver="security"))
    desk(session, indicator=an_indicator(normalisation=own_past()), placements=places)
    tell(session, 10, 20, 30, 40, 50)
    tell(session, 1, 2, 3, 4, 5, series="fuel-price:kayes")
    found = fitted(session)
    assert [each.kind for each in found.fitted] == ["placement", "placement"]
    kayes = definitions.get(session, Placement, "goita/supply/fuel-price:kayes")
    assert kayes.normalisation.fit.knots == ((1, 0), (5, 100))
    assert the_fit(session) is None


def test_peers_are_fitted_once_for_all_and_a_placements_own_yardstick_too(session):
    against = RelativeNormalisation(by=Yardstick.BORDA, against=Against.PEERS, peers=("bamako", "kayes"))
    places = (a_placement(), a_placement("fuel-price:kayes", normalisation=own_past()))
    desk(session, indicator=an_indicator(normalisation=against), placements=places)
    tell(session, 10)
    tell(session, 1, 2, 3, 4, 5, series="fuel-price:kayes")
    found = fitted(session)
    assert [each.name for each in found.fitted] == [
        "indicator.fuel-price", "placement.goita/supply/fuel-price:kayes",
    ]  # fmt: skip
    assert the_fit(session).knots == ((5, 0), (10, 100))


def test_what_cannot_be_fitted_keeps_the_fit_it_has_and_is_told(session):
    desk(session, indicator=an_indicator(normalisation=own_past()))
    tell(session, 10, 20)
    found = fitted(session)
    assert found.failures == ("fuel-price: the window holds 2 settled values, and a fit needs 5",)
    assert not found.is_saved


def test_an_unknown_indicator_and_one_without_a_yardstick_are_refused(session):
    desk(session, indicator=an_indicator())
    with pytest.raises(NotFound, match="there is no indicator fuel"):
        fitted(session, "fuel")
    with pytest.raises(InvalidInput, match="indicator fuel-price has no yardstick to fit"):
        fitted(session, "fuel-price")


class TestAtInstall:
    def test_the_first_version_has_the_fit(self, session, tmp_path):
        install_pack(session, small_index(tmp_path), author="test", now=NOW)
        assert len(definitions.history(session, Indicator, "debt")) == 1
        assert the_fit(session, "debt").parameters == {"least": 120, "target": 40}

    def test_the_same_edition_again_changes_nothing(self, session, tmp_path):
        pack = small_index(tmp_path)
        install_pack(session, pack, author="test", now=NOW)
        assert not install_pack(session, pack, author="test", now=LATER).has_changed

    def test_a_fit_made_since_is_kept_and_an_edition_may_change_all_else(self, session, tmp_path):
        pack = small_index(tmp_path)
        install_pack(session, pack, author="test", now=NOW)
        here = definitions.get(session, Indicator, "debt")
        form = here.normalisation
        moved = replace(here, normalisation=replace(form, fit=replace(form.fit, count=4)))
        definitions.save(session, moved, author="ana", reason="refit", effective_at=NOW, now=NOW,
                         origin="pack", pack="links")  # fmt: skip
        renamed = replace(pack, indicators=tuple(
            replace(each, name="Debt") if each.slug == "debt" else each for each in pack.indicators
        ))  # fmt: skip
        assert [each.slug for each in diff_pack(session, renamed).definitions] == ["debt"]
        install_pack(session, renamed, author="test", now=LATER)
        assert definitions.get(session, Indicator, "debt").name == "Debt"
        assert the_fit(session, "debt").count == 4

    def test_another_yardstick_is_fitted_anew(self, session, tmp_path):
        pack = small_index(tmp_path)
        install_pack(session, pack, author="test", now=NOW)
        debt = next(each for each in pack.indicators if each.slug == "debt")
        nearer = replace(debt, normalisation=replace(debt.normalisation, target=20.0))
        others = tuple(each for each in pack.indicators if each is not debt)
        changed = replace(pack, indicators=(nearer, *others))
        install_pack(session, changed, author="test", now=LATER)
        assert the_fit(session, "debt").parameters["target"] == 20

    def test_what_cannot_be_fitted_keeps_the_pack_out_and_says_why(self, session, tmp_path):
        pack = small_index(tmp_path)
        nothing = replace(pack, history=())
        with pytest.raises(
            InvalidInput,
            match=r"debt: 0 of 5 peers have a value .* a fit needs 2",
        ):
            install_pack(session, nothing, author="test", now=NOW)
