"""The map through time: what is told of each region in a month, on both clocks; a gap is no zero."""

import gzip
import re
from dataclasses import replace
from datetime import date

from monitor.domain.incident import Coverage, Incident
from monitor.geo.countries import drawn_countries
from monitor.geo.outlines import all_outlines
from monitor.storage import definitions, incidents
from tests.factories import NOW, a_source
from tests.languages.pages import unsaid
from tests.web.test_index import counted

# The visitor and the definitions are two to six of them.
BUDGET = 20
MOST_BYTES = 150 * 1024
RAID = Incident(
    source="feed", external_id="1", happened_on=date(2025, 10, 3), country="MLI", kind="raid", actor="JNIM",
    latitude=14.53, longitude=-4.09, precision="exact", killed=3,
)  # fmt: skip


def words(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text))


def regions(reader, query):
    told = reader.get(f"/map.json?{query}").get_json()
    return told, {each["region"]: each for each in told["regions"]}


def test_incidents_of_a_month_are_counted_by_region_and_what_is_not_listed_is_no_zero(desk, signed_in):
    with desk.writing() as (session, now):
        closed = a_source("feed", name="Feed", marking="TLP:AMBER", attribution="Feed, 2025.")
        definitions.save(session, closed, author="t", reason="t", effective_at=NOW, now=NOW)
        alone = replace(
            RAID, external_id="2", latitude=None, longitude=None, precision="region", admin1="Gao"
        )
        incidents.keep(session, [RAID, replace(RAID, external_id="3", killed=0), alone], now=now)
        incidents.keep(session, [replace(alone, external_id="4", admin1="Menaka")], now=now)
        october = Coverage(covers_from=date(2025, 10, 1), covers_until=date(2025, 10, 31), country="NER")
        incidents.cover(session, "feed", [october], now=now)
    rita = signed_in("rita")
    told, found = regions(rita, "month=2025-10&span=1&of=MLI")
    assert found["Mopti"] | {"newest_known_at": ""} == {
        "code": "ML05", "region": "Mopti", "country": "Mali", "told": "value", "mark": "", "incidents": 2,
        "killed": 3, "at_a_point": 2, "region_alone": 0, "newest_known_at": "",
    }  # fmt: skip
    assert (found["Gao"]["incidents"], found["Gao"]["region_alone"]) == (1, 1)
    assert (found["Agadez"]["told"], found["Agadez"]["incidents"]) == ("value", 0)
    assert (found["Kayes"]["told"], found["Kayes"]["incidents"]) == ("nothing", None)
    assert told["without_outline"] == [{"place": "Menaka", "incidents": 1}]
    assert told["points"] == [{"latitude": 14.53, "longitude": -4.09, "incidents": 2, "killed": 3}]
    assert (told["marking"], told["attribution"][0]) == ("TLP:AMBER", "Feed, 2025.")
    # The next month Niger is not known as a whole: nothing was told of it, and that is no zero.
    assert regions(rita, "month=2025-11&span=1&of=MLI")[1]["Agadez"]["incidents"] is None
    page = rita.get("/map?month=2025-10&span=1&of=MLI&region=ML05")
    assert "4 incidents , 9 people killed, as known now." in words(page)
    assert "Mopti: 2" in page.text
    assert "2 incidents, 3 people killed" in words(page)
    assert page.text.count('class="inc k"') == 3
    assert "TLP:AMBER" in words(page)
    page = rita.get("/map?month=2025-10&span=1&of=MLI&known=then")
    assert "0 incidents , 0 people killed, as known at the end of 31 Oct 2025. 4 are known now" in words(page)
    assert "Kayes: nothing told" in page.text
    assert "TLP:AMBER" in rita.get("/map.csv?of=MLI&month=2025-10").text
    names = (
        "JSON", "CSV", "raid", "Menaka", "JNIM", "Feed", "TLP:AMBER", "TLP:CLEAR", "ML05",
        *(each.name for each in all_outlines().values()),
        *(part for each in drawn_countries().values() for part in (each.name, each.attribution)),
    )  # fmt: skip
    paths = ("/map?month=2025-10&span=1&region=ML05", "/map?month=2025-10&span=3&m=killed&known=then")
    assert unsaid(rita, *paths, known=names) == {}


def test_values_of_regions_and_countries_follow_both_clocks(reader):
    _, found = regions(reader, "m=region-control")
    assert (found["Gao"]["words"], found["Gao"]["grade"]) == ("not held", "C3")
    assert found["Kayes"]["mark"] == "197k shut in"
    assert (found["Agadez"]["told"], found["Agadez"]["value"]) == ("nothing", None)
    _, then = regions(reader, "m=region-control&month=2025-10&known=then")
    assert then["Gao"]["told"] == "not yet"
    _, late = regions(reader, "m=region-control&month=2027-12")
    assert late["Gao"]["told"] == "old"
    _, deaths = regions(reader, "m=conflict-deaths&month=2025-06")
    assert {name: each["value"] for name, each in deaths.items()} == {
        "Mali": 415, "Burkina Faso": 91, "Niger": 158,
    }  # fmt: skip
    _, then = regions(reader, "m=conflict-deaths&month=2025-06&known=then")
    assert (then["Mali"]["value"], then["Mali"]["words"]) == (135, "135")
    assert then["Mali"]["known_at"] <= "2025-07-01"
    assert "Mali: 135 (May 2025)" in reader.get("/map?m=conflict-deaths&month=2025-06&known=then").text
    page = reader.get("/map?m=region-control&region=ML05")
    assert "Value of Oct 2025, known 15 Nov 2025 00:00 UTC." in words(page)
    assert 'href="/series/region-control:ML05"' in page.text
    assert "Natural Earth (boundaries of before 2016)" in words(page)
    assert "without neighbours" in words(page)
    assert len(regions(reader, "m=region-control&alone=1")[1]) == 9
    csv = reader.get("/map.csv?m=region-control").text.splitlines()
    assert csv[0].startswith("code,region,country,told,value,words,period_start,period_end,known_at")
    assert any(line.startswith('"TLP:CLEAR. Goïta brief') for line in csv)


def test_the_map_is_for_readers_small_and_asks_few_questions(mali, reader, client):
    for path in ("/map", "/map/part", "/map.json", "/map.csv"):
        assert client.get(path).status_code == 302
    reader.get("/map")
    with mali.reading() as (session, _), counted(session) as statements:
        page = reader.get("/map?month=2023-01&region=ML05")
        assert len(statements) <= BUDGET, statements
        assert len(gzip.compress(page.data)) < MOST_BYTES / 3
        statements.clear()
        part = reader.get("/map/part?month=2023-01&region=ML05")
        assert len(statements) <= BUDGET - 4, statements
    assert "<html" not in part.text
    assert "Menaka: 5 in a region without an outline" in words(part)
    assert 'rel="prev" href="/map?of=MLI&amp;m=incidents&amp;month=2022-12&amp;region=ML05"' in page.text
    assert "TLP:CLEAR" in words(reader.get("/handling"))
    for query in ("of=XXX&m=nothing&month=9999-99&span=7&known=9999-12-31&region=%3Cb%3E", "month=0001-01"):
        assert "Map of Mali" in words(reader.get(f"/map?{query}"))
