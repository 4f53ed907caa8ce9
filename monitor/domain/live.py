"""What changed between two looks at the desk, by topic: what the page that shows it is told."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field

from monitor.domain.scale import Concern

# The head of every page, the board, the inbox, the shift log; a subject has a topic of its own.
DESK, BOARD, ALERTS, LOG = "desk", "board", "alerts", "log"
# Whatever somebody watches.
EVERYTHING = "*"


def subject_topic(slug: str) -> str:
    """Return the topic of one subject's page."""
    return f"subject:{slug}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelMoved:
    """A subject's heat went into another level; an empty level is none at all."""

    number: int
    subject: str
    subject_name: str = ""
    from_level: str
    to_level: str
    to_concern: Concern | None

    @property
    def key(self) -> str:
        """What it is told by once."""
        return f"level-{self.number}"

    @property
    def is_critical(self) -> bool:
        """Whether it may interrupt."""
        return self.to_concern is Concern.CRITICAL


@dataclass(frozen=True, slots=True, kw_only=True)
class WentCritical:
    """An alert fires at the highest concern; what the desk watches in itself has no rule's name."""

    episode: str
    rule: str
    subject: str
    rule_name: str = ""
    subject_name: str = ""

    @property
    def key(self) -> str:
        """What it is told by once."""
        return f"critical-{self.episode}"

    @property
    def is_critical(self) -> bool:
        """It may always interrupt."""
        return True


News = LevelMoved | WentCritical


@dataclass(frozen=True, slots=True, kw_only=True)
class Counters:
    """Numbers that move with every change that a page shows; as long as they stand, nothing else is read.

    `acts` counts what people did and `definitions` what is in force: either may change any page.
    """

    seq: int = 0
    acts: int = 0
    definitions: int = 0
    level_changes: int = 0
    alerts: int = 0
    messages: int = 0
    log_entries: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse:
    """The desk at one look: a stamp for each subject and for its alerts, and the head of every page."""

    counters: Counters = field(default_factory=Counters)
    subjects: Mapping[str, Hashable] = field(default_factory=dict)
    alerts: Mapping[str, Hashable] = field(default_factory=dict)
    head: Hashable = None
    critical: frozenset[WentCritical] = frozenset()


def changed_topics(before: Pulse, after: Pulse) -> frozenset[str]:
    """Return the topics whose pages would look different."""
    was, now = before.counters, after.counters
    topics = {DESK} if before.head != after.head else set()
    if (was.acts, was.definitions) != (now.acts, now.definitions):
        return frozenset(topics | {EVERYTHING})
    alarmed = _moved(before.alerts, after.alerts)
    moved = _moved(before.subjects, after.subjects) | alarmed
    topics |= {subject_topic(slug) for slug in moved}
    if moved:
        topics.add(BOARD)
    if alarmed or was.messages != now.messages:
        topics.add(ALERTS)
    if was.log_entries != now.log_entries:
        topics.add(LOG)
    return frozenset(topics)


def _moved(before: Mapping[str, Hashable], after: Mapping[str, Hashable]) -> set[str]:
    return {slug for slug in before.keys() | after.keys() if before.get(slug) != after.get(slug)}
