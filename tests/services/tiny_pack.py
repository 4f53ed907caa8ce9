"""The tiny pack, installed into a database of the test's own, and edited."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from monitor.domain.observation import Reading
from monitor.packs.read_pack import read_pack
from monitor.services.install_pack import install_pack
from monitor.storage import definitions, observations

TINY = read_pack(Path(__file__).parents[1] / "data" / "packs" / "tiny").pack
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
LATER = datetime(2026, 11, 24, 12, tzinfo=UTC)
DATA_UNTIL = datetime(2025, 11, 30, 23, 59, 59, tzinfo=UTC)
FUEL = "fuel-price:mali"


def install(session, pack=TINY, *, now=NOW, accept=()):
    return install_pack(session, pack, author="console", now=now, accept=accept)


def save(session, value, *, reason="desk knows better"):
    definitions.save(session, value, author="ada", reason=reason, effective_at=NOW, now=NOW)


def of_indicator(pack, slug, **changes):
    """The pack with one indicator changed."""
    changed = tuple(replace(each, **changes) if each.slug == slug else each for each in pack.indicators)
    return replace(pack, indicators=changed)


def with_value(pack, start, value):
    """The pack with another value for the fuel price of one month, first revision."""
    history = tuple(
        replace(
            file,
            readings=tuple(
                replace(each, value=value, low=None, high=None)
                if each.series == FUEL and each.period_start == start and not each.source_revision
                else each
                for each in file.readings
            ),
        )
        for file in pack.history
    )
    return replace(pack, history=history)


def stored_values(session, key=FUEL):
    return sorted((each.seq, each.reading.value) for each in observations.history(session, key))


def correct(session, value):
    reading = Reading(
        series=FUEL, period_start=datetime(2025, 10, 1, tzinfo=UTC), known_at=NOW,
        period_end=datetime(2025, 11, 1, tzinfo=UTC), value=value, citation="invented",
    )  # fmt: skip
    observations.add(session, [reading], source="desk", author="ada", note="", now=NOW)
