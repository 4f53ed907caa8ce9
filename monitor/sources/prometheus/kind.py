"""prometheus: queries of a Prometheus (or what speaks its HTTP API), one value a period and series."""

import base64
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from monitor.domain.errors import SourceError
from monitor.domain.harvest import Ask, Fetcher, Harvest, Rejected
from monitor.domain.observation import Reading
from monitor.domain.source import Source
from monitor.sources.prometheus.answer import Sample, Told, told_by
from monitor.sources.settings import Secret, Settings, WebSettings, key, parse, problems_of

_LENGTHS = {
    "5 minutes": timedelta(minutes=5), "15 minutes": timedelta(minutes=15), "hour": timedelta(hours=1),
    "day": timedelta(days=1), "week": timedelta(days=7),
}  # fmt: skip
# The first Monday of the epoch, so that weeks begin on Mondays and the shorter periods at full hours.
_MONDAY = datetime(1970, 1, 5, tzinfo=UTC)
_MOST_POINTS = 10_000
_MOST_READINGS = 200_000
_UNIT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
_HOLE = re.compile(r"\{([a-zA-Z_][a-zA-Z0-9_]*)\}")
_ANSWERED = frozenset({200, 400, 422})

SeriesPattern = Annotated[
    str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*:([A-Za-z0-9._-]|\{[a-zA-Z_][a-zA-Z0-9_]*\})+$")
]


class QuerySeries(Settings):
    """One query, and which series its results are."""

    series: SeriesPattern = key(
        "Its key; `{label}` makes one for each value of the label", "queue-length:{place}"
    )
    query: Annotated[str, Field(min_length=1, max_length=10_000)] = key(
        "The query in PromQL, evaluated at the end of each period", "avg_over_time(fuel_queue_length[1h])"
    )
    units: dict[str, str] = key(
        "What label values are called in the key; with it, others are passed over", {"Ségou": "segou"}, {}
    )


class PrometheusSettings(WebSettings):
    """Where it is, what it is asked, how often a value is of."""

    url: Annotated[str, StringConstraints(pattern=r"^https?://[^\s?#]+$")] = key(
        "Where it is, with any prefix before `/api/v1`", "https://prometheus.example.org"
    )
    token: Secret | None = key("Bearer token", {"secret": "prometheus-token"}, None)
    username: str = key("Name, where it asks for name and password instead", "heatwatch", "")
    password: Secret | None = key("Password of that name", {"secret": "prometheus-password"}, None)
    ask: Literal["range", "instant"] = key(
        "`range`: all periods since the last run (`query_range`); `instant`: the last full one (`query`)",
        "instant", "range",
    )  # fmt: skip
    period: Literal["5 minutes", "15 minutes", "hour", "day", "week"] = key(
        "What a value is of, in UTC; a week begins on Monday", "day", "hour"
    )
    first_days: Annotated[float, Field(gt=0, le=3660)] = key(
        "How many days back the first run asks", 30.0, 7.0
    )
    delay_seconds: Annotated[float, Field(ge=0, le=86_400)] = key(
        "How long after its end a period is asked for, so that the last scrapes are in", 300.0, 60.0
    )
    citation: str = key("Slug of the citation its values carry", "own-metrics", "")
    grade: Annotated[str, Field(pattern=r"^([A-F][1-6])?$")] = key("Grade of its values", "A1", "")
    series: Annotated[tuple[QuerySeries, ...], Field(min_length=1, max_length=100)] = key(
        "What is asked, `[[source.settings.series]]` each", [{"series": "queue-length:{place}", "query": "x"}]
    )

    @model_validator(mode="after")
    def _one_way_in(self) -> "PrometheusSettings":
        if self.token is not None and (self.username or self.password):
            raise ValueError("give a token, or username and password, not both")
        if bool(self.username) != (self.password is not None):
            raise ValueError("username and password are given together")
        return self


class PrometheusSource:
    """Asks each query for the periods that are over."""

    settings = PrometheusSettings

    def problems(self, source: Source) -> Sequence[str]:
        """Return a sentence for each setting that is wrong."""
        return problems_of(PrometheusSettings, source)

    def fetch(self, source: Source, ask: Ask, fetcher: Fetcher) -> Harvest:
        """Return a value for each series and period that is over."""
        given = parse(PrometheusSettings, source)
        ends = _ends(given, ask)
        if not ends:
            return Harvest(note="no period has ended since the last run")
        work = _Work(given=given, ask=ask)
        for each in given.series:
            for part in _parts(ends):
                work.take(each, part, _asked(given, each, part, ask, fetcher))
        return Harvest(
            readings=tuple(work.readings.values()), rejected=tuple(work.rejected), note=work.note()
        )


class _Work:
    """What one run makes of the answers."""

    def __init__(self, *, given: PrometheusSettings, ask: Ask) -> None:
        self._given, self._ask = given, ask
        self.readings: dict[tuple[str, int], Reading] = {}
        self.rejected: list[Rejected] = []
        self._warnings: dict[str, None] = {}
        self._passed = {"are NaN or infinite, so no value": 0, "have a label that units does not name": 0}
        self._is_silent: list[str] = []

    def take(self, each: QuerySeries, ends: range, told: Told) -> None:
        """Turn values into readings of the periods asked for."""
        self._warnings |= dict.fromkeys(told.warnings)
        if not told.samples:
            self._is_silent.append(each.series)
        if told.histograms:
            reason = "a result is a native histogram; take a quantile or a sum of it"
            self.rejected.append(Rejected(where=each.series, text=each.query[:100], reason=reason))
        for sample in told.samples:
            self._take(each, ends, sample)

    def note(self) -> str:
        """Say what was passed over, and what Prometheus itself remarks."""
        told = [f"{count} values {why}" for why, count in self._passed.items() if count]
        told += [f"{name} has no result" for name in dict.fromkeys(self._is_silent)]
        told += [f"Prometheus remarks: {words}" for words in self._warnings]
        return "; ".join(told)[:1000]

    def _take(self, each: QuerySeries, ends: range, sample: Sample) -> None:
        if not math.isfinite(sample.value):
            self._passed["are NaN or infinite, so no value"] += 1
            return
        at = round(sample.at)
        series = _series(each, sample.labels)
        if series is None:
            self._passed["have a label that units does not name"] += 1
            return
        if isinstance(series, Rejected) or at not in ends:
            reason = f"the moment {sample.at:.3f} was not asked for"
            self._reject(
                series if isinstance(series, Rejected) else Rejected(where=series, text="", reason=reason)
            )
            return
        if (series, at) in self.readings:
            message = (
                f"two results of {each.query[:200]!r} are {series}; sum them, or put a label into the key"
            )
            raise SourceError(message, permanent=True)
        if len(self.readings) >= _MOST_READINGS:
            raise SourceError(
                f"more than {_MOST_READINGS:,} values in one run; ask for fewer days", permanent=True
            )
        end = datetime.fromtimestamp(at, UTC)
        self.readings[series, at] = Reading(
            series=series, period_start=end - _LENGTHS[self._given.period], period_end=end,
            value=sample.value, known_at=self._ask.now,
            grade=self._given.grade, citation=self._given.citation,
        )  # fmt: skip

    def _reject(self, rejected: Rejected) -> None:
        if rejected not in self.rejected[-50:]:
            self.rejected.append(rejected)


def _ends(given: PrometheusSettings, ask: Ask) -> range:
    """Return the ends of the periods to ask for, in epoch seconds, each a whole number of periods apart."""
    length, zero = int(_LENGTHS[given.period].total_seconds()), int(_MONDAY.timestamp())
    last = _floor(ask.now - timedelta(seconds=given.delay_seconds), length, zero)
    if given.ask == "instant" and ask.window is None:
        return range(last, last + 1, length)
    if ask.window is not None:
        begin = datetime.combine(ask.window.first, time(), UTC)
        until = datetime.combine(ask.window.last, time(), UTC) + timedelta(days=1)
        last = min(last, _floor(until, length, zero))
    elif ask.since is not None:
        # The last run may have asked a moment before a period ended, and been done a moment after.
        begin = ask.since - timedelta(seconds=given.delay_seconds) - 2 * _LENGTHS[given.period]
    else:
        begin = ask.now - timedelta(days=given.first_days)
    # The first period that lies in the stretch as a whole.
    first = _floor(begin - timedelta(seconds=1), length, zero) + 2 * length
    return range(first, last + 1, length)


def _floor(moment: datetime, length: int, zero: int) -> int:
    return zero + (math.floor(moment.timestamp()) - zero) // length * length


def _parts(ends: range) -> Iterator[range]:
    """Cut what is asked for into as many points as Prometheus gives at once."""
    for first in range(0, len(ends), _MOST_POINTS):
        yield ends[first : first + _MOST_POINTS]


def _asked(given: PrometheusSettings, each: QuerySeries, ends: range, ask: Ask, fetcher: Fetcher) -> Told:
    params = {"query": each.query}
    if len(ends) == 1:
        address = f"{given.url.rstrip('/')}/api/v1/query"
        params["time"] = str(ends[0])
    else:
        address = f"{given.url.rstrip('/')}/api/v1/query_range"
        params |= {"start": str(ends[0]), "end": str(ends[-1]), "step": str(ends.step)}
    answer = fetcher.get(address, params=params, secret_headers=_headers(given, ask), accept=_ANSWERED)
    return told_by(answer, what=f"the query for {each.series}")


def _headers(given: PrometheusSettings, ask: Ask) -> Mapping[str, str]:
    if given.token is not None:
        return {"Authorization": f"Bearer {ask.secret('token')}"}
    if given.password is not None:
        pair = f"{given.username}:{ask.secret('password')}".encode()
        return {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}
    return {}


def _series(each: QuerySeries, labels: Mapping[str, str]) -> str | Rejected | None:
    """Return the key a result belongs to; None where `units` leaves it out."""
    key_of = each.series
    for name in _HOLE.findall(each.series):
        value = labels.get(name, "")
        unit = each.units.get(value, "" if each.units else value)
        if each.units and not unit:
            return None
        if not _UNIT.fullmatch(unit):
            reason = f"the label {name} is no part of a key; say under units what it is called there"
            return Rejected(where=each.series, text=value[:100], reason=reason)
        key_of = key_of.replace(f"{{{name}}}", unit)
    return key_of
