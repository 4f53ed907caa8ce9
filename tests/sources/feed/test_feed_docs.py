"""docs/sources.md of what is pushed, feeds and queries: every setting has its row, every example is well."""

import re
import tomllib
from pathlib import Path

import pytest

from monitor.domain.source import Source
from monitor.sources.feed.keywords import KeywordSet
from monitor.sources.feed.kind import FeedSettings
from monitor.sources.prometheus.kind import PrometheusSettings, QuerySeries
from monitor.sources.push.alertmanager import AlertmanagerSettings, AlertSeries
from monitor.sources.push.kind import PushSettings
from monitor.sources.registry import source_kinds
from monitor.sources.sql.kind import SqlSettings

DOCS = (Path(__file__).parents[3] / "docs/sources.md").read_text()
SERIES = "Each `[[source.settings.series]]` of"
MODELS = {
    ("push", "Settings of"): PushSettings,
    ("alertmanager", "Settings of"): AlertmanagerSettings,
    ("alertmanager", SERIES): AlertSeries,
    ("feed", "Settings of"): FeedSettings,
    ("feed", SERIES): KeywordSet,
    ("prometheus", "Settings of"): PrometheusSettings,
    ("prometheus", SERIES): QuerySeries,
    ("sql", "Settings of"): SqlSettings,
}


def section(kind):
    return re.split(r"^##? ", DOCS.partition(f"\n## {kind}\n")[2], maxsplit=1, flags=re.MULTILINE)[0]


@pytest.mark.parametrize("kind,heading", list(MODELS))
def test_every_setting_has_its_row_and_no_row_lacks_a_setting(kind, heading):
    table = section(kind).partition(f"**{heading} `{kind}`**")[2].partition("\n\n**")[0]
    rows = dict(re.findall(r"^\| `(\w+)` \| (.+?) \| [`n]", table, flags=re.MULTILINE))
    model = MODELS[kind, heading]
    assert rows == {name: field.description for name, field in model.model_fields.items()}


@pytest.mark.parametrize("kind", sorted({kind for kind, _ in MODELS}))
def test_every_example_is_a_source_without_problems(kind):
    blocks = re.findall(r"```toml\n(.*?)```", section(kind), flags=re.DOTALL)
    sources = [each for block in blocks for each in tomllib.loads(block).get("source", [])]
    assert [each["kind"] for each in sources] == [kind] * len(sources) != []
    for each in sources:
        assert source_kinds()[kind].problems(Source(**each)) in ([], ())
