"""Reading a pack: one good folder gives the domain's values; every fault is named at once, in its place."""
# ruff: noqa: E501, ISC004 - a case stands on one line with the message it must give

from datetime import UTC, date, datetime

import pytest

from monitor.domain.alerting.rule import NoDataPolicy, RuleKind
from monitor.domain.indicator import StepNormalisation, ThresholdNormalisation, Transform
from monitor.domain.normalisations.threshold import Thresholds
from monitor.domain.scale import AlarmingEnd, Concern
from monitor.domain.statement import Question
from monitor.domain.subject import Aggregation
from monitor.packs.read_pack import read_pack
from tests.packs.spoiled import TINY, TOML, problems, warnings


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
