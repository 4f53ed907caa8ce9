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
    `per_minute` is how many attempts it may be given, 0 any number, None as its kind. `fallback` is the
    channel that also gets what is critical and cannot be sent through this one; empty for none.
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
    per_minute: int | None = None
    fallback: str = ""
