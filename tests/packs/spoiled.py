"""A tiny pack, and what reading says of it once it is spoiled."""

from pathlib import Path

from monitor.packs.read_pack import read_pack

TINY = Path(__file__).parents[1] / "data" / "packs" / "tiny"
TOML = (TINY / "pack.toml").read_text()


def problems(folder, *replacements, toml=TOML, more=""):
    """What reading says after replacing pieces of pack.toml."""
    for old, new in replacements:
        assert old in toml
        toml = toml.replace(old, new, 1)
    (folder / "pack.toml").write_text(toml + more)
    found = read_pack(folder)
    assert (found.pack is None) is bool(found.problems)
    return [str(each) for each in found.problems]


def warnings(folder, *replacements):
    assert problems(folder, *replacements) == []
    return [str(each) for each in read_pack(folder).warnings]
