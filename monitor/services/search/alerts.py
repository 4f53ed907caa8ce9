"""Alerts that are searched for: by the names of their rule, subject and series, or by an episode's id."""

from collections.abc import Iterable, Iterator

from sqlalchemy.orm import Session

from monitor.domain.scale import Concern
from monitor.domain.search.folding import fold
from monitor.domain.search.hits import Closeness, Found, Group, Hit, group_of, path
from monitor.domain.search.names import Asked
from monitor.domain.spoken import day
from monitor.domain.wording import say
from monitor.services.overview.alert_words import title
from monitor.services.overview.words import series_name
from monitor.storage import searched
from monitor.storage.searched import FoundAlert
from monitor.storage.snapshot import Definitions

# So many open alerts are gone through, the worst first, and so many that are over, the newest first.
MOST_OPEN, MOST_OVER = 5_000, 2_000
_SHORTEST_ID = 4


def find_alerts(
    session: Session, known: Definitions, asked: Asked, *, limit: int, with_exercises: bool = False
) -> Iterator[Group]:
    """Give the open alerts and those that are over."""
    open_now = searched.open_alerts(session, limit=MOST_OPEN)
    over = searched.ended_episodes(session, limit=MOST_OVER)
    by_id = _with_id(session, asked)
    are_open = {each.episode_id for each in open_now}
    named = {each.episode_id: each for each in by_id}
    texts: dict[tuple[str, str, str], str] = {}
    for kind, found, others in (
        (Found.ALERT, open_now, []),
        (Found.OVER, over, [each for each in by_id if each.episode_id not in are_open]),
    ):
        every = {each.episode_id: each for each in (*found, *others)}.values()
        hits = [
            _hit(known, each, kind, asked, is_id=each.episode_id in named)
            for each in every
            if (with_exercises or "@" not in each.subject)
            and (each.episode_id in named or asked.stands_in(_text(known, each, texts)))
        ]
        back = min((each.started_at for each in over if each.started_at), default=None)
        is_cut = kind is Found.OVER and len(over) == MOST_OVER and back is not None
        yield group_of(kind, hits, limit=limit, back_to=back.date() if is_cut and back else None)


def _with_id(session: Session, asked: Asked) -> list[FoundAlert]:
    if len(asked.text) < _SHORTEST_ID or " " in asked.text:
        return []
    return searched.episodes_with_id(session, asked.text, limit=5)


def _text(known: Definitions, found: FoundAlert, texts: dict[tuple[str, str, str], str]) -> str:
    """Return all that an alert is called, folded; the same for all of one rule on one series."""
    key = (found.rule, found.subject, found.series)
    if key not in texts:
        subject = known.subjects.get(found.subject)
        rule = known.rules.get(found.rule)
        parts: Iterable[str] = (
            title(known, found.rule, None), found.rule, found.subject, subject.name if subject else "",
            _series(known, found.series), found.series, rule.slug if rule else "",
        )  # fmt: skip
        texts[key] = fold(" ".join(parts))
    return texts[key]


def _hit(known: Definitions, found: FoundAlert, kind: Found, asked: Asked, *, is_id: bool) -> Hit:
    concern = Concern(found.concern)
    subject = known.subjects.get(found.subject)
    called = title(known, found.rule, concern if kind is Found.ALERT else None)
    name = found.subject if subject is None else subject.name
    told = [name, concern.said]
    if found.started_at is not None:
        told.append(say("since {day}", day=day(found.started_at)))
    if kind is Found.OVER:
        told[1:] = [say("was {concern}", concern=concern.said)]
        told += [day(found.started_at)] if found.started_at else []
    return Hit(
        kind=kind, key=found.episode_id, title=called, path=path("alerts", found.episode_id),
        where=" · ".join(told), weight=int(concern), lit=asked.lit,
        day=None if found.started_at is None else found.started_at.date(),
        closeness=Closeness.EXACT if is_id else max(asked.closeness(called), Closeness.BEGINS),
    )  # fmt: skip


def _series(known: Definitions, key: str) -> str:
    indicator = known.indicators.get(key.partition(":")[0])
    return key if indicator is None or ":" not in key else series_name(indicator, key)
