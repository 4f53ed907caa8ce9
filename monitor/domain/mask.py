"""A mask over secrets: whatever a message, an address or a body carries of them is found and covered."""

import base64
import json
import re

COVER = "•••"
# Shorter texts are part of ordinary words; masking them would make every message unreadable.
_LEAST = 4


class Mask:
    """Covers the secrets it was told, however they are written: as they are, percent-encoded, in base64."""

    def __init__(self) -> None:
        """Know no secret yet."""
        self._forms: set[str] = set()
        self._pattern: re.Pattern[str] | None = None

    def __repr__(self) -> str:
        return "Mask()"

    def hide(self, *secrets: str) -> None:
        """Cover these from now on; of several words (`Bearer abc`) each long one too."""
        for secret in secrets:
            words = [word for word in secret.split() if len(word) >= 2 * _LEAST]
            for each in {secret.strip(), *words}:
                if len(each) >= _LEAST:
                    self._forms.update(_forms(each))
        if self._forms:
            longest_first = sorted(self._forms, key=lambda form: (-len(form), form))
            self._pattern = re.compile("|".join(longest_first), re.IGNORECASE)

    def cover(self, text: str) -> str:
        """Return the text with every secret replaced by dots."""
        return self._pattern.sub(COVER, text) if self._pattern else text

    def is_in(self, content: bytes) -> bool:
        """Whether a body holds a secret."""
        return self._pattern is not None and self._pattern.search(content.decode("latin-1")) is not None


def _forms(secret: str) -> set[str]:
    """Patterns of one secret; of a sign that addresses encode, every way in which they do."""
    once = base64.b64encode(secret.encode()).decode().rstrip("=")
    written = {secret, once, json.dumps(secret)[1:-1], secret.encode().decode("latin-1")}
    return {"".join(map(_sign, each)) for each in written}


def _sign(sign: str) -> str:
    if sign.isascii() and sign.isalnum():
        return sign
    encoded = "".join(f"%(?:25)*{byte:02X}" for byte in sign.encode())
    return f"(?:{re.escape(sign)}|{encoded}{'|[+]' if sign == ' ' else ''})"
