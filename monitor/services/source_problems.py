"""What the kinds of sources find wrong with the settings of sources."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from monitor.domain.ports import SourceKinds
from monitor.domain.problem import Problem
from monitor.domain.source import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a source is defined."""

    file: str
    line: int | None = None
    table: str = ""


def source_problems(
    sources: Iterable[Source], kinds: SourceKinds, *, places: Mapping[str, Place]
) -> list[Problem]:
    """Return one problem for each setting that is wrong; a scheduled source of no known kind is one too."""
    found = []
    for source in sources:
        place = places.get(source.slug, Place(file=f"source {source.slug}"))
        for key, message, expected in _faults(source, kinds):
            found.append(
                Problem(
                    file=place.file, line=place.line, table=place.table, key=key, message=message,
                    expected=expected,
                )
            )  # fmt: skip
    return found


def _faults(source: Source, kinds: SourceKinds) -> Iterator[tuple[str, str, str]]:
    kind = kinds.get(source.kind)
    if kind is not None:
        for sentence in kind.problems(source):
            yield "settings", sentence, ""
    elif source.interval_seconds is not None or source.cron:
        yield (
            "kind",
            f"nothing can ask a source of kind {source.kind!r}",
            f"one of {', '.join(sorted(kinds))}",
        )
