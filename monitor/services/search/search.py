"""Search everything a person may see, in a bounded time however much there is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from monitor.domain.person import Role
from monitor.domain.search.hits import Found, Group, Hit, in_order
from monitor.domain.search.names import Name, Names
from monitor.services.markings import Markings, kept_markings
from monitor.services.search.alerts import find_alerts
from monitor.services.search.incidents import find_incidents
from monitor.services.search.names import known_names, marking_word
from monitor.services.search.writings import find_writings
from monitor.storage import snapshot

LONGEST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What was found for a text, by kind, the kind with the closest first."""

    text: str
    groups: tuple[Group, ...] = ()

    @property
    def count(self) -> int:
        """How many things were found."""
        return sum(group.count for group in self.groups)


def search(
    session: Session,
    text: str,
    *,
    role: Role,
    now: datetime,
    limit: int = 6,
    pages: Iterable[Name] = (),
    with_exercises: bool = False,
) -> Answer:
    """Return at most `limit` things of each kind that have all the words of a text.

    `pages` are the product's own, by the names they have in the language that is spoken. Exercises are left
    out unless asked for, or named with their sign: goita@exercise-1.
    """
    text = text.strip()[:LONGEST]
    known = snapshot.current(session)
    names = known_names(session, known)
    asked = names.ask(text)
    if not asked.words:
        return Answer(text=text)
    with_exercises = with_exercises or "@" in text
    own, markings = Names(pages), kept_markings(session)
    groups = [
        *own.groups(own.ask(text), role=role, limit=limit),
        *names.groups(asked, role=role, limit=limit, with_exercises=with_exercises),
        *find_alerts(session, known, asked, limit=limit, with_exercises=with_exercises),
        find_incidents(session, known, markings, asked, text, limit=limit),
        *find_writings(session, asked, limit=limit, now=now),
    ]
    return Answer(text=text, groups=_marked(markings, in_order(groups)))


def _marked(markings: Markings, groups: tuple[Group, ...]) -> tuple[Group, ...]:
    """Say of each hit how it is marked, where that is not said yet."""
    if markings.are_all_clear:
        return groups
    if keys := [hit.key for group in groups for hit in group.hits if hit.kind is Found.SERIES]:
        markings.read_series(keys)
    return tuple(
        replace(
            group,
            hits=tuple(
                hit if hit.marking else replace(hit, marking=marking_word(markings, hit.kind, hit.key))
                for hit in group.hits
            ),
        )
        for group in groups
    )


def answer_data(answer: Answer) -> Mapping[str, Any]:
    """Return what was found as plain values, for programs."""
    return {"query": answer.text, "count": answer.count, "groups": [_group(each) for each in answer.groups]}


def _group(group: Group) -> Mapping[str, Any]:
    return {
        "kind": group.kind.value,
        "count": group.count,
        "looked_back_to": None if group.looked_back_to is None else group.looked_back_to.isoformat(),
        "hits": [_hit(each) for each in group.hits],
    }


def _hit(hit: Hit) -> Mapping[str, Any]:
    return {
        "kind": hit.kind.value, "key": hit.key, "title": hit.title, "where": hit.where, "path": hit.path,
        "marking": hit.marking or None, "closeness": hit.closeness.name.lower(),
        "day": None if hit.day is None else hit.day.isoformat(),
    }  # fmt: skip
