"""A handover is the sum of its acts: who may do what when, what both sign, and that it stays."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.domain.errors import Conflict, InvalidInput
from monitor.domain.scale import Concern
from monitor.domain.shifts.content import Content, Item, Section, Situation, merged
from monitor.domain.shifts.handover import ACCEPT_WITHIN, Act, ActKind, folded

NOW = datetime(2025, 11, 30, 14, 18, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ANA, BEN, CARA = "ana@example.org", "ben@example.org", "cara@example.org"


def item(key, **values):
    return Item(
        **{"key": key, "section": Section.ALERTS, "name": "Fuel price", "headline": "Critical.", **values}
    )


def content(*items, **values):
    return Content(**{
        "since_at": NOW - timedelta(hours=8), "as_of": NOW, "situation": Situation.BUSY, "narrative": "Busy.",
        "items": items, **values,
    })  # fmt: skip


def drafted(*keys, incoming=BEN):
    first = Act(
        number=1, kind=ActKind.DRAFTED, by=ANA, at=NOW, incoming=incoming, content=content(*map(item, keys))
    )
    return folded(7, "desk", ANA, [first])


def act(found, kind, by=ANA, **values):
    number = found.version + 1
    if kind is ActKind.OFFERED:
        values = {"digest": found.content.digest, **values}
    return found.after(Act(number=number, kind=kind, by=by, at=NOW + number * MINUTE, **values))


def offered(*keys, incoming=BEN):
    return act(drafted(*keys, incoming=incoming), ActKind.OFFERED)


def test_a_draft_is_written_by_the_outgoing_person_and_nobody_accepts_it():
    found = drafted("a", "b")
    assert (found.is_draft, found.is_offered, [each.key for each in found.waiting]) == (
        True,
        False,
        ["a", "b"],
    )
    with pytest.raises(InvalidInput, match="only the outgoing person"):
        act(found, ActKind.NOTED, by=BEN, narrative="Mine.")
    with pytest.raises(Conflict, match="not handed over yet"):
        act(found, ActKind.ACCEPTED, by=BEN, keys=("a",))


def test_the_last_accepted_item_lets_the_incoming_person_sign():
    found = act(offered("a", "b"), ActKind.ACCEPTED, by=BEN, keys=("a",))
    assert [each.key for each in found.waiting] == ["b"]
    with pytest.raises(Conflict, match="last item"):
        act(found, ActKind.SIGNED, by=BEN)
    found = act(found, ActKind.ACCEPTED, by=BEN, keys=("a", "b"))
    assert [(each.key, each.by) for each in found.accepted] == [("a", BEN), ("b", BEN)]
    found = act(found, ActKind.SIGNED, by=BEN)
    assert (found.is_open, found.signed_at, found.version) == (False, NOW + 5 * MINUTE, 5)
    assert found.is_sound
    assert found.digest == found.content.digest


@pytest.mark.parametrize("kind", [ActKind.NOTED, ActKind.TAKEN_BACK, ActKind.WITHDRAWN, ActKind.ACCEPTED])
def test_what_is_signed_stays_as_it_is(kind):
    found = act(act(offered(), ActKind.ACCEPTED, by=BEN), ActKind.SIGNED, by=BEN)
    with pytest.raises(Conflict, match="signed: it stays"):
        act(found, kind)


def test_nobody_hands_over_to_themselves():
    with pytest.raises(InvalidInput, match="a second person"):
        act(offered("a", incoming=""), ActKind.ACCEPTED, by=ANA, keys=("a",))
    with pytest.raises(InvalidInput, match="to themselves"):
        act(drafted("a"), ActKind.NOTED, narrative="", incoming=ANA)


def test_who_is_named_accepts_and_where_nobody_is_the_first_who_does_takes_over():
    with pytest.raises(InvalidInput, match="goes to someone else"):
        act(offered("a"), ActKind.ACCEPTED, by=CARA, keys=("a",))
    found = act(offered("a", "b", incoming=""), ActKind.ACCEPTED, by=CARA, keys=("a",))
    assert found.incoming == CARA
    with pytest.raises(InvalidInput, match="goes to someone else"):
        act(found, ActKind.ACCEPTED, by=BEN, keys=("b",))


def test_what_is_handed_over_is_changed_only_after_it_was_taken_back():
    found = offered("a", "b")
    with pytest.raises(Conflict, match="take it back"):
        act(found, ActKind.LEFT_OUT, keys=("a",))
    found = act(act(found, ActKind.ACCEPTED, by=BEN, keys=("a", "b")), ActKind.TAKEN_BACK)
    assert (found.is_draft, found.digest) == (True, "")
    found = act(found, ActKind.CHANGED, item=item("a", idea="A true rise.", by=ANA))
    assert [each.key for each in found.accepted] == ["b"]
    with pytest.raises(Conflict, match="nothing to take back"):
        act(found, ActKind.TAKEN_BACK)


def test_another_incoming_person_has_accepted_nothing():
    found = act(offered("a", "b"), ActKind.ACCEPTED, by=BEN, keys=("a",))
    found = act(found, ActKind.TAKEN_BACK)
    found = act(found, ActKind.NOTED, narrative="Calm.", situation=Situation.QUIET, incoming=CARA)
    assert (found.incoming, found.accepted) == (CARA, ())
    assert (found.content.situation, found.content.narrative, found.content.noted_by) == (
        Situation.QUIET, "Calm.", ANA,
    )  # fmt: skip


def test_items_are_added_and_left_out_of_a_draft():
    found = act(drafted("a"), ActKind.ADDED, item=item("own:2", section=Section.OWN, by=ANA))
    assert [each.key for each in found.content.items] == ["a", "own:2"]
    with pytest.raises(Conflict, match="such an item already"):
        act(found, ActKind.ADDED, item=item("a"))
    found = act(found, ActKind.LEFT_OUT, keys=("a",))
    assert [each.key for each in found.content.items] == ["own:2"]
    for wrong in ({"kind": ActKind.LEFT_OUT, "keys": ("a",)}, {"kind": ActKind.CHANGED, "item": item("a")}):
        with pytest.raises(Conflict, match="no such item"):
            act(found, wrong.pop("kind"), **wrong)
    with pytest.raises(Conflict, match="no such item"):
        act(act(found, ActKind.OFFERED), ActKind.ACCEPTED, by=BEN, keys=("a",))


def test_an_act_upon_what_was_changed_meanwhile_is_a_conflict():
    late = Act(number=2, kind=ActKind.OFFERED, by=ANA, at=NOW)
    with pytest.raises(Conflict, match="changed meanwhile"):
        offered("a").after(late)


def test_what_waits_too_long_is_overdue_and_what_is_withdrawn_is_not():
    found = offered("a")
    assert not found.is_overdue(found.offered_at + ACCEPT_WITHIN - MINUTE)
    assert found.is_overdue(found.offered_at + ACCEPT_WITHIN)
    gone = act(found, ActKind.WITHDRAWN, by=BEN, reason="drill")
    assert (gone.is_open, gone.is_overdue(NOW + 9 * ACCEPT_WITHIN)) == (False, False)
    assert not drafted("a").is_overdue(NOW + 9 * ACCEPT_WITHIN)


def test_the_digest_is_of_every_word_and_of_no_zone():
    east = datetime.fromisoformat("2025-11-30T19:48:00+05:30")
    assert content(item("a")).digest == content(item("a"), as_of=east).digest
    assert content(item("a")).digest != content(item("a", idea="?")).digest
    assert content(item("a")).digest != content(item("a", concern=Concern.HIGH)).digest
    found = offered("a")
    forged = replace(found, content=content(item("a", headline="Calm.")))
    assert not forged.is_sound
    with pytest.raises(Conflict, match="not what was handed over"):
        act(act(forged, ActKind.ACCEPTED, by=BEN, keys=("a",)), ActKind.SIGNED, by=BEN)


def test_a_fresh_draft_keeps_what_people_wrote():
    before = content(
        item("a", idea="A true rise.", next_step="Call.", owner="Ana", by=ANA),
        item("b"),
        item("gone", idea="Still odd.", by=ANA),
        item("owned", owner="Ana", by=ANA),
        item("own:2", section=Section.OWN, by=ANA),
        noted_by=ANA, narrative="Mine.", situation=Situation.QUIET,
    )  # fmt: skip
    fresh = content(item("a", headline="High."), item("c"), narrative="Drafted.", as_of=NOW + MINUTE)
    found = merged(before, fresh)
    assert [each.key for each in found.items] == ["a", "c", "gone", "own:2"]
    first = found.items[0]
    assert (first.headline, first.idea, first.next_step, first.owner) == (
        "High.",
        "A true rise.",
        "Call.",
        "Ana",
    )
    assert (found.narrative, found.situation, found.as_of) == ("Mine.", Situation.QUIET, NOW + MINUTE)
    assert merged(content(), fresh).narrative == "Drafted."


def test_drafting_again_keeps_what_was_accepted_and_says_the_same():
    found = act(offered("a", "b"), ActKind.ACCEPTED, by=BEN, keys=("a", "b"))
    found = act(found, ActKind.TAKEN_BACK)
    fresh = content(item("a"), item("b", headline="High."))
    found = act(found, ActKind.DRAFTED_AGAIN, content=fresh)
    assert [each.key for each in found.accepted] == ["a"]


@pytest.mark.parametrize("values", [{"name": " "}, {"headline": ""}, {"idea": "x" * 2001}])
def test_an_item_says_something_and_not_too_much(values):
    with pytest.raises(InvalidInput):
        item("a", **values)


def test_a_handover_begins_with_its_draft():
    with pytest.raises(ValueError, match="begins with its draft"):
        folded(1, "", ANA, [Act(number=1, kind=ActKind.OFFERED, by=ANA, at=NOW)])
