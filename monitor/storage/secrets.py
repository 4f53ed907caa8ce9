"""Secrets at rest: encrypted with the operator's keys, readable only while something is sent."""

import json
from collections.abc import Mapping, Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from monitor.domain.errors import ConfigError


class SecretBox:
    """Seals and opens small sets of named secrets. The first key seals, all keys open."""

    def __init__(self, keys: Sequence[str]) -> None:
        """Take keys of 32 bytes in URL-safe base64, newest first."""
        try:
            self._fernet = MultiFernet([Fernet(key) for key in keys])
        except ValueError as error:
            raise ConfigError("a key for stored secrets is not 32 bytes in URL-safe base64") from error

    def __repr__(self) -> str:
        return "SecretBox()"

    def seal(self, secrets: Mapping[str, str]) -> bytes:
        """Encrypt."""
        return self._fernet.encrypt(json.dumps(dict(secrets), sort_keys=True).encode())

    def open(self, sealed: bytes | None) -> dict[str, str]:
        """Decrypt; ConfigError if it was sealed with a key that is no longer given."""
        if not sealed:
            return {}
        try:
            opened: dict[str, str] = json.loads(self._fernet.decrypt(sealed))
        except InvalidToken:
            raise ConfigError(
                "stored secrets cannot be read with the keys in HEATWATCH_SECRET_KEY; was a key removed?"
            ) from None
        return opened

    def reseal(self, sealed: bytes) -> bytes:
        """Encrypt again with the newest key, for when an old one is to go."""
        return self._fernet.rotate(sealed)
