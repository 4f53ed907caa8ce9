"""A shift is handed over: drafted from the state of the desk, written, offered, accepted, signed, kept."""

from datetime import date, timedelta

import pytest

from monitor.domain.alerting.rota import Rota, Turns
from monitor.domain.alerting.silence import Silence, parse_matchers
from monitor.domain.errors import Conflict, InvalidInput, NotFound
from monitor.domain.person import Role
from monitor.domain.scale import Concern
from monitor.domain.shifts.content import Section, Situation
from monitor.domain.shifts.handover import ACCEPT_WITHIN, ActKind
from monitor.services.accept_handover import accept_handover
from monitor.services.acknowledge import acknowledge
from monitor.services.add_silence import add_silence
from monitor.services.arrange import arrange
from monitor.services.assess import assess
from monitor.services.draft_handover import draft_again, drafted, start_handover
from monitor.services.overview.desk import desk
from monitor.services.raise_alerts import raise_alerts
from monitor.services.write_handover import (
    WrittenItem,
    WrittenNote,
    add_item,
    change_item,
    leave_out,
    note_handover,
    offer_handover,
    take_back,
    withdraw_handover,
)
from monitor.services.write_log import correct_log, write_log
from monitor.storage import alerts, audit, handovers, log_entries, observations, people
from monitor.storage.engine import open_database
from tests.factories import DEATHS, FUEL, NOW, a_placement, a_reading, a_rule, install_desk

ANA, BEN, CLEO = (f"{name}@example.org" for name in ("ana", "ben", "cleo"))
HOUR, DAY, MINUTE = timedelta(hours=1), timedelta(days=1), timedelta(minutes=1)
LATER = NOW + 2 * HOUR


@pytest.fixture
def session(database_url):
    """A live desk of three people on which fuel rose two hours ago: its alert fires, its leader sank."""
    database = open_database(database_url)
    with database.write() as session:
        rules = (a_rule(name="Fuel price", keep_firing_seconds=0.0),)
        install_desk(session, rules=rules, placements=(a_placement(), a_placement(DEATHS, driver="security")))
        for email in (ANA, BEN, CLEO):
            name = email.partition("@")[0].title()
            people.add(session, email=email, name=name, role=Role.DESK, password_hash="", now=NOW)
        feel(session, fuel=100.0, now=NOW - 12 * HOUR)
        feel(session, fuel=500.0, now=NOW)
        yield session
        session.rollback()
    database.dispose()


def feel(session, *, fuel, now):
    readings = [a_reading(fuel, ends=now, days=1), a_reading(100.0, ends=now, days=1, series=DEATHS)]
    observations.add(session, readings, source="feed", author="", note="", now=now)
    assess(session, "goita", slot=None, now=now, claimed_at=now)
    raise_alerts(session, "goita", slot=None, now=now)


def a_rota(**values):
    turns = Turns(members=(ANA, BEN), starts_on=date(2025, 11, 29), handovers=(480,), days=1)
    return Rota(**{"slug": "desk", "name": "Desk", "zone": "UTC", "turns": (turns,), **values})


def opened(session):
    (alert,) = alerts.find_open(session)
    return alert


def start(session, **values):
    return start_handover(session, **{"by": ANA, "now": LATER, "incoming": BEN, **values})


def signed(session, found, *, now=LATER):
    offered = offer_handover(session, found.id, seen=found.version, by=found.outgoing, now=now)
    return accept_handover(session, found.id, None, seen=offered.version, by=BEN, now=now)


def test_a_draft_says_what_is_open_and_what_moved_since_the_shift_began(session):
    alert = opened(session)
    write_log(session, "Two traders asked: a true rise.", by=ANA, now=LATER, alert=alert.fingerprint)
    found = drafted(session, since_at=NOW - 6 * HOUR, now=LATER)
    told, moved = found.items
    assert (told.section, told.name) == (Section.ALERTS, "Fuel price is critical")
    assert told.headline == "Critical, nobody has acknowledged."
    assert (told.idea, told.concern) == ("Two traders asked: a true rise.", Concern.CRITICAL)
    assert told.detail == "firing 2 h, nobody was told"
    assert (moved.section, moved.subject) == (Section.MOVED, "goita")
    assert moved.headline.startswith("50, entered ")
    assert "100 to 500" in moved.text
    assert found.situation is Situation.CRITICAL
    assert found.figures.alerts_opened == 1
    assert [each.text for each in found.log] == ["Two traders asked: a true rise."]
    assert sum(each.after for each in found.tallies) == 1
    assert [each.key for each in drafted(session, since_at=NOW + MINUTE, now=LATER).items] == [told.key]


def test_what_is_in_hand_and_what_is_silenced_says_until_when(session):
    alert = opened(session)
    acknowledge(session, alert.fingerprint, by=BEN, now=NOW + 4 * MINUTE, note="Calls the depot.")
    found = drafted(session, since_at=NOW - HOUR, now=LATER)
    assert found.items[0].headline == "Critical, in hand until 20:04."
    assert (found.items[0].idea, found.items[0].owner) == ("Calls the depot.", "Ben")
    assert (found.figures.ack_seconds, found.situation) == (240.0, Situation.NORMAL)
    assert found.agenda[0].text == "The acknowledgement of Fuel price is critical ends"
    silence = Silence(
        matchers=parse_matchers([f"series={FUEL}"]), author=ANA, comment="port strike", starts_at=NOW,
        ends_at=NOW + 5 * HOUR,
    )  # fmt: skip
    add_silence(session, silence, now=NOW)
    found = drafted(session, since_at=NOW - HOUR, now=LATER)
    assert found.items[0].headline == "Critical, silenced until 17:00, port strike."
    (ending,) = [each for each in found.items if each.section is Section.SILENCES]
    assert ending.headline == "Silenced until 17:00."
    assert ending.detail == "silence 1, by Ana"


def test_a_handover_is_written_offered_accepted_item_by_item_and_signed_by_both(session):
    found = start(session)
    alert_key, moved_key = (item.key for item in found.content.items)
    with pytest.raises(Conflict, match="open already"):
        start(session, by=BEN, incoming=CLEO)
    note = WrittenNote(narrative="Fuel rose.", situation=Situation.BUSY, incoming=BEN)
    found = note_handover(session, found.id, note, seen=1, by=ANA, now=LATER)
    written = WrittenItem(idea="A true rise.", next_step="Trader 2 calls by 15:00.", owner="Ana")
    found = change_item(session, found.id, alert_key, written, seen=2, by=ANA, now=LATER)
    own = WrittenItem(name="Visit", headline="The minister comes at 9.")
    found = add_item(session, found.id, own, seen=3, by=ANA, now=LATER)
    found = leave_out(session, found.id, moved_key, seen=4, by=ANA, now=LATER)
    found = draft_again(session, found.id, seen=5, by=ANA, now=LATER + MINUTE)
    assert [item.key for item in found.content.items] == [alert_key, moved_key, "own:4"]
    assert (found.content.items[0].idea, found.content.narrative) == ("A true rise.", "Fuel rose.")
    found = offer_handover(session, found.id, seen=6, by=ANA, now=LATER + MINUTE)
    found = accept_handover(session, found.id, [alert_key], seen=7, by=BEN, now=LATER + 2 * MINUTE)
    (line,) = handovers.open_now(session)
    assert (line.accepted, line.items, line.is_open) == (1, 3, True)
    found = accept_handover(session, found.id, None, seen=7, by=BEN, now=LATER + 3 * MINUTE)
    assert (found.signed_at, found.is_sound) == (LATER + 3 * MINUTE, True)

    stored = handovers.get(session, found.id)
    assert stored == found
    assert handovers.get(session, found.id, version=1).content.narrative != "Fuel rose."
    assert [act.kind for act in stored.acts][-3:] == [ActKind.ACCEPTED, ActKind.ACCEPTED, ActKind.SIGNED]
    with pytest.raises(Conflict, match="it stays as it is"):
        take_back(session, found.id, seen=found.version, by=ANA, now=LATER)
    assert handovers.open_now(session) == []
    told = [entry.action for entry in audit.find_all(session, target=f"handover/{found.id}")]
    assert told == ["handover.sign", "handover.offer", "handover.draft"]


def test_the_next_shift_begins_where_the_last_handover_ended(session):
    found = signed(session, start(session))
    later = LATER + 8 * HOUR
    after = start_handover(session, by=BEN, now=later, incoming=ANA)
    assert after.content.since_at == found.content.as_of
    assert [line.id for line in handovers.find_all(session)] == [after.id, found.id]
    gone = withdraw_handover(session, after.id, seen=1, by=CLEO, reason="drill", now=later)
    assert gone.withdrawn_at == later
    assert handovers.last_signed(session, "").id == found.id
    assert start_handover(session, by=BEN, now=later + 40 * DAY, incoming=ANA).content.since_at == (
        later + 40 * DAY - 8 * HOUR
    )


def test_a_rota_says_since_when_and_to_whom(session):
    arrange(session, a_rota(), by=ANA, reason="", now=NOW)
    # Ben is on duty from 08:00 on the 30th.
    found = start(session, by=BEN, incoming="")
    assert (found.rota, found.incoming) == ("desk", ANA)
    assert found.content.since_at == NOW.replace(hour=8)
    withdraw_handover(session, found.id, seen=1, by=BEN, reason="drill", now=LATER)
    # Ana hands over late: her shift was the one before.
    late = start(session, by=ANA, incoming="")
    assert (late.incoming, late.content.since_at) == (BEN, (NOW - DAY).replace(hour=8))
    arrange(session, a_rota(slug="night", name="Night"), by=ANA, reason="", now=NOW)
    with pytest.raises(InvalidInput, match="desk, night"):
        start(session)
    with pytest.raises(NotFound):
        start(session, rota="nowhere")


def test_what_nobody_accepts_in_time_stands_at_the_head_of_every_page(session):
    found = start(session)
    late = LATER + ACCEPT_WITHIN
    assert desk(session, now=late).handovers == ()
    offer_handover(session, found.id, seen=1, by=ANA, now=LATER)
    assert desk(session, now=late - MINUTE).handovers == ()
    assert desk(session, now=late).handovers == ((found.id, "Ana", LATER),)
    accept_handover(session, found.id, None, seen=2, by=BEN, now=late)
    assert desk(session, now=late).handovers == ()


def test_who_is_meant_has_an_account_and_is_another(session):
    with pytest.raises(InvalidInput, match="no account"):
        start(session, incoming="dora@example.org")
    with pytest.raises(InvalidInput, match="to themselves"):
        start(session, incoming=ANA)


def test_what_was_changed_meanwhile_is_not_accepted_unseen(session):
    found = start(session)
    offered = offer_handover(session, found.id, seen=1, by=ANA, now=LATER)
    take_back(session, found.id, seen=2, by=ANA, now=LATER)
    offer_handover(session, found.id, seen=3, by=ANA, now=LATER)
    with pytest.raises(Conflict, match="changed meanwhile"):
        accept_handover(session, found.id, None, seen=offered.version, by=BEN, now=LATER)
    with pytest.raises(NotFound):
        change_item(session, found.id, "nothing", WrittenItem(), seen=4, by=ANA, now=LATER)
    with pytest.raises(Conflict, match="changed meanwhile"):
        withdraw_handover(session, found.id, seen=1, by=ANA, reason="", now=LATER)


def test_the_log_keeps_what_was_written_beside_what_corrects_it(session):
    alert = opened(session)
    first = write_log(session, "Convoy 7 left.", by=ANA, now=LATER, at=NOW, subject="goita")
    on_alert = write_log(session, "Called.", by=BEN, now=LATER, alert=alert.episode_id)
    assert (on_alert.subject, on_alert.episode_id) == ("goita", alert.episode_id)
    fixed = correct_log(session, first.id, "Convoy 8 left.", by=BEN, now=LATER + MINUTE)
    again = correct_log(session, fixed.id, "Convoy 9 left.", by=ANA, now=LATER + 2 * MINUTE)
    assert (fixed.corrects, again.corrects, again.at) == (first.id, first.id, NOW)
    lines = log_entries.find(session)
    assert [line.text for line in lines] == ["Called.", "Convoy 9 left."]
    assert lines[1].entry.text == "Convoy 7 left."
    assert [line.text for line in log_entries.find(session, subject="goita", since=LATER)] == ["Called."]
    assert [line.text for line in log_entries.find(session, until=NOW)] == ["Convoy 9 left."]
    assert len(log_entries.find(session, episode_ids=[alert.episode_id])) == 1
    assert log_entries.find(session, episode_ids=[]) == ()
    for wrong in ({"subject": "nowhere"}, {"alert": "nothing"}, {"at": LATER + DAY}):
        with pytest.raises(InvalidInput):
            write_log(session, "x", by=ANA, now=LATER, **wrong)
    with pytest.raises(NotFound):
        correct_log(session, 999, "x", by=ANA, now=LATER)
