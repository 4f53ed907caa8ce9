"""Sign people in: tries are counted and slowed down, sessions are rows, their tokens are kept hashed.

A try has three steps, so that no transaction is open while a password is hashed: `begin_try`, `prove`,
`finish_try`.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from monitor.domain.errors import InvalidInput
from monitor.domain.person import Person
from monitor.domain.wording import say
from monitor.services.passwords import hash_password, is_outdated, is_right
from monitor.services.resume_session import hashed
from monitor.storage import audit, people, web_sessions

ABSOLUTE = timedelta(hours=12)
FREE_TRIES = 5
WINDOW = timedelta(minutes=15)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=5), timedelta(minutes=5)
KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """A try under way; `person` None: nobody may sign in under this address."""

    account: str
    address: str
    person: Person | None
    password_hash: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """Whether the password was right; `new_hash` is set where the stored one is of an older kind."""

    is_right: bool
    new_hash: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """A session just opened; the token goes into a cookie and nowhere else."""

    person: Person
    token: str
    expires_at: datetime


def begin_try(session: Session, *, email: str, address: str, now: datetime) -> Try:
    """Count the try as failed until it is proved; InvalidInput if it comes too soon after others.

    Counted first, so that a hundred tries at once are a hundred tries.
    """
    account = email.strip().lower()
    waits_until = _waits_until(session, account=account, address=address, now=now)
    if waits_until is not None:
        raise InvalidInput(
            say("Too many tries. The next one is possible at {time} UTC.", time=f"{waits_until:%H:%M:%S}"),
            field="password",
        )
    web_sessions.add_failure(session, account=account, address=address, now=now)
    person, password_hash = people.by_email(session, account) or (None, None)
    if person is None or not person.is_enabled:
        return Try(account=account, address=address, person=None, password_hash=None)
    return Try(account=account, address=address, person=person, password_hash=password_hash)


def prove(attempt: Try, password: str) -> Proof:
    """Check the password; it takes as long for an account that does not exist. Needs no session."""
    if not is_right(password, attempt.password_hash):
        return Proof(is_right=False)
    is_old = attempt.password_hash is not None and is_outdated(attempt.password_hash)
    return Proof(is_right=True, new_hash=hash_password(password) if is_old else None)


def finish_try(session: Session, attempt: Try, proof: Proof, *, now: datetime) -> SignIn | None:
    """Open a session for a person who proved who they are; None, and an audit entry, for anyone else."""
    person = attempt.person
    action = "sign_in" if proof.is_right else "sign_in.failed"
    audit.record(
        session, actor=attempt.account if proof.is_right else "", action=action, target=attempt.account,
        reason=f"from {attempt.address}", before=None, after=None, now=now,
    )  # fmt: skip
    if person is None or not proof.is_right:
        return None
    if proof.new_hash is not None:
        people.set_password(session, person.id, proof.new_hash)
    web_sessions.forgive(session, attempt.account)
    web_sessions.purge(session, now=now, failures_before=now - KEPT)
    token, expires_at = secrets.token_urlsafe(32), now + ABSOLUTE
    web_sessions.add(session, token_hash=hashed(token), person_id=person.id, now=now, expires_at=expires_at)
    return SignIn(person=person, token=token, expires_at=expires_at)


def _waits_until(session: Session, *, account: str, address: str, now: datetime) -> datetime | None:
    """After five failures in a quarter of an hour each next try waits twice as long: 5 s, 10 s ... 5 min."""
    failures = web_sessions.failures(session, account=account, address=address, since=now - WINDOW)
    if len(failures) < FREE_TRIES:
        return None
    pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(10, len(failures) - FREE_TRIES))
    waits_until = failures[-1] + pause
    return waits_until if waits_until > now else None
