"""Regions by p-code and by name, from the lists (`geo/regions.csv`) and outlines that packs bring."""

import csv
import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from monitor.domain.iso3166 import alpha2
from monitor.geo.outlines import all_outlines
from monitor.paths import packs_folder

_CODE = re.compile(r"([A-Z]{2,3})\d{2,6}")
# What says that it is a region, and not which.
_EMPTY = frozenset({
    "region", "regions", "province", "state", "department", "departement", "district", "governorate",
    "administrative", "of", "the", "de", "du", "des", "la", "le", "l",
})  # fmt: skip
_FRENCH = {
    **dict.fromkeys(("east", "eastern"), "est"),
    **dict.fromkeys(("west", "western"), "ouest"),
    **dict.fromkeys(("north", "northern"), "nord"),
    **dict.fromkeys(("south", "southern"), "sud"),
    **dict.fromkeys(("central", "center"), "centre"),
}


def region_name(code: str) -> str:
    """Kayes of ML01; empty where no pack brings such a region."""
    return _names().get(code, "")


def region_code(country: str, told: str) -> str:
    """Return the p-code of what a source calls a region of a country, by its name; empty if nobody knows."""
    return _codes().get((country, _words(told)), "")


def code_told(country: str, told: str) -> str:
    """Return what is a p-code of the country already, in any case of letters; else nothing."""
    text = told.strip().upper()
    found = _CODE.fullmatch(text)
    return text if found and found[1] in {country, alpha2(country)} else ""


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    names = {code: outline.name for code, outline in all_outlines().items()}
    for _, code, name, *_ in _listed():
        names.setdefault(code, name)
    return names


@lru_cache(maxsize=1)
def _codes() -> dict[tuple[str, frozenset[str]], str]:
    """Return codes by country and words of a name; a name of two regions is neither's."""
    found: dict[tuple[str, frozenset[str]], set[str]] = {}
    for country, code, *names in _listed():
        for name in names:
            if words := _words(name):
                found.setdefault((country, words), set()).add(code)
    for code, outline in all_outlines().items():
        found.setdefault((outline.country, _words(outline.name)), set()).add(code)
    return {key: next(iter(codes)) for key, codes in found.items() if len(codes) == 1}


def _listed() -> Iterator[tuple[str, ...]]:
    """Yield country, p-code, name and other names of each region in the packs' lists."""
    for path in sorted(packs_folder().glob("*/geo/regions.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                yield (row["iso3"], row["pcode"], row["name"], *row["also"].split("|"))


def _words(name: str) -> frozenset[str]:
    """Return the words of a name in whatever order, without accents and what every region is called."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
    words = (_FRENCH.get(word, word) for word in re.findall(r"[a-z0-9]+", plain))
    return frozenset(words) - _EMPTY
