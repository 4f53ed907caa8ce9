"""Wallboards: a token that shows the desk on a screen, and what the screen turns through."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from monitor.domain.errors import InvalidInput
from monitor.domain.phrases import phrase
from monitor.domain.wording import LANGUAGES, SOURCE_LANGUAGE

LONGEST_NAME = 60
LIFETIMES = (7, 30, 90, 365)
TURNS = (10, 20, 30, 60)
LOOKS = ("", "light", "dark")
# Rows that can be read across a room.
ROWS = 7

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wall:
    """A screen that may show the desk until its token ends; `last_used_at` is true to the minute.

    `turn_seconds` is how long each picture stands, `look` light, dark or, empty, as the screen's system says.
    """

    id: int = 0
    name: str
    language: str = SOURCE_LANGUAGE
    turn_seconds: int = 20
    look: str = ""
    created_at: datetime
    created_by: str
    expires_at: datetime
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None

    def __post_init__(self) -> None:
        """Refuse what no page offers; InvalidInput."""
        if not 0 < len(self.name.strip()) <= LONGEST_NAME:
            raise InvalidInput(
                phrase("Say where the screen hangs, in at most {n} signs", n=LONGEST_NAME), field="name"
            )
        if self.language not in LANGUAGES or self.look not in LOOKS or self.turn_seconds not in TURNS:
            raise InvalidInput(phrase("Choose one of what is offered"), field="turn_seconds")

    def is_in_force(self, now: datetime) -> bool:
        """Whether the screen may still show anything."""
        return self.revoked_at is None and now < self.expires_at


def ends_at(now: datetime, days: int) -> datetime:
    """Return when a token made now ends; InvalidInput for a span that is not offered."""
    if days not in LIFETIMES:
        raise InvalidInput(phrase("Choose one of what is offered"), field="days")
    return now + timedelta(days=days)


def pages_of(rows: Sequence[Row], size: int = ROWS) -> list[Sequence[Row]]:
    """Return rows in pages of about the same length, none longer than `size`."""
    count = -(-len(rows) // size)
    even = -(-len(rows) // count) if count else size
    return [rows[start : start + even] for start in range(0, len(rows), even)]
