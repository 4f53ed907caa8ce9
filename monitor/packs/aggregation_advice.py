"""What is worth a look in how a pack's pressures are combined: means that one 0 decides, and sides."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from monitor.domain.indicator import Indicator
from monitor.domain.normalisations.normalise import reaches
from monitor.domain.normalisations.relative import RelativeNormalisation, Yardstick
from monitor.domain.pack import Pack
from monitor.domain.placement import Placement
from monitor.domain.problem import Problem
from monitor.domain.scale import FULL
from monitor.domain.subject import Aggregation, Driver, Side, Subject

_MOST_NAMED = 4


def aggregation_warnings(pack: Pack) -> Iterator[Problem]:
    """Yield each warning once for all subjects of a template."""
    seen = set()
    look = _Look(
        indicators={each.slug: each for each in pack.indicators},
        values=_values(pack),
    )
    for subject in pack.subjects:
        placed = [each for each in pack.placements if each.subject == subject.slug]
        for key, message, expected in _of_subject(look, subject, placed):
            mark = (subject.template or subject.slug, key, message)
            if mark not in seen:
                seen.add(mark)
                yield Problem(
                    file="pack.toml", table=f"subject.{subject.slug}", key=key, message=message,
                    expected=expected,
                )  # fmt: skip


def _values(pack: Pack) -> Mapping[str, Sequence[float]]:
    found: dict[str, list[float]] = {}
    for history in pack.history:
        for reading in history.readings:
            if reading.value is not None:
                found.setdefault(reading.series.partition(":")[0], []).append(reading.value)
    return found


def _of_subject(
    look: "_Look", subject: Subject, placed: Sequence[Placement]
) -> Iterator[tuple[str, str, str]]:
    groups: list[tuple[str, Aggregation]] = [("", subject.aggregation)]
    groups += [(each.slug, each.aggregation) for each in subject.drivers]
    for slug, how in groups:
        at = f"driver.{slug}." if slug else ""
        if how.method == "worst_dominates" and how.of is Side.STRENGTH:
            yield (
                f"{at}of",
                "worst_dominates of strengths lets the best dominate, not the worst",
                'of = "pressure" (the default), or method = "geometric": low strengths dominate it',
            )
        if _falls_to_0(how):
            guilty = [name for name, nil in look.members(subject, placed, slug, _bottom(how)) if nil]
            if guilty:
                yield f"{at}method", _nothing(how, guilty), "range = [1, 100] in their `relative`"


def _nothing(how: Aggregation, names: Sequence[str]) -> str:
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    listed = ", ".join(names[:_MOST_NAMED]) + more
    return f"one {how.of} of 0 makes the whole {how.method} mean 0, and these can give it: {listed}"


def _falls_to_0(how: Aggregation) -> bool:
    """Whether a single 0 among the members makes the mean 0."""
    return how.method in {"geometric", "harmonic"} or (how.method == "power" and how.power <= 0)


def _bottom(how: Aggregation) -> float:
    """Return the pressure that is 0 on the side of a mean."""
    return 0.0 if how.of is Side.PRESSURE else FULL


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """Looks for what may reach an end of pressure, 0 or 100; `values` are those given, by indicator."""

    indicators: Mapping[str, Indicator]
    values: Mapping[str, Sequence[float]]

    def members(
        self, subject: Subject, placed: Sequence[Placement], group: str, end: float
    ) -> Iterator[tuple[str, bool]]:
        """Yield the members of a driver ("" the subject) by name, and whether they may reach an end."""
        for each in placed:
            if each.driver == group and not each.not_applicable:
                yield each.series.partition(":")[0], self._placement(each, end)
        for driver in subject.drivers:
            if driver.parent == group:
                yield driver.slug, self._driver(subject, placed, driver, end)

    def _driver(self, subject: Subject, placed: Sequence[Placement], driver: Driver, end: float) -> bool:
        found = [nil for _, nil in self.members(subject, placed, driver.slug, end)]
        how = driver.aggregation
        is_enough = {"max": FULL, "min": 0.0}.get(how.method)
        if how.of is Side.STRENGTH and is_enough is not None:
            is_enough = FULL - is_enough
        if (_falls_to_0(how) and end == _bottom(how)) or end == is_enough:
            return any(found)
        return bool(found) and all(found)

    def _placement(self, placement: Placement, end: float) -> bool:
        indicator = self.indicators.get(placement.series.partition(":")[0])
        form = placement.normalisation or (None if indicator is None else indicator.normalisation)
        if indicator is None or form is None:
            return False
        if isinstance(form, RelativeNormalisation):
            return _may_reach(form, end)
        # A form that does not depend on the values counts where one of those given reaches the end.
        return not indicator.transforms and reaches(form, self.values.get(indicator.slug, ()), end)


def _may_reach(form: RelativeNormalisation, end: float) -> bool:
    """Whether a yardstick's range includes an end of pressure; a rank counts from 1, so never from 0."""
    low, high = form.range if form.is_against_peers else (0.0, FULL)
    if form.by is Yardstick.RANK and form.is_against_peers:
        low = max(low, 1.0)
    if not form.cap:
        high = FULL
    least, most = (low, high) if form.of is Side.PRESSURE else (FULL - high, FULL - low)
    return end in {least, most}
