"""How an open page calls for a person's attention: a sound, a notification; chosen by themselves."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from monitor.domain.errors import NotFound
from monitor.domain.person import Person
from monitor.storage import audit, people


def set_attention(session: Session, *, email: str, hears: bool, is_notified: bool, now: datetime) -> Person:
    """Keep a person's choice; NotFound if there is no such account."""
    found = people.by_email(session, email)
    if found is None:
        raise NotFound(f"there is no account {email}")
    before, after = found[0], replace(found[0], hears=hears, is_notified=is_notified)
    if after == before:
        return before
    people.change(session, after)
    was, will = ({"hears": each.hears, "is_notified": each.is_notified} for each in (before, after))
    audit.record(
        session, actor=email, action="person.set", target=email, reason="", before=was, after=will, now=now
    )
    return after
