"""Incidents as they were known at a moment: revised and withdrawn later, they are as they were then."""

from dataclasses import replace
from datetime import UTC, date, datetime

from monitor.domain.clock import epoch
from monitor.domain.incident import Coverage
from monitor.storage import incidents
from monitor.storage.known_incidents import count_known, counts_of_days, covered, known_incidents
from tests.storage.test_incidents import AMBUSH

FIRST, SECOND, THIRD = (datetime(2025, 11, day, 12, tzinfo=UTC) for day in (10, 12, 14))
DAYS = (date(2025, 10, 1), date(2025, 11, 30))


def test_each_moment_sees_what_was_told_by_then(session):
    told = [
        replace(AMBUSH, external_id=name, country="MLI", admin1="Mopti", killed=1,
                happened_on=date(2025, 11, day))
        for name, day in (("revised", 3), ("withdrawn", 4), ("moved", 5))
    ]  # fmt: skip
    incidents.keep(session, told, now=FIRST)
    incidents.keep(session, [replace(told[0], killed=7)], now=SECOND)
    incidents.withdraw(session, AMBUSH.source, ["withdrawn"], now=SECOND)
    incidents.keep(session, [replace(told[0], killed=9)], now=THIRD)
    incidents.keep(session, [replace(told[2], country="NER", admin1="Diffa")], now=THIRD)
    whole = Coverage(covers_from=date(2025, 11, 1), covers_until=date(2025, 11, 30), country="MLI")
    incidents.cover(session, AMBUSH.source, [whole], now=SECOND)

    def seen(at, countries=("MLI",), most=9):
        found = known_incidents(session, countries, *DAYS, at=epoch(at), most=most)
        return [(each.external_id, each.killed, each.country) for each in found.incidents], found.is_more

    assert seen(datetime(2025, 11, 9, tzinfo=UTC)) == ([], False)
    assert seen(FIRST) == ([("moved", 1, "MLI"), ("withdrawn", 1, "MLI"), ("revised", 1, "MLI")], False)
    assert seen(SECOND) == ([("moved", 1, "MLI"), ("revised", 7, "MLI")], False)
    assert seen(THIRD) == ([("revised", 9, "MLI")], False)
    assert seen(THIRD, ("MLI", "NER")) == ([("moved", 1, "NER"), ("revised", 9, "MLI")], False)
    assert seen(FIRST, most=1) == ([("moved", 1, "MLI")], True)
    assert count_known(session, ("MLI", "NER"), *DAYS, at=epoch(THIRD)) == 2
    assert counts_of_days(session, ("MLI", "NER")) == {date(2025, 11, 3): 1, date(2025, 11, 5): 1}
    (source,) = covered(session, ("MLI",))
    assert source == AMBUSH.source
    assert covered(session, ("NER",)) == {}
