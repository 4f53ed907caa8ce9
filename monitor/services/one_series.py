"""One series by itself: its indicator, its columns, who uses it, and the time of its subjects."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from difflib import get_close_matches

import numpy as np
from sqlalchemy.orm import Session

from monitor.domain.clock import DAY_SECONDS, ClockMode, epoch
from monitor.domain.derivations.member import member_of
from monitor.domain.errors import InvalidInput, NotFound
from monitor.domain.indicator import Indicator, ThresholdNormalisation
from monitor.domain.normalisations.normalisation import Unscored
from monitor.domain.normalisations.relative import RelativeNormalisation
from monitor.domain.normalisations.threshold import Thresholds
from monitor.domain.phrases import phrase
from monitor.domain.placement import Placement
from monitor.domain.scale import RISK
from monitor.domain.scoring.heat import change_moments, score
from monitor.domain.scoring.model import Model, compile_model
from monitor.domain.scoring.scores import Scores
from monitor.domain.scoring.view import observed, visible
from monitor.domain.series import Columns, Ints, SeriesKey
from monitor.domain.subject import Driver, Subject
from monitor.domain.suggestions.quantiles import KnownLine
from monitor.domain.suggestions.settled_past import Past, settled_past
from monitor.domain.transforms.denominator import columns_of
from monitor.domain.transforms.track import Track
from monitor.domain.transforms.transform import is_time_dependent, stages
from monitor.services.read_columns import read_columns
from monitor.storage import snapshot, subjects
from monitor.storage.snapshot import Definitions

LINE_YEARS = 15
_ALONE = "alone"


@dataclass(frozen=True, slots=True, kw_only=True)
class OneSeries:
    """A series with all that its page and its suggestions need.

    `as_of` is the time of the subjects that use it: now where one of them lives, else where the last stands.
    """

    known: Definitions
    key: str
    indicator: Indicator
    model: Model
    columns: Mapping[str, Columns]
    placements: tuple[Placement, ...]
    as_of: datetime
    is_archive: bool

    @property
    def own(self) -> Columns:
        """The rows of the series itself."""
        return self.columns[self.key]

    @property
    def others(self) -> dict[str, Columns]:
        """The rows of the series it is divided by."""
        return columns_of(self.model.placements[0].denominators, self.columns)

    @property
    def at(self) -> int:
        """Its time in epoch seconds."""
        return epoch(self.as_of)

    @property
    def past(self) -> Past:
        """What had settled by its time, as known then."""
        return settled_past(self.indicator, self.own, at=self.at, others=self.others)

    def rows(self) -> Columns:
        """Return the row in force of each period, as known at its time."""
        return observed(visible(self.own, at=self.at, known_at=self.at))

    def track(self) -> Track:
        """Return the values of those rows after the indicator's transforms."""
        others = {
            name: observed(visible(each, at=self.at, known_at=self.at)) for name, each in self.others.items()
        }
        return stages(self.indicator, self.rows(), others=others)[-1]

    @property
    def is_higher_worse(self) -> bool | None:
        """Which way is worse; None where both are."""
        return self.indicator.normalisation.is_higher_worse

    def scored(self, moments: Ints) -> Scores:
        """Score it alone at some moments, each as it was known then."""
        return score(self.model, self.columns, at=moments)

    def line(self) -> KnownLine:
        """Return its value at each moment at which it may have changed, as it was known then."""
        moments = self._moments()
        value = self.scored(moments).placements.value[0]
        there = ~np.isnan(value)
        return KnownLine(at=moments[there], value=value[there], until=self.at)

    def _moments(self) -> Ints:
        """Return when a row became known or settled; every midnight where time alone moves the value."""
        if is_time_dependent(self.indicator):
            start = max(int(self.own.known_at.min(initial=self.at)), self.at - LINE_YEARS * 366 * DAY_SECONDS)
            return change_moments(self.model, self.columns, start=start, end=self.at)
        settles = self.own.period_end + int(self.indicator.settles_after_days * DAY_SECONDS)
        known = np.concatenate([rows.known_at for rows in self.columns.values()])
        moments = np.unique(np.concatenate([known, settles]))
        return moments[moments <= self.at]


def one_series(session: Session, key: str, *, now: datetime) -> OneSeries:
    """Read a series; InvalidInput for what is no key, NotFound naming those that may be meant."""
    known = snapshot.current(session)
    try:
        parsed = SeriesKey.parse(key)
    except ValueError as error:
        raise InvalidInput(str(error), field="series") from None
    member = member_of(key)
    if member is not None:
        raise NotFound(phrase("{key} is the heat of a subject: ask for {member}", key=key, member=member))
    indicator = known.indicators.get(parsed.indicator)
    placements = tuple(each for each in known.placements.values() if each.series == key)
    if indicator is None:
        raise _not_found(known, key)
    model = model_alone(indicator, key)
    columns = read_columns(session, model)
    if not placements and not len(columns[key]):
        raise _not_found(known, key)
    as_of, is_archive = _time(session, placements, now=now)
    return OneSeries(
        known=known, key=key, indicator=indicator, model=model, columns=columns, placements=placements,
        as_of=as_of, is_archive=is_archive,
    )  # fmt: skip


def model_alone(indicator: Indicator, key: str) -> Model:
    """Return a model of one placement; a normalisation that is not fitted gives way to its direction."""
    normalisation = indicator.normalisation
    is_waiting = isinstance(normalisation, RelativeNormalisation) and normalisation.fit is None
    if is_waiting or isinstance(normalisation, Unscored):
        ends = (1.0, 0.0) if normalisation.is_higher_worse is False else (0.0, 1.0)
        stand_in = ThresholdNormalisation(thresholds=Thresholds(calm=ends[0], critical=ends[1]))
        indicator = replace(indicator, normalisation=stand_in)
    # A page may show a forecast; only what has a heat may not be reckoned from one.
    indicator = replace(indicator, is_forecast=False) if indicator.is_forecast else indicator
    driver = Driver(slug=_ALONE, name=_ALONE, weight=1.0)
    subject = Subject(slug=_ALONE, name=_ALONE, kind=_ALONE, scale=RISK.slug, drivers=(driver,))
    placement = Placement(subject=_ALONE, driver=_ALONE, series=key, weight=1.0)
    return compile_model(subject, RISK, [placement], {indicator.slug: indicator})


def _time(session: Session, placements: tuple[Placement, ...], *, now: datetime) -> tuple[datetime, bool]:
    """Return the time of the subjects that use a series, and whether all of them stand."""
    states = subjects.states(session, {each.subject for each in placements}).values()
    if not states or any(state.clock.mode is ClockMode.LIVE for state in states):
        return now, False
    is_archive = all(state.clock.mode is ClockMode.STANDING for state in states)
    return max(state.clock.at(now) for state in states), is_archive


def _not_found(known: Definitions, key: str) -> NotFound:
    keys = sorted({each.series for each in known.placements.values() if "@" not in each.series})
    own = [each for each in keys if each.partition(":")[0] == key.partition(":")[0]]
    near = own[:5] or get_close_matches(key, keys, n=3)
    return NotFound(f"there is no series {key}" + (f"; there is {', '.join(near)}" if near else ""))
