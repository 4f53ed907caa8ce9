"""Change accounts: a new password, enabled or not, which end all sessions; how the person reads."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from monitor.domain.errors import Conflict, NotFound
from monitor.domain.person import Person, Role
from monitor.domain.phrases import phrase
from monitor.services.passwords import hash_password
from monitor.storage import audit, people, web_sessions


def reset_password(session: Session, *, email: str, password: str, actor: str, now: datetime) -> Person:
    """Give an account a new password; NotFound, or InvalidInput for a password that cannot be."""
    person = _person(session, email)
    people.set_password(session, person.id, hash_password(password))
    web_sessions.remove_all(session, person.id)
    web_sessions.forgive(session, person.email)
    audit.record(
        session, actor=actor, action="person.reset_password", target=person.email, reason="",
        before=None, after=None, now=now,
    )  # fmt: skip
    return person


def set_enabled(session: Session, *, email: str, is_enabled: bool, actor: str, now: datetime) -> Person:
    """Let a person sign in, or no longer; Conflict if nobody could administer the desk afterwards."""
    before = _person(session, email)
    after = replace(before, is_enabled=is_enabled)
    others = [person for person in people.find_all(session) if person.id != after.id]
    if not any(person.is_enabled and person.role is Role.ADMIN for person in (after, *others)):
        raise Conflict(phrase("{email} is the last admin who may sign in", email=before.email))
    people.change(session, after)
    if not is_enabled:
        web_sessions.remove_all(session, after.id)
    audit.record(
        session, actor=actor, action="person.enable" if is_enabled else "person.disable", target=after.email,
        reason="", before={"is_enabled": before.is_enabled}, after={"is_enabled": is_enabled}, now=now,
    )  # fmt: skip
    return after


def set_reading(
    session: Session, *, email: str, language: str | None = None, zone: str | None = None, actor: str,
    now: datetime,
) -> Person:  # fmt: skip
    """Change a person's language and time zone, None: as it is; NotFound, or InvalidInput for one unknown."""
    before = _person(session, email)
    after = replace(before, language=language or before.language, zone=(zone or before.zone).strip())
    if after == before:
        return before
    people.change(session, after)
    was, will = ({"language": each.language, "zone": each.zone} for each in (before, after))
    audit.record(
        session, actor=actor, action="person.set", target=after.email, reason="", before=was, after=will,
        now=now,
    )  # fmt: skip
    return after


def _person(session: Session, email: str) -> Person:
    found = people.by_email(session, email.strip().lower())
    if found is None:
        raise NotFound(phrase("there is no account {email}", email=email))
    return found[0]
