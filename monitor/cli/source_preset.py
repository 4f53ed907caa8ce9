"""`heatwatch source preset`: templates of sources, shown as fragments of a pack."""

from dataclasses import asdict

import click

from monitor.cli.application import print_json
from monitor.packs.presets import Preset, find_preset, read_presets, render
from monitor.paths import presets_folder


@click.group()
def preset() -> None:
    """List templates of well-known sources, or fill one in."""


@preset.command("list")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def list_presets(*, as_json: bool) -> None:
    """Show every preset with what is to be set in it."""
    presets = read_presets(presets_folder())
    if as_json:
        print_json([_told(each) for each in presets])
        return
    for each in presets:
        names = " ".join(f"[{one.name}]" if one.default else one.name for one in each.variables)
        click.echo(f"{each.slug:<12} {each.name:<42} {names}".rstrip())


@preset.command()
@click.argument("slug")
@click.option("--set", "given", multiple=True, metavar="KEY=VALUE", help="Fill a variable; may be repeated.")
def show(slug: str, given: tuple[str, ...]) -> None:
    """Print the preset SLUG as a fragment of a pack, to save beside pack.toml or try with `source test`."""
    found = find_preset(presets_folder(), slug)
    filled = render(found, dict(_pair(each) for each in given))
    click.echo(f"{_comment(found)}\n\n{filled}", nl=False)


def _told(found: Preset) -> dict[str, object]:
    return {name: value for name, value in asdict(found).items() if name != "template"}


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise click.UsageError(f"--set {text}: KEY=VALUE is expected")
    return name, value


def _comment(found: Preset) -> str:
    lines = [found.about, *found.notes, found.documentation]
    return "\n".join(f"# {line}" for line in lines)
