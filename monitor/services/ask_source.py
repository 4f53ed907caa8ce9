"""Ask a source: the part of a run that needs the world and no database."""

import hashlib
import json
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import structlog

from monitor.domain.errors import ConfigError, NotFound, Postponed, SourceError
from monitor.domain.fetched import RawAnswer, Validator
from monitor.domain.harvest import Answer, Ask, Harvest, Unchanged, Window
from monitor.domain.mask import Mask
from monitor.domain.ports import Outside, RunFetcher, SourceKind
from monitor.domain.source import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What one run asks, kept with it so that its answers can be read again.

    `is_history`: a stretch of the past, of which what was known when has to be reckoned.
    """

    now: datetime
    since: datetime | None = None
    window: Window | None = None
    bookmark: Mapping[str, Any] = field(default_factory=dict)
    validators: Mapping[str, Validator] = field(default_factory=dict)
    is_history: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What came of asking: a harvest, or nothing changed, or an error; and what the way out left behind."""

    harvest: Harvest = field(default_factory=Harvest)
    is_unchanged: bool = False
    error: SourceError | None = None
    validators: Mapping[str, Validator] = field(default_factory=dict)
    kept: tuple[RawAnswer, ...] = ()


def ask_source(
    outside: Outside,
    source: Source,
    question: Question,
    *,
    before_each: Callable[[], None] | None = None,
) -> Asked:
    """Ask a source; whatever goes wrong is in the answer, with every secret covered.

    `before_each` is called before each request; what it raises ends the run and is passed on.
    """
    mask = Mask()
    kind = kind_of(outside, source)
    fetcher = outside.fetchers.fetcher(
        source, mask=mask, pace=getattr(kind, "pace", None), validators=question.validators
    )
    ask = Ask(
        now=question.now,
        since=None if question.is_history else question.since,
        window=question.window,
        bookmark=question.bookmark,
        secret=lambda key: _hidden(mask, secret_of(source, outside.secret, key)),
    )
    way_out = fetcher if before_each is None else _Watched(fetcher, before_each)
    asked = _asked(kind, source, ask, way_out, mask)
    return replace(asked, validators=dict(fetcher.validators), kept=tuple(fetcher.kept))


def kind_of(outside: Outside, source: Source) -> SourceKind:
    """Return the kind that asks a source; NotFound if it is never asked."""
    if source.kind not in outside.kinds:
        message = (
            f"source {source.slug} is of kind {source.kind}, which is entered by hand or comes with a pack"
        )
        raise NotFound(message)
    return outside.kinds[source.kind]


def secret_of(source: Source, secret: Callable[[str], str], key: str) -> str:
    """Return the secret that a setting (`token`, `auth.token`) refers to; SourceError if it does not."""
    found: object = source.settings
    for part in key.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    name = found.get("secret") if isinstance(found, Mapping) else None
    if not isinstance(name, str):
        raise SourceError(f'{key} is to name a secret: {key} = {{ secret = "name" }}', permanent=True)
    return secret(name)


def settings_digest(source: Source) -> str:
    """Return what changes with the definition: answers under another one say nothing of this one."""
    text = json.dumps([source.kind, dict(source.settings)], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


class _Watched:
    """A way out with a look at the lease before each request."""

    def __init__(self, fetcher: RunFetcher, before_each: Callable[[], None]) -> None:
        self._fetcher, self._before_each = fetcher, before_each

    def get(self, url: str, **request: Any) -> Answer:
        self._before_each()
        return self._fetcher.get(url, **request)

    def post(self, url: str, **request: Any) -> Answer:
        self._before_each()
        return self._fetcher.post(url, **request)


class LeaseLost(Exception):
    """The source was given to another worker, or cut off: this run is void."""


def _asked(kind: SourceKind, source: Source, ask: Ask, fetcher: Any, mask: Mask) -> Asked:
    try:
        return Asked(harvest=_covered(kind.fetch(source, ask, fetcher), mask))
    except Unchanged:
        return Asked(is_unchanged=True)
    except LeaseLost:
        raise
    except (SourceError, ConfigError) as error:
        return Asked(error=_masked(error, mask))
    except Exception as error:  # noqa: BLE001 - the job boundary: a kind's fault is a run's outcome
        words = mask.cover(f"{type(error).__name__}: {error}"[:300])
        structlog.get_logger().error(
            "a kind of source failed", source=source.slug, kind=source.kind, error=words,
            traceback=mask.cover("".join(traceback.format_exception(error))),
        )  # fmt: skip
        message = (
            f"the kind {source.kind} failed on this answer, which is a fault of Heatwatch and not of the "
            f"source; nothing was stored. Please report it with these words: {words}"
        )
        return Asked(error=SourceError(message))


def _masked(error: SourceError | ConfigError, mask: Mask) -> SourceError:
    text = mask.cover(str(error))
    if not isinstance(error, SourceError):
        return SourceError(text, permanent=True)
    kind = Postponed if isinstance(error, Postponed) else SourceError
    return kind(text, permanent=error.permanent, retry_after_seconds=error.retry_after_seconds)


def _covered(harvest: Harvest, mask: Mask) -> Harvest:
    rejected = tuple(
        replace(
            each, where=mask.cover(each.where), text=mask.cover(each.text), reason=mask.cover(each.reason)
        )
        for each in harvest.rejected
    )
    return replace(harvest, rejected=rejected, note=mask.cover(harvest.note))


def _hidden(mask: Mask, secret: str) -> str:
    mask.hide(secret)
    return secret
