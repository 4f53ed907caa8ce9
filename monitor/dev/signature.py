"""Check a Standard Webhooks signature by hand: a second opinion beside the library that made it."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping, Sequence

TOLERANCE_SECONDS = 300
VERIFIED, WRONG, TOO_OLD = "verified", "wrong", "too old"
NOT_SIGNED, NO_SECRET = "not signed", "no secret known"


def check_signature(
    headers: Mapping[str, str], body: bytes, *, secrets: Sequence[str], now_seconds: float
) -> str:
    """Return in a word what the signature is worth."""
    names = ("webhook-id", "webhook-timestamp", "webhook-signature")
    message_id, timestamp, given = (headers.get(name, "") for name in names)
    if not (message_id and timestamp and given):
        return NOT_SIGNED
    if not secrets:
        return NO_SECRET
    signed = f"{message_id}.{timestamp}.".encode() + body
    wanted = [hmac.new(key(secret), signed, hashlib.sha256).digest() for secret in secrets]
    if not any(hmac.compare_digest(found, each) for found in _signatures(given) for each in wanted):
        return WRONG
    is_recent = timestamp.isdecimal() and abs(now_seconds - int(timestamp)) <= TOLERANCE_SECONDS
    return VERIFIED if is_recent else TOO_OLD


def key(secret: str) -> bytes:
    """Return the bytes of a `whsec_` secret."""
    return base64.b64decode(secret.removeprefix("whsec_"))


def _signatures(header: str) -> list[bytes]:
    found = []
    for part in header.split(" "):
        version, _, text = part.partition(",")
        if version == "v1":
            try:
                found.append(base64.b64decode(text, validate=True))
            except binascii.Error:
                continue
    return found
