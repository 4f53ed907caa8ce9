"""A search over everything: what is found, by whom, in what order, and in a bounded number of queries."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from monitor.domain.alerting.matcher import Matcher
from monitor.domain.alerting.silence import Silence
from monitor.domain.event import Event
from monitor.domain.incident import Incident
from monitor.domain.person import Role
from monitor.domain.scale import Concern
from monitor.domain.shifts.log_entry import LogEntry
from monitor.domain.wording import ENGLISH, speaking
from monitor.services.search.search import answer_data, search
from monitor.storage import audit, definitions, incidents, log_entries, silences
from monitor.storage.rows.alerts import EpisodeRow
from tests.factories import NOW, a_rule, a_source, a_subject, install_desk
from tests.services.test_overview_board import counted

DAY = timedelta(days=1)
RAID = Incident(
    source="feed", external_id="MLI-0417", happened_on=date(2025, 10, 3), country="MLI", kind="raid",
    actor="JNIM", admin1="Ségou", killed=3, description="Fuel lorries burnt on the road to Niono.",
)  # fmt: skip

FOUND = [
    ("goita", "subject", "goita"),
    ("assimi goïta", "subject", "goita"),
    ("supply", "driver", "goita/supply"),
    ("conflict", "series", "conflict-deaths:mali"),
    ("dear", "rule", "fuel-high"),
    ("feed", "source", "feed"),
    ("bamako blockade", "definition", "event/blockade"),
    ("kati", "definition", "event/blockade"),
    ("dear", "past_alert", "019000000001"),
    ("01900000", "past_alert", "019000000002"),
    ("mli-0417", "incident", "feed/MLI-0417"),
    ("MLI-04", "incident", "feed/MLI-0417"),
    ("segou lorries", "incident", "feed/MLI-0417"),
    ("keita", "log", "1"),
    ("revision", "silence", "1"),
    ("customs", "note", "1"),
    ("blokade", "definition", "event/blockade"),
]


def an_episode(number, *, ended=True, **values):
    return EpisodeRow(**{
        "id": f"0190{number:08}", "fingerprint": "f", "rule": "fuel-high", "subject": "goita", "series": "",
        "labels": {}, "started_at": NOW - number * DAY, "ended_at": NOW if ended else None,
        "resolution": "recovered", "peak_concern": Concern.HIGH, **values,
    })  # fmt: skip


@pytest.fixture
def session(database):
    with database.write() as opened:
        install_desk(opened, rules=[a_rule(name="Fuel is dear")])
        event = Event(
            slug="blockade", subjects=("goita",), title="Blockade of Bamako", starts_on=date(2025, 9, 3),
            when="September 2025", kind="blockade", citation="brief", place="Kati",
        )  # fmt: skip
        private = a_source("secret-feed", name="Secret feed", marking="TLP:RED")
        values = [event, private, a_subject("goita@exercise-1")]
        definitions.save_all(opened, values, author="t", reason="t", effective_at=NOW, now=NOW)
        incidents.keep(
            opened,
            [RAID, replace(RAID, external_id="x/9", admin1="Gao", description="Nothing of the kind.")],
            now=NOW,
        )
        opened.add_all([an_episode(1), an_episode(2, rule="gone")])
        log_entries.add(opened, LogEntry(at=NOW, stored_at=NOW, author="ana@example.org", text="Rang Kéïta."))
        silence = Silence(
            matchers=(Matcher(name="subject", value="goita"),), author="ana@example.org",
            comment="Revision due", starts_at=NOW, ends_at=NOW + DAY,
        )  # fmt: skip
        silences.add(opened, silence, now=NOW)
        audit.record(
            opened, actor="ben@example.org", action="alert.acknowledge", target="0190", before=None,
            after=None, reason="Customs strike, not a blockade", now=NOW,
        )  # fmt: skip
        opened.flush()
        yield opened


def found(session, text, *, role=Role.ADMIN, **options):
    answer = search(session, text, role=role, now=NOW, **options)
    return {group.kind.value: [hit.key for hit in group.hits] for group in answer.groups}


def test_things_of_every_kind_are_found_by_their_words_or_id(session):
    for text, kind, key in FOUND:
        assert key in found(session, text)[kind], text


def test_the_subject_of_that_name_comes_before_what_belongs_to_it(session):
    kinds = list(found(session, "assimi goita"))
    assert kinds[0] == "subject"
    assert found(session, "") == found(session, "zzzz") == {}


def test_who_may_not_open_sources_does_not_find_them_and_markings_are_told(session):
    assert "source" not in found(session, "feed", role=Role.READER)
    answer = search(session, "secret", role=Role.DESK, now=NOW)
    assert [hit.marking for hit in answer.groups[0].hits] == ["TLP:RED"]


def test_exercises_are_left_out_unless_they_are_named(session):
    assert found(session, "assimi")["subject"] == ["goita"]
    assert found(session, "goita@exercise-1")["subject"][0] == "goita@exercise-1"
    assert len(found(session, "assimi", with_exercises=True)["subject"]) == 2


def test_what_is_added_is_found_at_once_and_what_is_archived_no_more(session):
    definitions.save_all(
        session, [a_subject("traore", name="Ibrahim Traoré")], author="t", reason="t", effective_at=NOW,
        now=NOW,
    )  # fmt: skip
    assert found(session, "traore")["subject"] == ["traore"]
    definitions.archive(session, type(a_subject()), "traore", author="t", reason="t", now=NOW)
    assert "subject" not in found(session, "traore")


def test_what_was_not_looked_through_is_said(session, monkeypatch):
    monkeypatch.setattr("monitor.services.search.incidents.MOST_LOOKED", 1)
    (group,) = search(session, "raid", role=Role.ADMIN, now=NOW).groups
    assert (group.count, group.looked_back_to, group.further) == (1, date(2025, 10, 3), "incidents")


def test_it_asks_a_fixed_number_of_queries_and_tells_programs_the_same(session, database):
    session.commit()
    with database.read() as reader:
        search(reader, "goita", role=Role.ADMIN, now=NOW)
        _asks_little(reader)
    with database.write() as writer:
        incidents.keep(writer, [replace(RAID, external_id="new", kind="ambush")], now=NOW)
    with database.read() as reader:
        assert found(reader, "ambush") == {"incident": ["feed/new"]}


def _asks_little(session):
    with counted(session) as statements, speaking(ENGLISH):
        answer = search(session, "goita", role=Role.ADMIN, now=NOW)
    assert len(statements) <= 16, statements
    data = answer_data(answer)
    assert data["count"] == answer.count
    assert data["groups"][0]["hits"][0]["path"] == "/subjects/goita"
