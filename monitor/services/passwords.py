"""Passwords: argon2id hashes, and what a new password must be."""

import secrets
import threading
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from monitor.domain.errors import InvalidInput

SHORTEST, LONGEST = 12, 256
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"

_hasher = PasswordHasher()
# A hash takes 64 MiB: a burst of sign-ins must not take the machine's memory.
_slots = threading.BoundedSemaphore(4)


def hash_password(password: str) -> str:
    """Return the argon2id hash of a password; InvalidInput says what is wrong with it."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise InvalidInput(f"a password has {SHORTEST} to {LONGEST} characters", field="password")
    with _slots:
        return _hasher.hash(password)


def is_right(password: str, password_hash: str | None) -> bool:
    """Whether a password fits; an unknown account costs the same time."""
    with _slots:
        try:
            return _hasher.verify(password_hash or _decoy(), password) and password_hash is not None
        except (VerificationError, InvalidHashError):
            return False


def is_outdated(password_hash: str) -> bool:
    """Whether a hash was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(password_hash)


def random_password() -> str:
    """Return a password a person can type from a screen: four groups, about 99 bits."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(5)) for _ in range(4))


@cache
def _decoy() -> str:
    """A hash nobody knows the password of, made when first needed."""
    return _hasher.hash(secrets.token_urlsafe(16))
