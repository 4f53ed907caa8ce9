"""The list of incidents is what was counted, the map draws what is known to a point, in few queries."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from monitor.domain.clock import epoch
from monitor.domain.derivations.incident_count import IncidentCount, Span, UnitIs
from monitor.domain.errors import NotFound
from monitor.domain.incident import Incident
from monitor.domain.incident_filter import Wanted
from monitor.domain.incident_pair import PairState
from monitor.domain.incident_picture import Grain
from monitor.domain.scoring.view import observed, visible
from monitor.services.decide_duplicate import decide_duplicate
from monitor.services.overview.incident import incident_page
from monitor.services.overview.incident_links import address_of, wanted_by
from monitor.services.overview.incidents import ON_A_PAGE, Asked, incidents_page
from monitor.services.overview.series import series_page
from monitor.services.propose_duplicates import propose_duplicates
from monitor.services.read_columns import read_columns
from monitor.storage import incidents, snapshot
from monitor.storage.engine import open_database
from tests.factories import NOW, a_placement, a_source, a_subject, an_indicator, install_desk
from tests.web.test_index import counted

# Sévaré lies in Mopti, Niono in Ségou; Niamey is a region of its own.
RAID = Incident(
    source="feed", external_id="1", happened_on=date(2025, 10, 3), country="MLI", kind="raid", actor="JNIM",
    latitude=14.53, longitude=-4.09, precision="exact", killed=3,
)  # fmt: skip
TOLD = [
    RAID,
    replace(RAID, external_id="2", happened_on=date(2025, 10, 31), killed=0, injured=2),
    replace(RAID, external_id="3", latitude=14.25, longitude=-5.99, kind="theft", kidnapped=1, killed=0),
    replace(RAID, external_id="4", admin1="Gao region", latitude=16.27, longitude=-0.04, precision="admin1"),
    replace(RAID, external_id="5", admin1="", precision="country"),
    replace(RAID, external_id="6", admin1="Ménaka", latitude=None, longitude=None, precision=""),
    replace(RAID, external_id="7", country="NER", latitude=13.51, longitude=2.11, precision="25 km"),
    replace(RAID, external_id="8", happened_on=date(2025, 11, 1), precision=""),
    replace(RAID, external_id="9", admin1="Gao"),
    replace(RAID, external_id="10", happened_on=date(2023, 1, 5)),
]
ATTACKS = an_indicator(
    "attacks", derived=IncidentCount(source="feed", unit_is=UnitIs.COUNTRY, types=("raid", "theft"))
)
BY_REGION = an_indicator(
    "raids", derived=IncidentCount(source="feed", unit_is=UnitIs.ADMIN1, types=("raid",))
)
WEEKLY = an_indicator("weekly", derived=IncidentCount(source="feed", period=Span.WEEK, actors=("JNIM",)))
DEADLY = an_indicator("both", derived=IncidentCount(source="feed", countries=("MLI", "NER")))
KEYS = ("attacks:MLI", "attacks:NER", "raids:ML05", "raids:ML07", "weekly:all", "both:all")


@pytest.fixture
def session(database_url):
    database = open_database(database_url)
    with database.write() as opened:
        install_desk(
            opened,
            subject=a_subject(country="MLI"),
            indicators=(ATTACKS, BY_REGION, WEEKLY, DEADLY),
            placements=tuple(a_placement(key) for key in KEYS),
        )
        incidents.keep(opened, TOLD, now=NOW)
        yield opened
    database.dispose()


def listed(session, now=NOW, **asked):
    given = {name: asked.pop(name) for name in ("span", "after") if name in asked}
    return incidents_page(session, Asked(wanted=Wanted(**asked), **given), now=now)


def ids(view):
    return sorted((row.incident.external_id for row in view.rows), key=int)


def pages(session, **asked):
    """Return the ids on all pages, one page after the other."""
    seen, after = [], None
    while True:
        view = listed(session, after=after, **asked)
        seen += [row.incident.external_id for row in view.rows]
        if view.older is None:
            return seen
        assert view.older != after
        after = view.older


def counts(session, key):
    """Return the value in force of each period of a series, by its ends."""
    from monitor.services.model_of import model_of

    columns = read_columns(session, model_of(session, "goita")[1])[key]
    rows = observed(visible(columns, at=epoch(NOW) + 10**9, known_at=epoch(NOW) + 10**9))
    ends = zip(rows.period_start.tolist(), rows.period_end.tolist(), rows.value.tolist(), strict=True)
    return [
        (datetime.fromtimestamp(start, UTC), datetime.fromtimestamp(end, UTC), value)
        for start, end, value in ends
    ]


def behind(session, key, start, end):
    """Return the list a count links to, read from the address as the page reads it."""
    indicator = snapshot.current(session).indicators[key.partition(":")[0]]
    address = address_of(wanted_by(indicator, key), start, end)
    plural = {
        "country": "countries", "region": "regions", "source": "sources", "kind": "kinds", "actor": "actors",
    }  # fmt: skip
    lists = {plural[name]: tuple(address.get(name, ())) for name in plural}
    days = {name: date.fromisoformat(address[name]) for name in ("since", "until")}
    return listed(session, **lists, **days)


@pytest.mark.parametrize("key", KEYS)
def test_the_list_behind_a_count_has_as_many_incidents_as_were_counted(session, key):
    incidents.keep(session, [replace(TOLD[1], happened_on=date(2025, 9, 30))], now=NOW + timedelta(days=1))
    incidents.withdraw(session, "feed", ["4"], now=NOW + timedelta(days=1))
    found = counts(session, key)
    assert found
    for start, end, value in found:
        assert behind(session, key, start, end).sums.incidents == value


def test_a_count_by_region_takes_what_was_coded_by_its_point(session):
    october = [value for start, _, value in counts(session, "raids:ML05") if start.month == 10]
    assert october == [2.0]
    assert ids(listed(session, regions=("ML05",), since=date(2025, 10, 1))) == ["1", "2"]


def test_the_series_page_leads_from_each_count_to_its_incidents(session):
    incidents.keep(session, [replace(RAID, external_id="11", kind="else")], now=NOW)
    view = series_page(session, "attacks:MLI", now=NOW + timedelta(days=1))
    address = next(row.behind for row in view.rows if row.when.startswith("Oct"))
    assert address == {
        "country": ["MLI"], "source": ["feed"], "kind": ["raid", "theft"], "since": "2025-10-01",
        "until": "2025-10-31",
    }  # fmt: skip


def test_two_conditions_on_one_field_lead_nowhere_rather_than_to_a_wrong_list():
    both = IncidentCount(source="feed", unit_is=UnitIs.ADMIN1, admin1=("ML05",))
    assert wanted_by(an_indicator(derived=both), "raids:ML05").regions == ("ML05",)
    assert wanted_by(an_indicator(derived=both), "raids:ML07") is None
    assert wanted_by(an_indicator(derived=both), "raids:ML05@exercise-1") is None
    assert wanted_by(an_indicator(), "fuel-price:bamako") is None


def test_filters_narrow_list_sums_strip_and_map_alike(session):
    view = listed(session, kinds=("theft",), span="all")
    assert ids(view) == ["3"]
    assert (view.sums.incidents, view.sums.kidnapped) == (1, 1)
    assert sum(bar.incidents for bar in view.strip.bars) == 1
    assert sum(spot.incidents for spot in view.map.chart.spots) == 1
    assert ids(listed(session, text="jnim 7", span="all")) == ["7"]
    assert ids(listed(session, countries=("NER",), span="all")) == ["7"]
    assert ids(listed(session, sources=("other",), span="all")) == []


def test_without_days_the_year_up_to_the_newest_is_shown(session):
    view = listed(session)
    assert (view.wanted.since, view.wanted.until) == (date(2024, 11, 2), date(2025, 11, 1))
    assert (view.span, view.sums.incidents, view.strip.grain) == ("1y", 9, Grain.WEEK)
    whole = listed(session, span="all")
    assert (whole.sums.incidents, whole.strip.grain, whole.wanted.since) == (10, Grain.MONTH, None)


def test_only_exact_and_near_places_are_dots(session):
    drawn = listed(session).map
    assert drawn.dots == sum(spot.incidents for spot in drawn.chart.spots) == 5
    assert (16.27, -0.04) not in {(spot.latitude, spot.longitude) for spot in drawn.chart.spots}
    assert dict(drawn.chart.in_region) == {"ML07": 1}
    assert drawn.regions == (("Menaka, MLI", 1),)
    assert drawn.countries == (("MLI", 2),)
    assert drawn.unsaid == 1
    assert drawn.chart.countries == ("MLI", "NER")


def test_what_was_coded_by_us_is_marked_and_a_contradiction_is_shown(session):
    rows = {row.incident.external_id: row for row in listed(session).rows}
    assert (rows["1"].place.code, rows["1"].place.is_ours, rows["1"].incident.admin1) == ("ML05", True, "")
    assert (rows["4"].place.code, rows["4"].place.is_ours, rows["4"].place.told) == (
        "ML07",
        False,
        "Gao region",
    )
    assert rows["9"].place.against == "Mopti (ML05), MLI"
    assert rows["9"].place.code == "ML07", "what the source tells counts"
    assert rows["6"].place.against == ""


def test_a_withdrawn_incident_is_in_no_list_and_its_page_says_so(session):
    incidents.withdraw(session, "feed", ["1"], now=NOW + timedelta(days=2))
    assert "1" not in ids(listed(session))
    view = incident_page(session, "feed", "1", now=NOW + timedelta(days=3))
    assert view.is_withdrawn
    assert [version.is_withdrawn for version in view.versions] == [True, False]
    assert view.counted == ()
    assert view.chart is None


def test_a_page_tells_every_version_with_what_changed(session):
    incidents.keep(session, [replace(RAID, killed=5, admin1="Mopti")], now=NOW + timedelta(days=2))
    view = incident_page(session, "feed", "1", now=NOW + timedelta(days=3))
    assert [version.known_at for version in view.versions] == [NOW + timedelta(days=2), NOW]
    told = [(change.field, change.before, change.after) for change in view.versions[0].changes]
    assert told == [("Region", "", "Mopti"), ("killed", "3", "5")]
    assert view.versions[1].is_first


def test_a_page_says_which_series_count_it(session):
    view = incident_page(session, "feed", "1", now=NOW)
    assert [each.key for each in view.counted] == ["attacks:MLI", "both:all", "raids:ML05", "weekly:all"]
    assert [each.key for each in incident_page(session, "feed", "3", now=NOW).counted] == [
        "attacks:MLI", "both:all", "weekly:all",
    ]  # fmt: skip
    for key in ("attacks:MLI", "raids:ML05"):
        months = counts(session, key)
        assert any("1" in ids(behind(session, key, start, end)) for start, end, _ in months)


def test_its_twins_are_proposed_and_decided(session):
    twin = replace(RAID, source="other", external_id="x/1", killed=3)
    incidents.keep(session, [twin], now=NOW)
    propose_duplicates(session, now=NOW)
    pairs = {each.key: each for each in incident_page(session, "feed", "1", now=NOW).pairs}
    assert pairs["other", "x/1"].pair.state is PairState.PROPOSED
    assert (pairs["other", "x/1"].apart_km, pairs["other", "x/1"].people) == (0.0, "3 killed")
    decide_duplicate(
        session, ("feed", "1"), ("other", "x/1"), PairState.SAME, author="ben", reason="one raid", now=NOW
    )
    said = {each.key: each.pair for each in incident_page(session, "other", "x/1", now=NOW).pairs}
    assert (said["feed", "1"].state, said["feed", "1"].reason) == (PairState.SAME, "one raid")
    assert {pair.state for key, pair in said.items() if key != ("feed", "1")} == {PairState.PROPOSED}


def test_an_unknown_incident_is_not_found(session):
    with pytest.raises(NotFound, match="there is no incident feed/999"):
        incident_page(session, "feed", "999", now=NOW)


def test_the_strictest_marking_of_what_is_listed_is_shown(session):
    from monitor.storage import definitions

    closed = a_source("closed", name="Closed", marking="TLP:AMBER", may_redistribute=False)
    definitions.save(session, closed, author="t", reason="t", effective_at=NOW, now=NOW)
    incidents.keep(session, [replace(RAID, source="closed", kind="ambush")], now=NOW)
    view = listed(session, span="all")
    assert view.handling.words == "TLP:AMBER, not to be passed on"
    assert {row.source_name: row.marking for row in view.rows}["Closed"] == "TLP:AMBER, not to be passed on"
    assert listed(session, span="all", sources=("feed",)).handling.words == "TLP:CLEAR"
    assert incident_page(session, "closed", "1", now=NOW).handling.words == "TLP:AMBER, not to be passed on"


def test_many_incidents_go_over_pages_and_take_no_more_queries(session):
    with counted(session) as few:
        listed(session)
    many = [
        replace(RAID, external_id=str(number), latitude=14 + number / 1e4) for number in range(100, 2_100)
    ]
    incidents.keep(session, many, now=NOW)
    with counted(session) as more:
        view = listed(session)
    assert len(more) <= len(few) <= 11
    assert (len(view.rows), view.sums.incidents, view.sums.is_more) == (ON_A_PAGE, 2_009, False)
    assert len(view.map.chart.spots) == 1_500
    assert view.map.undrawn == view.map.dots - sum(spot.incidents for spot in view.map.chart.spots) > 0
    seen = pages(session)
    assert len(seen) == len(set(seen)) == view.sums.incidents
    with counted(session) as one:
        incident_page(session, "feed", "1", now=NOW)
    assert len(one) <= 6


def test_an_empty_desk_has_an_empty_page(database_url):
    database = open_database(database_url)
    with database.write() as opened:
        view = listed(opened)
        assert (view.sums.incidents, view.strip, view.rows, view.last_day) == (0, None, (), None)
    database.dispose()
