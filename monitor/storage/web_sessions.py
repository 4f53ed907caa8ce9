"""Web sessions: who is signed in, by the hash of a token; and the failures that slow the next try down."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.orm import Session

from monitor.domain.person import Person
from monitor.storage.people import person
from monitor.storage.rows.desk import PersonRow, SignInFailureRow, WebSessionRow


def add(session: Session, *, token_hash: str, person_id: int, now: datetime, expires_at: datetime) -> None:
    """Open a session."""
    times = {"created_at": now, "seen_at": now, "expires_at": expires_at}
    session.execute(insert(WebSessionRow).values(token_hash=token_hash, person_id=person_id, **times))


def person_of(session: Session, token_hash: str, *, now: datetime, idle_since: datetime) -> Person | None:
    """Return whose session a token is; None if it ended, was idle since, or the account is disabled."""
    statement = (
        select(PersonRow)
        .join(WebSessionRow, WebSessionRow.person_id == PersonRow.id)
        .where(
            WebSessionRow.token_hash == token_hash,
            WebSessionRow.expires_at > now,
            WebSessionRow.seen_at >= idle_since,
            PersonRow.is_enabled.is_(True),
        )
        .execution_options(populate_existing=True)
    )
    row = session.execute(statement).scalar_one_or_none()
    return None if row is None else person(row)


def in_force(session: Session, hashes: Collection[str], *, now: datetime, idle_since: datetime) -> set[str]:
    """Return which of these sessions have not ended, idled out or lost their account."""
    row = WebSessionRow
    statement = (
        select(row.token_hash)
        .join(PersonRow, PersonRow.id == row.person_id)
        .where(
            row.token_hash.in_(hashes), row.expires_at > now, row.seen_at >= idle_since,
            PersonRow.is_enabled.is_(True),
        )
    )  # fmt: skip
    return set(session.execute(statement).scalars())


def touch_all(session: Session, hashes: Collection[str], *, now: datetime) -> None:
    """Say that several sessions were seen."""
    session.execute(update(WebSessionRow).where(WebSessionRow.token_hash.in_(hashes)).values(seen_at=now))


def seen_at(session: Session, token_hash: str) -> datetime | None:
    """Return when a session was last seen; None if there is no such session."""
    statement = select(WebSessionRow.seen_at).where(WebSessionRow.token_hash == token_hash)
    return session.execute(statement).scalar_one_or_none()


def touch(session: Session, token_hash: str, *, now: datetime) -> None:
    """Say that a session was seen."""
    session.execute(update(WebSessionRow).where(WebSessionRow.token_hash == token_hash).values(seen_at=now))


def remove(session: Session, token_hash: str) -> None:
    """End a session."""
    session.execute(delete(WebSessionRow).where(WebSessionRow.token_hash == token_hash))


def remove_all(session: Session, person_id: int) -> None:
    """End all sessions of a person."""
    session.execute(delete(WebSessionRow).where(WebSessionRow.person_id == person_id))


def add_failure(session: Session, *, account: str, address: str, now: datetime) -> None:
    """Count a failed try."""
    session.execute(insert(SignInFailureRow).values(account=account, address=address, at=now))


def forgive(session: Session, account: str) -> None:
    """Forget the failed tries for an account: its person has come in."""
    session.execute(delete(SignInFailureRow).where(SignInFailureRow.account == account))


def failures(session: Session, *, account: str, address: str, since: datetime) -> list[datetime]:
    """Return when tries for the account, or from the address, failed since a time, oldest first."""
    row = SignInFailureRow
    statement = (
        select(row.at)
        .where(or_(row.account == account, row.address == address), row.at >= since)
        .order_by(row.at)
    )
    return list(session.execute(statement).scalars())


def purge(session: Session, *, now: datetime, failures_before: datetime) -> None:
    """Forget sessions that expired, and failures of long ago."""
    session.execute(delete(WebSessionRow).where(WebSessionRow.expires_at <= now))
    session.execute(delete(SignInFailureRow).where(SignInFailureRow.at < failures_before))
