"""Facts about packs: every bundled one is good, and every key an author may write is documented."""

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from monitor.domain.transforms.transform import TRANSFORMS
from monitor.packs import (
    derived_shapes,
    history,
    incidents,
    indicator_shapes,
    routing_shapes,
    shapes,
    subject_shapes,
)
from monitor.packs.derived_shapes import EventValuesTable, IncidentCountTable, MemberTable
from monitor.packs.indicator_shapes import (
    FitTable,
    GoalpostsTable,
    ImputationTable,
    IndicatorTable,
    RelativeTable,
    TargetBandTable,
    ThresholdsTable,
    TransformTable,
    TreatedTable,
    TreatTable,
)
from monitor.packs.read_pack import read_pack
from monitor.packs.subject_shapes import DriverTable, FloorTable, PlacementTable, SubjectTable, WeightSetTable
from monitor.paths import packs_folder

ROOT = Path(__file__).resolve().parent.parent
GUIDE = (ROOT / "docs" / "packs.md").read_text(encoding="utf-8")
BUNDLED = sorted(path.parent for path in packs_folder().glob("*/pack.toml"))

SHAPES = {
    "[pack]": shapes.PackTable,
    "[[citation]]": shapes.CitationTable,
    "[[source]]": shapes.SourceTable,
    "[[source.release]]": shapes.ReleaseTable,
    "[[scale]]": shapes.ScaleTable,
    "[[scale.level]]": shapes.LevelTable,
    "[[indicator]]": IndicatorTable,
    "[[indicator.transform]]": TransformTable,
    "[indicator.thresholds]": ThresholdsTable,
    "[indicator.goalposts]": GoalpostsTable,
    "[indicator.target_band]": TargetBandTable,
    "[indicator.relative]": RelativeTable,
    "[indicator.relative.treat]": TreatTable,
    "[indicator.relative.fit]": FitTable,
    "[indicator.relative.fit.treated]": TreatedTable,
    "[indicator.imputation]": ImputationTable,
    "[indicator.incidents]": IncidentCountTable,
    "[indicator.events]": EventValuesTable,
    "[[subject]]": SubjectTable,
    "[[subject.driver]]": DriverTable,
    "[[subject.driver.placement]]": PlacementTable,
    "[[subject.driver.member]]": MemberTable,
    "[[subject.floor]]": FloorTable,
    "[[weight_set]]": WeightSetTable,
    "[[rule]]": shapes.RuleTable,
    "[[routing]]": routing_shapes.RoutingTable,
    "[routing.route]": routing_shapes.RouteTable,
    "[[routing.inhibition]]": routing_shapes.InhibitionTable,
    "[[event]]": shapes.EventTable,
    "[[statement]]": shapes.StatementTable,
    "[[history]]": shapes.HistoryTable,
    "[[incidents]]": shapes.IncidentsTable,
    "[[incidents.covered]]": shapes.CoverageTable,
    "[[geo]]": shapes.GeoTable,
}


def section(heading: str) -> str:
    """The text under a heading of the guide, up to the next one."""
    match = re.search(rf"^#+ {re.escape(heading)}\n(.*?)(?=^#)", GUIDE + "\n#", re.MULTILINE | re.DOTALL)
    assert match, f"docs/packs.md has no section {heading}"
    return match[1]


def keys_documented(text: str) -> list[str]:
    """The names in the first column of a section's table."""
    return re.findall(r"^\| `([^`]+)` \|", text, re.MULTILINE)


@pytest.mark.parametrize("heading", SHAPES)
def test_every_key_of_a_table_is_documented_with_type_meaning_and_example(heading):
    text = section(f"`{heading}`")
    assert keys_documented(text) == list(SHAPES[heading].model_fields)
    for name, field in SHAPES[heading].model_fields.items():
        row = next(line for line in text.splitlines() if line.startswith(f"| `{name}` |"))
        _, _, kind, meaning, example, absent, _ = (part.strip() for part in re.split(r"(?<!\\)\|", row))
        assert kind
        assert meaning == field.description
        assert example.startswith("`")
        assert (absent == "required") is field.is_required()


def test_no_table_is_forgotten():
    defined = {
        table
        for module in (shapes, indicator_shapes, subject_shapes, derived_shapes, routing_shapes)
        for table in vars(module).values()
        if isinstance(table, type) and issubclass(table, BaseModel) and table.__module__ == module.__name__
    }
    assert defined == set(SHAPES.values())
    assert set(shapes.TABLES.values()) <= set(SHAPES.values())


@pytest.mark.parametrize(
    "heading,columns", [("History files", history.COLUMNS), ("Incident files", incidents.COLUMNS)]
)
def test_every_column_is_documented(heading, columns):
    assert keys_documented(section(heading)) == list(columns)


def test_every_transform_is_documented_with_its_parameters():
    text = section("Transforms")
    assert keys_documented(text) == list(TRANSFORMS)
    for name, kind in TRANSFORMS.items():
        row = next(line for line in text.splitlines() if line.startswith(f"| `{name}` |"))
        for parameter in [*kind.required, *kind.optional]:
            assert f"`{parameter}`" in row, f"{name} {parameter}"


def test_the_shortest_pack_of_the_guide_is_good(tmp_path):
    toml, rows = (re.search(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)[1] for language in ("toml", "csv"))
    folder = tmp_path / "fuel"
    (folder / "history").mkdir(parents=True)
    (folder / "pack.toml").write_text(toml)
    (folder / "history" / "fuel-price.csv").write_text(rows)
    (folder / "SOURCES.md").write_text("#")
    found = read_pack(folder)
    assert (found.problems, found.warnings) == ((), ())
    assert found.pack.history[0].readings[0].value == 875


def test_there_are_bundled_packs():
    assert BUNDLED


@pytest.mark.parametrize("folder", BUNDLED, ids=lambda folder: folder.name)
class TestBundled:
    def test_loads_without_a_problem(self, folder):
        assert list(map(str, read_pack(folder).problems)) == []

    def test_is_named_like_its_folder(self, folder):
        assert read_pack(folder).pack.slug == folder.name

    def test_says_where_every_figure_comes_from_and_under_which_licence(self, folder):
        pack = read_pack(folder).pack
        assert pack.licence
        assert (folder / "SOURCES.md").is_file()
        for citation in pack.citations:
            assert citation.licence, citation.slug
            assert citation.url or citation.note, citation.slug
        for source in pack.sources:
            assert source.licence, source.slug
            assert source.attribution, source.slug

    def test_passes_on_only_what_may_be_passed_on(self, folder):
        pack = read_pack(folder).pack
        closed = {source.slug for source in pack.sources if not source.may_redistribute}
        assert closed.isdisjoint(file.source for file in (*pack.history, *pack.incidents))
