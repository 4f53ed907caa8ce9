"""JSONPath (RFC 9535) within bounds: no patterns, one descent or filter, so many nodes and no more."""

import functools
import itertools
from collections.abc import Iterator, Sequence
from typing import Any

from jsonpath import JSONPath, JSONPathEnvironment, JSONPathError
from jsonpath.segments import JSONPathChildSegment, JSONPathRecursiveDescentSegment
from jsonpath.selectors import IndexSelector, NameSelector, WildcardSelector

from monitor.domain.errors import SourceError

MOST_NODES = 500_000
_LONGEST = 300
_MOST_SELECTORS = 20
_LARGEST_INDEX = 1_000_000


class _Environment(JSONPathEnvironment):
    """RFC 9535 alone. Functions are left out: patterns that take for ever, and calls that hide a query."""

    max_recursion_depth = 60
    max_int_index = _LARGEST_INDEX
    min_int_index = -_LARGEST_INDEX

    def setup_function_extensions(self) -> None:
        """Offer none."""
        self.function_extensions = {}


_ENVIRONMENT = _Environment(strict=True)


@functools.lru_cache(maxsize=512)
def compiled(text: str) -> JSONPath:
    """Return a path that is ready; ValueError says what is wrong with it or why it could take too long."""
    if len(text) > _LONGEST:
        message = f"a path of at most {_LONGEST} characters is expected"
        raise ValueError(message)
    if not text.startswith("$"):
        message = f"{text!r} is no JSONPath: it begins with $"
        raise ValueError(message)
    try:
        path = _ENVIRONMENT.compile(text)
    except (JSONPathError, RecursionError) as error:
        said = str(error).split("\n", 1)[0]
        message = f"{text!r} is no JSONPath: {said}"
        raise ValueError(message) from None
    if not isinstance(path, JSONPath):
        message = f"{text!r} joins several paths, and one is expected"
        raise ValueError(message)  # noqa: TRY004 - one error for every path that cannot be used
    selectors = [each for segment in path.segments for each in getattr(segment, "selectors", ())]
    descents = sum(isinstance(each, JSONPathRecursiveDescentSegment) for each in path.segments)
    filters = text.count("?")
    doubled = sum(len(getattr(segment, "selectors", ())) > 1 for segment in path.segments)
    if descents + filters + doubled > 1 or text.count("..") > 1 or len(selectors) > _MOST_SELECTORS:
        message = (
            f"{text!r} could take too long: only one of `..`, `?` and a list of selectors may stand in it"
        )
        raise ValueError(message)
    return path


def nodes(path: JSONPath, document: Any) -> list[Any]:
    """Return the values a path finds; SourceError if they are too many or lie too deep."""
    try:
        found = list(itertools.islice(_found(path, document), MOST_NODES + 1))
    except (JSONPathError, RecursionError):
        raise SourceError(f"{path} cannot be followed: the answer lies too deep") from None
    if len(found) > MOST_NODES:
        raise SourceError(f"{path} finds more than {MOST_NODES:,} values; ask for less", permanent=True)
    return found


def _found(path: JSONPath, document: Any) -> Iterator[Any]:
    """Yield what a path finds. Keys, places and `*` alone are followed here, twenty times as fast."""
    if not all(_is_plain(each) for each in path.segments):
        if isinstance(document, str):
            # The library would take a text for a document, and read it.
            return iter(())
        return (each.value for each in path.finditer(document))
    found: Iterator[Any] = iter((document,))
    steps: Sequence[Any] = path.segments
    for segment in steps:
        found = _below(found, segment.selectors[0])
    return found


def _below(values: Iterator[Any], selector: Any) -> Iterator[Any]:
    for value in values:
        if isinstance(selector, WildcardSelector):
            if isinstance(value, dict | list):
                yield from value.values() if isinstance(value, dict) else value
        elif isinstance(selector, NameSelector):
            if isinstance(value, dict) and selector.name in value:
                yield value[selector.name]
        elif isinstance(value, list) and -len(value) <= selector.index < len(value):
            yield value[selector.index]


def _is_plain(segment: Any) -> bool:
    selectors: Sequence[Any] = getattr(segment, "selectors", ())
    return (
        isinstance(segment, JSONPathChildSegment)
        and len(selectors) == 1
        and isinstance(selectors[0], NameSelector | IndexSelector | WildcardSelector)
    )


def certain_part(path: JSONPath) -> JSONPath:
    """Return the beginning of a path that leads to one place: what must be there even if no row is."""
    steps = list(itertools.takewhile(_is_one_step, path.segments[:-1]))
    return JSONPath(env=_ENVIRONMENT, segments=steps)


def _is_one_step(segment: Any) -> bool:
    return _is_plain(segment) and not isinstance(segment.selectors[0], WildcardSelector)
