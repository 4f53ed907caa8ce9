"""Refuse an edit of what was changed meanwhile, and say by whom, why, and what is another now."""

import difflib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy.orm import Session

from monitor.domain.alerting.routing import Routing
from monitor.domain.errors import Conflict
from monitor.domain.pack import Definition
from monitor.packs.routing_text import routing_text
from monitor.storage import definitions, snapshot
from monitor.storage.definitions import VersionOf
from monitor.storage.kinds import KIND_NAMES, KINDS
from monitor.storage.sequence import lock
from monitor.storage.structure import to_json


def require_unchanged(session: Session, seen: Mapping[str, int]) -> None:
    """Hold on to these versions (`rule fuel-high`: 3; 0: there was none) until the caller commits.

    Conflict with what differs where another is in force; whoever saves at the same time waits here.
    """
    lock(session)
    known = snapshot.current(session)
    for name, version in seen.items():
        kind, _, slug = name.partition(" ")
        now = known.version_of(kind, slug)
        if now != version:
            raise _conflict(session, kind, slug, seen=version, now=now)


def versions_seen(known: snapshot.Definitions, values: Iterable[Definition]) -> dict[str, int]:
    """Return by name the versions that definitions had when a draft of them was read; 0: there was none."""
    names = ((KIND_NAMES[type(each)], each.slug) for each in values)
    return {f"{kind} {slug}": known.version_of(kind, slug) for kind, slug in names}


def _conflict(session: Session, kind: str, slug: str, *, seen: int, now: int) -> Conflict:
    versions = {each.version: each for each in definitions.history(session, KINDS[kind], slug)}
    before, after = versions.get(seen), versions.get(now)
    what = "the routes were" if kind == "routing" else f"{kind} {slug} was"
    by = f" by {after.author}: {after.reason}" if after is not None else ""
    message = (
        f"{what} changed meanwhile{by}. Version {now} is in force, you saw {seen}. "
        "Look again and put your change in anew"
    )
    return Conflict(message, changes=tuple(_differences(before, after)))


def _differences(before: VersionOf[Any] | None, after: VersionOf[Any] | None) -> Iterator[str]:
    """Yield what differs: lines of the tree's text with their signs, or `field: before -> after`."""
    old, new = (None if each is None else each.value for each in (before, after))
    if isinstance(old or new, Routing):
        texts = [[] if each is None else routing_text(each).splitlines() for each in (old, new)]
        lines = difflib.unified_diff(texts[0], texts[1], lineterm="", n=1)
        yield from (line for line in lines if line[:3] not in {"---", "+++"})
        return
    fields, others = (({} if each is None else to_json(each)) for each in (old, new))
    for name in dict.fromkeys((*fields, *others)):
        if fields.get(name) != others.get(name):
            yield f"{name}: {fields.get(name)} -> {others.get(name)}"
