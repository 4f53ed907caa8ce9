"""A channel: one way to reach people or programs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from monitor.domain.marking import Marking
from monitor.domain.scale import Concern


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """Where messages go. `secrets` are held decrypted only while sending and never shown.

    `settings` of `webhook`: url, allow_http. Of `email`: recipients (a list of addresses).
    `ceiling` is the strictest marking it is told, None: whatever there is.
    `trouble` is what its receiver last complained of, in a word; empty while all is well.
    """

    slug: str
    name: str
    kind: str
    settings: Mapping[str, Any]
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    lowest_concern: Concern = Concern.WATCH
    is_enabled: bool = True
    takes_exercises: bool = False
    ceiling: Marking | None = None
    trouble: str = ""
