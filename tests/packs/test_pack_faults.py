"""Faults of a pack: each names its table, key and line and what is expected; all are told at once."""
# ruff: noqa: E501, ISC004 - a case stands on one line with the message it must give

import pytest

from monitor.packs.read_pack import read_pack
from tests.packs.spoiled import TOML, problems

FUEL = 'slug = "fuel-price"\n'
RULE = 'slug = "fuel"\nname = "Fuel"\n'
SHAPES = [
    ((FUEL, FUEL + "fresh_for_day = 3\n"), "indicator.fuel-price.fresh_for_day: no such key (expected `fresh_for_days`)"),
    (('licence = "CC0-1.0"\ndescription', "description"), "pack.licence: is missing (expected licence of the pack as a "
     "whole, an SPDX name where there is one)"),
    (('name = "Tiny"', 'name = ""'), "pack.name: is empty (expected some text)"),
    (('slug = "desk"', 'slug = "The Desk"'), "source.The Desk.slug: 'The Desk' cannot be used (expected lower-case "
     "letters, digits and hyphens, such as `fuel-price`)"),
    (("2025-11-30T23:59:59Z", "2025-11-30"), "pack.data_until: datetime.date(2025, 11, 30) cannot be used "
     "(expected a valid datetime)"),
    (("2025-11-30T23:59:59Z", "2025-11-30T23:59:59"), "pack.data_until: datetime.datetime(2025, 11, 30, 23, 59, 59) cannot be used "
     "(expected have timezone info)"),
    (("cadence_days = 30", "cadence_days = 0"), "indicator.fuel-price.cadence_days: 0 cannot be used (expected greater than 0)"),
    (("cadence_days = 30", "cadence_days = inf"), "indicator.fuel-price.cadence_days: inf cannot be used (expected a finite number)"),
    (("cadence_days = 30", 'cadence_days = "30"'), "indicator.fuel-price.cadence_days: '30' cannot be used (expected a valid number)"),
    (("fresh_for_days = 45", "fresh_for_days = 450"), "indicator.fuel-price: fresh_for_days must be above 0 and below "
     "expires_after_days"),
    (("watch = 10, critical = 100", "watch = 200, critical = 100"), "indicator.fuel-price.thresholds: "
     "watch = 200 and critical = 100 break the order from calm to critical"),
    (("watch = 10, critical", "wach = 10, critical"), "indicator.fuel-price.thresholds.wach: no such key (expected `watch`)"),
    (("thresholds = { calm = 0, watch", "steps = [[0, 0]]\nthresholds = { calm = 0, watch"), "indicator.fuel-price.steps: "
     "thresholds is given too (expected one of `thresholds`, `steps`, `goalposts`, `curve`, `target_band`, `relative`)"),
    (("thresholds = { calm = 0, watch = 10, critical = 100 }\n", ""), "indicator.fuel-price.thresholds: is missing "
     "(expected one of `thresholds`, `steps`, `goalposts`, `curve`, `target_band`, `relative`, since it is placed)"),
    (("[1, 60], [2, 100]", "[2, 100], [1, 60]"), "indicator.parties.steps: steps must be given in rising order, each once"),
    (("[1, 60]", "[1, 60, 3]"), "indicator.parties.steps.2: [1, 60, 3] cannot be used (expected list should have at most "
     "2 items after validation, not 3)"),
    (('name = "percent_change"\n', ""), "indicator.fuel-price.transform.1.name: is missing (expected which transform)"),
    (('name = "percent_change"', 'name = "percent_chang"'), "indicator.fuel-price.transform.1.name: no transform is called "
     "'percent_chang' (expected `percent_change`)"),
    (("window_days = 365", "window_day = 365"), "indicator.fuel-price.transform.1.window_day: percent_change has no "
     "parameter 'window_day' (expected `window_days`)"),
    (('series = "fuel-price:mali"\nweight', 'series = "fuel-price"\nweight'), "subject.leader.driver.supply.placement."
     "fuel-price.series: 'fuel-price' cannot be used (expected a series such as `fuel-price:mali`)"),
    (("weight = 2\n", "weight = -2\n"), "subject.leader.driver.supply.weight: -2 cannot be used (expected greater than 0)"),
    (("calm = 0, critical = 200", "calm = 0, critical = 0"), "subject.leader.driver.supply.placement.fuel-price:mali."
     "thresholds: calm = 0 and critical = 0 break the order from calm to critical"),
    (('country = "MLI"\nmeasures', 'country = "Mali"\nmeasures'), "subject.leader.country: 'Mali' cannot be used "
     "(expected three capital letters such as MLI)"),
    (('slug = "politics"', 'slug = "supply"'), "subject.leader.driver.supply: the driver is there twice"),
    (('question = "changing"', 'question = "when"'), "statement.fuel-is-short.question: 'when' cannot be used "
     "(expected 'why', 'changing', 'driving' or 'meaning')"),
    (('grade = "C3"', 'grade = "good"'), "statement.fuel-is-short.grade: 'good' cannot be used "
     "(expected a letter A to F and a digit 1 to 6, such as B2)"),
    (("starts_on = 2025-05-13", "starts_on = 2025-05-13\nends_on = 2025-05-01"), "event.decree.ends_on: is before starts_on "
     "(expected the last day, or nothing)"),
    (('subjects = ["leader", "land"]', "subjects = []"), "event.decree.subjects: [] cannot be used (expected list should "
     "have at least 1 item after validation, not 0)"),
    (('"politics/parties:mali" = 4', '"politics/parties:mali" = 0'), "weight_set.leader/politics-first.weights."
     "politics/parties:mali: 0 cannot be used (expected greater than 0)"),
    (("enter = { elevated", "enter = { elevatd"), "rule.fuel.enter.elevatd: 'elevatd' cannot be used (expected 'watch', "
     "'elevated', 'high' or 'critical')"),
    ((RULE + 'kind = "threshold"', RULE + 'kind = "heat_level"'), "rule.fuel: a threshold rule names a series, "
     "a heat-level rule none"),
    (('low = 50, high = 100, concern = "normal"', 'low = 60, high = 100, concern = "normal"'),
     "scale.grip: Lost and Held do not meet at one edge"),
]  # fmt: skip


@pytest.mark.parametrize("replacement,expected", SHAPES)
def test_a_fault_names_its_table_and_key_and_what_is_expected(folder, replacement, expected):
    assert expected in [each.partition(" ")[2] for each in problems(folder, replacement)]


def test_a_fault_names_the_line_its_table_begins_at(folder):
    (found,) = problems(folder, ('grade = "C3"', 'grade = "good"'))
    line = 1 + TOML[: TOML.index("[[statement]]")].count("\n")
    assert found.startswith(f"pack.toml:{line} statement.fuel-is-short.grade")


REFERENCES = [
    (('source = "desk"\ncadence_days = 30', 'source = "dask"\ncadence_days = 30'), "indicator.fuel-price.source: no source "
     "'dask' (expected `desk`)"),
    (('scale = "grip"', 'scale = "standig"'), "subject.land.scale: no scale 'standig' (expected `standing`)"),
    (('series = "parties:mali"', 'series = "partis:mali"'), "subject.leader.driver.politics.placement.partis:mali.series: "
     "no indicator 'partis' (expected `parties`)"),
    (('subject = "leader"\nname', 'subject = "leadr"\nname'), "weight_set.leadr/politics-first.subject: no subject 'leadr' "
     "(expected `leader`)"),
    (('"politics/parties:mali" = 4', '"politics/partys:mali" = 4'), "weight_set.leader/politics-first.weights.politics/"
     "partys:mali: no placement 'politics/partys:mali' (expected `politics/parties:mali`)"),
    (('kind = "heat_level"\nsubject = "leader"', 'kind = "heat_level"\nsubject = "nobody"'), "rule.leader-heat.subject: "
     "no subject 'nobody' (expected one of land, leader)"),
    (('subject = "leader"\nseries = "fuel-price:mali"', 'subject = "leader"\nseries = "fuel-price:niger"'),
     "rule.fuel.series: leader has no placement of fuel-price:niger: the rule would never be evaluated "
     "(expected `fuel-price:mali`)"),
    (("enter = { elevated = 40, critical = 90 }", "enter = { elevated = 100, critical = 90 }"), "rule.fuel.enter: elevated = "
     "100 and critical = 90 break the order (expected rising values from watch to critical)"),
    (("exit = { critical = 80 }", "exit = { critical = 95 }"), "rule.fuel.exit: critical ends at 95 and begins at 90 "
     "(expected the milder side of enter)"),
    (('kind = "decree"\ncitation = "invented"', 'kind = "decree"\ncitation = "nowhere"'), "event.decree.citation: "
     "no citation 'nowhere' (expected one of invented)"),
    (('subjects = ["leader", "land"]', 'subjects = ["leader", "lend"]'), "event.decree.subjects: no subject 'lend' "
     "(expected `land`)"),
    (('driver = "supply"', 'driver = "suply"'), "statement.fuel-is-short.driver: no driver 'suply' (expected `supply`)"),
    (('subject = "leader"\nquestion', 'subject = "leador"\nquestion'), "statement.fuel-is-short.subject: no subject "
     "'leador' (expected `leader`)"),
    (('file = "history/fuel-price.csv"\nsource = "desk"', 'file = "history/fuel-price.csv"\nsource = "disk"'),
     "history.history/fuel-price.csv.source: no source 'disk' (expected `desk`)"),
    (('source = "desk"\ncitation = "invented"', 'source = "desk"\ncitation = "invention"'),
     "history.history/fuel-price.csv.citation: no citation 'invention' (expected `invented`)"),
    (('incidents.csv"\nsource = "desk"', 'incidents.csv"\nsource = "x-feed"'),
     "incidents.history/incidents.csv.source: no source 'x-feed' (expected one of desk)"),
    (('slug = "politics"\n', 'slug = "politics"\nparent = "suply"\n'), "subject.leader.driver.politics.parent: no driver "
     "'suply' (expected `supply`)"),
    (('slug = "politics"\n', 'slug = "politics"\nparent = "politics"\n'), "subject.leader.driver.politics.parent: lies "
     "under itself: politics under politics (expected a way up to the subject)"),
]  # fmt: skip


@pytest.mark.parametrize("replacement,expected", REFERENCES)
def test_a_reference_that_leads_nowhere(folder, replacement, expected):
    assert expected in [each.partition(" ")[2] for each in problems(folder, replacement)]


@pytest.mark.parametrize(
    "enter,expected",
    [
        ("{ elevated = 40, critical = 20 }", []),
        ("{ critical = 20 }", []),
        ("{ high = 40, critical = 40 }", ["high = 40 and critical = 40 break the order"]),
    ],
)
def test_edges_of_a_rule_on_categories_may_rise_or_fall(folder, enter, expected):
    found = problems(
        folder,
        ('series = "fuel-price:mali"\nlowest_concern', 'series = "parties:mali"\nlowest_concern'),
        ("enter = { elevated = 40, critical = 90 }\nexit = { critical = 80 }", f"enter = {enter}"),
    )
    assert [each.partition(".enter: ")[2].partition(" (")[0] for each in found] == expected


def test_a_slug_used_twice_names_the_first_place(folder):
    found = problems(
        folder, more='\n[[citation]]\nslug = "invented"\ntitle = "x"\npublisher = "x"\nlicence = "x"\n'
    )
    assert found[0].endswith(
        "citation.invented.slug: is already defined at pack.toml:9 (expected each slug once a table)"
    )


def test_a_slug_used_twice_in_a_table_without_a_known_line(folder):
    inline = 'citation = [{ slug = "invented", title = "x", publisher = "x", licence = "x" }]\n'
    (folder / "a.toml").write_text(inline)
    (folder / "pack.toml").rename(folder / "b.toml")
    found = [str(each) for each in read_pack(folder).problems]
    assert found[0].partition(": ")[2] == "is already defined at a.toml (expected each slug once a table)"


def test_a_series_placed_twice_under_one_driver(folder):
    again = '[[subject.driver.placement]]\nseries = "parties:mali"\n'
    (found,) = problems(folder, (again, again + again))
    assert found.endswith(
        "driver.politics.placement.parties:mali: the series is placed twice under one driver"
    )


def test_every_fault_is_reported_at_once(folder):
    found = problems(
        folder,
        ('grade = "C3"', 'grade = "good"'),
        ('scale = "grip"', 'scale = "grp"'),
        ("cadence_days = 30", "cadence_days = 0"),
        more="\n[[indcator]]\n",
    )
    assert len(found) == 4


def test_a_table_with_a_fault_is_still_known_to_those_that_name_it(folder):
    (found,) = problems(folder, ('slug = "leader"\n', 'slug = "leader"\nheat = 3\n'))
    assert "subject.leader.heat: no such key (expected one of country, description, driver, " in found


def test_a_table_without_a_name_is_numbered(folder):
    found = problems(folder, more="\n[[rule]]\n")
    assert found[0].partition(" ")[2] == "rule.3.slug: is missing (expected name of the rule)"


def test_long_values_are_cut_in_messages(folder):
    (found,) = problems(folder, ('grade = "C3"', f'grade = "{"long" * 30}"'))
    assert "longlong... cannot be used" in found
