"""docs/sources.md of the kinds that read tables: every setting has its row, every example is sound."""

import re
import tomllib
from pathlib import Path

import pytest

from monitor.domain.source import Source
from monitor.sources.registry import source_kinds
from monitor.sources.tables.csv import CsvSettings
from monitor.sources.tables.excel import ExcelSettings
from monitor.sources.tables.json import JsonSettings
from monitor.sources.tables.paging import Paging
from monitor.sources.tables.request import RequestSettings
from monitor.sources.tables.table_file import FileSettings
from monitor.sources.tables.table_settings import IncidentTable, SeriesTable, TableSettings

DOCS = (Path(__file__).parents[3] / "docs/sources.md").read_text()
PART = DOCS.partition("\n# Tables\n")[2]
PART = re.split(r"^# ", PART, maxsplit=1, flags=re.MULTILINE)[0]
# A heading, the model whose settings stand under it, and those that stand elsewhere.
TABLES = [
    ("What every kind of table takes: the rows", TableSettings, ()),
    ("Each `[[source.settings.series]]` of a table", SeriesTable, ()),
    ("`[source.settings.incidents]` of a table", IncidentTable, ()),
    ("What every kind of table takes: the request", RequestSettings, ()),
    ("What csv and excel take: the file", FileSettings, (RequestSettings, TableSettings)),
    ("Settings of `csv`", CsvSettings, (FileSettings,)),
    ("Settings of `excel`", ExcelSettings, (FileSettings,)),
    ("Settings of `json`", JsonSettings, (RequestSettings, TableSettings)),
    ("`[source.settings.paging]` of `json`", Paging, ()),
]


@pytest.mark.parametrize("heading,model,elsewhere", TABLES, ids=[heading for heading, *_ in TABLES])
def test_every_setting_has_its_row_and_no_row_lacks_a_setting(heading, model, elsewhere):
    table = re.split(r"\n\n(?!\|)", PART.partition(f"**{heading}**\n\n")[2], maxsplit=1)[0]
    rows = dict(re.findall(r"^\| `(\w+)` \| (.+?) \| `", table, flags=re.MULTILINE))
    left_out = {name for each in elsewhere for name in each.model_fields}
    assert rows == {
        name: field.description for name, field in model.model_fields.items() if name not in left_out
    }


@pytest.mark.parametrize("kind", ["csv", "excel", "json"])
def test_every_example_is_a_source_without_problems(kind):
    section = re.split(r"^## ", PART.partition(f"\n## {kind}\n")[2], maxsplit=1, flags=re.MULTILINE)[0]
    (block,) = re.findall(r"```toml\n(.*?)```", section, flags=re.DOTALL)
    (told,) = tomllib.loads(block)["source"]
    assert told["kind"] == kind
    assert source_kinds()[kind].problems(Source(**told)) == ()
