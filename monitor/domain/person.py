"""People: who may sign in, and what their role lets them do."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """reader reads, desk acts, admin edits."""

    READER = "reader"
    DESK = "desk"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Someone with an account; `password_hash` is argon2id and never leaves storage and sign-in."""

    id: int
    email: str
    name: str
    role: Role
    is_enabled: bool = True

    @property
    def initials(self) -> str:
        """One or two letters for the corner of a page."""
        words = (self.name or self.email).replace(".", " ").split()
        return "".join(word[0] for word in words[:2]).upper()
