"""Fragments: ready definitions of sources that ask the stand-ins, one file each; together they are a pack."""

import re
import shutil
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "fragments"
_STAND_IN = re.compile(r"\{\{(\w+)\}\}")
PACK = "rehearsal"
_HEAD = f"""\
[pack]
slug = "{PACK}"
name = "Stand-ins of the world's sources"
version = "1"
licence = "as each source says"
description = "Sources that ask stand-ins on this machine. Most of their figures are made up."
"""


@cache
def fragment_texts() -> Mapping[str, str]:
    """Return every fragment by its name, with {{name}} where a stand-in's address belongs."""
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted(_FOLDER.glob("*.toml"))}


def stand_ins_of(text: str) -> frozenset[str]:
    """Return the stand-ins that a text's sources ask."""
    return frozenset(_STAND_IN.findall(text))


def render(text: str, address: Callable[[str], str]) -> str:
    """Return a text as TOML; `address` gives a stand-in's address."""
    return _STAND_IN.sub(lambda found: address(found[1]), text)


def write_pack(folder: Path, texts: Mapping[str, str], address: Callable[[str], str]) -> None:
    """Write definitions as a pack that can be checked and installed."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pack.toml").write_text(_HEAD, encoding="utf-8")
    shutil.copyfile(_FOLDER.parent / "SOURCES.md", folder / "SOURCES.md")
    for name, text in texts.items():
        (folder / f"{name}.toml").write_text(render(text, address), encoding="utf-8")
