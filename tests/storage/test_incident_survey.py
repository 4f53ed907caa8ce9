"""However many incidents there are, a page looks at so many, along an index, and says how far back."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import event, text

from monitor.domain.incident_filter import Wanted
from monitor.storage import incidents
from monitor.storage.incident_search import Mark, countries, kinds, last_day, search, sources
from monitor.storage.incident_survey import survey
from tests.storage.test_incidents import AMBUSH, NOW

FIRST = date(2025, 1, 1)
KINDS = ("ambush", "raid", "theft")
TOLD = [
    replace(
        AMBUSH, external_id=f"{number:03}", source=("acled", "desk")[number % 2], kind=KINDS[number % 3],
        country=("MLI", "NER")[number % 2], happened_on=FIRST + timedelta(days=number // 4), killed=1,
        description="a rare word" if number == 3 else "",
    )
    for number in range(120)
]  # fmt: skip
FILTERS = {
    "everything": Wanted(),
    "a country": Wanted(countries=("MLI",)),
    "two countries": Wanted(countries=("MLI", "NER")),
    "a country in the words of its source": Wanted(countries=("Sahel",)),
    "a region": Wanted(regions=("ML05",)),
    "a source": Wanted(sources=("acled",)),
    "a kind": Wanted(kinds=("raid",)),
    "two kinds of a source": Wanted(kinds=("raid", "theft"), sources=("desk",)),
    "an actor": Wanted(actors=("JNIM",)),
    "words": Wanted(text="rare word"),
    "days": Wanted(since=date(2025, 1, 10), until=date(2025, 1, 12)),
    "a country, a kind and days": Wanted(countries=("NER",), kinds=("raid",), since=date(2025, 1, 10)),
}


@pytest.fixture
def told(session):
    incidents.keep(session, TOLD, now=NOW)
    session.flush()
    return session


def plans(session, run):
    """Return how each statement of a call would be carried out where tables are large."""
    seen = []

    def note(connection, cursor, statement, parameters, context, many):
        seen.append((statement, parameters))

    connection = session.connection()
    event.listen(connection, "before_cursor_execute", note)
    run()
    event.remove(connection, "before_cursor_execute", note)
    if connection.dialect.name == "sqlite":
        return [
            [row[-1] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}", given)]
            for asked, given in seen
        ]
    for setting in ("seqscan", "bitmapscan", "sort", "incremental_sort"):
        connection.execute(text(f"SET LOCAL enable_{setting} = off"))
    return [
        [row[0] for row in connection.exec_driver_sql(f"EXPLAIN {asked}", given)] for asked, given in seen
    ]


@pytest.mark.parametrize("wanted", FILTERS.values(), ids=FILTERS)
def test_no_filter_of_the_page_reads_the_whole_table_or_sorts_it(told, wanted):
    def page():
        found = search(told, wanted, limit=50)
        search(told, wanted, limit=50, after=found.older or Mark(day=FIRST, seq=9))
        survey(told, wanted, spots=9)
        for each in (countries, sources, kinds, last_day):
            each(told)

    if told.get_bind().dialect.name == "sqlite":
        for plan in plans(told, page):
            reads = [line for line in plan if " incident" in line]
            assert reads
            assert all("USING" in line and "INDEX" in line for line in reads), plan
            # What is looked at comes sorted out of its index; only what was found is sorted after that.
            inner = plan[: next((at for at, line in enumerate(plan) if line.startswith("SCAN anon")), None)]
            assert not [line for line in inner if "TEMP B-TREE" in line], plan
    else:
        for plan in plans(told, page):
            assert not [line for line in plan if "Seq Scan on incident" in line], plan
            limits = [at for at, line in enumerate(plan) if "Limit" in line]
            assert "Sort" not in "".join(plan[limits[-1] :] if limits else plan), plan


def test_more_than_are_added_up_are_said_to_be_more(told):
    found = survey(told, Wanted(), most=10, spots=9)
    assert found.is_full
    assert sum(day.incidents for day in found.days) == 10
    assert found.back_to == found.days[0].day == date(2025, 1, 28)
    assert Counter(each.kind for each in found.groups).keys() <= set(KINDS)
    assert not survey(told, Wanted(since=date(2025, 1, 29)), most=10, spots=9).is_full


def test_what_was_not_looked_through_is_said_and_can_be_looked_at_next(told):
    wanted = Wanted(text="rare")
    found = survey(told, wanted, looked=40, spots=9)
    assert (found.days, found.is_full, found.back_to) == ((), False, date(2025, 1, 21))
    seen, after, turns = [], None, 0
    while turns == 0 or after is not None:
        page = search(told, wanted, limit=5, after=after, looked=40)
        seen += [each.incident.external_id for each in page.incidents]
        after, turns = page.older, turns + 1
    assert (seen, turns) == (["003"], 3)


@pytest.mark.parametrize("limit", [1, 7, 40])
def test_pages_follow_each_other_without_a_gap_though_days_have_many(told, limit):
    seen, after = [], None
    while True:
        page = search(told, Wanted(countries=("NER",)), limit=limit, after=after)
        seen += [(each.incident.happened_on, each.incident.external_id) for each in page.incidents]
        if page.older is None:
            break
        after = page.older
    wanted = [(each.happened_on, each.external_id) for each in TOLD if each.country == "NER"]
    assert len(seen) == len(set(seen)) == len(wanted)
    assert [day for day, _ in seen] == sorted((day for day, _ in wanted), reverse=True)


def test_a_search_without_bounds_finds_all(told):
    found = search(told, Wanted(text="rare"), limit=5, looked=None)
    assert ([each.incident.external_id for each in found.incidents], found.older) == (["003"], None)
