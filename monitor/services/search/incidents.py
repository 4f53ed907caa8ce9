"""Incidents that are searched for: by their id however old, by their words among the newest."""

from sqlalchemy.orm import Session

from monitor.domain.marking import Marking
from monitor.domain.search.folding import fold
from monitor.domain.search.hits import Closeness, Found, Group, Hit, group_of, path
from monitor.domain.search.names import Asked
from monitor.domain.spoken import capital, clipped, day
from monitor.services.markings import Markings
from monitor.storage import searched
from monitor.storage.searched import FoundIncident
from monitor.storage.snapshot import Definitions

# Of a million the newest are gone through word by word; the list of incidents looks further back.
MOST_LOOKED = 3_000
_SHORTEST_ID, _LONGEST_TITLE = 3, 110


def find_incidents(
    session: Session, known: Definitions, markings: Markings, asked: Asked, text: str, *, limit: int
) -> Group:
    """Return those whose id begins so, and the newest that have all the words."""
    by_id = _with_id(session, known, text.strip())
    newest = searched.newest_incidents(session, limit=MOST_LOOKED)
    named = {(each.source, each.external_id) for each in by_id}
    worded = [
        key
        for key, words in zip(newest.keys, newest.folded, strict=True)
        if asked.is_said_in(words) and key not in named
    ]
    shown = [*by_id, *searched.incidents(session, worded[:limit])]
    return group_of(
        Found.INCIDENT,
        [
            _hit(known, each, asked, markings.of_source(each.source).marking, is_id=place < len(by_id))
            for place, each in enumerate(shown)
        ],
        limit=limit, count=len(by_id) + len(worded),
        back_to=newest.back_to if newest.is_cut else None, further="incidents" if newest.is_cut else "",
    )  # fmt: skip


def _with_id(session: Session, known: Definitions, text: str) -> list[FoundIncident]:
    """Return those whose id begins so, in the case it was asked in, in capitals or in small letters."""
    if len(text) < _SHORTEST_ID or not any(sign.isdigit() for sign in text):
        return []
    found: dict[tuple[str, str], FoundIncident] = {}
    for each in dict.fromkeys((text, text.upper(), text.lower())):
        for one in searched.incidents_with_id(session, each, sources=sorted(known.sources), limit=5):
            found[one.source, one.external_id] = one
    return list(found.values())


def _hit(known: Definitions, each: FoundIncident, asked: Asked, marking: Marking, *, is_id: bool) -> Hit:
    source = known.sources.get(each.source)
    place = ", ".join(part for part in (each.admin1 or each.coded_admin1, each.country) if part)
    what = ": ".join(part for part in (capital(each.kind), each.description or each.actor) if part)
    told = (day(each.happened_on), place, each.source if source is None else source.name)
    return Hit(
        kind=Found.INCIDENT, key=f"{each.source}/{each.external_id}",
        title=clipped(what, _LONGEST_TITLE), path=path("incidents", each.source, each.external_id),
        where=" · ".join(part for part in told if part), day=each.happened_on, lit=asked.words,
        closeness=_closeness(each, asked) if is_id else Closeness.TOLD,
        marking="" if marking is Marking.CLEAR else marking.word,
    )  # fmt: skip


def _closeness(each: FoundIncident, asked: Asked) -> Closeness:
    return Closeness.EXACT if fold(each.external_id) == asked.text else Closeness.BEGINS
