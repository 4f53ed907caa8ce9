"""Shifts as pages: the log, a handover drafted, written, handed over, accepted, exported; who may do what."""

import json
from datetime import timedelta

import pytest

from monitor.services.draft_handover import start_handover
from monitor.services.write_handover import offer_handover
from monitor.storage import definitions, handovers, log_entries
from tests.factories import a_source
from tests.services.test_overview_board import counted
from tests.web.test_alerts import fired, words  # noqa: F401 (fixtures)

HOUR = timedelta(hours=1)
ANA, BEN = "ana@example.org", "ben@example.org"


def stored(desk, number=1):
    with desk.reading() as (session, _):
        return handovers.get(session, number)


def version(desk):
    return str(stored(desk).version)


def test_a_shift_is_handed_over_from_one_person_to_the_next(fired, signed_in):  # noqa: F811
    ana, ben, rita = (signed_in(name) for name in ("ana", "ben", "rita"))
    assert "No shift was handed over yet." in words(rita.get("/handovers"))
    assert ana.post("/handovers", form="/handovers", rota="", incoming=BEN).status_code == 302
    page = words(ana.get("/handovers/1"))
    assert "A draft." in page
    assert "Open alerts" in page
    assert "nobody has acknowledged" in page
    key = stored(fired).content.items[0].key

    def act(visitor, path, **fields):
        answer = visitor.post(
            f"/handovers/1/{path}", form="/handovers/1", **{"seen": version(fired), **fields}
        )  # fmt: skip
        return answer.status_code

    note = {"situation": "busy", "narrative": "Fuel <rose>.", "incoming": BEN}
    assert act(ana, "note", **note) == 302
    assert act(ana, "note", **note, seen="1") == 409
    assert act(ana, "note", **note | {"situation": "wild"}) == 422
    assert act(ana, f"items/{key}/change", idea="A true rise.", next_step="Call.", owner="Ana") == 302
    assert act(ana, "items", name="Visit", headline="The minister comes.") == 302
    assert act(ana, "items", name="", headline="") == 422
    assert act(ana, "items", name="Gone", headline="Not said.") == 302
    assert act(ana, "items/own:5/leave-out") == 302
    assert act(ana, "again") == 302
    assert act(ben, "offer") == 422
    page = ana.get("/handovers/1").text
    assert "Fuel &lt;rose&gt;." in page
    assert "Running idea: A true rise." in page
    assert act(ana, "offer") == 302

    assert "Accept" not in words(ana.get("/handovers/1")).replace("Accepted", "")
    assert "It is handed over" not in words(rita.get("/handovers/1"))
    assert act(ana, "accept", key=key) == 422
    assert act(ben, "accept", key="nothing") == 409
    assert act(ben, "accept", key=key) == 302
    assert [item.name for item in stored(fired).waiting] == ["Visit"]
    assert act(ben, "accept") == 302
    assert stored(fired).signed_at is not None
    page = words(rita.get("/handovers/1"))
    assert "Signed by both." in page
    assert "signed it: the shift is theirs" in page
    assert "This is version 1 of" in words(rita.get("/handovers/1?version=1"))
    assert "signed" in words(rita.get("/handovers"))
    assert act(ben, "withdraw", reason="no") == 409


def test_a_handover_is_a_document(fired, signed_in):  # noqa: F811
    ana = signed_in("ana")
    ana.post("/handovers", form="/handovers", rota="", incoming="")
    ana.post("/handovers/1/items", form="/handovers/1", seen="1", name="*Visit*", headline="# He [comes](x)")
    answer = ana.get("/handovers/1.md")
    assert answer.content_type.startswith("text/markdown")
    assert answer.text.startswith("# Handover, ")
    assert r"\*Visit\*: \# He \[comes\](x)" in answer.text
    assert "TLP:CLEAR" in answer.text
    data = json.loads(ana.get("/handovers/1.json").text)
    assert (data["state"], data["outgoing"], data["incoming"]) == ("draft", ANA, None)
    assert data["items"][-1]["name"] == "*Visit*"
    assert data["digest"] == stored(fired).content.digest
    assert [each["kind"] for each in data["acts"]] == ["drafted", "added"]
    assert ana.get("/handovers/9").status_code == 404


def test_what_is_marked_too_strictly_is_given_as_no_document(fired, signed_in):  # noqa: F811
    ana = signed_in("ana")
    ana.post("/handovers", form="/handovers", rota="", incoming="")
    with fired.writing() as (session, now):
        strict = a_source(marking="TLP:RED")
        definitions.save_all(session, [strict], author="t", reason="", effective_at=now, now=now)
    assert "TLP:RED" in ana.get("/handovers/1").text
    for path in ("/handovers/1.md", "/handovers/1.json"):
        answer = ana.get(path)
        assert answer.status_code == 422
        assert "above the ceiling" in words(answer)


def test_one_that_nobody_signs_is_withdrawn_and_another_can_be_drafted(fired, signed_in):  # noqa: F811
    ana, ben = signed_in("ana"), signed_in("ben")
    ana.post("/handovers", form="/handovers", rota="", incoming="")
    assert ben.post("/handovers/1/withdraw", form="/handovers/1", seen="1", reason="").status_code == 422
    assert ben.post("/handovers/1/withdraw", form="/handovers/1", seen="1", reason="drill").status_code == 302
    assert "Withdrawn." in words(ben.get("/handovers/1"))
    assert ben.post("/handovers", form="/handovers", rota="", incoming=ANA).status_code == 302
    assert stored(fired, 2).outgoing == BEN


def test_one_that_waits_too_long_is_told_on_every_page(fired, signed_in):  # noqa: F811
    with fired.writing() as (session, now):
        start_handover(session, by=ANA, now=now - HOUR)
        offer_handover(session, 1, seen=1, by=ANA, now=now - HOUR)
    rita = signed_in("rita")
    for path in ("/", "/alerts", "/log"):
        assert "The shift of Ana is handed over and nobody has accepted it in full" in words(rita.get(path))
    assert "It has waited since" in words(rita.get("/handovers/1"))


def test_readers_read_and_do_not_write(fired, signed_in):  # noqa: F811
    ana, rita = signed_in("ana"), signed_in("rita")
    ana.post("/handovers", form="/handovers", rota="", incoming="")
    assert '<a href="/handovers" aria-current="page">Desk</a>' in rita.get("/log").text
    page = rita.get("/handovers/1").text
    assert 'action="/handovers' not in page
    for path in ("/handovers", "/handovers/1/offer", "/handovers/1/accept", "/log", "/log/1/correct"):
        assert rita.post(path, form="/alerts", text="x").status_code == 403
    assert 'method="post" action="/log' not in rita.get("/log").text


def test_the_log_is_written_corrected_and_filtered(fired, signed_in):  # noqa: F811
    ben = signed_in("ben")
    assert "Nothing is written down yet." in words(ben.get("/log"))
    assert ben.post("/log", form="/log", text="Convoy 7 <left>.", subject="goita").status_code == 302
    assert "Convoy 7 &lt;left&gt;." in ben.get("/log").text
    assert ben.post("/log/1/correct", form="/log", text="Convoy 8 left.").status_code == 302
    page = words(ben.get("/log?subject=goita"))
    assert "Convoy 8 left." in page
    assert "Corrected by Ben" in page
    assert "Nothing under these filters." in words(ben.get("/log?subject=mali"))
    with fired.reading() as (session, now):
        (line,) = log_entries.find(session)
    assert line.entry.text == "Convoy 7 <left>."
    for values, said in (
        ({"text": ""}, "Say what happened"),
        ({"text": "x", "alert": "nothing"}, "there is no alert nothing"),
        ({"text": "x", "at": f"{now + timedelta(days=2):%Y-%m-%dT%H:%M}"}, "has not come yet"),
        ({"text": "x", "subject": "nowhere"}, "there is no subject nowhere"),
    ):
        answer = ben.post("/log", form="/log", **values)
        assert answer.status_code == 422
        assert said in words(answer)
    assert ben.post("/log/1/correct", form="/log", text="").status_code == 422


@pytest.mark.parametrize("path,budget", [("/log", 10), ("/handovers", 12), ("/handovers/1", 12)])
def test_a_page_keeps_its_query_budget(fired, signed_in, path, budget):  # noqa: F811
    ana = signed_in("ana")
    ana.post("/handovers", form="/handovers", rota="", incoming="")
    for number in range(3):
        ana.post("/log", form="/log", text=f"Line {number}.")
    ana.get(path)
    with fired.reading() as (session, _), counted(session) as seen:
        assert ana.get(path).status_code == 200
    assert len(seen) <= budget, seen
