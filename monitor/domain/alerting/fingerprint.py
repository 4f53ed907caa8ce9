"""Names that are derived, never drawn: an alert's fingerprint and an episode's id."""

import hashlib
import uuid
from datetime import datetime

LENGTH = 16


def fingerprint(rule: str, watched: str) -> str:
    """Return the first 16 hex digits of SHA-256 over a rule and its series or subject, nothing else."""
    return hashlib.sha256(f"{rule}\n{watched}".encode()).hexdigest()[:LENGTH]


def episode_id(alert: str, *, slot: datetime, rule_version: int, after: str = "") -> str:
    """Return the id of the episode that an alert opens at a slot; a UUID of version 7 by its shape.

    The same opening always has the same id, so a replay names what ran live (decision 10). `after` is the
    alert's previous episode, given only where that one did not open before the slot.
    """
    text = f"{alert}\n{slot.isoformat()}\n{rule_version}\n{after}"
    digest = hashlib.sha256(text.encode()).digest()
    octets = bytearray(int(slot.timestamp() * 1000).to_bytes(6, "big") + digest[:10])
    octets[6] = 0x70 | octets[6] & 0x0F
    octets[8] = 0x80 | octets[8] & 0x3F
    return str(uuid.UUID(bytes=bytes(octets)))
