"""Bodies that are packed by gzip or zip, unpacked within a bound, whatever they claim to hold."""

import fnmatch
import io
import zipfile
import zlib
from collections.abc import Sequence

from monitor.domain.errors import SourceError

MOST_BYTES = 128 * 1024 * 1024
_MOST_MEMBERS = 1_000
_CHUNK = 256 * 1024
_GZIP, _ZIP = b"\x1f\x8b", b"PK\x03\x04"
_GZIP_WINDOW = 31


def unpack(
    content: bytes, *, what: str, member: str = "", ends: Sequence[str] = (), most_bytes: int = MOST_BYTES
) -> bytes:
    """Return a body as it is, or what a gzip or zip holds; `member` is a name or pattern in a zip.

    Without `member` a zip holds one file, or one whose name ends with one of `ends`. SourceError: damaged,
    cut off, locked, more than `most_bytes` once unpacked, no such member.
    """
    if content[:2] == _GZIP:
        return _gunzip(content, what=what, most_bytes=most_bytes)
    if content[:4] == _ZIP:
        return _unzip(content, what=what, member=member, ends=ends, most_bytes=most_bytes)
    if member:
        raise SourceError(f"{what} is no zip, and member {member!r} was to be read from one")
    return content


def check_zip(content: bytes, *, what: str, most_bytes: int, most_ratio: float) -> None:
    """Raise SourceError if a zip is damaged, or would be too large for a library that opens it whole."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, EOFError, NotImplementedError, RecursionError) as error:
        raise SourceError(f"{what} is damaged or cut off: {error}") from None
    total = sum(each.file_size for each in members)
    if total > most_bytes or len(members) > _MOST_MEMBERS or total > most_ratio * (len(content) + _CHUNK):
        message = (
            f"{what} would unpack to {total:,} bytes in {len(members)} parts, more than is taken "
            f"({most_bytes:,}, and {most_ratio:g} times what was sent)"
        )
        raise SourceError(message, permanent=True)


def _gunzip(content: bytes, *, what: str, most_bytes: int) -> bytes:
    """Unpack one gzip stream, or several one after another."""
    found = io.BytesIO()
    rest = content
    while rest[:2] == _GZIP:
        stream = zlib.decompressobj(_GZIP_WINDOW)
        try:
            while not stream.eof and (rest or stream.unconsumed_tail):
                part = stream.decompress(rest, _CHUNK)
                rest = stream.unconsumed_tail
                found.write(part)
                if found.tell() > most_bytes:
                    raise SourceError(f"{what} unpacks to more than {most_bytes:,} bytes", permanent=True)
                if not part and not rest:
                    break
        except zlib.error as error:
            raise SourceError(f"{what} is a damaged gzip: {error}") from None
        if not stream.eof:
            raise SourceError(f"{what} is a gzip that was cut off")
        rest = stream.unused_data
    return found.getvalue()


def _unzip(content: bytes, *, what: str, member: str, ends: Sequence[str], most_bytes: int) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            chosen = _chosen(archive.infolist()[:_MOST_MEMBERS], what=what, member=member, ends=ends)
            with archive.open(chosen) as opened:
                found = opened.read(most_bytes + 1)
    except (zipfile.BadZipFile, zlib.error, ValueError, OSError, EOFError, NotImplementedError) as error:
        raise SourceError(f"{what} is a zip that is damaged or cut off: {error}") from None
    except RuntimeError:
        raise SourceError(f"{what} is a zip locked by a password", permanent=True) from None
    if len(found) > most_bytes:
        raise SourceError(f"{what} unpacks to more than {most_bytes:,} bytes", permanent=True)
    return found


def _chosen(
    members: Sequence[zipfile.ZipInfo], *, what: str, member: str, ends: Sequence[str]
) -> zipfile.ZipInfo:
    files = [each for each in members if not each.is_dir() and not each.filename.startswith("__MACOSX/")]
    if member:
        fitting = [each for each in files if fnmatch.fnmatchcase(each.filename, member)]
    else:
        fitting = [each for each in files if each.filename.lower().endswith(tuple(ends))] if ends else files
        fitting = fitting if len(files) > 1 else files
    if len(fitting) != 1:
        names = ", ".join(each.filename for each in files[:10]) or "nothing"
        sought = f"named {member!r}" if member else "to read"
        message = f"{what} holds {len(fitting)} files {sought}, where one is expected; it has: {names}"
        raise SourceError(message, permanent=True)
    return fitting[0]
