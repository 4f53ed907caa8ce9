"""`heatwatch pack` and `heatwatch import` from the keyboard: what they print, store, and end with."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from monitor.cli.import_file import import_file
from monitor.cli.pack import pack
from monitor.domain.indicator import Indicator
from monitor.storage import definitions, series
from monitor.storage.engine import open_database

TINY = Path(__file__).parents[1] / "data" / "packs" / "tiny"
FUEL = "fuel-price:mali"


@pytest.fixture
def desk(monkeypatch, tmp_path, sqlite_url):
    """An empty desk of this test's own; returns its database."""
    monkeypatch.setenv("HEATWATCH_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HEATWATCH_DATABASE_URL", sqlite_url)
    database = open_database(sqlite_url)
    yield database
    database.dispose()


@pytest.fixture
def spoiled(tmp_path):
    folder = Path(shutil.copytree(TINY, tmp_path / "tiny"))
    toml = folder / "pack.toml"
    toml.write_text(toml.read_text().replace('grade = "C3"', 'grade = "good"').replace('"grip"', '"grap"', 1))
    return folder


@pytest.fixture
def another_edition(tmp_path):
    folder = Path(shutil.copytree(TINY, tmp_path / "tiny"))
    toml = folder / "pack.toml"
    toml.write_text(
        toml.read_text()
        .replace('version = "1"', 'version = "2"')
        .replace("critical = 100 }", "critical = 90 }")
        .replace('version = "1"', 'version = "2"')
        .replace("critical = 100 }", "critical = 90 }")
    )
    return folder


def run(command, *arguments):
    result = CliRunner().invoke(command, [str(each) for each in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.output
    return result.exit_code, result.output


def run_json(command, *arguments):
    code, output = run(command, *arguments, "--json")
    return code, json.loads(output)


class TestCheck:
    def test_a_good_pack(self):
        code, output = run(pack, "check", TINY)
        assert code == 0
        assert output == "tiny 1 is good: 2 subjects, 2 indicators, 2 rules, 6 values, 1 citations.\n"

    def test_every_problem_is_printed(self, spoiled):
        code, output = run(pack, "check", spoiled)
        assert code == 1
        assert "statement.fuel-is-short.grade: 'good' cannot be used" in output
        assert "subject.land.scale: no scale 'grip' (expected `grap`)" in output
        assert output.endswith("2 problems; the pack cannot be installed.\n")

    def test_as_json(self, spoiled):
        code, found = run_json(pack, "check", spoiled)
        assert (code, found["is_good"], found["pack"]) == (1, False, None)
        assert [each["key"] for each in found["problems"]] == ["grade", "scale"]

    def test_warnings_count_only_if_strict(self, tmp_path):
        folder = shutil.copytree(TINY, tmp_path / "tiny")
        (folder / "SOURCES.md").unlink()
        assert run(pack, "check", folder)[0] == 0
        assert run(pack, "check", folder, "--strict")[0] == 1

    def test_a_bundled_pack_by_its_slug(self):
        assert run(pack, "check", "mali")[0] == 0

    def test_neither_a_folder_nor_a_slug(self):
        code, output = run(pack, "check", "nowhere")
        assert code == 2
        assert "nowhere is neither a folder nor a bundled pack (bundled: mali" in output


class TestInstall:
    def test_installs_once(self, desk):
        code, output = run(pack, "install", TINY)
        assert code == 0
        assert "Installed tiny 1: 17 definitions, 6 values, 2 incidents." in output
        assert run(pack, "install", TINY) == (0, "tiny 1: no change.\n")

    def test_a_dry_run_changes_nothing(self, desk):
        code, output = run(pack, "install", TINY, "--dry-run")
        assert code == 0
        assert "+ indicator.fuel-price added" in output
        with desk.read() as session:
            assert definitions.current_seq(session) == 0

    def test_problems_end_it(self, desk, spoiled):
        code, output = run(pack, "install", spoiled)
        assert code == 1
        assert "2 problems" in output

    def test_an_edit_stays_until_it_is_accepted(self, desk, another_edition):
        run(pack, "install", TINY)
        edit(desk)

        code, output = run(pack, "install", another_edition)
        assert code == 0
        assert "! indicator.fuel-price conflicting: edited here by ada" in output
        assert "    normalisation.thresholds.critical: 100.0 -> 90.0" in output
        assert name_of(desk) == "Fuel at the pump"

        run(pack, "install", another_edition, "--accept", "fuel-price")
        assert name_of(desk) == "Fuel price"

    def test_as_json(self, desk):
        code, found = run_json(pack, "install", TINY)
        assert code == 0
        assert found["written"] == {"versions": 17, "values": 6, "incidents": 2}
        assert found["has_changes"]
        assert found["values"][0]["change"] == "added"


def edit(desk):
    from dataclasses import replace

    with desk.write() as session:
        now = desk.now(session)
        mine = replace(definitions.get(session, Indicator, "fuel-price"), name="Fuel at the pump")
        definitions.save(session, mine, author="ada", reason="", effective_at=now, now=now)


def name_of(desk):
    with desk.read() as session:
        return definitions.get(session, Indicator, "fuel-price").name


def test_diff_shows_fields_before_and_after(desk, another_edition):
    run(pack, "install", TINY)
    code, found = run_json(pack, "diff", another_edition)
    assert code == 0
    assert (found["installed_version"], found["version"]) == ("1", "2")
    changes = {each["name"]: each["fields"] for each in found["definitions"]}
    assert changes["indicator.fuel-price"] == [
        {"field": "normalisation.thresholds.critical", "before": 100.0, "after": 90.0}
    ]


def test_list_shows_bundled_and_installed(desk):
    run(pack, "install", TINY)
    code, found = run_json(pack, "list")
    rows = {each["slug"]: each for each in found}
    assert code == 0
    assert (rows["tiny"]["installed"], rows["tiny"]["bundled"]) == ("1", "")
    assert rows["mali"]["bundled"]
    assert "tiny" in run(pack, "list")[1]


def test_export_writes_what_installs_back(desk, tmp_path):
    run(pack, "install", TINY)
    edit(desk)
    code, output = run(pack, "export", "tiny", tmp_path / "out" / "tiny")
    assert code == 0
    assert output.startswith("Wrote 16 definitions, 6 values and 2 incidents to ")
    assert run(pack, "install", tmp_path / "out" / "tiny") == (0, "tiny 1: no change.\n")
    assert run_json(pack, "export", "tiny", tmp_path / "again")[1]["left_out"] == 0


class TestImport:
    @pytest.fixture(autouse=True)
    def _installed(self, desk):
        run(pack, "install", TINY)

    def write(self, tmp_path, text):
        path = tmp_path / "prices.csv"
        path.write_text(text)
        return path

    def test_stores_values(self, desk, tmp_path):
        path = self.write(tmp_path, "date;valeur\n01/11/2025;1 600,5\n13/12/2025;n.d.\n")
        code, output = run(import_file, path, "--series", FUEL)
        assert code == 0
        assert "encoding utf-8, delimiter semicolon" in output
        assert "1 line without a value: 3" in output
        assert output.endswith("1 new, 0 revised, 0 known already, 0 lines left out.\n")
        with desk.read() as session:
            assert series.latest(session, [FUEL])[FUEL].reading.value == 1600.5

    def test_a_dry_run_shows_the_period_of_each_date(self, desk, tmp_path):
        path = self.write(tmp_path, "date,value,place\n2025-11-15,1600\n2025-11-15,1600,x\n")
        code, output = run(import_file, path, "--series", FUEL, "--dry-run")
        assert code == 1, "one line is too short"
        assert "columns not read: place" in output
        assert f"line 3: {FUEL} 2025-11-01 to 2025-11-30 = 1600.0, known 2025-12-21 (reckoned)" in output
        with desk.read() as session:
            assert series.latest(session, [FUEL])[FUEL].reading.value == 1500

    def test_a_question_names_the_option_that_answers_it(self, tmp_path):
        path = self.write(tmp_path, "date,value\n03/04/2025,1\n")
        code, output = run(import_file, path, "--series", FUEL)
        assert code == 1
        assert "expected --date-format dmy or --date-format mdy" in output
        assert "Nothing stored: the file cannot be read without an answer." in output
        assert run(import_file, path, "--series", FUEL, "--date-format", "dmy")[0] == 0

    def test_bad_lines_keep_the_file_out_unless_told(self, tmp_path):
        path = self.write(tmp_path, "date,value\n2025-11-01,1600\n2025-12-01,many\n")
        code, found = run_json(import_file, path, "--series", FUEL)
        assert (code, found["new"]) == (1, 0)
        assert found["faults"][0]["line"] == 3
        code, found = run_json(import_file, path, "--series", FUEL, "--keep-good")
        assert (code, found["new"]) == (1, 1), "some lines were still wrong"

    @pytest.mark.parametrize(
        "option,value", [("--delimiter", "commas"), ("--date-format", "day"), ("--decimal", "x")]
    )
    def test_an_option_that_cannot_be(self, tmp_path, option, value):
        path = self.write(tmp_path, "date,value\n2025-11-01,1600\n")
        assert run(import_file, path, "--series", FUEL, option, value)[0] == 2

    def test_a_delimiter_by_name(self, tmp_path):
        path = self.write(tmp_path, "date\tvalue\n2025-11-01\t1600\n")
        assert run(import_file, path, "--series", FUEL, "--delimiter", "tab")[0] == 0

    def test_long_files_are_shown_in_part(self, tmp_path):
        lines = "".join(f"{year},{year}\n" for year in range(1990, 2015))
        missing = "".join(f"{year},\n" for year in range(1900, 1930))
        path = self.write(tmp_path, f"year,value\n{lines}{missing}")
        _, output = run(import_file, path, "--series", FUEL, "--dry-run")
        assert "  and 5 more" in output
        assert " ...\n" in output
