"""People: accounts; a password's hash leaves only together with the person it proves."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Select, insert, select, update
from sqlalchemy.orm import Session

from monitor.domain.errors import Conflict, NotFound
from monitor.domain.person import Person, Role
from monitor.storage.rows.desk import PersonRow


def add(session: Session, *, email: str, name: str, role: Role, password_hash: str, now: datetime) -> Person:
    """Make an account; Conflict if the address has one."""
    if by_email(session, email) is not None:
        raise Conflict(f"there is an account {email} already")
    values = {"email": email, "name": name, "role": role.value, "created_at": now, "is_enabled": True}
    statement = insert(PersonRow).values(**values, password_hash=password_hash).returning(PersonRow.id)
    return Person(id=session.execute(statement).scalar_one(), email=email, name=name, role=role)


def by_email(session: Session, email: str) -> tuple[Person, str] | None:
    """Return the person of an address with the hash of their password; None if there is none."""
    row = session.execute(_rows().where(PersonRow.email == email)).scalar_one_or_none()
    return None if row is None else (person(row), row.password_hash)


def get(session: Session, person_id: int) -> Person:
    """Return a person by number; NotFound."""
    row = session.execute(_rows().where(PersonRow.id == person_id)).scalar_one_or_none()
    if row is None:
        raise NotFound(f"there is no person {person_id}")
    return person(row)


def find_all(session: Session) -> list[Person]:
    """Return everyone, by address."""
    return [person(row) for row in session.execute(_rows().order_by(PersonRow.email)).scalars()]


def set_password(session: Session, person_id: int, password_hash: str) -> None:
    """Keep the hash of a new password."""
    session.execute(update(PersonRow).where(PersonRow.id == person_id).values(password_hash=password_hash))


def change(session: Session, after: Person) -> None:
    """Keep a person's name, role and choices, and whether the account is enabled."""
    values = {
        "name": after.name, "role": after.role.value, "is_enabled": after.is_enabled,
        "language": after.language, "zone": after.zone, "hears": after.hears,
        "is_notified": after.is_notified,
    }  # fmt: skip
    session.execute(update(PersonRow).where(PersonRow.id == after.id).values(**values))


def person(row: PersonRow) -> Person:
    """Return the domain's person of a row."""
    return Person(
        id=row.id, email=row.email, name=row.name, role=Role(row.role), is_enabled=row.is_enabled,
        language=row.language, zone=row.zone, hears=row.hears, is_notified=row.is_notified,
    )  # fmt: skip


def readers(session: Session, addresses: Collection[str]) -> dict[str, Person]:
    """Return the people who read at some addresses, by address; one without an account is left out."""
    if not addresses:
        return {}
    query = _rows().where(PersonRow.email.in_({each.lower() for each in addresses}))
    found = {row.email: person(row) for row in session.execute(query).scalars()}
    return {each: found[each.lower()] for each in addresses if each.lower() in found}


def _rows() -> Select[PersonRow]:
    return select(PersonRow).execution_options(populate_existing=True)
