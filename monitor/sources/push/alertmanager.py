"""alertmanager: the webhook of an unmodified Alertmanager (payload version 4) becomes counts of alerts."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from monitor.domain.errors import SourceError
from monitor.domain.harvest import Answer, Ask, Fetcher, Harvest
from monitor.domain.observation import Reading
from monitor.domain.source import Source
from monitor.sources.push.alert_memory import MOST_ALERTS, AlertMemory, Firing, remembered
from monitor.sources.push.body import scheduled_in_vain
from monitor.sources.settings import Settings, key, parse, problems_of

_VERSION = "4"
_NEVER = datetime(1, 1, 1, tzinfo=UTC)
_PERIODS = {"hour": timedelta(hours=1), "day": timedelta(days=1)}
_MOMENT = timedelta(seconds=1)
_SHOWN = 5

Label = Annotated[str, Field(max_length=4096)]
Values = str | tuple[str, ...]


class AlertSeries(Settings):
    """Which alerts one series counts."""

    series: str = key("Its key", "outages:telecom")
    where: dict[str, Values] = key(
        "Labels an alert must have, each with its value or one of several; left out: every alert counts",
        {"severity": ["critical", "page"], "team": "telecom"}, {},
    )  # fmt: skip
    count: Literal["firing", "fired"] = key(
        "`firing`: those that fire at the last message of a period; `fired`: all that did at some time in it",
        "fired", "firing",
    )  # fmt: skip

    def takes(self, labels: Mapping[str, str]) -> bool:
        """Whether an alert with these labels counts."""
        return all(
            labels.get(name, "") in ((wanted,) if isinstance(wanted, str) else wanted)
            for name, wanted in self.where.items()
        )


class AlertmanagerSettings(Settings):
    """What a source of this kind is told beside its token."""

    period: Literal["hour", "day"] = key("What a value is of", "day", "hour")
    repeat_hours: Annotated[float, Field(gt=0, le=24 * 14)] = key(
        "The longest `repeat_interval` of Alertmanager's routes; one not repeated for twice that has ended",
        12.0, 4.0,
    )  # fmt: skip
    citation: str = key("Slug of the citation its values carry", "own-monitoring", "")
    grade: Annotated[str, Field(pattern=r"^([A-F][1-6])?$")] = key("Grade of its values", "A1", "")
    series: Annotated[tuple[AlertSeries, ...], Field(min_length=1, max_length=200)] = key(
        "What is counted, `[[source.settings.series]]` each", [{"series": "outages:telecom"}]
    )


def _moment(value: object) -> object:
    if isinstance(value, str):
        try:
            found = datetime.fromisoformat(value)
            return found.astimezone(UTC) if found.tzinfo and found.year > 1 else _NEVER
        except (ValueError, OverflowError):
            pass
    raise ValueError("expected a moment such as 2026-11-23T01:45:00Z")


class _Alert(BaseModel):
    """One alert of a message; what Alertmanager may add to it is passed over."""

    model_config = ConfigDict(strict=True, frozen=True, extra="ignore")

    status: Literal["firing", "resolved"]
    labels: Annotated[dict[Label, Label], Field(max_length=200)]
    startsAt: Annotated[datetime, BeforeValidator(_moment)]  # noqa: N815 - Alertmanager's name
    endsAt: Annotated[datetime, BeforeValidator(_moment)] = _NEVER  # noqa: N815 - Alertmanager's name
    fingerprint: Annotated[str, Field(max_length=64)] = ""

    @property
    def identity(self) -> str:
        """Its fingerprint; one reckoned from its labels where an old Alertmanager sends none."""
        return self.fingerprint or hashlib.sha256(repr(sorted(self.labels.items())).encode()).hexdigest()[:16]


class _Message(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, extra="ignore")

    version: str
    alerts: Annotated[tuple[_Alert, ...], Field(max_length=MOST_ALERTS)]
    truncatedAlerts: Annotated[int, Field(ge=0, le=1_000_000)] = 0  # noqa: N815 - Alertmanager's name


class AlertmanagerSource:
    """Takes messages of Alertmanager; there is nothing to fetch."""

    settings = AlertmanagerSettings
    path = "alertmanager"
    content_types = frozenset({"application/json"})

    def problems(self, source: Source) -> Sequence[str]:
        """Return a sentence for each setting that is wrong."""
        return [*problems_of(AlertmanagerSettings, source), *scheduled_in_vain(source)]

    def fetch(self, source: Source, ask: Ask, fetcher: Fetcher) -> Harvest:
        """Say that this source is not asked."""
        del ask, fetcher
        address = f"/api/v1/sources/{source.slug}/alertmanager"
        raise SourceError(
            f"source {source.slug} is never asked: Alertmanager posts to {address}", permanent=True
        )

    def read(self, source: Source, ask: Ask, answer: Answer) -> Harvest:
        """Return how many alerts fire, by what this message and those before it say."""
        given = parse(AlertmanagerSettings, source)
        message = _message(answer.content)
        memory = remembered(ask.bookmark, now=ask.now)
        for alert in message.alerts:
            memory.tell(_firing(alert, given, now=ask.now))
        patience = 2 * timedelta(hours=given.repeat_hours)
        ended = memory.end_unrepeated(before=int((ask.now - patience).timestamp()))
        memory.forget(now=ask.now)
        if len(memory.firings) > MOST_ALERTS:
            raise SourceError(f"more than {MOST_ALERTS:,} alerts at once; route fewer of them to this desk")
        return Harvest(
            readings=tuple(
                reading
                for each in given.series
                for reading in _readings(each, given, memory, message, ask=ask)
            ),
            bookmark=memory.kept(),
            note=_note(message, ended, patience),
        )


def _message(content: bytes) -> _Message:
    try:
        message = _Message.model_validate_json(content)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        words = "; ".join(
            f"{'.'.join(map(str, item['loc'])) or 'the body'}: {item['msg']}" for item in found[:_SHOWN]
        )
        raise SourceError(f"this is no message of Alertmanager's webhook: {words[:500]}") from None
    if message.version != _VERSION:
        text = f"the message is of version {message.version[:20]!r}; expected {_VERSION!r}"
        raise SourceError(text, permanent=True)
    return message


def _firing(alert: _Alert, given: AlertmanagerSettings, *, now: datetime) -> Firing:
    """Return the stretch an alert tells of; what lies in the future is clamped to now."""
    started = int(min(alert.startsAt, now).timestamp())
    ended = None
    if alert.status == "resolved":
        at = now if alert.endsAt == _NEVER else min(alert.endsAt, now)
        ended = max(int(at.timestamp()), started)
    return Firing(
        fingerprint=alert.identity, started=started, ended=ended, told=int(now.timestamp()),
        series=tuple(each.series for each in given.series if each.takes(alert.labels)),
    )  # fmt: skip


def _readings(
    each: AlertSeries, given: AlertmanagerSettings, memory: AlertMemory, message: _Message, *, ask: Ask
) -> Iterator[Reading]:
    """Give the value of the period under way and, where all that fired counts, of the one before."""
    length, midnight = _PERIODS[given.period], ask.now.replace(hour=0, minute=0, second=0, microsecond=0)
    start = midnight + length * ((ask.now - midnight) // length)
    begun_at = datetime.fromtimestamp(memory.first, UTC)
    has_two = each.count == "fired" and start - length >= begun_at
    # What fired before the first message is told of within the repeat interval: until then 0 is not known.
    is_settled = ask.now - begun_at >= timedelta(hours=given.repeat_hours)
    for first in (start - length, start) if has_two else (start,):
        asked_from, asked_until = (
            (first, first + length) if each.count == "fired" else (ask.now, ask.now + _MOMENT)
        )
        count = memory.count(each.series, int(asked_from.timestamp()), int(asked_until.timestamp()))
        if count or is_settled:
            yield Reading(
                series=each.series, period_start=first, period_end=first + length, value=float(count),
                low=float(count) if message.truncatedAlerts else None,
                high=float(count + message.truncatedAlerts) if message.truncatedAlerts else None,
                known_at=ask.now, grade=given.grade, citation=given.citation,
            )  # fmt: skip


def _note(message: _Message, ended: int, patience: timedelta) -> str:
    told = []
    if left_out := message.truncatedAlerts:
        told.append(
            f"Alertmanager left {left_out} alerts out of this message (max_alerts); counts may be that short"
        )
    if ended:
        hours = patience.total_seconds() / 3600
        told.append(f"{ended} alerts were not repeated for {hours:g} hours and count as ended")
    return "; ".join(told)
