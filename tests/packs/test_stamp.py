"""One template over the lines of a units file; what is wrong with it is told once, where it stands."""

import pytest

from monitor.domain.derivations.filling import Filling
from monitor.packs.read_pack import read_pack
from monitor.packs.write_pack import write_pack

PACK = """
[pack]
slug = "lands"
name = "Lands"
version = "1"
licence = "CC0-1.0"

[[citation]]
slug = "made"
title = "Made"
publisher = "Made"
licence = "CC0-1.0"
note = "for tests"

[[source]]
slug = "table"
name = "Table"
kind = "manual"
licence = "CC0-1.0"
attribution = "Made"

[[indicator]]
slug = "roads"
name = "Roads"
unit = "km"
source = "table"
cadence_days = 365
fresh_for_days = 400
expires_after_days = 800
relative = { by = "minmax", against = "peers", fits_at_install = true }
imputation = { by = "group_mean" }

[[indicator]]
slug = "ports"
name = "Ports"
unit = "ports"
source = "table"
cadence_days = 365
fresh_for_days = 400
expires_after_days = 800
goalposts = { low = 0, high = 10 }

[[subject]]
for_each = "units.csv"
slug = "land-{unit}"
name = "{name}"
kind = "country"
scale = "risk"
measures = "Roads of {name}, {Region}"

[[subject.driver]]
slug = "ways"
name = "Ways"

[[subject.driver.placement]]
series = "roads:{unit}"
weight = "{load}"

[[subject.driver.placement]]
series = "ports:{unit}"

[[rule]]
for_each = "units.csv"
slug = "level-{unit}"
name = "Level of {name}"
kind = "heat_level"
subject = "land-{unit}"

[[event]]
for_each = "units.csv"
slug = "count-{unit}"
subjects = ["land-{unit}"]
title = "{name} counted"
starts_on = 2022-05-01
when = "May 2022"
kind = "census"
citation = "made"

[[history]]
file = "data.csv"
source = "table"
citation = "made"
layout = "wide"
unit_column = "uCode"
period = "2022"
ignore = ["uName"]
"""
UNITS = """unit,name,group,Region,load,not_applicable
AB,Abia,North,Upper,2,
C.D,Cudi,North,Lower,1,ports
EF,,South,Upper,1,
"""
DATA = """uCode,uName,Roads,ports
AB,Abia,10,1
C.D,Cudi,NA,
EF,Efi,30,..
"""


@pytest.fixture
def folder(tmp_path):
    where = tmp_path / "lands"
    where.mkdir()
    for name, text in (("pack.toml", PACK), ("units.csv", UNITS), ("data.csv", DATA), ("SOURCES.md", "#")):
        (where / name).write_text(text)
    return where


def change(folder, file, old, new):
    path = folder / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def problems(folder):
    return [str(each) for each in read_pack(folder).problems]


def test_a_subject_is_stamped_for_each_unit_and_remembers_template_and_group(folder):
    found = read_pack(folder).pack
    assert [each.slug for each in found.subjects] == ["land-ab", "land-c-d", "land-ef"]
    assert [each.name for each in found.subjects] == ["Abia", "Cudi", "EF"]
    assert {each.template for each in found.subjects} == {"lands"}
    assert [each.group for each in found.subjects] == ["North", "North", "South"]
    assert found.subjects[0].measures == "Roads of Abia, Upper"
    placed = [(each.subject, each.series, each.weight) for each in found.placements]
    assert placed[:2] == [("land-ab", "roads:AB", 2.0), ("land-ab", "ports:AB", 1.0)]


def test_rules_and_events_may_be_stamped_too(folder):
    found = read_pack(folder).pack
    assert [(each.slug, each.subject) for each in found.rules][1] == ("level-c-d", "land-c-d")
    assert [each.subjects for each in found.events] == [("land-ab",), ("land-c-d",), ("land-ef",)]


def test_what_does_not_apply_to_a_unit_is_listed_in_its_line(folder):
    found = read_pack(folder).pack
    apart = [each.slug for each in found.placements if each.not_applicable]
    assert apart == ["land-c-d/ways/ports:C.D"]


def test_peers_left_unnamed_are_the_units_an_indicator_is_placed_for(folder):
    roads, ports = read_pack(folder).pack.indicators
    assert roads.normalisation.peers == ("AB", "C.D", "EF")
    assert roads.imputation.by is Filling.GROUP_MEAN
    assert roads.imputation.units == ("AB", "C.D", "EF")
    assert roads.imputation.groups == {"AB": "North", "C.D": "North", "EF": "South"}
    change(folder, "pack.toml", "goalposts = { low = 0, high = 10 }",
           'relative = { by = "borda", against = "peers" }')  # fmt: skip
    ports = read_pack(folder).pack.indicators[1]
    assert ports.normalisation.peers == ("AB", "EF")


def test_peers_and_groups_may_be_named(folder):
    change(folder, "pack.toml", 'against = "peers",', 'against = "peers", peers = ["AB", "EF"],')
    change(folder, "pack.toml", '{ by = "group_mean" }', '{ by = "group_mean", group = "Region" }')
    roads = read_pack(folder).pack.indicators[0]
    assert roads.normalisation.peers == ("AB", "EF")
    assert roads.imputation.groups == {"AB": "Upper", "C.D": "Lower", "EF": "Upper"}


def test_placements_may_be_laid_on_peers_too(folder):
    change(folder, "pack.toml", 'weight = "{load}"', 'relative = { by = "borda", against = "peers" }')
    assert read_pack(folder).pack.placements[0].normalisation.peers == ("AB", "C.D", "EF")


def test_an_export_is_written_out_unit_by_unit_and_reads_back_the_same(folder, tmp_path):
    found = read_pack(folder).pack
    write_pack(found, tmp_path / "out" / "lands")
    back = read_pack(tmp_path / "out" / "lands")
    assert list(map(str, back.problems)) == []
    for name in ("subjects", "indicators", "placements", "rules", "events"):
        assert getattr(back.pack, name) == getattr(found, name)
    assert sorted(map(str, back.pack.history[0].readings)) == sorted(map(str, found.history[0].readings))


@pytest.mark.parametrize(
    "file,old,new,expected",
    [
        (
            "pack.toml", "Roads of {name}, {Region}", "Roads of {nam}",
            "no column 'nam' for the placeholder {nam} (expected `name`)",
        ),
        ("pack.toml", 'for_each = "units.csv"\nslug = "land', 'for_each = "unit.csv"\nslug = "land',
         "subject.land-{unit}.for_each: unit.csv cannot be read"),
        ("units.csv", "EF,,", "AB,,", "units.csv:4 unit: the unit AB is there twice"),
        ("units.csv", "EF,,", "E F,,", "units.csv:4 unit: 'E F' is not a unit (expected letters"),
        ("units.csv", "1,ports", "1,port", "C.D: not_applicable names port, which the template"),
        ("units.csv", "unit,name", "uni,name", "units.csv:1 unit: the column is missing"),
        ("pack.toml", '{ by = "group_mean" }', '{ by = "group_mean", group = "land" }',
         "indicator.roads.imputation.group: no column 'land' of units to group by"),
        ("units.csv", "Upper,2,", "Upper,many,", "weight: 'many' cannot be used"),
        ("pack.toml", 'imputation = { by = "group_mean" }',
         'imputation = { by = "mean" }\ntransform = [{ name = "rolling_sum", window_days = 9 }]',
         "indicator.roads.imputation: rolling_sum looks at more than one value"),
        ("pack.toml", 'imputation = { by = "group_mean" }', 'imputation = { by = "mean", least = 0 }',
         "indicator.roads.imputation.least: 0 cannot be used"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_file_line_and_key(folder, file, old, new, expected):
    change(folder, file, old, new)
    found = problems(folder)
    assert any(expected in each for each in found), found


def test_a_fault_of_a_template_is_told_once_and_not_for_every_unit(folder):
    change(folder, "pack.toml", 'kind = "country"', 'kind = "country"\nheat = 3')
    (found,) = problems(folder)
    assert "subject.land-ab.heat: no such key" in found


def test_a_units_file_without_a_line_is_told(folder):
    (folder / "units.csv").write_text("unit,name\n")
    assert any("units.csv:1 unit: no unit" in each for each in problems(folder))
