"""Reading a pack: one good folder gives the domain's values; every fault is named at once, in its place."""
# ruff: noqa: E501, ISC004 - a case stands on one line with the message it must give

import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from monitor.domain.alerting.rule import NoDataPolicy, RuleKind
from monitor.domain.indicator import StepNormalisation, ThresholdNormalisation, Transform
from monitor.domain.normalisations.threshold import Thresholds
from monitor.domain.scale import AlarmingEnd, Concern
from monitor.domain.statement import Question
from monitor.domain.subject import Aggregation
from monitor.packs.read_pack import read_pack

TINY = Path(__file__).parents[1] / "data" / "packs" / "tiny"
TOML = (TINY / "pack.toml").read_text()


@pytest.fixture
def folder(tmp_path):
    """A copy of the tiny pack to spoil."""
    return Path(shutil.copytree(TINY, tmp_path / "tiny"))


def problems(folder, *replacements, toml=TOML, more=""):
    """What reading says after replacing pieces of pack.toml."""
    for old, new in replacements:
        assert old in toml
        toml = toml.replace(old, new, 1)
    (folder / "pack.toml").write_text(toml + more)
    found = read_pack(folder)
    assert (found.pack is None) is bool(found.problems)
    return [str(each) for each in found.problems]


def warnings(folder, *replacements):
    assert problems(folder, *replacements) == []
    return [str(each) for each in read_pack(folder).warnings]


class TestGoodPack:
    def test_has_no_problem_and_no_warning(self):
        found = read_pack(TINY)
        assert (found.problems, found.warnings) == ((), ())

    def test_becomes_values_of_the_domain(self):
        pack = read_pack(TINY).pack
        assert (pack.slug, pack.licence) == ("tiny", "CC0-1.0")
        assert pack.data_until == datetime(2025, 11, 30, 23, 59, 59, tzinfo=UTC)
        fuel, parties = pack.indicators
        assert fuel.normalisation == ThresholdNormalisation(
            thresholds=Thresholds(calm=0, watch=10, critical=100)
        )
        assert fuel.transforms == (Transform(name="percent_change", parameters={"window_days": 365}),)
        assert fuel.tags == ("supply",)
        assert parties.normalisation == StepNormalisation(steps=((0, 0), (1, 60), (2, 100)))
        assert parties.words == {"allowed": 0, "suspended": 1, "dissolved": 2}

    def test_subjects_have_drivers_and_placements(self):
        pack = read_pack(TINY).pack
        leader = pack.subjects[0]
        assert [driver.slug for driver in leader.drivers] == ["supply", "politics"]
        assert leader.drivers[0].aggregation == Aggregation(method="worst_dominates")
        placement = pack.placements[0]
        assert placement.slug == "leader/supply/fuel-price:mali"
        assert placement.weight == 3
        assert placement.normalisation == ThresholdNormalisation(thresholds=Thresholds(calm=0, critical=200))
        assert pack.placements[1].normalisation is None
        assert pack.weight_sets[0].weights == {"leader/politics/parties:mali": 4}
        assert pack.series_of("leader") == ("fuel-price:mali", "parties:mali")

    def test_rules_count_in_seconds_and_concerns(self):
        heat, fuel = read_pack(TINY).pack.rules
        assert (heat.kind, heat.keep_firing_seconds, heat.series) == (RuleKind.HEAT_LEVEL, 86_400, "")
        assert fuel.enter == {Concern.ELEVATED: 40, Concern.CRITICAL: 90}
        assert fuel.exit == {Concern.CRITICAL: 80}
        assert (fuel.lowest_concern, fuel.for_seconds) == (Concern.ELEVATED, 43_200)
        assert fuel.no_data_policy is NoDataPolicy.KEEP_LAST

    def test_scales_events_and_statements_come_along(self):
        pack = read_pack(TINY).pack
        assert pack.scales[0].alarming_end is AlarmingEnd.LOW
        assert pack.scales[0].levels[0].concern is Concern.CRITICAL
        assert pack.events[0].subjects == ("leader", "land")
        assert pack.events[0].starts_on == date(2025, 5, 13)
        assert pack.statements[0].question is Question.CHANGING
        assert pack.geo[0].country == "MLI"
        assert pack.incidents[0].incidents[0].killed == 3

    def test_tables_may_lie_in_several_files(self, folder):
        head, citation, rest = TOML.partition("\n[[citation]]")
        (folder / "rest.toml").write_text(citation + rest)
        assert problems(folder, toml=head) == []

    def test_definitions_come_after_what_they_refer_to(self):
        kinds = [type(each).__name__ for each in read_pack(TINY).pack.definitions]
        assert (
            kinds.index("Source") < kinds.index("Indicator") < kinds.index("Placement") < kinds.index("Rule")
        )
        assert kinds[-1] == "PackEdition"


class TestFiles:
    def test_a_missing_folder(self, tmp_path):
        assert [str(each) for each in read_pack(tmp_path / "none").problems] == [
            "none: there is no such folder"
        ]

    def test_a_folder_without_a_pack(self, tmp_path):
        (found,) = read_pack(tmp_path).problems
        assert str(found) == "pack.toml pack: the pack has no [pack] table"

    @pytest.mark.parametrize(
        "toml,expected",
        [
            ("[pack]\nslug = \n", "pack.toml:2: not TOML in column 8: invalid value"),
            ('[pack]\nslug = "x', "pack.toml:2: not TOML: unterminated string"),
            ("a = 1\na = 2\n", "pack.toml:2: not TOML in column 6: cannot overwrite a value"),
        ],
    )
    def test_a_syntax_error_names_its_line(self, folder, toml, expected):
        assert problems(folder, toml=toml) == [expected]

    def test_bytes_that_are_no_text(self, folder):
        (folder / "more.toml").write_bytes(b"# \xff")
        assert problems(folder) == ["more.toml: byte 2 is not UTF-8 (expected UTF-8 text)"]

    def test_a_file_that_cannot_be_read(self, folder):
        (folder / "more.toml").mkdir()
        assert problems(folder) == ["more.toml: cannot be read: Is a directory"]

    def test_a_second_pack_table(self, folder):
        (folder / "more.toml").write_text('[pack]\nslug = "x"\nname = "x"\nversion = "1"\nlicence = "x"\n')
        assert problems(folder) == [
            "more.toml:1 pack: [pack] is already in pack.toml (expected it once in a folder)"
        ]

    @pytest.mark.parametrize(
        "more,expected",
        [
            ("[[indcator]]\n", "pack.toml indcator: no such table (expected `indicator`)"),
            ("[zebra]\n", "pack.toml zebra: no such table (expected one of citation, event, geo, history, "
             "incidents, indicator, pack, routing, rule, scale, source, statement ...)"),
        ],
    )  # fmt: skip
    def test_an_unknown_table(self, folder, more, expected):
        assert problems(folder, more=more) == [expected]

    def test_tables_with_the_wrong_brackets(self, folder):
        toml = "[[pack]]\nslug = 'x'\n[rule]\nslug = 'x'\n"
        assert problems(folder, toml=toml) == [
            "pack.toml pack: must be written [pack] (expected [pack])",
            "pack.toml rule: must be written [[rule]] (expected [[rule]])",
        ]

    def test_a_line_is_left_out_where_it_would_be_a_guess(self, folder):
        text = 'description = """\n[[citation]]\n"""\n'
        more = text + "[[citation]]\nslug = 'x'\ntitle = 'x'\npublisher = 'x'\n"
        (folder / "more.toml").write_text("[[source]]\n" + more.replace("description", "name"))
        found = problems(folder)
        assert "more.toml citation.x.licence: is missing (expected licence it may be used under)" in found

    @pytest.mark.parametrize(
        "file,expected",
        [
            ("history/none.csv", "history/none.csv cannot be read: no such file or directory"),
            ("../outside.csv", "../outside.csv lies outside the pack's folder"),
            ("/etc/hostname", "/etc/hostname lies outside the pack's folder"),
        ],
    )
    def test_a_named_file_that_cannot_be_had(self, folder, file, expected):
        (found,) = problems(folder, ('file = "history/parties.csv"', f'file = "{file}"'))
        assert found.endswith(f"history.{file}.file: {expected}")

    def test_a_named_file_that_is_not_text(self, folder):
        (folder / "history" / "parties.csv").write_bytes(b"series\n\xff")
        (found,) = problems(folder)
        assert found.endswith("history/parties.csv line 2 is not UTF-8")

    def test_an_outline_that_is_not_one(self, folder):
        outline = folder / "geo" / "land.geojson"
        outline.write_text("{\n oops")
        assert problems(folder) == [
            "geo/land.geojson:2: not JSON: Expecting property name enclosed in double quotes"
        ]
        outline.write_text('{"type": "Point"}')
        (found,) = problems(folder)
        assert found.endswith("geo/land.geojson is not GeoJSON (expected a FeatureCollection)")

    def test_faults_of_values_and_incidents_name_their_line(self, folder):
        for name in ("parties", "incidents"):
            path = folder / "history" / f"{name}.csv"
            path.write_text(path.read_text().replace("2025-05-13", "spring", 1).replace("MLI", "Mali", 1))
        assert problems(folder) == [
            "history/parties.csv:2 period_end: 'spring' is not a date "
            "(expected YYYY-MM-DD, or a full time with its zone such as 2025-11-30T06:00:00Z)",
            "history/incidents.csv:2 country: 'Mali' is not a country (expected three capital letters such as MLI)",
        ]


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


class TestWarnings:
    def test_a_pack_without_sources(self, folder):
        (folder / "SOURCES.md").unlink()
        assert warnings(folder) == [
            "SOURCES.md: is missing (expected a line on every figure's origin and licence)"
        ]

    def test_a_folder_of_another_name(self, folder):
        assert warnings(folder, ('slug = "tiny"', 'slug = "small"')) == [
            "pack.toml pack.slug: the folder is called tiny (expected small)"
        ]

    def test_a_citation_nobody_can_find(self, folder):
        assert warnings(folder, ('note = "No figure here describes the world."\n', "")) == [
            "pack.toml citation.invented.url: neither url nor note says where it can be found"
        ]

    def test_what_is_never_used(self, folder):
        more = TOML[TOML.index('[[indicator]]\nslug = "parties"') : TOML.index("[[subject]]")]
        empty = '[[subject]]\nslug = "sea"\nname = "Sea"\nkind = "route"\nscale = "risk"\n\n'
        both = more.replace('"parties"', '"strikes"') + empty
        assert warnings(folder, ("[[subject]]", both + "[[subject]]")) == [
            "pack.toml indicator.strikes: has neither values nor a place under a subject",
            "pack.toml subject.sea.driver: nothing is placed under it: its level stays Unknown",
        ]

    def test_a_series_without_history_that_nothing_fetches(self, folder):
        place = ('series = "parties:mali"\n', 'series = "parties:MALI"\n')
        weights = ('"politics/parties:mali"', '"politics/parties:MALI"')
        assert warnings(folder, place, weights) == [
            "pack.toml placement.parties:MALI: has no history, and no source fetches it",
            "pack.toml history.parties:mali: no subject uses it, but one of another case (expected parties:MALI)",
            "pack.toml history: 1 series are under no subject: parties:mali",
        ]
        fetched = ("publication_lag_days = 20", "publication_lag_days = 20\ninterval_seconds = 3600")
        assert "has no history" not in "".join(warnings(folder, place, weights, fetched))

    def test_data_that_may_not_be_passed_on(self, folder):
        found = warnings(folder, ('kind = "manual"', 'kind = "manual"\nmay_redistribute = false'))
        assert found[0] == "history/fuel-price.csv: source desk does not allow its data to be passed on"

    def test_values_known_after_the_data_ends(self, folder):
        found = warnings(folder, ("2025-11-30T23:59:59Z", "2025-11-01T00:00:00Z"))
        assert found == [
            "history/fuel-price.csv: 2 rows were known after data_until and are not seen by then"
        ]
        assert warnings(folder, ("data_until = 2025-11-30T23:59:59Z\n", "")) == []

    def test_a_revision_known_before_what_it_revises(self, folder):
        path = folder / "history" / "fuel-price.csv"
        path.write_text(path.read_text().replace("2025-11-05T06:00:00Z", "2025-10-04"))
        assert warnings(folder) == [
            "history/fuel-price.csv: fuel-price:mali 2025-09-01: revision 1 was known no later than 0"
        ]

    def test_long_lists_are_cut(self, folder):
        path = folder / "history" / "parties.csv"
        units = "".join(f"parties:u{n},2024-01-01,2024-02-01,0,invented\n" for n in range(8))
        path.write_text(path.read_text() + units)
        assert warnings(folder) == [
            "pack.toml history: 8 series are under no subject: parties:u0, parties:u1, parties:u2, parties:u3, "
            "parties:u4, parties:u5 ..."
        ]
