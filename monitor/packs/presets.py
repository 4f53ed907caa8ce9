"""Presets: documented templates of sources, and how one becomes a fragment of a pack."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from monitor.domain.errors import InvalidInput, NotFound

_HEAD_ENDS = "\n[[source]]\n"
_PLACEHOLDER = re.compile(r"\{\{([a-z_]+)(?::(lower|slug))?\}\}")
_ANY_TEXT = r"[^\"\\\x00-\x1f]{1,200}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """A place in a preset that each use fills; `default` None: it has to be given."""

    name: str
    meaning: str
    example: str
    default: str | None = None
    pattern: str = _ANY_TEXT


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """A template of a source with its indicator."""

    slug: str
    name: str
    about: str
    documentation: str
    notes: tuple[str, ...]
    variables: tuple[Variable, ...]
    template: str


def read_presets(folder: Path) -> tuple[Preset, ...]:
    """Return the presets of a folder, by their slugs."""
    return tuple(_preset(path) for path in sorted(folder.glob("*.toml")))


def find_preset(folder: Path, slug: str) -> Preset:
    """Return one preset; NotFound names those there are."""
    presets = {each.slug: each for each in read_presets(folder)}
    if slug not in presets:
        message = f"there is no preset {slug!r}; there are: {', '.join(presets)}"
        raise NotFound(message)
    return presets[slug]


def render(preset: Preset, given: Mapping[str, str]) -> str:
    """Return the fragment with its variables filled; InvalidInput names one that is missing or wrong."""
    known = {each.name: each for each in preset.variables}
    if unknown := sorted(set(given) - set(known)):
        message = f"preset {preset.slug} has no {unknown[0]}; it has: {', '.join(known) or 'nothing to set'}"
        raise InvalidInput(message, field=unknown[0])
    values = {each.name: _value(each, given, preset.slug) for each in preset.variables}
    return _PLACEHOLDER.sub(lambda found: _written(values[found[1]], found[2]), preset.template)


def _value(variable: Variable, given: Mapping[str, str], slug: str) -> str:
    value = given.get(variable.name, variable.default)
    if value is None:
        message = (
            f"preset {slug} needs {variable.name}: {variable.meaning}, such as "
            f"--set {variable.name}={variable.example!r}"
        )
        raise InvalidInput(message, field=variable.name)
    # A value stands between quotes in TOML: what could end them is in no pattern, and refused here too.
    if not re.fullmatch(variable.pattern, value) or not re.fullmatch(_ANY_TEXT, value):
        told = f"{variable.meaning}, such as {variable.example!r}"
        message = f"{variable.name}={value[:60]!r} cannot be used: {told}"
        raise InvalidInput(message, field=variable.name)
    return value


def _written(value: str, form: str | None) -> str:
    if form == "lower":
        return value.lower()
    if form == "slug":
        return re.sub(r"[^a-z0-9]+", "-", value.lower()).strip("-")
    return value


def _preset(path: Path) -> Preset:
    text = path.read_text(encoding="utf-8")
    head, mark, body = text.partition(_HEAD_ENDS)
    told: dict[str, Any] = tomllib.loads(head)["preset"]
    variables = told.pop("variables", {})
    return Preset(
        slug=path.stem,
        notes=tuple(told.pop("notes", ())),
        variables=tuple(Variable(name=name, **about) for name, about in variables.items()),
        template=mark.lstrip() + body,
        **told,
    )
