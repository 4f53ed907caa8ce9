"""Templates of bodies that admins write: filled in a sandbox, so that a fault spoils one leaf only."""

import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from monitor.domain.errors import InvalidInput

MOST_LEAF = 16_000
# A leaf that is this alone stands for a secret, filled in while sending; no other text may look like it.
SECRET = re.compile(r"\{secret:([a-z_]+)\}")
_NUMBER = re.compile(r"\{\{[^{}]*\|\s*int\s*\}\}")
_NARROW = "\u200b"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A body with every leaf filled; `problems` are the leaves that could not be, and why."""

    body: Any
    problems: tuple[str, ...] = ()


def fill(template: Any, values: Mapping[str, Any], *, fallback: str) -> Filled:
    """Fill the string leaves of a structure; one that fails says `fallback` and why instead."""
    problems: list[str] = []
    body = _filled(template, values, fallback, problems)
    return Filled(body=body, problems=tuple(problems))


def check_template(template: Any) -> None:
    """Refuse a structure with a leaf that cannot be read; InvalidInput says where in the leaf."""
    for leaf in _leaves(template):
        try:
            _environment().from_string(leaf)
        except TemplateError as error:
            raise InvalidInput(f"{leaf[:80]!r}: {error}", field="template") from None


def secrets_in(template: Any) -> set[str]:
    """Return the names of the secrets that a structure's leaves stand for."""
    return {name for leaf in _leaves(template) for name in SECRET.findall(leaf)}


def with_secrets(body: Any, secrets: Mapping[str, str]) -> Any:
    """Return a filled structure with its secrets in their places."""
    if isinstance(body, dict):
        return {name: with_secrets(part, secrets) for name, part in body.items()}
    if isinstance(body, list):
        return [with_secrets(part, secrets) for part in body]
    found = SECRET.fullmatch(body) if isinstance(body, str) else None
    return body if found is None else secrets.get(found[1], "")


def _filled(part: Any, values: Mapping[str, Any], fallback: str, problems: list[str]) -> Any:
    if isinstance(part, dict):
        return {name: _filled(each, values, fallback, problems) for name, each in part.items()}
    if isinstance(part, list):
        return [_filled(each, values, fallback, problems) for each in part]
    if not isinstance(part, str) or SECRET.fullmatch(part):
        return part
    try:
        text = _environment().from_string(part).render(values)[:MOST_LEAF]
        return int(text) if _NUMBER.fullmatch(part.strip()) else _harmless(text)
    except Exception as error:  # noqa: BLE001 (an alert is never lost to a fault in its template)
        problems.append(f"{type(error).__name__}: {error}"[:200])
        return _harmless(f"{fallback} (template: {problems[-1]})")


def _harmless(text: str) -> str:
    """What an alert is named must never be taken for the place of a secret."""
    return SECRET.sub(lambda found: found[0].replace("{", "{ ", 1), text)


def _leaves(part: Any) -> Iterator[str]:
    if isinstance(part, str):
        yield part
    elif isinstance(part, dict | list):
        for each in part.values() if isinstance(part, dict) else part:
            yield from _leaves(each)


def _unmentioned(text: str) -> str:
    """Words that mention nobody, whatever the chat makes of @ and <."""
    return text.replace("@", f"@{_NARROW}").replace("<", f"<{_NARROW}")


@functools.lru_cache(maxsize=1)
def _environment() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
    environment.filters["unmentioned"] = _unmentioned
    return environment
