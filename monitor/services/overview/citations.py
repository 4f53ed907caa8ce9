"""Citations of one page, numbered in the order in which the page first uses them."""

from collections.abc import Mapping
from dataclasses import dataclass

from monitor.domain.citation import Citation


@dataclass(frozen=True, slots=True, kw_only=True)
class Cited:
    """A citation with its number on the page; number 0 is no citation at all."""

    number: int
    citation: Citation | None = None

    @property
    def is_there(self) -> bool:
        """Whether there is something to point to."""
        return self.citation is not None


NOTHING = Cited(number=0)


class Citations:
    """Hands out numbers, the same one for the same citation."""

    def __init__(self, known: Mapping[str, Citation]) -> None:
        """Begin without any."""
        self._known = known
        self._found: dict[str, Cited] = {}

    def number(self, slug: str) -> Cited:
        """Return the citation with its number; number 0 where there is none by that name."""
        if slug in self._found:
            return self._found[slug]
        citation = self._known.get(slug)
        if citation is None:
            return NOTHING
        self._found[slug] = Cited(number=len(self._found) + 1, citation=citation)
        return self._found[slug]

    @property
    def listed(self) -> tuple[Cited, ...]:
        """All that were used, by number."""
        return tuple(self._found.values())
