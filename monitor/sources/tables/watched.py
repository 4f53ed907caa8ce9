"""A watched folder: files that people or programs lay there, read once they lie still."""

import os
import re
import stat
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from monitor.domain.errors import SourceError

STILL_SECONDS = 5.0
MOST_BYTES = 64 * 1024 * 1024
_PART = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")
_NEVER_FOLLOW = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC


@dataclass(frozen=True, slots=True, kw_only=True)
class Laid:
    """A file as it lay in the folder: its name, its state (size and time of change), what it holds."""

    name: str
    state: str
    content: bytes


def is_folder(text: str) -> bool:
    """Whether a setting names a folder below the operator's: no way up, no hidden one, no absolute path."""
    return all(_PART.fullmatch(part) for part in text.split("/"))


def new_files(
    root: Path | None, folder: str, *, ends: Sequence[str], bookmark: Mapping[str, Any], now: datetime
) -> tuple[list[Laid], dict[str, str]]:
    """Return the files that are new or changed since the bookmark, oldest first, and the state of all seen.

    A file is read once it has not changed for 5 s. Links are never followed. What does not fit into one run
    is left for the next. SourceError: no watched folder is allowed here, or it cannot be read.
    """
    if root is None:
        message = "no folder may be watched here: the operator sets HEATWATCH_WATCH_DIR"
        raise SourceError(message, permanent=True)
    if not is_folder(folder):
        raise SourceError(f"folder {folder!r} is no folder below HEATWATCH_WATCH_DIR", permanent=True)
    known = bookmark.get("files", {})
    try:
        with _opened(root, folder) as place:
            return _read(place, ends=ends, known=known if isinstance(known, Mapping) else {}, now=now)
    except OSError as error:
        raise SourceError(f"the watched folder {folder} cannot be read: {error.strerror}") from None


def _read(
    place: int, *, ends: Sequence[str], known: Mapping[str, str], now: datetime
) -> tuple[list[Laid], dict[str, str]]:
    found: list[tuple[float, Laid]] = []
    seen: dict[str, str] = {}
    size = 0
    for name in sorted(os.listdir(place)):
        if name.startswith(".") or not name.lower().endswith(tuple(ends)):
            continue
        told = os.stat(name, dir_fd=place, follow_symlinks=False)
        if not stat.S_ISREG(told.st_mode):
            continue
        if known.get(name) == _state(told):
            seen[name] = known[name]
        elif now.timestamp() - told.st_mtime >= STILL_SECONDS and size < MOST_BYTES:
            found.append((told.st_mtime, _laid(place, name)))
            size += len(found[-1][1].content) + 1
    return [laid for _, laid in sorted(found, key=lambda item: (item[0], item[1].name))], seen


def _laid(place: int, name: str) -> Laid:
    handle = os.open(name, _NEVER_FOLLOW | os.O_NONBLOCK, dir_fd=place)
    with os.fdopen(handle, "rb") as opened:
        told = os.fstat(handle)
        if not stat.S_ISREG(told.st_mode):
            raise SourceError(f"{name} is no file")
        # One byte more than is taken says that a file is too large; its kind refuses it by name.
        return Laid(name=name, state=_state(told), content=opened.read(MOST_BYTES + 1))


def _state(told: os.stat_result) -> str:
    return f"{told.st_size}:{told.st_mtime_ns}"


@contextmanager
def _opened(root: Path, folder: str) -> Iterator[int]:
    """Open the folder step by step, so that no link on the way can lead elsewhere."""
    place = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for part in folder.split("/"):
            below = os.open(part, _NEVER_FOLLOW | os.O_DIRECTORY, dir_fd=place)
            os.close(place)
            place = below
        yield place
    finally:
        os.close(place)
