"""How what is made from sources is to be handled: the strictest of all that feed it; one query a set."""

from collections.abc import Collection, Iterable
from collections.abc import Set as AbstractSet
from copy import copy

from sqlalchemy.orm import Session

from monitor.domain.derivations.derived import Plan, plan, plan_of
from monitor.domain.marking import OPEN, Handling, Marking, handling_of, strictest
from monitor.storage import series_sources, snapshot
from monitor.storage.notifications import EpisodeEvent
from monitor.storage.snapshot import Definitions


class Markings:
    """Handling by series, subject and set of subjects; read once, reckoned once each."""

    def __init__(self, session: Session, known: Definitions) -> None:
        """Take the definitions in force; which sources gave which series is read once, when asked for."""
        self._session = session
        self._known = known
        self._by_source = {slug: handling_of(source) for slug, source in known.sources.items()}
        self._subjects: dict[str, Handling] = {}
        self._series: dict[str, Handling] = {}
        self._plans: dict[str, Plan] = {}
        self._given: dict[str, frozenset[str]] = {}

    def within(self, session: Session) -> "Markings":
        """Return the same for another session: what was reckoned is shared."""
        same = copy(self)
        same._session = session  # noqa: SLF001 - its own
        return same

    @property
    def are_all_clear(self) -> bool:
        """Whether no source is marked and all may be passed on."""
        return all(
            each.marking is Marking.CLEAR and each.may_redistribute for each in self._by_source.values()
        )

    def of_source(self, slug: str) -> Handling:
        """Return how a source's data is handled; what is not defined asks nothing."""
        return self._by_source.get(slug, OPEN)

    def of_series(self, key: str) -> Handling:
        """Return how a series is handled, with all that it is reckoned from."""
        if key not in self._series:
            self._series[key] = self._of_plan(plan([key], self._known.indicators), frozenset())
        return self._series[key]

    def read_series(self, keys: Iterable[str]) -> None:
        """Read at once what `of_series` will ask for each of these."""
        self._of_plan(plan(list(keys), self._known.indicators), frozenset())

    def of_subject(self, slug: str) -> Handling:
        """Return how a subject's heat, its page, its brief and its alerts are handled."""
        return self._of_subject(slug, frozenset())

    def of_event(self, found: EpisodeEvent) -> Handling:
        """Return how what is told of an alert event is handled: as its subject and its series are."""
        subject, series = found.event.body.get("subject") or {}, found.event.body.get("series") or {}
        given = [self.of_subject(found.subject or str(subject.get("slug", "")))]
        if ":" in (key := str(series.get("slug", ""))):
            given.append(self.of_series(key))
        given += [self.of_subject(slug) for slug in found.event.body.get("subjects", ())]
        return strictest(given)

    def read_for(self, slugs: Iterable[str]) -> None:
        """Read at once what these subjects are made from, for who asks about one after the other."""
        plans = [self._plan_of(slug) for slug in slugs if slug not in self._subjects]
        self._read({_played(key) for found in plans for key in found.stored})

    def of_subjects(self, slugs: Iterable[str]) -> Handling:
        """Return how something made from many subjects is handled, reckoned at once."""
        placed = [each for slug in slugs for each in self._known.placements_of(slug)]
        return self._of_plan(plan_of(placed, self._known.indicators), frozenset())

    def _of_subject(self, slug: str, above: frozenset[str]) -> Handling:
        if slug in above:
            return OPEN
        if slug not in self._subjects:
            self._subjects[slug] = self._of_plan(self._plan_of(slug), above | {slug})
        return self._subjects[slug]

    def _plan_of(self, slug: str) -> Plan:
        if slug not in self._plans:
            self._plans[slug] = plan_of(self._known.placements_of(slug), self._known.indicators)
        return self._plans[slug]

    def _of_plan(self, found: Plan, above: frozenset[str]) -> Handling:
        keys = {_played(key) for key in found.stored}
        self._read(keys)
        slugs = {source for key in keys for source in self._sources_of(key)} | {*found.sources}
        given = [self.of_source(slug) for slug in sorted(slugs)]
        return strictest([*given, *(self._of_subject(member, above) for member in found.members)])

    def _read(self, keys: AbstractSet[str]) -> None:
        if missing := keys - self._given.keys():
            self._given |= dict.fromkeys(missing, frozenset()) | series_sources.find(self._session, missing)

    def _sources_of(self, key: str) -> Collection[str]:
        """Return the source that its indicator is read from, and all that ever gave values of it."""
        indicator = self._known.indicators.get(key.partition(":")[0])
        own = {indicator.source} if indicator is not None and indicator.source else set()
        return own | self._given[key]


def _played(key: str) -> str:
    """Return the series that one of an exercise plays again: it is handled as that is."""
    return key.partition("@")[0]


def markings(session: Session) -> Markings:
    """Return the markings under the definitions in force."""
    return Markings(session, snapshot.current(session))


def kept_markings(session: Session, *, given: int | None = None) -> Markings:
    """Return the same, reckoned once for as long as no source gave a series for the first time.

    For sessions that only read: what they see is not undone. `given` is how often one did, where the caller
    has counted.
    """
    known, count = snapshot.current(session), series_sources.count(session) if given is None else given
    kept: tuple[int, Markings] | None = known.kept.get(Markings)
    if kept is None or kept[0] != count:
        kept = known.kept[Markings] = (count, Markings(session, known))
    return kept[1].within(session)
