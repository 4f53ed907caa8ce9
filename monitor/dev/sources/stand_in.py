"""The shape of a stand-in, the scene that all of one server share, and how their answers are made."""

import csv
import io
import lzma
import threading
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import orjson
from flask import Blueprint, Response, request

from monitor.dev.sources.faults import Fault

_DATA = Path(__file__).parent / "data"
MADE_UP = "made up for rehearsals"


@dataclass(frozen=True, slots=True, kw_only=True)
class StandIn:
    """One source of the world as this machine plays it.

    `about` says where its figures are from. `host` is whose place it takes in a definition. `renamed` is
    the name that the fault "column" changes, and to what. `secrets` are those it accepts, by the name a
    definition may refer to them with. `knows_expiry`: it refuses expired tokens itself.
    """

    name: str
    about: str
    routes: Callable[["Scene"], Blueprint]
    host: str = ""
    renamed: tuple[str, str] = ("", "")
    secrets: Mapping[str, str] = field(default_factory=dict)
    knows_expiry: bool = False


class Scene:
    """What the stand-ins of one server share: faults, editions, today, and what was asked."""

    def __init__(
        self, *, now: Callable[[], datetime] = lambda: datetime.now(UTC), gdelt_seconds: float = 5.0
    ) -> None:
        """Begin without faults, every source at its latest edition."""
        self.now, self.gdelt_seconds = now, gdelt_seconds
        self.faults: dict[str, Fault] = {}
        self.earlier: set[str] = set()
        self.asked: Counter[str] = Counter()
        self.stopping = threading.Event()

    def has(self, name: str, fault: Fault) -> bool:
        """Whether a stand-in has this fault now."""
        return self.faults.get(name) is fault

    def is_earlier(self, name: str) -> bool:
        """Whether a stand-in plays its earlier edition: before revisions and withdrawals."""
        return name in self.earlier

    @property
    def today(self) -> date:
        """The day it is, UTC."""
        return self.now().date()

    def page(self, name: str, parameter: str, *, first: int) -> int:
        """Return which page is asked for; under the fault "repeat" always the first."""
        if self.has(name, Fault.REPEAT):
            return first
        return whole_number(request.args.get(parameter), first)


def whole_number(text: str | None, default: int) -> int:
    """Return a parameter as a number; the default where it is none, as lenient servers do."""
    return int(text) if text and text.lstrip("-").isdecimal() else default


def day(text: str | None, default: date) -> date:
    """Return a parameter as a day; the default where it is none."""
    try:
        return date.fromisoformat((text or "")[:10])
    except ValueError:
        return default


def days(first: date, last: date) -> Iterable[date]:
    """Return every day from first to last, both included."""
    return (first + timedelta(days=number) for number in range((last - first).days + 1))


def draw(low: int, high: int, *of: object) -> int:
    """Return a made-up whole number from low to high: the same for the same things, on every machine."""
    return low + zlib.crc32(repr(of).encode()) % (high - low + 1)


@cache
def real(name: str) -> bytes:
    """Return a real slice, unpacked; SOURCES.md says where it is from."""
    return lzma.decompress((_DATA / f"{name}.csv.xz").read_bytes())


@cache
def real_rows(name: str) -> Sequence[Mapping[str, str]]:
    """Return the rows of a real slice, all cells as text."""
    return tuple(csv.DictReader(io.StringIO(real(name).decode(), newline="")))


def as_json(value: Any, status: int = 200, mimetype: str = "application/json") -> Response:
    """Answer with JSON."""
    return Response(orjson.dumps(value), status, mimetype=mimetype)


def as_csv(rows: Iterable[Mapping[str, Any]], columns: Sequence[str], tags: Sequence[str] = ()) -> Response:
    """Answer with a CSV file; `tags` make a second line of HXL tags."""
    return Response(csv_text(rows, columns, tags), mimetype="text/csv")


def csv_text(rows: Iterable[Mapping[str, Any]], columns: Sequence[str], tags: Sequence[str] = ()) -> bytes:
    """Return rows as a CSV file, RFC 4180."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(columns)
    if tags:
        writer.writerow(tags)
    writer.writerows([row.get(column, "") for column in columns] for row in rows)
    return text.getvalue().encode()
