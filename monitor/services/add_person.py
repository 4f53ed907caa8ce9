"""Make accounts."""

from datetime import datetime

from sqlalchemy.orm import Session

from monitor.domain.errors import InvalidInput
from monitor.domain.person import Person, Role
from monitor.services.passwords import hash_password
from monitor.storage import audit, people

LONGEST_EMAIL = 200


def add_person(
    session: Session, *, email: str, name: str, role: Role, password: str, actor: str, now: datetime
) -> Person:
    """Make an account; InvalidInput for an address or password that cannot be, Conflict if there is one."""
    account = email.strip().lower()
    if not all(account.partition("@")) or len(account) > LONGEST_EMAIL:
        raise InvalidInput(f"{email!r} is no e-mail address", field="email")
    password_hash = hash_password(password)
    person = people.add(session, email=account, name=name, role=role, password_hash=password_hash, now=now)
    audit.record(
        session, actor=actor, action="person.add", target=account, reason="",
        before=None, after={"name": name, "role": role.value}, now=now,
    )  # fmt: skip
    return person


def has_people(session: Session) -> bool:
    """Whether anyone has an account yet."""
    return bool(people.find_all(session))


def find_people(session: Session) -> list[Person]:
    """Return everyone with an account, by address."""
    return people.find_all(session)
