"""The rehearsal's definitions: the stand-ins' own fragments, and every preset asking its stand-in."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from monitor.dev.sources.fragments import fragment_texts
from monitor.dev.sources.registry import STAND_INS
from monitor.packs.presets import find_preset
from monitor.packs.presets import render as fill
from monitor.paths import presets_folder


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """How a preset is rehearsed: its variables, the series that are placed, the edges of its concerns.

    `days` is how far back is asked for, where the stand-in's slice does not reach to today.
    """

    values: Mapping[str, str] = field(default_factory=dict)
    series: tuple[str, ...]
    edges: tuple[float, float, float, float, float]
    days: str = ""


USES: Mapping[str, Use] = {
    "worldbank": Use(
        values={
            "indicator": "MS.MIL.XPND.GD.ZS",
            "slug": "military-spending",
            "name": "Military spending",
            "unit": "% of GDP",
            "countries": "MLI;BFA;NER",
        },
        series=tuple(f"military-spending:{iso}" for iso in ("MLI", "BFA", "NER")),
        edges=(1, 2, 3, 4, 5),
    ),
    "ioda": Use(
        values={"country": "ML", "unit": "MLI"},
        series=("internet-ping-slash24:MLI",),
        edges=(350, 300, 250, 200, 100),
    ),
    "gdacs": Use(series=tuple(f"disasters:{iso}" for iso in ("MLI", "NER", "CIV")), edges=(1, 2, 3, 4, 5)),
    "reliefweb": Use(
        values={"appname": "heatwatch-rehearsal", "country": "MLI"},
        series=("reliefweb-reports:MLI",),
        edges=(1, 2, 3, 4, 5),
    ),
    "unhcr": Use(values={"country": "MLI"}, series=("refugees-from:MLI",), edges=(1e4, 5e4, 1e5, 2e5, 4e5)),
    "wikimedia": Use(
        values={"project": "fr.wikipedia", "article": "Assimi_Go%C3%AFta", "unit": "goita"},
        series=("page-views:goita",),
        edges=(100, 300, 500, 700, 900),
    ),
    "eia": Use(series=("oil-price:rbrte",), edges=(60, 80, 100, 120, 150), days="400"),
    "fred": Use(
        values={"series": "DCOILBRENTEU", "slug": "brent", "name": "Brent", "unit": "dollars a barrel"},
        series=("brent:fred",),
        edges=(60, 80, 100, 120, 150),
        days="400",
    ),
    "ecb": Use(series=("per-euro:USD",), edges=(1.2, 1.15, 1.1, 1.05, 1)),
    "inform": Use(
        values={"workflow": "424", "year": "2024"},
        series=tuple(f"inform-inform:{iso}" for iso in ("MLI", "BFA", "NER")),
        edges=(3, 4, 5, 6, 8),
    ),
    "portwatch": Use(
        values={"country": "SEN"},
        series=("tanker-imports:SEN",),
        edges=(50_000, 40_000, 30_000, 20_000, 5_000),
    ),
}
_EDGES = ("calm", "watch", "elevated", "high", "critical")


def rehearsal_texts() -> Mapping[str, str]:
    """Return every definition by name, with {{name}} where a stand-in's address belongs."""
    return {**fragment_texts(), **{f"preset_{slug}": preset_text(slug) for slug in USES}}


def preset_text(slug: str) -> str:
    """Return a preset filled in, asking its stand-in and placed in a subject of its own."""
    use, stand_in = USES[slug], next(each for each in STAND_INS if each.name == slug)
    found = find_preset(presets_folder(), slug)
    text = fill(found, use.values).replace(stand_in.host, "{{" + stand_in.name + "}}")
    text = text.replace("[source.settings]\n", "[source.settings]\nallow_http = true\n", 1)
    if use.days:
        head, _, rest = text.partition("\ndays = ")
        text = f"{head}\ndays = {use.days}\n{rest.partition(chr(10))[2]}"
    edges = ", ".join(f"{name} = {edge:g}" for name, edge in zip(_EDGES, use.edges, strict=True))
    text = text.replace("[[indicator]]\n", f"[[indicator]]\nthresholds = {{ {edges} }}\n", 1)
    return f"# The preset {slug}. {stand_in.about}\n\n{text.rstrip()}\n{_subject(slug, found.name, use)}"


def _subject(slug: str, name: str, use: Use) -> str:
    placements = "".join(f'\n[[subject.driver.placement]]\nseries = "{series}"\n' for series in use.series)
    return f"""
[[subject]]
slug = "rehearsal-preset-{slug}"
name = "{name} (stand-in)"
kind = "country"
scale = "risk"

[[subject.driver]]
slug = "figures"
name = "Figures"
{placements}"""
