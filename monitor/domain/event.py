"""An event: a dated, cited annotation on a subject's timeline by a person or a pack."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened; `when` is its date in words, never more precise than its source."""

    slug: str
    subjects: tuple[str, ...]
    title: str
    starts_on: date
    when: str
    kind: str
    citation: str
    grade: str = ""
    ends_on: date | None = None
    place: str = ""
    description: str = ""
    is_flag: bool = False
