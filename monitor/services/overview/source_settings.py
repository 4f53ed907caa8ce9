"""A source's settings as a person reads them: names, values, meanings; what could be a secret is covered."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from monitor.domain.ports import SourceKind
from monitor.domain.wording import say

_COVERED = "•••"
_LONGEST = 400
_LOGIN = re.compile(r"://[^/@\s]+@")
_SECRET_NAME = re.compile(r"(?i)^(.*[-_ ])?(api[-_ ]?key|key|token|password|passwd|secret|authorization)$")
_SECRET_QUERY = re.compile(r"(?i)([?&](?:[a-z_-]*(?:key|token|secret|password))=)[^&#\s]+")
# Under these a person writes names of the other side's own, so that a name tells what is a secret.
_FREE = frozenset({"params", "headers", "body", "form", "json"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One setting: its name, its value in words, what it means ("" if the kind does not say)."""

    name: str
    value: str
    meaning: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Settings that stand together: those of the source itself, or of one of its tables."""

    title: str
    lines: tuple[Line, ...]


def settings_of(settings: Mapping[str, Any], kind: SourceKind | None) -> tuple[Group, ...]:
    """Return the settings in groups: the plain ones first, then each table, with its number if of several."""
    meanings = _meanings(getattr(kind, "settings", None))
    plain: list[Line] = []
    groups: list[Group] = []
    for name, value in settings.items():
        if _is_tables(value):
            groups += [
                Group(
                    title=say("{name} {number} of {all}", name=name, number=number, all=len(value)),
                    lines=tuple(_flat(each)),
                )
                for number, each in enumerate(value, start=1)
            ]
        elif isinstance(value, Mapping) and set(value) != {"secret"}:
            groups.append(Group(title=name, lines=tuple(_flat(value, is_free=name in _FREE))))
        else:
            plain.append(Line(name=name, value=_words(value), meaning=meanings.get(name, "")))
    return (*([Group(title="", lines=tuple(plain))] if plain else []), *groups)


def _meanings(model: Any) -> dict[str, str]:
    fields = getattr(model, "model_fields", {})
    return {name: (field.description or "").replace("`", "") for name, field in fields.items()}


def _is_tables(value: object) -> bool:
    return (
        isinstance(value, list | tuple) and bool(value) and all(isinstance(each, Mapping) for each in value)
    )


def _flat(table: Mapping[str, Any], *, is_free: bool = False) -> list[Line]:
    found = []
    for name, value in table.items():
        if isinstance(value, Mapping) and set(value) != {"secret"}:
            inner = _flat(value, is_free=is_free or name in _FREE)
            found += [Line(name=f"{name}.{each.name}", value=each.value) for each in inner]
        else:
            is_hidden = is_free and _SECRET_NAME.match(name) and not isinstance(value, Mapping)
            found.append(Line(name=name, value=_COVERED if is_hidden else _words(value)))
    return found


def _words(value: object) -> str:
    """Say a value: a list with commas, yes or no, the name of a secret; long texts are cut."""
    if isinstance(value, bool):
        return say("yes") if value else say("not so")
    if isinstance(value, Mapping):
        if set(value) == {"secret"}:
            return say("the secret {name}", name=value["secret"])
        return ", ".join(f"{name} = {_words(each)}" for name, each in value.items())
    text = ", ".join(map(_words, value)) if isinstance(value, list | tuple) else str(value)
    text = _SECRET_QUERY.sub(rf"\1{_COVERED}", _LOGIN.sub(f"://{_COVERED}@", text))
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} …"
