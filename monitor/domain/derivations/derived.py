"""Derived series: which of a model's series are reckoned from others, in the order in which they can be."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from monitor.domain.derivations.event_values import EventValues
from monitor.domain.derivations.formula import Formula
from monitor.domain.derivations.impute import imputation_series
from monitor.domain.derivations.incident_count import IncidentCount
from monitor.domain.derivations.member import MEMBER, SUBJECT, member_of
from monitor.domain.errors import InvalidInput
from monitor.domain.indicator import Indicator
from monitor.domain.placement import Placement
from monitor.domain.series import SeriesKey
from monitor.domain.transforms.denominator import denominators

# Keys that stand for something other than observations, to be watched beside series.
INCIDENTS = "incidents"
RESERVED = (SUBJECT, INCIDENTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """The heat of another subject as a series."""

    subject: str


How = Formula | IncidentCount | EventValues | Member


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived:
    """One series and how it is reckoned; `operands` are the keys a formula reads, by name."""

    key: str
    how: How
    operands: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """Series of one indicator whose gaps are filled, after all that is derived."""

    indicator: Indicator
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The stored series a model reads, and the derived ones, each after those it is reckoned from.

    `filled` are those whose gaps are filled; `peers` the stored series that are read for nothing else.
    """

    stored: tuple[str, ...] = ()
    derived: tuple[Derived, ...] = ()
    filled: tuple[Filled, ...] = ()
    peers: tuple[str, ...] = ()

    @property
    def watched(self) -> tuple[str, ...]:
        """The keys whose news concern the model: stored series, sources of incidents, members.

        Not those of peers: fifty subjects would be reckoned anew for every value of one of them.
        """
        others = {
            f"{INCIDENTS}:{each.how.source}" for each in self.derived if isinstance(each.how, IncidentCount)
        }
        others |= {f"{SUBJECT}:{each.how.subject}" for each in self.derived if isinstance(each.how, Member)}
        peers = set(self.peers)
        return (*(key for key in self.stored if key not in peers), *sorted(others))

    @property
    def sources(self) -> tuple[str, ...]:
        """The sources whose incidents are counted."""
        return tuple(
            sorted({each.how.source for each in self.derived if isinstance(each.how, IncidentCount)})
        )

    @property
    def members(self) -> tuple[str, ...]:
        """The subjects that are members."""
        return tuple(sorted({each.how.subject for each in self.derived if isinstance(each.how, Member)}))


def indicator_of(series: str, indicators: Mapping[str, Indicator]) -> Indicator | None:
    """Return the indicator of a series, that of all members for a member's; None where it is not defined."""
    if member_of(series) is not None:
        return MEMBER
    return indicators.get(SeriesKey.parse(series).indicator)


def plan(keys: Iterable[str], indicators: Mapping[str, Indicator]) -> Plan:
    """Return what must be read and reckoned for some series.

    InvalidInput for an operand that is not defined, with its place, and for a formula that leads back to
    itself, naming the whole circle.
    """
    found, wanted = _Planner(indicators), list(keys)
    for key in wanted:
        found.visit(key, ())
    own = set(found.stored)
    filled = found.fill(wanted)
    return Plan(
        stored=tuple(sorted(found.stored)),
        derived=tuple(found.derived.values()),
        filled=filled,
        peers=tuple(sorted(found.stored - own)),
    )


def circle_in(links: Mapping[str, Iterable[str]], start: str) -> list[str]:
    """Return a way from a name over its links back to itself, both ends included; empty if there is none."""
    ways = [[start]]
    seen: set[str] = set()
    while ways:
        way = ways.pop()
        for following in links.get(way[-1], ()):
            if following == start:
                return [*way, start]
            if following not in seen:
                seen.add(following)
                ways.append([*way, following])
    return []


def require_no_circles(indicators: Mapping[str, Indicator], members: Mapping[str, Iterable[str]]) -> None:
    """Refuse formulas that lead back to themselves and subjects that are members of themselves."""
    links = {
        slug: [name.partition(":")[0] for name in each.derived.operands]
        for slug, each in indicators.items()
        if isinstance(each.derived, Formula)
    }
    _refuse_circle(links, "a formula leads back to itself", field="formula")
    _refuse_circle(members, "a subject is a member of itself", field="member")


def _refuse_circle(links: Mapping[str, Iterable[str]], message: str, *, field: str) -> None:
    for slug in links:
        circle = circle_in(links, slug)
        if circle:
            raise InvalidInput(f"{message}: {' -> '.join(circle)}", field=field)


def plan_of(placements: Iterable[Placement], indicators: Mapping[str, Indicator]) -> Plan:
    """Return what must be read and reckoned for some placements, denominators included."""
    keys: dict[str, None] = {}
    for each in placements:
        indicator = indicator_of(each.series, indicators)
        if indicator is not None and not each.not_applicable:
            keys |= dict.fromkeys([each.series, *denominators(indicator, each.series).values()])
    return plan(keys, indicators)


class _Planner:
    """Walks from series to what they are reckoned from, depth first."""

    def __init__(self, indicators: Mapping[str, Indicator]) -> None:
        self.indicators = indicators
        self.stored: set[str] = set()
        self.derived: dict[str, Derived] = {}

    def fill(self, keys: Iterable[str]) -> tuple[Filled, ...]:
        """Note what filling the gaps of series reads, and return which are filled."""
        wanted: dict[str, list[str]] = {}
        for key in keys:
            indicator = indicator_of(key, self.indicators)
            if indicator is not None and indicator.imputation is not None:
                wanted.setdefault(indicator.slug, []).append(key)
        for slug in wanted:
            read = imputation_series(self.indicators[slug])
            if self._are_stored(read):
                # Fifty peers of fifty indicators, for each of fifty subjects: no need to look at each.
                self.stored.update(read)
                continue
            for key in read:
                self.visit(key, ())
        return tuple(
            Filled(indicator=self.indicators[slug], keys=tuple(mine)) for slug, mine in wanted.items()
        )

    def _are_stored(self, keys: Iterable[str]) -> bool:
        """Whether none of the series is derived or a member."""
        slugs = {key.partition(":")[0] for key in keys}
        known = [self.indicators.get(slug) for slug in slugs]
        return SUBJECT not in slugs and all(each is None or each.derived is None for each in known)

    def visit(self, key: str, path: tuple[str, ...]) -> None:
        """Note a series after all it rests on."""
        if key in path:
            circle = " -> ".join([*path[path.index(key) :], key])
            raise InvalidInput(f"formula leads back to itself: {circle}", field="formula")
        if key in self.derived or key in self.stored:
            return
        subject = member_of(key)
        indicator = indicator_of(key, self.indicators)
        how = Member(subject=subject) if subject else None if indicator is None else indicator.derived
        if how is None:
            self.stored.add(key)
            return
        operands = how.keys(key) if isinstance(how, Formula) else {}
        for name, operand in operands.items():
            if isinstance(how, Formula) and indicator_of(operand, self.indicators) is None:
                slug = SeriesKey.parse(operand).indicator
                raise InvalidInput(f"{key}: {how.fault(name, f'no indicator {slug!r}')}", field="formula")
            self.visit(operand, (*path, key))
        self.derived[key] = Derived(key=key, how=how, operands=operands)
