"""Keep what a person has begun to enter, so that no reload and no other browser loses it."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from monitor.domain.errors import InvalidInput
from monitor.domain.wording import say
from monitor.services.paste_table import LONGEST_TABLE
from monitor.storage import entries
from monitor.storage.entries import Draft

__all__ = ["FIELDS", "Draft", "draft_of", "forget_draft", "keep_draft"]

FIELDS = {
    "value": (
        "series", "chosen", "value", "low", "high", "starts_on", "ends_on", "grade", "citation", "link",
        "note",
    ),
    "event": (
        "source", "happened_on", "day_is", "place", "kind", "what", "actors", "killed", "injured",
        "kidnapped", "grade", "citation", "link",
    ),
    "table": ("table", "series", "citation", "grade", "dates", "decimal", "ends", "is_history"),
}  # fmt: skip
# What a form holds before anybody typed; alone it is no draft.
_GIVEN = {"starts_on", "ends_on", "day_is", "source", "happened_on", "chosen", "place"}


def keep_draft(
    session: Session, person_id: int, kind: str, told: Mapping[str, str], *, now: datetime
) -> bool:
    """Keep the fields of a form in place of the draft before; an empty form leaves none, and False."""
    fields = {name: told[name] for name in FIELDS[kind] if told.get(name, "").strip()}
    if sum(map(len, fields.values())) > LONGEST_TABLE:
        raise InvalidInput(say("that is too long for a draft"), field=kind)
    if not fields.keys() - _GIVEN:
        entries.forget_draft(session, person_id, kind)
        return False
    entries.keep_draft(session, person_id, kind, fields, now=now)
    return True


def draft_of(session: Session, person_id: int, kind: str) -> Draft | None:
    """Return what a person has begun, None where there is nothing."""
    return entries.draft(session, person_id, kind)


def forget_draft(session: Session, person_id: int, kind: str) -> None:
    """Forget what was begun: it was saved, or thrown away."""
    entries.forget_draft(session, person_id, kind)
