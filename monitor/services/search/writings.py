"""What people wrote that is searched for: the shift log, handovers, silences, notes on alerts."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy.orm import Session

from monitor.domain.search.folding import fold
from monitor.domain.search.hits import Closeness, Found, Group, Hit, group_of, path
from monitor.domain.search.names import Asked
from monitor.domain.spoken import clipped, day
from monitor.domain.wording import say
from monitor.storage import people, searched
from monitor.storage.searched import FoundWriting

# So many of each are gone through, the newest first.
MOST_LOG, MOST_HANDOVERS, MOST_SILENCES, MOST_NOTES, MOST_ACTS = 2_000, 30, 300, 300, 2_000
_LONGEST_TITLE = 110
_ACKNOWLEDGED = "alert.acknowledge"


def find_writings(session: Session, asked: Asked, *, limit: int, now: datetime) -> Iterator[Group]:
    """Give what people wrote that has all the words."""
    names = {each.email: each.name or each.email for each in people.find_all(session)}
    yield _log(session, asked, names, limit=limit)
    yield _handovers(session, asked, names, limit=limit)
    yield _silences(session, asked, names, limit=limit, now=now)
    yield _notes(session, asked, names, limit=limit)


def _log(session: Session, asked: Asked, names: dict[str, str], *, limit: int) -> Group:
    found = searched.log_entries(session, limit=MOST_LOG)
    hits = {
        each.number: _hit(
            each, asked, names, kind=Found.LOG,
            path=f"/log?entry={each.number}#entry-{each.number}", told=each.about,
        )
        for each in reversed(found)
        if _is_it(each, asked, names)
    }  # fmt: skip
    back = found[-1].at.date() if len(found) == MOST_LOG else None
    return group_of(Found.LOG, hits.values(), limit=limit, back_to=back)


def _handovers(session: Session, asked: Asked, names: dict[str, str], *, limit: int) -> Group:
    hits = []
    for each in searched.handovers(session, limit=MOST_HANDOVERS):
        people_in = " ".join(names.get(person, person) for person in each.by.split())
        called = say("Handover {number}", number=each.number)
        if asked.is_said_in(fold(f"{called} {each.by} {people_in} {each.about} {each.text}")):
            hits.append(
                Hit(
                    kind=Found.HANDOVER, key=str(each.number), title=called, lit=asked.words,
                    path=path("handovers", each.number), day=each.at.date(),
                    where=clipped(" · ".join((day(each.at), *_excerpt(each.text, asked))), _LONGEST_TITLE),
                    closeness=asked.closeness(called),
                )
            )  # fmt: skip
    return group_of(Found.HANDOVER, hits, limit=limit)


def _silences(session: Session, asked: Asked, names: dict[str, str], *, limit: int, now: datetime) -> Group:
    hits = []
    for each, ends_at in searched.silences(session, limit=MOST_SILENCES):
        if _is_it(each, asked, names):
            state = say("until {day}", day=day(ends_at)) if ends_at > now else say("over")
            hits.append(
                _hit(
                    each, asked, names, kind=Found.SILENCE, path=path("silences"), weight=ends_at > now,
                    told=f"{each.about} · {state}",
                )
            )  # fmt: skip
    return group_of(Found.SILENCE, hits, limit=limit)


def _notes(session: Session, asked: Asked, names: dict[str, str], *, limit: int) -> Group:
    found = searched.reasons(session, _ACKNOWLEDGED, limit=MOST_NOTES, looked=MOST_ACTS)
    hits = [
        _hit(
            each, asked, names, kind=Found.NOTE, path=path("alerts", each.about),
            told=say("on taking on an alert"),
        )
        for each in found
        if _is_it(each, asked, names)
    ]  # fmt: skip
    return group_of(Found.NOTE, hits, limit=limit)


def _is_it(each: FoundWriting, asked: Asked, names: dict[str, str]) -> bool:
    return asked.is_said_in(fold(f"{each.text} {each.by} {names.get(each.by, '')} {each.about}"))


def _hit(
    each: FoundWriting, asked: Asked, names: dict[str, str], *, kind: Found, path: str, told: str,
    weight: int = 0,
) -> Hit:  # fmt: skip
    where = (day(each.at), names.get(each.by, each.by), told)
    return Hit(
        kind=kind, key=str(each.number), title=clipped(each.text, _LONGEST_TITLE), path=path,
        where=" · ".join(part for part in where if part), day=each.at.date(), lit=asked.words,
        closeness=max(asked.closeness(each.text), Closeness.WITHIN), weight=int(weight),
    )  # fmt: skip


def _excerpt(text: str, asked: Asked) -> list[str]:
    """Return the first of the pieces somebody wrote that has one of the words."""
    pieces = text.split(" · ")
    return [piece for piece in pieces if any(word in fold(piece) for word in asked.words)][:1]
