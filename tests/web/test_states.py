"""Every page in every state says what is so and what to do: empty, not yours, not here, broken, too fast."""

import re

import pytest

from monitor.domain.errors import Conflict, DatabaseUnavailable
from monitor.web.access import Access, access_of, open_to
from tests.boards import add_subject, begin

# What each page says of a desk on which there is nothing yet.
EMPTY = {
    "/": "Three steps lead to the first line of heat",
    "/alerts": "Nothing is open.",
    "/alerts/undelivered": "Nothing was given up.",
    "/approvals": "No message waits for approval.",
    "/briefs": "the board says how to begin",
    "/comms-checks": "No channel is checked.",
    "/desk/event": "No source is written by people.",
    "/desk/table": "Copy cells with their headings from a spreadsheet.",
    "/desk/value": "Nothing yet. What you enter stands here and can be taken back.",
    "/duty": "Nobody takes turns yet.",
    "/handovers": "No shift was handed over yet.",
    "/health": "No worker has run yet.",
    "/incidents": "No source has told of an incident yet.",
    "/indices": "No index yet.",
    "/log": "Nothing is written down yet.",
    "/quarantine": "Nothing waits.",
    "/routes": "Nobody wrote a tree",
    "/search": "Everything by its words",
    "/silences": "There never was a silence.",
    "/sources": "No source is defined.",
    "/subscription": "No message reaches ana@example.org.",
    "/views": "No view is kept yet.",
    "/walls": "No screen shows the desk yet.",
}
# Parts of pages, data for scripts, and pages that rest on no data.
APART = {
    "/desk/series.json", "/handling", "/healthz", "/map", "/map.csv", "/map.json", "/map/part", "/readyz",
    "/schemas/", "/settings", "/sign-in", "/start", "/styleguide", "/wall", "/wall/live", "/worker",
}  # fmt: skip
ABSENT = [
    "/subjects/nobody", "/subjects/nobody/heat", "/subjects/nobody/brief", "/subjects/nobody/ledger",
    "/subjects/nobody/explain", "/subjects/nobody/audit", "/series/none:nowhere", "/alerts/none",
    "/incidents/feed/none", "/sources/none", "/rules/none", "/handovers/99", "/nowhere",
]  # fmt: skip


def said(answer):
    """The words of a page's own part."""
    main = re.search(r"<main.*?</main>", answer.text, flags=re.DOTALL)[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", main)).replace("&#39;", "'")


def pages(app):
    """The addresses of pages without a name in them, by who may open each."""
    rules = [each for each in app.url_map.iter_rules() if "GET" in each.methods and not each.arguments]
    return {
        each.rule: access_of(app.view_functions[each.endpoint]) for each in rules if "api" not in each.rule
    }


def test_every_page_of_a_desk_without_anything_says_so_and_how_to_go_on(app, signed_in):
    ana = signed_in("ana")
    found = {path: ana.get(path) for path in pages(app) if path not in APART}
    assert {path: answer.status_code for path, answer in found.items()} == dict.fromkeys(found, 200)
    assert sorted(found) == sorted(EMPTY), "say here what a new page shows where there is nothing"
    assert [path for path, answer in found.items() if EMPTY[path] not in said(answer)] == []


def test_who_meets_a_page_of_another_role_is_told_who_can(app, signed_in):
    rita = signed_in("rita")
    closed = [path for path, needed in pages(app).items() if needed in {Access.DESK, Access.ADMIN}]
    assert {"/sources", "/walls", "/styleguide", "/desk/value"} <= {*closed}
    for path in closed:
        answer = rita.get(path)
        assert answer.status_code == 403, path
        for words in (
            "Not for your role",
            "You are signed in as Rita, reader.",
            "Who can: Ana.",
            "Nothing was",
        ):
            assert words in said(answer), (path, words)


@pytest.mark.parametrize("path", ABSENT)
def test_what_is_not_there_is_said_with_what_was_kept_and_where_to_look(signed_in, path):
    answer = signed_in("ana").get(path)
    assert answer.status_code == 404
    assert "Nothing is lost: what was archived stays" in said(answer)
    assert "Look for it by its name" in said(answer)


@pytest.mark.parametrize(
    "error,status,words",
    [
        (Conflict("Someone took it on."), 409, ("Someone took it on.", "overwrote nothing", "decide anew")),
        (
            DatabaseUnavailable("gone"), 503,
            ("The database does not answer", "Nothing is lost", "again in a minute"),
        ),
        (ZeroDivisionError(), 500, ("The fault is ours", "as a whole or not at all", "Try once more")),
    ],
    ids=["someone was faster", "no database", "our own fault"],
)  # fmt: skip
def test_what_breaks_says_what_happened_what_was_kept_and_what_to_do(app, signed_in, error, status, words):
    def broken():
        raise error

    rita = signed_in("rita")
    app.view_functions["index.show_all"] = open_to(Access.READER)(broken)
    answer = rita.get("/indices")
    assert answer.status_code == status
    assert [each for each in words if each not in said(answer)] == []


def test_what_is_too_large_or_strange_says_that_nothing_was_saved(signed_in):
    ben = signed_in("ben")
    token = ben.token("/desk/value")
    answer = ben.client.post("/desk/value", data={"csrf_token": token, "note": "x" * (1 << 20)})
    assert answer.status_code == 413
    assert "Nothing was saved, and nothing is half there." in said(answer)
    strange = ben.client.post("/desk/value", data={"note": "x"})
    assert strange.status_code == 400
    assert "Nothing was saved." in said(strange)
    assert "load the page again" in said(strange)


def test_a_subject_of_which_nothing_is_known_is_blind_and_says_since_when_on_all_its_pages(desk, signed_in):
    with desk.writing() as (session, now):
        begin(session, now=now)
        add_subject(session, "togo", name="Togo", heat=31, now=now, silent_days=80)
    rita = signed_in("rita")
    subject = said(rita.get("/subjects/togo"))
    for words in ("No level", "last known Simmering", "There is no level to flip.", "stale since"):
        assert words in subject, words
    assert "blind since" in said(rita.get("/"))
    assert "No level" in said(rita.get("/briefs"))
    assert "Unknown" in said(rita.get("/subjects/togo/explain"))
