"""`heatwatch index` and `heatwatch definition fit`, typed as a person types them."""

import json
import re

import pytest

from monitor.storage import definitions, observations
from monitor.storage.engine import open_database
from tests.factories import NOW, a_reading, a_source
from tests.indices import GUIDE


@pytest.fixture
def links(run, tmp_path):
    """The guide's index, installed from its folder."""
    text = GUIDE.read_text(encoding="utf-8")
    folder = tmp_path / "links"
    folder.mkdir()
    units, figures = re.findall(r"```csv\n(.*?)```", text, re.DOTALL)
    (folder / "units.csv").write_text(units)
    (folder / "data.csv").write_text(figures)
    (folder / "pack.toml").write_text("\n".join(re.findall(r"```toml\n(.*?)```", text, re.DOTALL)))
    (folder / "SOURCES.md").write_text("# made up")
    assert "is good: 5 subjects" in run("pack", "check", str(folder)).output
    run("pack", "install", str(folder))
    return folder


def test_the_guide_is_followed_to_its_tables(run, links, tmp_path):
    assert json.loads(run("index", "list", "--json").output)[0]["template"] == "links"
    assert "Denmark" in run("index", "show", "links").output
    results = tmp_path / "results"
    named = re.findall(r"^\| `([\w-]+\.csv)` \|", GUIDE.read_text(encoding="utf-8"), re.MULTILINE)
    written = json.loads(run("index", "export", "links", str(results), "--json").output)["files"]
    assert set(named) <= set(written)
    assert (results / "index.csv").read_text().splitlines()[4].startswith("DNK,Denmark,Europe,links-dnk,84.6")


def test_every_level_comes_as_json(run, links):
    units = json.loads(run("index", "show", "links", "--json").output)["units"]
    bhutan = next(each for each in units if each["unit"] == "BTN")
    assert (bhutan["rank"], bhutan["concern"], bhutan["level"]) == (5, "critical", "Cold")
    assert bhutan["indicators"]["ports"]["is_imputed"]
    assert bhutan["indicators"]["ports"]["raw"] is None
    assert bhutan["drivers"]["transport"] == pytest.approx(62.875)


def test_an_index_before_its_time_has_no_ranks(run, links):
    assert "–" in run("index", "show", "links", "--at", "2020-01-01").output


def test_a_fit_shows_how_pressures_move_and_saves_with_a_reason(run, links):
    dry = run("definition", "fit", "--all", "--dry-run").output
    assert "3 fitted (nothing saved); 5 subjects are scored by them." in dry
    days = ("--from", "2022-01-01", "--to", "2022-12-31")
    run("observe", "debt:EGY", "150", *days, "--citation", "the ministry", "--yes")
    found = json.loads(run("definition", "fit", "debt", "--reason", "Egypt revised", "--json").output)
    assert found["is_saved"]
    moved = {each["series"]: (each["before"], each["after"]) for each in found["fitted"][0]["moved"]}
    assert moved["debt:BTN"] == (99, pytest.approx(100 - (1 + 99 * 30 / 110)))


def test_a_fit_asks_for_names_or_all_and_tells_what_it_cannot_fit(run, links):
    assert "name indicators, or give --all" in run("definition", "fit", expect=2).output
    assert "not fitted: debt" in run("definition", "fit", "debt", "--until", "2020-01-01", expect=1).output


def test_a_period_alone_is_shown_and_exported_and_goes_with_no_moment(run, links, tmp_path):
    found = json.loads(run("index", "show", "links", "--period", "2022", "--json").output)
    assert (found["period"], found["periods"]) == ("2022", ["2022"])
    assert {each["heat"] for each in found["units"]} != {None}
    run("index", "export", "links", str(tmp_path / "early"), "--period", "2021")
    assert (
        (tmp_path / "early" / "index.csv")
        .read_text()
        .splitlines()[1]
        .startswith("ALB,Albania,Europe,links-alb,,")
    )
    both = run("index", "show", "links", "--period", "2022", "--at", "2022-12-31", expect=2).output
    assert "--at or --period, not both" in both


def test_an_index_and_its_audit_rank_the_same_way_round(run, links):
    shown = json.loads(run("index", "show", "links", "--json").output)["units"]
    audited = json.loads(run("audit", "links", "--json").output)["units"]
    ranks = {each["subject"]: each["rank"] for each in audited}
    assert ranks == {each["subject"]: each["rank"] for each in shown}
    assert ranks["links-dnk"] == 1


def test_units_above_the_ceiling_are_left_out_of_every_table_and_named(run, links, settings, tmp_path):
    before = tmp_path / "before"
    run("index", "export", "links", str(before))
    database = open_database(settings.effective_database_url)
    with database.write() as session:
        closed = a_source("closed", name="Closed", marking="TLP:RED")
        definitions.save(session, closed, author="t", reason="t", effective_at=NOW, now=NOW)
        reading = a_reading(1.0, series="debt:DNK", ends=NOW.replace(year=2019), citation="")
        observations.add(session, [reading], source="closed", author="", note="", now=NOW)
    database.dispose()
    results = tmp_path / "results"
    told = run("index", "export", "links", str(results)).output
    assert "left out: Denmark (DNK): TLP:RED is above the ceiling TLP:GREEN" in told
    for file in results.glob("*.csv"):
        lines = (before / file.name).read_text().splitlines()
        assert file.read_text().splitlines() == [line for line in lines if not line.startswith("DNK")]
    found = json.loads(run("index", "export", "links", str(results), "--json").output)
    assert [each["unit"] for each in found["left_out"]] == ["DNK"]
    assert "left out" not in run("index", "export", "links", str(results), "--ceiling", "TLP:RED").output
