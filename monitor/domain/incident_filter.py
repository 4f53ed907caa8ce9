"""Which incidents are looked for."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which incidents are looked for; what is left empty asks nothing. Days are both included.

    A country or a region is asked for by its code or in the source's words.
    """

    countries: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    actors: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    text: str = ""
