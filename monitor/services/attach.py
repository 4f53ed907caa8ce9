"""Attach a link or a file to an observation or an incident: kept with it for good, never shown inline."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from monitor.domain.errors import InvalidInput, NotFound
from monitor.domain.marking import Handling
from monitor.domain.spoken import listed
from monitor.domain.wording import say
from monitor.services.markings import markings
from monitor.services.record_observation import Recorded
from monitor.storage import audit, entries, incidents, observations
from monitor.storage.entries import Attachment

MOST_BYTES = 5 * 1024 * 1024
MOST_ATTACHED = 20
LONGEST_NAME = 120
LONGEST_URL = 2000
# What a file of each ending begins with; a text may begin with anything but holds no null byte.
_BEGINS = {
    ".pdf": (b"%PDF-",), ".png": (b"\x89PNG\r\n",), ".jpg": (b"\xff\xd8\xff",), ".jpeg": (b"\xff\xd8\xff",),
    ".webp": (b"RIFF",), ".xlsx": (b"PK\x03\x04",), ".docx": (b"PK\x03\x04",), ".txt": (), ".csv": (),
    ".eml": (),
}  # fmt: skip
ENDINGS = tuple(_BEGINS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What something is attached to: a row of a series, or an incident."""

    row: Recorded | None = None
    source: str = ""
    external_id: str = ""

    @property
    def key(self) -> str:
        """How it is kept."""
        if self.row is not None:
            return f"observation/{self.row.series}/{self.row.address}"
        return f"incident/{self.source}/{self.external_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachedFile:
    """A file as it is handed out, with the marking of what it belongs to."""

    name: str
    content: bytes
    handling: Handling


def attach_link(session: Session, target: Target, url: str, *, by: str, now: datetime) -> int:
    """Attach a link; InvalidInput (`link`) for what is none, NotFound for an unknown target."""
    address = read_link(url)
    return _attach(session, target, name=urlsplit(address).hostname or "", url=address, by=by, now=now)


def attach_file(
    session: Session, target: Target, name: str, content: bytes, *, by: str, now: datetime
) -> int:
    """Attach a file; InvalidInput (`file`) for a kind or size that is not kept."""
    plain = _checked(name, content)
    return _attach(session, target, name=plain, content=content, by=by, now=now)


def read_link(url: str) -> str:
    """Return a link; InvalidInput (`link`) for anything but http and https."""
    address = url.strip()
    try:
        parts = urlsplit(address)
        is_link = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.username is None
    except ValueError:
        is_link = False
    if not is_link or len(address) > LONGEST_URL or any(sign.isspace() for sign in address):
        raise InvalidInput(say("a link begins with https:// or http://"), field="link")
    return address


def attached_to(session: Session, target: Target) -> tuple[Attachment, ...]:
    """Return what is attached, the oldest first."""
    return tuple(entries.attached(session, [target.key]))


def attached_file(session: Session, number: int) -> AttachedFile:
    """Return a file with its marking; NotFound for a link too."""
    found = entries.attachment(session, number)
    if found is None or found[1] is None:
        raise NotFound(f"there is no attached file {number}")
    attachment, content = found
    return AttachedFile(
        name=attachment.name, content=content or b"", handling=_handling(session, attachment.target)
    )


def _attach(
    session: Session,
    target: Target,
    *,
    name: str,
    by: str,
    now: datetime,
    url: str = "",
    content: bytes | None = None,
) -> int:
    _require(session, target)
    there = entries.attached(session, [target.key])
    digest = hashlib.sha256(url.encode() if content is None else content).hexdigest()
    same = next((each for each in there if each.sha256 == digest and each.url == url), None)
    if same is not None:
        return same.id
    if len(there) >= MOST_ATTACHED:
        said = say("there are {most} attachments already", most=MOST_ATTACHED)
        raise InvalidInput(said, field="link" if content is None else "file")
    attachment = Attachment(
        id=0,
        target=target.key,
        name=name,
        url=url,
        size=len(content or b""),
        sha256=digest,
        author=by,
        at=now,
    )
    number = entries.attach(session, attachment, content)
    audit.record(
        session, actor=by, action="attachment.add", target=target.key[:400], reason="", before=None,
        after={"name": name, "url": url, "size": attachment.size, "sha256": digest}, now=now,
    )  # fmt: skip
    return number


def _require(session: Session, target: Target) -> None:
    """Raise NotFound where there is nothing to attach to."""
    row = target.row
    if row is not None:
        if not observations.stored(session, {row.series: (row.start, 0, row.seq)}):
            raise NotFound(f"there is no observation {row.address} of {row.series}")
    elif not incidents.versions(session, target.source, target.external_id):
        raise NotFound(f"there is no incident {target.source}/{target.external_id}")


def _checked(name: str, content: bytes) -> str:
    """Return a file's name without folders; InvalidInput for what is not kept."""
    plain = PurePath(name.replace("\\", "/")).name
    plain = "".join(sign for sign in plain if sign.isprintable()).strip()
    ending = PurePath(plain).suffix.casefold()
    if ending not in _BEGINS:
        said = say("a file of this kind is not kept; kept are {endings}", endings=listed(list(ENDINGS)))
        raise InvalidInput(said, field="file")
    if len(content) > MOST_BYTES:
        said = say("the file is too large: at most {most} MiB", most=MOST_BYTES // 1024**2)
        raise InvalidInput(said, field="file")
    begins = _BEGINS[ending]
    is_right = content.startswith(begins) if begins else bool(content) and b"\0" not in content
    if not is_right:
        raise InvalidInput(say("the file is not what its name says"), field="file")
    return plain if len(plain) <= LONGEST_NAME else plain[: LONGEST_NAME - len(ending)] + ending


def _handling(session: Session, target: str) -> Handling:
    """Return the marking of what something is attached to."""
    kind, _, rest = target.partition("/")
    found = markings(session)
    return (
        found.of_series(rest.rpartition("/")[0])
        if kind == "observation"
        else found.of_source(rest.partition("/")[0])
    )
