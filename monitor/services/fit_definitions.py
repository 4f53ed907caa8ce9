"""Fit definitions: lay yardsticks on what is known and save what that gives as new versions."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from monitor.domain.clock import epoch
from monitor.domain.derivations.derived import plan
from monitor.domain.errors import InvalidInput, NotFound
from monitor.domain.indicator import Indicator
from monitor.domain.normalisations.fit import fit
from monitor.domain.normalisations.normalise import normalise
from monitor.domain.normalisations.peers import fit_to_peers, peer_series
from monitor.domain.normalisations.relative import RelativeNormalisation
from monitor.domain.placement import Placement
from monitor.domain.scoring.newest import newest_value
from monitor.domain.series import Columns
from monitor.domain.transforms.denominator import columns_of, denominators
from monitor.services.read_columns import read_plans
from monitor.storage import audit, definitions, snapshot, subjects
from monitor.storage.installed import installed
from monitor.storage.kinds import KIND_NAMES

_MOST_AUDITED = 50
# The field of the error that installing raises where a fit cannot be made.
FITS = "fits_at_install"


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A series' pressure at the fit's moment, as it was scored (None: it was not) and as it will be."""

    series: str
    value: float
    before: float | None
    after: float | None
    is_imputed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitting:
    """One definition that was fitted, and what its series' pressures become."""

    kind: str
    slug: str
    normalisation: RelativeNormalisation
    value: Indicator | Placement
    moved: tuple[Moved, ...] = ()

    @property
    def name(self) -> str:
        """`indicator.fuel-price`."""
        return f"{self.kind}.{self.slug}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fittings:
    """Everything that was fitted, what could not be and why, and which subjects are scored by it."""

    fitted: tuple[Fitting, ...]
    failures: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    is_saved: bool = False


def fit_definitions(
    session: Session,
    slugs: Collection[str],
    *,
    until: datetime | None,
    author: str,
    reason: str,
    now: datetime,
    is_dry: bool = False,
) -> Fittings:
    """Fit the indicators named (none: all that have a yardstick) to what is known, and save new versions.

    Values count up to `until` as known by then; left out, up to the time on the clocks of the subjects they
    are placed under, as known now. NotFound for an unknown indicator, InvalidInput for one without a
    yardstick; what cannot be fitted keeps the fit it has and is listed.
    """
    known = snapshot.current(session)
    _check(known.indicators, known.placements.values(), slugs)
    clocks = {} if until is not None else _clocks(session, known.placements.values(), now=now)
    at = epoch(until or now)
    work = _Fit(session=session, indicators=known.indicators, at=at, known_at=at, clocks=clocks)
    chosen = [each for slug, each in known.indicators.items() if not slugs or slug in slugs]
    fitted, failures = work.run(chosen, list(known.placements.values()))
    touched = _subjects(fitted, known.placements.values())
    if not is_dry and fitted:
        _save(session, fitted, author=author, reason=reason, now=now)
        subjects.mark_due(session, touched, now=now)
    return Fittings(fitted=fitted, failures=failures, subjects=touched, is_saved=bool(fitted) and not is_dry)


def fitted_at_install(
    session: Session,
    values: Sequence[Any],
    indicators: Mapping[str, Indicator],
    *,
    until: datetime,
    now: datetime,
) -> list[Any]:
    """Return the definitions of a pack with the fits it asks for; InvalidInput naming all that cannot be."""
    work = _Fit(session=session, indicators=indicators, at=epoch(until), known_at=epoch(now), is_install=True)
    own = [each for each in values if isinstance(each, Indicator)]
    placements = [each for each in values if isinstance(each, Placement)]
    fitted, failures = work.run(own, placements)
    if failures:
        told = "\n".join(f"  {failure}" for failure in failures)
        raise InvalidInput(f"these could not be fitted (relative, fits_at_install):\n{told}", field=FITS)
    new = {each.name: each.value for each in fitted}
    return [new.get(f"{KIND_NAMES[type(each)]}.{getattr(each, 'slug', '')}", each) for each in values]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fit:
    """Fits at one moment (that of `clocks` by indicator, else `at`) from what was known by another."""

    session: Session
    indicators: Mapping[str, Indicator]
    at: int
    known_at: int
    is_install: bool = False
    clocks: Mapping[str, int] = field(default_factory=dict)

    def run(
        self, chosen: Sequence[Indicator], placements: Sequence[Placement]
    ) -> tuple[tuple[Fitting, ...], tuple[str, ...]]:
        """Return what was fitted, and why the rest was not."""
        jobs = [job for each in chosen for job in self._jobs(each, placements)]
        keys = sorted({key for job in jobs for key in job.reads})
        (columns,) = read_plans(self.session, [plan(keys, self.indicators)])
        fitted: list[Fitting] = []
        failures: list[str] = []
        for job in jobs:
            try:
                fitted.append(self._fitted(job, columns))
            except InvalidInput as error:
                failures.append(f"{job.name}: {str(error).removeprefix(f'{job.indicator.slug}: ')}")
        return tuple(fitted), tuple(failures)

    def _jobs(self, indicator: Indicator, placements: Sequence[Placement]) -> Iterator["_Job"]:
        """Yield the yardsticks of an indicator: its own, and those of its placements."""
        mine = [each for each in placements if each.series.partition(":")[0] == indicator.slug]
        bare = [each for each in mine if each.normalisation is None]
        own = indicator.normalisation
        if isinstance(own, RelativeNormalisation) and self._is_wanted(own):
            series = sorted({each.series for each in bare})
            if own.is_against_peers or len(series) == 1:
                yield _Job(indicator=indicator, normalisation=own, series=tuple(series))
            else:
                # The own past of several series is several pasts: each placement gets its own.
                yield from (
                    _Job(indicator=indicator, normalisation=own, series=(each.series,), placement=each)
                    for each in bare
                )
        for each in mine:
            yardstick = each.normalisation
            if isinstance(yardstick, RelativeNormalisation) and self._is_wanted(yardstick):
                yield _Job(
                    indicator=indicator, normalisation=yardstick, series=(each.series,), placement=each
                )

    def _is_wanted(self, normalisation: RelativeNormalisation) -> bool:
        return not self.is_install or (normalisation.fits_at_install and normalisation.fit is None)

    def _fitted(self, job: "_Job", columns: Mapping[str, Columns]) -> Fitting:
        at, known_at = self._at(job), self.known_at
        if job.normalisation.is_against_peers:
            found = fit_to_peers(
                job.normalisation, columns, indicator=job.indicator, at=at, known_at=known_at
            )
        else:
            series = job.series[0]
            others = columns_of(denominators(job.indicator, series), columns)
            found = fit(
                job.normalisation, columns[series], indicator=job.indicator, at=at, known_at=known_at,
                others=others,
            )  # fmt: skip
        target = job.placement or job.indicator
        return Fitting(
            kind=KIND_NAMES[type(target)],
            slug=target.slug,
            normalisation=found,
            value=replace(target, normalisation=found),
            moved=() if self.is_install else tuple(self._moved(job, found, columns)),
        )

    def _at(self, job: "_Job") -> int:
        return self.clocks.get(job.indicator.slug, self.at)

    def _moved(
        self, job: "_Job", found: RelativeNormalisation, columns: Mapping[str, Columns]
    ) -> Iterator[Moved]:
        at, known_at = self._at(job), self.known_at
        seen = {
            series: newest_value(job.indicator, columns, series, at=at, known_at=known_at)
            for series in job.series
        }
        there = {series: newest for series, newest in seen.items() if newest is not None}
        values = [newest.value for newest in there.values()]
        before, after = _pressures(job.normalisation, values), _pressures(found, values)
        for (series, newest), was, will in zip(there.items(), before, after, strict=True):
            yield Moved(
                series=series, value=newest.value, before=was, after=will, is_imputed=newest.is_imputed
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    """One yardstick to lay: the indicator's on its series, or a placement's."""

    indicator: Indicator
    normalisation: RelativeNormalisation
    series: tuple[str, ...]
    placement: Placement | None = None

    @property
    def name(self) -> str:
        return self.indicator.slug if self.placement is None else self.placement.slug

    @property
    def reads(self) -> set[str]:
        """The keys of all series it is fitted from and tried on."""
        peers = peer_series(self.normalisation, self.indicator)
        others = (denominators(self.indicator, each).values() for each in self.series)
        return {*self.series, *peers, *(key for keys in others for key in keys)}


def _pressures(normalisation: RelativeNormalisation, values: Sequence[float]) -> Sequence[float | None]:
    if normalisation.fit is None:
        return [None] * len(values)
    column = np.array(values, dtype=np.float64)
    found: list[float | None] = normalise(normalisation, value=column, low=column, high=column).value.tolist()
    return found


def _check(
    indicators: Mapping[str, Indicator], placements: Iterable[Placement], slugs: Collection[str]
) -> None:
    placed = {
        each.series.partition(":")[0]
        for each in placements
        if isinstance(each.normalisation, RelativeNormalisation)
    }
    for slug in slugs:
        if slug not in indicators:
            raise NotFound(f"there is no indicator {slug}")
        if slug not in placed and not isinstance(indicators[slug].normalisation, RelativeNormalisation):
            raise InvalidInput(f"indicator {slug} has no yardstick to fit", field="relative")


def _clocks(session: Session, placements: Iterable[Placement], *, now: datetime) -> dict[str, int]:
    """Return by indicator the latest time on the clocks of the subjects it is placed under."""
    states = subjects.states(session)
    found: dict[str, int] = {}
    for each in placements:
        state = states.get(each.subject)
        if state is not None and "@" not in each.subject:
            slug = each.series.partition(":")[0]
            found[slug] = max(found.get(slug, 0), epoch(state.clock.at(now)))
    return found


def _subjects(fitted: Iterable[Fitting], placements: Iterable[Placement]) -> tuple[str, ...]:
    """Return the subjects whose placements are scored by what was fitted."""
    indicators = {each.slug for each in fitted if isinstance(each.value, Indicator)}
    found = {each.value.subject for each in fitted if isinstance(each.value, Placement)}
    found |= {each.subject for each in placements if each.series.partition(":")[0] in indicators}
    return tuple(sorted(found))


def _save(session: Session, fitted: Sequence[Fitting], *, author: str, reason: str, now: datetime) -> None:
    """Save under the pack a definition came with, where nobody edited it: a fit is no edit of its own."""
    here = installed(session)
    by_pack: dict[str, list[Fitting]] = {}
    for each in fitted:
        owner = here.get((each.kind, each.slug))
        pack = owner.pack if owner is not None and owner.is_from_pack else ""
        by_pack.setdefault(pack, []).append(each)
    for pack, group in by_pack.items():
        definitions.save_all(
            session, [each.value for each in group], author=author, reason=reason, effective_at=now, now=now,
            origin="pack" if pack else "admin", pack=pack,
        )  # fmt: skip
    names = [each.name for each in fitted]
    audit.record(
        session, actor=author, action="definition.fit", target=names[0] if len(names) == 1 else "",
        reason=reason, before=None, after={"fitted": names[:_MOST_AUDITED], "count": len(names)}, now=now,
    )  # fmt: skip
