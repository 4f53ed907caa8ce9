"""Approval: a person reads what is to be sent before it is, and lets it go or not."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from monitor.domain.scale import Concern


class Verdict(StrEnum):
    """What a person decided."""

    APPROVED = "approved"
    DISMISSED = "dismissed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """What was decided of an episode's messages by one route; a higher concern needs a new decision."""

    episode_id: str
    route: str
    verdict: Verdict
    concern: Concern
    by: str
    at: datetime
    reason: str = ""

    def lets_go(self, concern: Concern) -> bool:
        """Whether a message at this concern may be sent."""
        return self.verdict is Verdict.APPROVED and concern <= self.concern

    def drops(self, concern: Concern) -> bool:
        """Whether a message at this concern is not to be sent at all."""
        return self.verdict is Verdict.DISMISSED and concern <= self.concern

    @property
    def words(self) -> str:
        """Who decided, and why if they said so: dismissed by ana: known to be false."""
        return f"{self.verdict.value} by {self.by}" + (f": {self.reason}" if self.reason else "")
