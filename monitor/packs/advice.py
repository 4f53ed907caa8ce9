"""What is allowed in a pack and still worth a look."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from monitor.domain.derivations.derived import Plan, plan_of
from monitor.domain.derivations.filling import OF_PEERS
from monitor.domain.indicator import Normalisation
from monitor.domain.normalisations.relative import RelativeNormalisation
from monitor.domain.observation import Reading
from monitor.domain.pack import Pack
from monitor.domain.problem import Problem
from monitor.domain.schedule import is_scheduled
from monitor.packs.aggregation_advice import aggregation_warnings

_TOML = "pack.toml"
_MOST_NAMED = 6


def pack_warnings(pack: Pack, folder: Path) -> Iterator[Problem]:
    """Yield what a careful author would want to know; none of it stops an install."""
    if not (folder / "SOURCES.md").is_file():
        yield Problem(
            file="SOURCES.md", message="is missing", expected="a line on every figure's origin and licence"
        )
    if pack.slug != folder.resolve().name:
        yield Problem(
            file=_TOML, table="pack", key="slug", message=f"the folder is called {folder.resolve().name}",
            expected=pack.slug,
        )  # fmt: skip
    for citation in pack.citations:
        if not citation.url and not citation.note:
            yield _warn(f"citation.{citation.slug}", "url", "neither url nor note says where it can be found")
    yield from _definitions(pack)
    yield from aggregation_warnings(pack)
    yield from _series(pack)
    yield from _history(pack)


def _definitions(pack: Pack) -> Iterator[Problem]:
    keys = {*_placed(pack), *(each.key for each in _plan(pack).derived)}
    keys |= {each.series for each in pack.placements}
    placed = {series.partition(":")[0] for series in keys}
    readings = (reading for history in pack.history for reading in history.readings)
    given = {reading.series.partition(":")[0] for reading in readings}
    for indicator in pack.indicators:
        if indicator.derived is not None and indicator.slug in given:
            yield _warn(
                f"indicator.{indicator.slug}", "", "is reckoned: the values given for it are not read"
            )
        if indicator.slug not in placed | given:
            yield _warn(f"indicator.{indicator.slug}", "", "has neither values nor a place under a subject")
    for name, normalisation in _normalisations(pack):
        if not isinstance(normalisation, RelativeNormalisation) or normalisation.fits_at_install:
            continue
        if normalisation.fit is None:
            yield _warn(name, "relative", "is not fitted: it cannot score until a fit is saved")
    for subject in pack.subjects:
        if not pack.series_of(subject.slug):
            yield _warn(
                f"subject.{subject.slug}", "driver", "nothing is placed under it: its level stays Unknown"
            )


def _normalisations(pack: Pack) -> Iterator[tuple[str, Normalisation | None]]:
    """Yield every normalisation that scores: an indicator's own only where it is placed without another."""
    by_slug = {indicator.slug: indicator for indicator in pack.indicators}
    bare = {
        placement.series.partition(":")[0] for placement in pack.placements if not placement.normalisation
    }
    yield from ((f"indicator.{slug}", by_slug[slug].normalisation) for slug in sorted(bare & by_slug.keys()))
    yield from ((f"placement.{each.slug}", each.normalisation) for each in pack.placements)


def _placed(pack: Pack) -> set[str]:
    """Return every series of observations a subject reads, operands and those it divides by included."""
    return set(_plan(pack).stored)


def _plan(pack: Pack) -> Plan:
    return plan_of(pack.placements, {indicator.slug: indicator for indicator in pack.indicators})


def _series(pack: Pack) -> Iterator[Problem]:
    """Series placed without a value, given without a place, and units that differ by case alone."""
    given = {reading.series for history in pack.history for reading in history.readings}
    placed = _placed(pack)
    fetched = {source.slug for source in pack.sources if is_scheduled(source) or source.is_pushed}
    by_clock = {indicator.slug for indicator in pack.indicators if indicator.source in fetched}
    under = {each.series for each in pack.placements}
    filled = _filled(pack, given)
    for series in sorted(placed - given):
        slug = series.partition(":")[0]
        if slug in by_clock or slug in filled:
            continue
        if series in under:
            yield _warn(f"placement.{series}", "", "has no history, and no source fetches it")
        else:
            message = "is read for others though placed nowhere; it has no history, and no source fetches it"
            yield _warn(f"series.{series}", "", message)
    unused = sorted(given - placed)
    for series in unused:
        twin = next((other for other in sorted(placed) if other.lower() == series.lower()), "")
        if twin:
            yield _warn(f"history.{series}", "", "no subject uses it, but one of another case", expected=twin)
    if unused:
        yield _warn("history", "", f"{len(unused)} series are under no subject: {_some(unused)}")


def _filled(pack: Pack, given: set[str]) -> set[str]:
    """Return the indicators of which some units have values, from which the gaps of others are filled."""
    known = {series.partition(":")[0] for series in given}
    return {
        each.slug
        for each in pack.indicators
        if each.imputation is not None and each.imputation.by in OF_PEERS and each.slug in known
    }


def _history(pack: Pack) -> Iterator[Problem]:
    closed = {source.slug for source in pack.sources if not source.may_redistribute}
    for history in pack.history:
        if history.source in closed:
            yield Problem(
                file=history.file, message=f"source {history.source} does not allow its data to be passed on"
            )
        late = sum(1 for reading in history.readings if _is_after(pack, reading))
        if late:
            yield Problem(
                file=history.file, message=f"{late} rows were known after data_until and are not seen by then"
            )
        yield from _revisions(history.file, history.readings)


def _is_after(pack: Pack, reading: Reading) -> bool:
    return pack.data_until is not None and reading.known_at > pack.data_until


def _revisions(file: str, readings: tuple[Reading, ...]) -> Iterator[Problem]:
    """A revision known no later than the one before it hides that one from every replay."""
    ordered = sorted(
        readings, key=lambda each: (each.series, each.period_start, each.period_end, each.source_revision)
    )
    for before, after in pairwise(ordered):
        is_same = before.series == after.series and (before.period_start, before.period_end) == (
            after.period_start,
            after.period_end,
        )
        if is_same and after.known_at <= before.known_at:
            name = f"{after.series} {after.period_start:%Y-%m-%d}"
            numbers = f"revision {after.source_revision} was known no later than {before.source_revision}"
            yield Problem(file=file, message=f"{name}: {numbers}")


def _some(names: list[str]) -> str:
    return ", ".join(names[:_MOST_NAMED]) + (" ..." if len(names) > _MOST_NAMED else "")


def _warn(table: str, key: str, message: str, *, expected: str = "") -> Problem:
    return Problem(file=_TOML, table=table, key=key, message=message, expected=expected)
