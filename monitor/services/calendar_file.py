"""Expected releases as an iCalendar file (RFC 5545) that calendar programs subscribe to or import."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from monitor.services.source_calendar import Entry

_LINE_OCTETS = 75


def calendar_file(entries: Iterable[Entry], *, now: datetime) -> str:
    """Return an event for each release; the same release keeps its identity from file to file."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Heatwatch//Releases//EN"]
    for entry in entries:
        if entry.what == "release":
            lines += _event(entry, now=now)
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line))


def _event(entry: Entry, *, now: datetime) -> Iterator[str]:
    title = entry.title or "release"
    yield "BEGIN:VEVENT"
    yield f"UID:{entry.source}-{_slug(title)}-{_moment(entry.at)}@heatwatch"
    yield f"DTSTAMP:{_moment(now)}"
    yield f"DTSTART:{_moment(entry.at)}"
    yield f"SUMMARY:{_text(f'{entry.name}: {title}')}"
    if entry.late_at is not None:
        yield f"DESCRIPTION:{_text(f'Late from {entry.late_at:%Y-%m-%d %H:%M} UTC on.')}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _moment(value: datetime) -> str:
    return f"{value.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _slug(text: str) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in text.lower())


def _text(value: str) -> str:
    """Escape what has a meaning in a value (RFC 5545, 3.3.11)."""
    escaped = value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return escaped.replace("\r\n", "\\n").replace("\r", "\\n").replace("\n", "\\n")


def _folded(line: str) -> Iterator[str]:
    """Break a line after 75 octets at most, never inside a character (RFC 5545, 3.1)."""
    part, octets = "", 0
    for letter in line:
        width = len(letter.encode())
        if octets + width > _LINE_OCTETS:
            yield part
            part, octets = " ", 1
        part, octets = part + letter, octets + width
    yield part
