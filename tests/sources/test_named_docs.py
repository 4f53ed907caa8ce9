"""docs/sources.md of the named kinds: every setting has its row, every example is a source that is well."""

import re
import tomllib
from pathlib import Path

import pytest

from monitor.domain.source import Source
from monitor.sources.acled_settings import AcledSeries, AcledSettings
from monitor.sources.gdelt import GdeltSeries, GdeltSettings
from monitor.sources.hapi_settings import HapiSeries, HapiSettings
from monitor.sources.registry import source_kinds
from monitor.sources.ucdp_settings import UcdpSeries, UcdpSettings
from monitor.sources.views import ViewsSeries, ViewsSettings
from monitor.sources.wfp_settings import WfpSeries, WfpSettings

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
