"""Presets: each says what it needs, and filled with that becomes a fragment without a fault."""

import re
from pathlib import Path

import pytest

from monitor.domain.errors import InvalidInput, NotFound
from monitor.packs.presets import find_preset, read_presets, render
from monitor.packs.read_sources import read_sources
from monitor.packs.toml_files import read_file
from monitor.paths import presets_folder
from monitor.sources.registry import source_kinds

DOCS = (Path(__file__).parents[2] / "docs/presets.md").read_text()
PRESETS = read_presets(presets_folder())
SLUGS = [
    "ecb",
    "eia",
    "fred",
    "gdacs",
    "inform",
    "ioda",
    "portwatch",
    "reliefweb",
    "unhcr",
    "wikimedia",
    "worldbank",
]


def filled(preset, **given):
    return render(preset, {each.name: each.example for each in preset.variables} | given)


def test_these_are_the_presets_there_are():
    assert [each.slug for each in PRESETS] == SLUGS


@pytest.mark.parametrize("preset", PRESETS, ids=lambda each: each.slug)
def test_a_preset_filled_with_its_examples_is_a_sound_fragment(preset, tmp_path):
    path = tmp_path / "fragment.toml"
    path.write_text(filled(preset))
    found = read_sources(path)
    assert found.problems == ()
    assert [source_kinds()[each.kind].problems(each) for each in found.sources] == [()]
    tables, problems = read_file(path)
    assert (problems, [each.kind for each in tables]) == ([], ["source", "indicator"])
    assert {each.values["source"] for each in tables if each.kind == "indicator"} == {found.sources[0].slug}
    assert found.sources[0].settings["url"].startswith("https://")
    assert "{{" not in path.read_text()


@pytest.mark.parametrize("preset", PRESETS, ids=lambda each: each.slug)
def test_every_example_and_default_fits_its_own_pattern(preset):
    for each in preset.variables:
        assert re.fullmatch(each.pattern, each.example), each.name
        assert each.default is None or re.fullmatch(each.pattern, each.default), each.name
        assert f"{{{{{each.name}" in preset.template, f"{each.name} is used nowhere"


def test_what_is_missing_wrong_or_not_there_is_said():
    preset = find_preset(presets_folder(), "unhcr")
    with pytest.raises(InvalidInput, match=r"needs country: ISO code .* such as --set country='MLI'"):
        render(preset, {})
    with pytest.raises(InvalidInput, match="country='Mali' cannot be used"):
        render(preset, {"country": "Mali"})
    with pytest.raises(InvalidInput, match="has no contry; it has: country"):
        render(preset, {"contry": "MLI"})
    with pytest.raises(NotFound, match="there is no preset 'acled'; there are: ecb, eia"):
        find_preset(presets_folder(), "acled")


@pytest.mark.parametrize("name", ['x"\nkind = "sql', "a\\u0022", "a\nb", "", "a" * 300])
def test_a_value_never_ends_the_text_it_stands_in(name):
    with pytest.raises(InvalidInput, match="cannot be used"):
        filled(find_preset(presets_folder(), "worldbank"), name=name)


@pytest.mark.parametrize("preset", PRESETS, ids=lambda each: each.slug)
def test_every_preset_is_documented_with_what_it_asks_for(preset):
    section = re.split(r"^## ", DOCS.partition(f"\n## {preset.slug}\n")[2], maxsplit=1, flags=re.MULTILINE)[0]
    assert preset.about in section
    assert all(f"- {note}\n" in section for note in preset.notes)
    for each in preset.variables:
        left_out = f"`{each.default}`" if each.default else "required"
        assert f"| `{each.name}` | {each.meaning} | `{each.example}` | {left_out} |" in section
