"""A token with which a program may push to one source, as it may be shown."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceToken:
    """Who made it and when; `last_used_at` is true to the minute."""

    id: int
    source: str
    created_at: datetime
    created_by: str
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None
