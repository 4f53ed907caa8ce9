"""People: who may sign in, and what their role lets them do."""

from dataclasses import dataclass
from enum import StrEnum

from monitor.domain.alerting.window import zone_named
from monitor.domain.errors import InvalidInput
from monitor.domain.phrases import phrase
from monitor.domain.wording import LANGUAGES, SOURCE_LANGUAGE, msgid


class Role(StrEnum):
    """reader reads, desk acts, admin edits."""

    READER = "reader"
    DESK = "desk"
    ADMIN = "admin"


ROLES_SAID = (msgid("reader"), msgid("desk"), msgid("admin"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Someone with an account; the hash of their password never leaves storage and sign-in.

    `language` is what their messages are written in, `zone` the time zone their times are given in.
    `hears` and `is_notified` say how an open page calls for attention: by a sound, by a notification.
    """

    id: int
    email: str
    name: str
    role: Role
    is_enabled: bool = True
    language: str = SOURCE_LANGUAGE
    zone: str = "UTC"
    hears: bool = False
    is_notified: bool = False

    def __post_init__(self) -> None:
        """Refuse a language there is not and a zone nobody knows; InvalidInput."""
        if self.language not in LANGUAGES:
            known = ", ".join(LANGUAGES)
            raise InvalidInput(
                phrase(
                    "there is no language {language}; there is {known}",
                    language=repr(self.language),
                    known=known,
                ),
                field="language",
            )
        zone_named(self.zone)

    @property
    def initials(self) -> str:
        """One or two letters for the corner of a page."""
        words = (self.name or self.email).replace(".", " ").split()
        return "".join(word[0] for word in words[:2]).upper()
