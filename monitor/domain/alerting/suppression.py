"""Suppression: why what is due is not sent, in words that never leave anybody guessing."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from monitor.domain.wording import msgid, say

_NAMED = re.compile(
    r"(?:silence:\d+|inhibited_by:[\w.-]+|mute_window:[\w.-]+"
    r"|(?:flapping|quiet_hours|awaiting_approval)(?![\w:]))"
)


class SuppressionKind(StrEnum):
    """What holds a message back."""

    SILENCE = "silence"
    INHIBITED_BY = "inhibited_by"
    MUTE_WINDOW = "mute_window"
    FLAPPING = "flapping"
    QUIET_HOURS = "quiet_hours"
    AWAITING_APPROVAL = "awaiting_approval"


_SENTENCES = {
    SuppressionKind.SILENCE: msgid("not sent because silence {of} covers it"),
    SuppressionKind.INHIBITED_BY: msgid(
        "not sent because another alert that explains it fires (episode {of})"
    ),
    SuppressionKind.MUTE_WINDOW: msgid("not sent because the mute window {of} is on"),
    SuppressionKind.FLAPPING: msgid("not sent because the alert flaps: it comes and goes too often"),
    SuppressionKind.QUIET_HOURS: msgid("not sent because its reader has quiet hours"),
    SuppressionKind.AWAITING_APPROVAL: msgid("not sent because nobody has approved it yet"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppression:
    """What holds a message back, `of` which silence, episode or window, and when to look again."""

    kind: SuppressionKind
    until: datetime
    of: str = ""

    @property
    def name(self) -> str:
        """How reasons name it: `silence:7`, `inhibited_by:<episode>`, `quiet_hours`."""
        return f"{self.kind.value}:{self.of}" if self.of else self.kind.value

    @property
    def sentence(self) -> str:
        """Why nothing was sent, for people."""
        return sentence_of(self.name)


def suppression_named(reason: str) -> str:
    """Return the `silence:7` or `quiet_hours` that a notification's reason begins with; empty if none."""
    found = _NAMED.match(reason)
    return found[0] if found else ""


def kind_named(reason: str) -> SuppressionKind | None:
    """Return what kind of suppression a reason begins with."""
    name = suppression_named(reason)
    return SuppressionKind(name.partition(":")[0]) if name else None


def sentence_of(reason: str) -> str:
    """Return "not sent because ..." for a reason that names a suppression; another reason as it is."""
    name, kind = suppression_named(reason), kind_named(reason)
    return reason if kind is None else say(_SENTENCES[kind], of=name.partition(":")[2])
