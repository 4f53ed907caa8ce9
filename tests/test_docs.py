"""What the documents promise is there, and what is there is documented."""

import re
from datetime import timedelta
from pathlib import Path

import click
import pytest

from monitor.cli.main import heatwatch
from monitor.config import SECRETS, Settings, variable_name
from monitor.packs import indicator_shapes, routing_shapes, shapes, subject_shapes
from monitor.packs.shape import Shape
from monitor.services.assess import assess, claim_assessment
from monitor.services.status import status
from monitor.storage import observations
from monitor.storage.engine import open_database
from tests.factories import DEATHS, NOW, a_reading, install_desk, standing

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *ROOT.glob("indicators/*/*.md")])
# `make screenshots` takes them from a running demo.
PICTURES = DOCS / "screenshots"

LINK = re.compile(r"\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
PACKAGE_HOST = re.compile(r"\b(pypi|npmjs|pythonhosted|crates|rubygems)\.(org|com|io)\b|\bregistry\.\w+\.\w+")
MACHINE = re.compile(r"(?<![\w.])/(root|work|Users)/|(?<![\w.])/home/\w+/")


def commands(group=heatwatch, path=()):
    """Every command that does something, with the words one types for it."""
    for name in group.list_commands(click.Context(group)):
        command = group.get_command(click.Context(group), name)
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
        else:
            yield " ".join((*path, name)), command


COMMANDS = dict(commands())


def headed(page, level):
    """The sections of a page by heading."""
    parts = re.split(rf"^{'#' * level} (.+)$", page.read_text(), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def sections():
    """The sections of commands.md by the words one types."""
    found = {}
    for heading, text in headed(DOCS / "commands.md", 3).items():
        words = heading.strip("`").removeprefix("heatwatch ").split()
        name = " ".join(word for word in words if re.fullmatch(r"[a-z]+(-[a-z]+)*", word))
        found[name] = (heading, text.split("\n## ")[0])
    return found


def anchors(page):
    """The names under which the headings of a page can be linked."""
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", page.read_text()), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def tables():
    """The shapes a pack file may hold, by their heading in packs.md."""
    return [
        table
        for module in (shapes, indicator_shapes, routing_shapes, subject_shapes)
        for table in vars(module).values()
        if isinstance(table, type) and issubclass(table, Shape) and table.__module__ == module.__name__
    ]


@pytest.mark.parametrize("field", Settings.model_fields)
def test_every_setting_is_documented_with_its_default(field):
    rows = [
        line for line in (DOCS / "settings.md").read_text().splitlines()
        if line.startswith(f"| `{variable_name(field)}` |")
    ]  # fmt: skip
    assert len(rows) == 1, f"docs/settings.md: one row for {variable_name(field)}"
    default = Settings.model_fields[field].default
    if field != "home":
        assert ("not set" if default in (None, ()) else f"`{default}`") in rows[0]
    assert ("**Secret.**" in rows[0]) == (field in SECRETS)


def test_no_setting_is_documented_that_is_not_there():
    named = set(re.findall(r"HEATWATCH_[A-Z_]+", "".join(page.read_text() for page in PAGES)))
    known = {variable_name(field) for field in Settings.model_fields}
    known |= {f"{variable_name(field)}_FILE" for field in SECRETS}
    known |= {name for name in named if name.startswith("HEATWATCH_SECRET_")}
    assert {name for name in named if not name.endswith("_")} - known == set()


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_is_documented(name):
    heading, text = sections().get(name, ("", ""))
    assert heading, f"docs/commands.md: a section for `heatwatch {name}`"
    for parameter in COMMANDS[name].params:
        if isinstance(parameter, click.Option):
            assert parameter.opts[0] in text, f"docs/commands.md, {name}: {parameter.opts[0]}"
        else:
            assert parameter.human_readable_name.rstrip(".") in heading


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_says_what_it_does(name):
    assert COMMANDS[name].help


def test_no_command_or_option_is_documented_that_is_not_there():
    assert set(sections()) - set(COMMANDS) == set()
    for name, (_, text) in sections().items():
        known = {option for parameter in COMMANDS[name].params for option in parameter.opts}
        listed = {
            option
            for line in text.splitlines()
            if line.startswith("- `--")
            for option in re.findall(r"`(--[a-z-]+)", line.partition(":")[0])
        }
        assert listed - known == set(), name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_commands_in_documents_exist(page):
    fenced = "\n".join(FENCE.findall(page.read_text()))
    for found in re.findall(r"heatwatch ((?:[a-z]+(?:-[a-z]+)* ?){1,2})", fenced):
        words = found.split()
        assert words[0] in {name.split()[0] for name in COMMANDS}, found


@pytest.mark.parametrize("table", tables(), ids=lambda table: table.__name__)
def test_every_pack_key_is_documented(table):
    text = (DOCS / "packs.md").read_text()
    missing = [name for name in table.model_fields if f"`{name}`" not in text]
    assert missing == [], f"docs/packs.md: {table.__name__}"


def keys_in(value):
    """Every key at any depth of what was printed."""
    if isinstance(value, dict):
        return set(value) | {key for part in value.values() for key in keys_in(part)}
    return {key for part in value for key in keys_in(part)} if isinstance(value, list) else set()


def test_every_key_of_the_status_is_documented_and_no_other(sqlite_url):
    database = open_database(sqlite_url)
    with database.write() as session:
        install_desk(session, clock=standing())
        early = NOW - timedelta(days=100)
        readings = [a_reading(value, ends=ends) for value, ends in ((150, early), (500, NOW))]
        readings += [a_reading(value, ends=ends, series=DEATHS) for value, ends in ((150, early), (250, NOW))]
        observations.add(session, readings, source="feed", author="", note="", now=NOW)
        claim_assessment(session, now=NOW)
        assess(session, "goita", slot=None, now=NOW, claimed_at=NOW)
        printed = status(session, now=NOW, since=None, with_exercises=False)
    database.dispose()
    documented = re.findall(r"^\| `(\w+)` \|", (DOCS / "status.md").read_text(), flags=re.MULTILINE)
    assert set(documented) == keys_in(printed)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_between_documents_lead_somewhere(page):
    for target in LINK.findall(FENCE.sub("", page.read_text())):
        if target.startswith(("https://", "http://", "mailto:")):
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        if file.parent == PICTURES and not PICTURES.exists():
            continue
        assert file.exists(), target
        assert not anchor or anchor in anchors(file), target


def test_documents_and_code_name_no_package_registry_and_no_path_of_one_machine():
    folders = ("monitor", "templates", "docs", "indicators", "migrations", "requirements", "deploy", "bench")
    kinds = {".py", ".md", ".toml", ".txt", ".html", ".ini", ".mako"}
    files = [path for path in ROOT.glob("*.*") if path.suffix in kinds] + [ROOT / "Makefile"]
    files += [path for folder in folders for path in (ROOT / folder).rglob("*") if path.suffix in kinds]
    for path in files:
        text = path.read_text(encoding="utf-8")
        assert not PACKAGE_HOST.search(text), path
        assert not MACHINE.search(text), path


def test_the_readme_is_short_and_names_the_two_commands():
    text = (ROOT / "README.md").read_text()
    assert text.count("\n") < 120
    assert "make run" in text
    assert "make demo" in text
