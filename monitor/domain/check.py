"""A check of the installation: one thing that can be missing or wrong, how it is, and what to do about it."""

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """ok; warning: works, but not as it should; wrong: something does not work."""

    OK = "ok"
    WARNING = "warning"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What was looked at, how it is, and, unless it is well, what to do."""

    name: str
    outcome: Outcome
    message: str
    advice: str = ""

    @property
    def is_wrong(self) -> bool:
        """Whether something does not work."""
        return self.outcome is Outcome.WRONG


def ok(name: str, message: str) -> Check:
    """A thing that is as it should be."""
    return Check(name=name, outcome=Outcome.OK, message=message)


def warning(name: str, message: str, advice: str) -> Check:
    """A thing that works, but not as it should."""
    return Check(name=name, outcome=Outcome.WARNING, message=message, advice=advice)


def wrong(name: str, message: str, advice: str) -> Check:
    """A thing that does not work."""
    return Check(name=name, outcome=Outcome.WRONG, message=message, advice=advice)
