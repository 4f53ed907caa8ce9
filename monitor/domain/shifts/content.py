"""What a handover holds: items, narrative and figures of a shift, as both who sign it read them."""

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum

from monitor.domain.errors import InvalidInput
from monitor.domain.phrases import phrase
from monitor.domain.scale import Concern
from monitor.domain.wording import msgid

LONGEST_WORDS = 2000


class Section(StrEnum):
    """What an item is about, in the order of the page."""

    ALERTS = "alerts"
    MOVED = "moved"
    BLIND = "blind"
    SILENCES = "silences"
    REACH = "reach"
    OWN = "own"


class Situation(StrEnum):
    """How the shift was, in a word."""

    QUIET = msgid("quiet")
    NORMAL = msgid("normal")
    BUSY = msgid("busy")
    CRITICAL = msgid("critical")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing that passes on; `key` is the same from draft to draft. `concern` of None: none is known.

    `headline` says how it stands, `text` the evidence, `idea` the running hypothesis. `by` is the person who
    wrote or changed it last, empty while it is as it was drafted.
    """

    key: str
    section: Section
    name: str
    headline: str
    text: str = ""
    idea: str = ""
    next_step: str = ""
    owner: str = ""
    detail: str = ""
    concern: Concern | None = None
    subject: str = ""
    episode_id: str = ""
    by: str = ""
    changed_at: datetime | None = None

    def __post_init__(self) -> None:
        """Refuse one that says nothing, or too much; InvalidInput."""
        if not self.name.strip() or not self.headline.strip():
            raise InvalidInput(phrase("say what it is about and how it stands"), field="headline")
        if any(len(part) > LONGEST_WORDS for part in (self.headline, self.text, self.idea, self.next_step)):
            raise InvalidInput(
                phrase("one part has at most {most} letters", most=LONGEST_WORDS),
                field="headline",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """Something that is to come in the next shifts."""

    at: datetime
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many subjects were of a concern when the shift began, and are now; None: Unknown."""

    concern: Concern | None
    before: int
    after: int
    changed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """A line of the shift log as it stood when the handover was drafted."""

    at: datetime
    author: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What happened in the shift, counted; `ack_seconds` is the median time to the first acknowledgement."""

    alerts_opened: int = 0
    ack_seconds: float | None = None
    messages_sent: int = 0
    messages_lost: int = 0


NO_FIGURES = Figures()


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What both sign: the state of the desk `as_of` a moment, since another, in words and figures.

    `noted_by` wrote situation and narrative; empty while they are as they were drafted.
    """

    since_at: datetime
    as_of: datetime
    situation: Situation
    narrative: str
    items: tuple[Item, ...]
    agenda: tuple[Due, ...] = ()
    tallies: tuple[Tally, ...] = ()
    figures: Figures = NO_FIGURES
    machine: str = ""
    log: tuple[Noted, ...] = ()
    noted_by: str = ""

    @property
    def digest(self) -> str:
        """The SHA-256 of all of it: the same for both who sign, and another for any other content."""
        text = json.dumps(asdict(self), sort_keys=True, default=_plain, ensure_ascii=True)
        return hashlib.sha256(text.encode()).hexdigest()


def merged(before: Content, fresh: Content) -> Content:
    """Return a fresh draft with what people wrote kept: their items, their words, situation and narrative."""
    written = {item.key: item for item in before.items if item.by}
    items = [_kept(item, written.pop(item.key, None)) for item in fresh.items]
    items += [item for item in written.values() if item.section is Section.OWN or item.idea or item.next_step]
    found = replace(fresh, items=tuple(items))
    if not before.noted_by:
        return found
    return replace(
        found, narrative=before.narrative, situation=before.situation, noted_by=before.noted_by
    )  # fmt: skip


def _kept(fresh: Item, written: Item | None) -> Item:
    """How it stands is drafted anew; what a person thinks of it and wants done stays."""
    if written is None:
        return fresh
    if written.section is Section.OWN:
        return written
    return replace(
        fresh, idea=written.idea, next_step=written.next_step, owner=written.owner, by=written.by,
        changed_at=written.changed_at,
    )  # fmt: skip


def _plain(value: object) -> str:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value)
