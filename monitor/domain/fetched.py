"""What a run leaves behind of its way out: what to ask with next time, and the answers as they came."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Validator:
    """What says whether a resource has changed: its tag, its date, and the SHA-256 of its bytes."""

    etag: str = ""
    modified: str = ""
    digest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RawAnswer:
    """One answer as it came. `body` is deflated; None where it is not kept, and `reason` says why.

    `request` tells requests apart without their secrets; `url` shows none. `size`: bytes before deflating.
    """

    request: str
    method: str
    url: str
    status: int
    size: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    reason: str = ""
