"""The log and handovers as they are stored: added to, never changed; one open handover a rota."""

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.domain.errors import Conflict, NotFound
from monitor.domain.scale import Concern
from monitor.domain.shifts.content import Content, Due, Figures, Item, Noted, Section, Situation, Tally
from monitor.domain.shifts.handover import Act, ActKind
from monitor.domain.shifts.log_entry import LogEntry
from monitor.storage import handovers, log_entries
from tests.storage.values import NOW

MINUTE = timedelta(minutes=1)
ANA, BEN = "ana@example.org", "ben@example.org"
ITEM = Item(
    key="alert:e1", section=Section.ALERTS, name="Fuel", headline="Critical.", concern=Concern.CRITICAL,
    by=ANA,
    changed_at=NOW,
)  # fmt: skip
CONTENT = Content(
    since_at=NOW - 60 * MINUTE, as_of=NOW, situation=Situation.BUSY, narrative="Fuel “rose”.", items=(ITEM,),
    agenda=(Due(at=NOW + MINUTE, text="Silence 7 ends"),),
    tallies=(Tally(concern=None, before=0, after=1, changed=("Togo",)),),
    figures=Figures(alerts_opened=2, ack_seconds=0.1 + 0.2),
    log=(Noted(at=NOW, author="Ana", text="Called."),),
)  # fmt: skip


def start(session, rota="desk", **values):
    first = Act(number=1, kind=ActKind.DRAFTED, by=ANA, at=NOW, incoming=BEN, content=CONTENT)
    return handovers.start(session, replace(first, **values), rota=rota, outgoing=ANA)


def act(found, kind, by=ANA, **values):
    number = found.version + 1
    return Act(number=number, kind=kind, by=by, at=NOW + number * MINUTE, **values)


def test_a_handover_comes_back_as_it_was_act_by_act(session):
    found = start(session)
    found = handovers.append(session, found, act(found, ActKind.OFFERED, digest=found.content.digest))
    assert [line.offered_at for line in handovers.open_now(session)] == [NOW + 2 * MINUTE]
    found = handovers.append(session, found, act(found, ActKind.ACCEPTED, by=BEN, keys=("alert:e1",)))
    found = handovers.append(session, found, act(found, ActKind.SIGNED, by=BEN, digest=found.digest))
    session.expire_all()
    read = handovers.get(session, found.id)
    assert read == found
    assert read.is_sound
    assert handovers.get(session, found.id, version=2).is_offered
    assert handovers.get(session, found.id, version=0).is_draft
    (line,) = handovers.find_all(session)
    assert (line.items, line.accepted, line.signed_at) == (1, 1, NOW + 4 * MINUTE)
    assert handovers.open_now(session) == []
    assert handovers.last_signed(session, "desk") == line
    assert handovers.last_signed(session, "") is None


def test_a_rota_has_one_open_handover_at_a_time(session):
    found = start(session)
    with pytest.raises(Conflict, match="open already"):
        start(session)
    assert start(session, "night").id != found.id
    handovers.append(session, found, act(found, ActKind.WITHDRAWN))
    assert start(session).id != found.id


def test_of_two_acts_at_once_the_second_is_a_conflict(session):
    found = start(session)
    handovers.append(session, found, act(found, ActKind.NOTED, narrative="Mine.", incoming=BEN))
    with pytest.raises(Conflict, match="changed meanwhile"):
        handovers.append(session, found, act(found, ActKind.NOTED, narrative="Other.", incoming=BEN))
    assert handovers.get(session, found.id).content.narrative == "Mine."


def test_what_is_not_there_is_said(session):
    with pytest.raises(NotFound, match="no handover 7"):
        handovers.get(session, 7)
    with pytest.raises(NotFound, match="no log entry 7"):
        log_entries.get(session, 7)
    with pytest.raises(ValueError, match="begins with its draft"):
        start(session, content=None)


def test_lines_of_the_log_are_found_by_time_subject_and_alert(session):
    kept = [
        log_entries.add(
            session,
            LogEntry(
                at=NOW - minutes * MINUTE, stored_at=NOW, author=ANA, text=f"{minutes} ago", subject=subject,
                episode_id=episode,
            ),
        )
        for minutes, subject, episode in ((30, "goita", ""), (20, "mali", "e1"), (10, "goita", "e2"))
    ]  # fmt: skip
    fixed = replace(kept[0], id=0, text="half an hour ago", corrects=kept[0].id)
    fixed = log_entries.add(session, fixed)
    assert log_entries.get(session, fixed.id) == fixed

    def texts(**options):
        return [line.text for line in log_entries.find(session, **options)]

    assert texts() == ["10 ago", "20 ago", "half an hour ago"]
    assert texts(since=NOW - 20 * MINUTE) == ["10 ago", "20 ago"]
    assert texts(until=NOW - 20 * MINUTE) == ["20 ago", "half an hour ago"]
    assert texts(subject="goita", limit=1) == ["10 ago"]
    assert texts(episode_ids=["e1"]) == ["20 ago"]
