"""Every change of level is a row with its reason and its ledger."""

from monitor.domain.clock import epoch
from monitor.domain.ledgers.cause import Cause
from monitor.domain.ledgers.ledger import Ledger, Term
from monitor.domain.scale import Concern
from monitor.domain.scoring.level import LevelChange, LevelReason
from monitor.storage import level_changes
from monitor.storage.heat_points import Origin
from tests.storage.values import day

LEDGER = Ledger(
    delta_heat=-3.25,
    before_heat=21.0,
    after_heat=17.75,
    terms=(
        Term(
            cause=Cause.OBSERVATION,
            heat_delta=-3.25,
            placement="a/b/c:d",
            after_value=5.0,
            seq=7,
            period=(1, 2),
        ),
    ),
)


def change(on=1, **fields):
    return LevelChange(
        **{
            "at": epoch(day(on)),
            "from_level": "Cool",
            "to_level": "Cold",
            "from_concern": Concern.HIGH,
            "to_concern": Concern.CRITICAL,
            "heat": 17.75,
            "reason": LevelReason.CROSSED_UP,
        }
        | fields
    )


LOST = {"to_level": "Unknown", "to_concern": None, "heat": None, "reason": LevelReason.COVERAGE_LOST}


def test_a_change_comes_back_with_its_ledger(session):
    number = level_changes.add(session, "goita", change(), seq=4, ledger=LEDGER)
    (found,) = level_changes.between(session, "goita")
    assert (found.id, found.subject, found.seq, found.origin) == (number, "goita", 4, Origin.PUBLISHED)
    assert (found.change, found.ledger) == (change(), LEDGER)


def test_changes_are_cut_and_come_in_order(session):
    for number in (5, 3, 1):
        level_changes.add(session, "goita", change(number, **LOST), seq=number)
    found = level_changes.between(session, "goita", day(2), day(5))
    assert [item.change for item in found] == [change(3, **LOST), change(5, **LOST)]


def test_the_last_change_of_each_subject_is_the_last_published(session):
    level_changes.add(session, "goita", change(5), seq=5)
    level_changes.add(session, "goita", change(3), seq=6)
    level_changes.add(session, "goita", change(9), seq=7, origin=Origin.RECONSTRUCTED)
    level_changes.add(session, "sadio", change(1), seq=8)
    last = level_changes.last(session, ["goita", "sadio", "none"])
    assert {slug: item.change for slug, item in last.items()} == {"goita": change(3), "sadio": change(1)}
    level_changes.remove_reconstructed(session, "goita")
    assert len(level_changes.between(session, "goita")) == 2
