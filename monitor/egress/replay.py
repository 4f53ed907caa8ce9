"""Replay: a way out that leads nowhere, and answers from what a run kept."""

import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from monitor.domain.errors import SourceError
from monitor.domain.fetched import RawAnswer, Validator
from monitor.domain.harvest import Answer, Pace
from monitor.domain.mask import Mask
from monitor.domain.source import Source
from monitor.egress.outgoing import Outgoing, outgoing
from monitor.egress.words import place

SECRET_ANSWER = "it holds a secret; only its outline is kept"  # noqa: S105 - a sentence
_WITHHELD, _NUMBER = "withheld", 3600


def outline(content: bytes) -> bytes | None:
    """Return a JSON answer deflated with every value replaced: enough to be read again, and no secret."""
    try:
        return zlib.compress(orjson.dumps(_without_values(orjson.loads(content))))
    except orjson.JSONDecodeError:
        return None


class ReplayFetchers:
    """Gives runs the answers that one run kept."""

    def __init__(self, answers: Sequence[RawAnswer]) -> None:
        """Keep the answers in their order."""
        self._answers = answers

    def fetcher(
        self,
        source: Source,
        *,
        mask: Mask,
        pace: Pace | None = None,
        validators: Mapping[str, Validator] | None = None,
    ) -> "ReplayFetcher":
        """Return the answers as a way out."""
        del source, mask, pace, validators
        return ReplayFetcher(self._answers)

    def replaying(self, answers: Sequence[RawAnswer]) -> "ReplayFetchers":
        """Return a way out with other answers."""
        return ReplayFetchers(answers)


class ReplayFetcher:
    """Answers each request with what was answered to it, in the same order."""

    validators: Mapping[str, Validator] = {}
    kept: Sequence[RawAnswer] = ()

    def __init__(self, answers: Sequence[RawAnswer]) -> None:
        """Sort the answers by what was asked."""
        self._by_request: dict[str, list[RawAnswer]] = {}
        for answer in answers:
            self._by_request.setdefault(answer.request, []).append(answer)

    def get(self, url: str, **request: Any) -> Answer:
        """Return what was answered to a GET."""
        named = {name: request.get(name) for name in ("params", "headers")}
        return self._answer(outgoing("GET", url, **named))

    def post(self, url: str, **request: Any) -> Answer:
        """Return what was answered to a POST."""
        named = {name: request.get(name) for name in ("params", "headers")}
        form, json, secrets = (request.get(name) for name in ("form", "json", "secrets"))
        is_form = form is not None or (bool(secrets) and json is None)
        body = {"form": form or {}} if is_form else {"json": json}
        return self._answer(outgoing("POST", url, **named, **body))

    def _answer(self, request: Outgoing) -> Answer:
        kept = self._by_request.get(request.identity, [])
        if not kept:
            message = f"of {place(request.url)}, asked with these words, no answer was kept"
            raise SourceError(f"{message}; the source has to be asked anew", permanent=True)
        found = kept.pop(0) if len(kept) > 1 else kept[0]
        if found.body is None:
            message = f"the answer of {place(request.url)} was not kept: {found.reason}"
            raise SourceError(message, permanent=True)
        content = zlib.decompress(found.body)
        return Answer(url=found.url, content=content, status=found.status, headers=found.headers)


def _without_values(value: object) -> object:
    if isinstance(value, dict):
        return {name: _without_values(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_without_values(each) for each in value]
    if isinstance(value, bool) or value is None:
        return value
    return _WITHHELD if isinstance(value, str) else _NUMBER
