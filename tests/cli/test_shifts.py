"""The shift log and handovers from the command line."""

import pytest

from monitor.bootstrap import build
from monitor.domain.errors import InvalidInput, NotFound
from monitor.domain.person import Role
from monitor.services.accept_handover import accept_handover
from monitor.services.add_person import add_person
from monitor.services.write_handover import offer_handover
from monitor.storage import handovers
from monitor.storage.rows.shifts import HandoverActRow
from tests.factories import install_desk, standing

ANA, BEN = "ana@example.org", "ben@example.org"


@pytest.fixture
def desk(settings):
    application = build(settings)
    with application.writing() as (session, now):
        install_desk(session, clock=standing())
        for email in (ANA, BEN):
            add_person(
                session, email=email, name=email.partition("@")[0].title(), role=Role.DESK,
                password="mango-river-tuesday", actor="test", now=now,
            )  # fmt: skip
    yield application
    application.close()


def sign(desk):
    with desk.writing() as (session, now):
        offer_handover(session, 1, seen=1, by=ANA, now=now)
        accept_handover(session, 1, None, seen=2, by=BEN, now=now)


def test_a_line_is_written_corrected_and_listed(run, run_json, desk):
    first = run("log", "add", "Convoy 7 left.", "--at", "2025-11-30", "--subject", "goita")
    assert "is written down" in first.output
    assert "corrects 1" in run("log", "add", "Convoy 8 left.", "--corrects", "1").output
    listed = run("log", "list").output
    assert "Convoy 8 left. [goita] (corrected)" in listed
    (line,) = run_json("log", "list", "--subject", "goita", "--since", "2025-11-30", "--until", "2025-11-30")
    assert [each["text"] for each in line["wordings"]] == ["Convoy 7 left.", "Convoy 8 left."]
    assert (line["at"], line["text"]) == ("2025-11-30T00:00:00Z", "Convoy 8 left.")
    assert run_json("log", "list", "--alert", "nothing") == []
    with pytest.raises(InvalidInput, match="no alert"):
        run("log", "add", "x", "--alert", "nothing")
    assert (
        "keeps the time" in run("log", "add", "x", "--corrects", "1", "--subject", "goita", expect=2).output
    )


def test_a_handover_is_drafted_shown_listed_and_exported(run, run_json, desk, tmp_path):
    with pytest.raises(NotFound, match="no shift"):
        run("handover", "show")
    run("log", "add", "Convoy 7 left.")
    assert "quiet" in run("handover", "draft", "--dry-run").output
    assert run_json("handover", "list") == []
    assert "--outgoing" in run("handover", "draft", expect=2).output
    drafted = run("handover", "draft", "--outgoing", ANA, "--since", "2025-11-30").output
    assert f"handover 1 is drafted, {ANA} to whoever accepts it" in drafted
    with pytest.raises(InvalidInput, match="no account"):
        run("handover", "draft", "--outgoing", "dora@example.org")
    assert "1, draft: Ana to anyone" in run("handover", "show").output
    sign(desk)
    assert "signed" in run("handover", "list").output
    (line,) = run_json("handover", "list")
    assert (line["state"], line["outgoing"], line["incoming"]) == ("signed", ANA, BEN)
    shown = run_json("handover", "show", "1")
    assert (shown["state"], shown["is_sound"], shown["since"]) == ("signed", True, "2025-11-30T00:00:00Z")
    assert run_json("handover", "show", "1", "--version", "1")["state"] == "draft"
    assert run("handover", "export", "1").output.startswith("# Handover, ")
    for kind, begins in (("markdown", "# Handover"), ("json", "{")):
        file = tmp_path / f"handover.{kind}"
        run("handover", "export", "1", "--format", kind, "--out", str(file))
        assert file.read_text().startswith(begins)
    assert '"signed"' in run("handover", "export", "1", "--format", "json").output


def test_what_was_changed_in_the_database_after_it_was_signed_is_told(run, desk):
    run("handover", "draft", "--outgoing", ANA)
    sign(desk)
    with desk.writing() as (session, _):
        row = session.get(HandoverActRow, (1, 1))
        content = row.body["content"] | {"narrative": "All was calm."}
        row.body = row.body | {"content": content}
    with desk.reading() as (session, _):
        assert not handovers.get(session, 1).is_sound
    assert "not what was signed" in run("handover", "show", "1", expect=1).output
