"""Searching: what a palette asks for each letter, among 10,000 indicators and 200,000 incidents."""

import time
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import cycle
from pathlib import Path

from bench import workload
from bench.backtesting import watches_of
from bench.desks import open_desk
from bench.measure import Figure, percentile, seconds, single
from bench.sample import SOURCE
from bench.stored import install
from monitor.bootstrap import Application
from monitor.domain.incident import Incident
from monitor.domain.person import Role
from monitor.services.search.search import search
from monitor.storage import incidents

INCIDENTS, ROUNDS = 200_000, 12
GOAL_MS = 100.0
LAST_DAY = date(2025, 11, 30)
PLACES = ("Ségou", "Mopti", "Gao", "Tombouctou", "Kayes", "Kidal", "Sikasso", "Ménaka")
DEEDS = ("raid", "abduction", "explosion", "clash", "blockade", "arson")
TOLD = "Armed men on motorbikes stopped lorries with fuel near {place}; the road to {other} was shut."
# As they are typed: beginnings, whole names, several words, slips, ids, words of texts, nothing.
ASKED = (
    "i", "in", "ind", "indic", "sub", "subj-01", "subject 17", "ind-00042", "indicatr", "fuel",
    "fuel lorries", "segou", "raid mopti", "motorbikes kidal", "b-0150000", "B-19999", "routes", "zzzz",
    "explosion near gao",
)  # fmt: skip


def run(folder: Path) -> list[Figure]:
    """Fill a desk and search it as fast as somebody types."""
    with open_desk(folder) as desk:
        fill(desk)
        first = _ask(desk, "fuel")
        before = time.process_time()
        took = [_ask(desk, text) * 1000 for _ in range(ROUNDS) for text in ASKED]
        processor = (time.process_time() - before) * 1000 / len(took)
        return [
            single("search, p50", [percentile(took, 50)], unit="ms"),
            single("search, p95", [percentile(took, 95)], unit="ms", goal=GOAL_MS),
            single("search, processor time", [processor], unit="ms"),
            single("the first search of a process, which makes its names", [first], unit="s"),
        ]


def fill(desk: Application) -> None:
    """Store 10,000 indicators under 200 subjects, and incidents of twenty years."""
    inds = workload.indicators()
    install(desk, inds, watches_of(inds))
    with desk.writing() as (session, now):
        incidents.keep(session, _incidents(), now=now)


def _incidents() -> Iterator[Incident]:
    places, others, deeds = cycle(PLACES), cycle(PLACES[1:]), cycle(DEEDS)
    for number in range(INCIDENTS):
        place, other = next(places), next(others)
        yield Incident(
            source=SOURCE, external_id=f"B-{number:07}", kind=next(deeds), country="MLI", admin1=place,
            happened_on=LAST_DAY - timedelta(days=number // 27), actor="Unidentified armed group",
            description=TOLD.format(place=place, other=other), killed=number % 5,
        )  # fmt: skip


def _ask(desk: Application, text: str) -> float:
    with desk.reading() as (session, now):
        return seconds(lambda: search(session, text, role=Role.ADMIN, now=now, limit=5))
