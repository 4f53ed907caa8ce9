"""Ledger between: why heat differs between any two moments, each as published or as known at another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from monitor.domain.clock import moment
from monitor.domain.errors import InvalidInput
from monitor.domain.ledgers.ledger import Ledger, Moment, Term, ledger
from monitor.domain.phrases import phrase
from monitor.services.see import Seen, see


class By(StrEnum):
    """What the terms of a ledger are added up by."""

    CAUSE = "cause"
    DRIVER = "driver"
    INDICATOR = "indicator"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """The terms of one cause, driver or series together; `causes` are theirs, the largest first."""

    slug: str
    name: str
    heat_delta: float
    causes: tuple[str, ...]
    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerBetween:
    """The change of heat from one moment to another; the sums, and all their terms, add up to it exactly.

    Heats of None had no data. `lines` says whether each end was published, reconstructed or as of a moment.
    """

    subject: str
    start: datetime
    end: datetime
    lines: tuple[str, str]
    before_heat: float | None
    after_heat: float | None
    before_level: str
    after_level: str
    delta_heat: float
    by: By
    sums: tuple[Sum, ...]


def ledger_between(  # noqa: PLR0913 - two moments on two clocks
    session: Session,
    slug: str,
    *,
    start: datetime,
    end: datetime | None = None,
    start_as_of: datetime | None = None,
    end_as_of: datetime | None = None,
    by: By = By.INDICATOR,
    now: datetime,
) -> LedgerBetween:
    """Explain the change of heat between two moments of a subject's clock (`end` default: where it stands).

    Each end is what was published then, or with its `as_of` the heat by the rows known and the definitions
    in force at that moment. NotFound; InvalidInput for a moment that has not come, or an end before a start.
    """
    was = see(session, slug, at=start, as_of=start_as_of, now=now)
    now_seen = see(session, slug, at=end, as_of=end_as_of, now=now)
    if now_seen.at < was.at:
        raise InvalidInput(phrase("the span ends before it starts"), field="to")
    found = ledger(_moment(was), _moment(now_seen))
    return LedgerBetween(
        subject=slug,
        start=moment(was.at),
        end=moment(now_seen.at),
        lines=(_line(was, start_as_of), _line(now_seen, end_as_of)),
        before_heat=found.before_heat,
        after_heat=found.after_heat,
        before_level=was.levels.names[0],
        after_level=now_seen.levels.names[0],
        delta_heat=found.delta_heat,
        by=by,
        sums=_sums(found, by, _names(was) | _names(now_seen)),
    )


def _moment(seen: Seen) -> Moment:
    return Moment(model=seen.model, columns=seen.columns, at=seen.at, known_at=seen.known_at)


def _line(seen: Seen, as_of: datetime | None) -> str:
    return "published" if seen.point else "as_of" if as_of else "reconstructed"


def _sums(found: Ledger, by: By, names: Mapping[str, str]) -> tuple[Sum, ...]:
    groups: dict[str, list[Term]] = {}
    for term in found.terms:
        groups.setdefault(_group(term, by), []).append(term)
    sums = (_sum(slug, terms, names) for slug, terms in groups.items())
    return tuple(sorted(sums, key=lambda each: (-abs(each.heat_delta), each.slug)))


def _group(term: Term, by: By) -> str:
    """Return what a term is added to; what is about no driver or series goes by its cause."""
    if by is By.CAUSE:
        return term.cause.value
    own = term.driver if by is By.DRIVER else term.placement or term.driver
    return own or term.cause.value


def _sum(slug: str, terms: Sequence[Term], names: Mapping[str, str]) -> Sum:
    moved: dict[str, float] = {}
    for term in terms:
        moved[term.cause.value] = moved.get(term.cause.value, 0.0) + term.heat_delta
    return Sum(
        slug=slug,
        name=names.get(slug, slug.replace("_", " ").capitalize()),
        heat_delta=sum(term.heat_delta for term in terms),
        causes=tuple(sorted(moved, key=lambda cause: -abs(moved[cause]))),
        terms=tuple(terms),
    )


def _names(seen: Seen) -> dict[str, str]:
    drivers = {driver.slug: driver.name for driver in seen.model.subject.drivers}
    return drivers | {placed.placement.slug: placed.indicator.name for placed in seen.model.placements}
