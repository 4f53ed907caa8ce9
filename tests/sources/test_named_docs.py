"""docs/sources.md of the named kinds: every setting has its row, every example is a source that is well."""

import re
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.domain.harvest import Answer, Ask
from monitor.domain.source import Source
from monitor.sources.acled.settings import AcledSeries, AcledSettings
from monitor.sources.gdelt import GdeltSeries, GdeltSettings
from monitor.sources.hdx_hapi.settings import HapiSeries, HapiSettings
from monitor.sources.registry import source_kinds
from monitor.sources.ucdp.settings import UcdpSeries, UcdpSettings
from monitor.sources.views import ViewsSeries, ViewsSettings
from monitor.sources.wfp_prices.settings import WfpSeries, WfpSettings

COUNTRY_YEAR = Path(__file__).parents[1] / "data/sources/ucdp_country_year_v25_1_sahel.csv.gz"
DOCS = (Path(__file__).parents[2] / "docs/sources.md").read_text()
MODELS = {
    "acled": {"Settings of": AcledSettings, "Each `[[source.settings.series]]` of": AcledSeries},
    "gdelt": {"Settings of": GdeltSettings, "Each `[[source.settings.series]]` of": GdeltSeries},
    "hdx_hapi": {"Settings of": HapiSettings, "Each `[[source.settings.series]]` of": HapiSeries},
    "ucdp": {"Settings of": UcdpSettings, "Each `[[source.settings.series]]` of": UcdpSeries},
    "views": {"Settings of": ViewsSettings, "Each `[[source.settings.series]]` of": ViewsSeries},
    "wfp_prices": {"Settings of": WfpSettings, "Each `[[source.settings.series]]` of": WfpSeries},
}
TABLES = [(kind, heading, model) for kind, each in MODELS.items() for heading, model in each.items()]


def section(kind):
    return re.split(r"^## ", DOCS.partition(f"\n## {kind}\n")[2], maxsplit=1, flags=re.MULTILINE)[0]


@pytest.mark.parametrize("kind, heading, model", TABLES)
def test_every_setting_has_its_row_and_no_row_lacks_a_setting(kind, heading, model):
    table = section(kind).partition(f"**{heading} `{kind}`**")[2].partition("\n\n**")[0]
    rows = dict(re.findall(r"^\| `(\w+)` \| (.+?) \| `", table, flags=re.MULTILINE))
    assert rows == {name: field.description for name, field in model.model_fields.items()}


@pytest.mark.parametrize("kind", sorted(MODELS))
def test_every_example_is_a_source_without_problems(kind):
    blocks = re.findall(r"```toml\n(.*?)```", section(kind), flags=re.DOTALL)
    sources = [each for block in blocks for each in tomllib.loads(block).get("source", [])]
    assert [each["kind"] for each in sources] == [kind] * len(sources) != []
    for each in sources:
        assert source_kinds()[kind].problems(Source(**each)) in ([], ())


def test_the_example_of_the_country_year_table_reads_the_real_one():
    (block,) = re.findall(r"```toml\n(.*?)```", section("UCDP's country-year table"), flags=re.DOTALL)
    source = Source(**tomllib.loads(block)["source"][0])
    answer = Answer(url="organizedviolencecy.csv.gz", content=COUNTRY_YEAR.read_bytes())
    ask = Ask(now=datetime(2026, 1, 1, tzinfo=UTC), secret=str)
    harvest = source_kinds()["csv"].read(source, ask, answer)
    values = {(each.series, each.period_start.year): each for each in harvest.readings}
    assert len(harvest.readings) == 4 * 36
    mali = [values["organised-violence:MLI", year] for year in range(2021, 2025)]
    assert [each.value for each in mali] == [1287, 3656, 2118, 1901]
    assert values["killed-by-any-government:MLI", 2024].value == 345
