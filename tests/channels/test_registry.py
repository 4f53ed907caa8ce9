"""What holds for every kind of channel: it is named, documented, has a schema, and can be tested."""

import re
from pathlib import Path

import pytest

from monitor.channels.registry import HTTP_KINDS, channel_kinds
from monitor.channels.template import presets
from monitor.config import Settings
from monitor.domain.alerting.channel_setting import KINDS, known_settings
from monitor.egress.guard import EgressPolicy
from tests.schemas import names

DOCUMENT = (Path(__file__).parents[2] / "docs" / "channels.md").read_text()
SECTIONS = dict(zip(*[iter(re.split(r"^## `(.+)`$", DOCUMENT, flags=re.MULTILINE)[1:])] * 2, strict=True))


@pytest.fixture
def kinds(tmp_path):
    return channel_kinds(Settings(home=tmp_path, smtp_host="127.0.0.1"), EgressPolicy())


def test_the_words_that_name_kinds_are_those_that_can_be_sent(kinds):
    assert sorted(kinds) == sorted(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_is_documented_with_each_of_its_settings_and_no_other(kind, kinds):
    rows = re.findall(
        r"^\| `(\w+)` \| (\*\*Secret\.\*\*)?", SECTIONS[kind].split("| Preset |")[0], flags=re.MULTILINE
    )
    documented = {name: bool(secret) for name, secret in rows}
    assert documented == {each.name: each.is_secret for each in known_settings(kinds[kind])}


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_says_whether_one_message_may_tell_of_several_alerts(kind, kinds):
    assert isinstance(kinds[kind].is_grouped, bool)


@pytest.mark.parametrize("kind", set(HTTP_KINDS) - {"webhook", "template"})
def test_a_kind_has_a_schema_that_its_section_names(kind):
    assert kind in names()
    assert f"`{kind}.json`" in SECTIONS[kind]


def test_every_preset_is_documented_with_what_to_give_and_has_a_schema():
    rows = dict(re.findall(r"^\| `(\w+)` \| .+ \| (.+) \|$", SECTIONS["template"], flags=re.MULTILINE))
    for name, preset in presets().items():
        assert set(re.findall(r"`(\w+)`", rows[name])) == set(preset.needs), name
        assert f"template-{name}" in names()
