"""What a search finds: things of every kind, each with its name, its place and how close it is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import IntEnum, StrEnum
from urllib.parse import quote

from monitor.domain.search.folding import marked
from monitor.domain.wording import msgid


class Found(StrEnum):
    """The kinds of thing that are found, in the order in which equally close ones are shown."""

    SUBJECT = "subject"
    ALERT = "alert"
    PAGE = "page"
    SERIES = "series"
    DRIVER = "driver"
    RULE = "rule"
    SOURCE = "source"
    INDEX = "index"
    DEFINITION = "definition"
    OVER = "past_alert"
    INCIDENT = "incident"
    LOG = "log"
    HANDOVER = "handover"
    SILENCE = "silence"
    NOTE = "note"


SAID = {
    Found.ALERT: msgid("Open alerts"),
    Found.SUBJECT: msgid("Subjects"),
    Found.PAGE: msgid("Pages"),
    Found.SERIES: msgid("Indicators"),
    Found.DRIVER: msgid("Drivers"),
    Found.RULE: msgid("Rules"),
    Found.SOURCE: msgid("Sources"),
    Found.INDEX: msgid("Indices"),
    Found.DEFINITION: msgid("Events and statements"),
    Found.OVER: msgid("Past alerts"),
    Found.INCIDENT: msgid("Incidents"),
    Found.LOG: msgid("Shift log"),
    Found.HANDOVER: msgid("Handovers"),
    Found.SILENCE: msgid("Silences"),
    Found.NOTE: msgid("Notes"),
}


class Closeness(IntEnum):
    """How close a thing is to what was asked, the closest first."""

    EXACT = 0
    BEGINS = 1
    WORDS = 2
    WITHIN = 3
    TOLD = 4
    NEAR = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One thing that was found: what it is called, where it stands and how it is reached.

    `day` and `weight` (the concern of an alert) order what is equally close: the heaviest, then the newest.
    `key` is its name for programs. `lit` are the words to be marked in the texts.
    """

    kind: Found
    key: str
    title: str
    path: str
    where: str = ""
    closeness: Closeness = Closeness.WITHIN
    weight: int = 0
    day: date | None = None
    marking: str = ""
    lit: tuple[str, ...] = ()

    @property
    def marked_title(self) -> tuple[tuple[str, bool], ...]:
        """The title in parts, those that were asked for marked."""
        return marked(self.title, self.lit)

    @property
    def marked_where(self) -> tuple[tuple[str, bool], ...]:
        """The second line likewise."""
        return marked(self.where, self.lit)

    @property
    def order(self) -> tuple[int, int, int, int, str]:
        """Closest first, then the heaviest, the newest, the shortest name."""
        newest = 0 if self.day is None else -self.day.toordinal()
        return self.closeness, -self.weight, newest, len(self.title), self.title


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """What was found of one kind: the first of so many.

    `looked_back_to` is the day before which nothing was looked at; `further` leads to who looks on.
    """

    kind: Found
    hits: tuple[Hit, ...]
    count: int
    looked_back_to: date | None = None
    further: str = ""


def group_of(
    kind: Found,
    hits: Iterable[Hit],
    *,
    limit: int,
    count: int | None = None,
    back_to: date | None = None,
    further: str = "",
) -> Group:
    """Return the closest hits of a kind; `count` is how many there are where not all were given."""
    every = sorted(hits, key=lambda hit: hit.order)
    return Group(
        kind=kind, hits=tuple(every[:limit]), count=len(every) if count is None else count,
        looked_back_to=back_to, further=further,
    )  # fmt: skip


def in_order(groups: Iterable[Group]) -> tuple[Group, ...]:
    """Put groups in order, the one with the closest hit first; those without any are left out."""
    places = list(Found)
    filled = [group for group in groups if group.hits]
    return tuple(
        sorted(filled, key=lambda group: (group.hits[0].closeness, places.index(group.kind)))
    )  # fmt: skip


def path(*parts: object, at: str = "") -> str:
    """Return an address of ours: /series/fuel-price:mali; `at` is a place in the page."""
    address = "/" + "/".join(quote(str(part), safe=":@,.-_~") for part in parts)
    return f"{address}#{at}" if at else address
