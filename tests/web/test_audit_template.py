"""The audit page of a template: ranks of its units, correlations across them."""

from monitor.storage import definitions
from tests.services.test_flip_and_audit import stamp


def test_units_are_ranked_and_lead_to_their_pages(desk, signed_in):
    with desk.writing() as (session, _):
        stamp(session)
    page = signed_in("rita").get("/templates/index/audit").text
    for words in ("audit across 10 units", "Unit 5", "Correlation across units", "Rank shift"):
        assert words in page
    assert 'href="/subjects/unit-5"' in page
    assert "Across all units of index" in signed_in("rita").get("/subjects/unit-5/audit").text


def test_definitions_are_only_read(desk, signed_in):
    with desk.writing() as (session, _):
        stamp(session)
        before = definitions.current_seq(session)
    signed_in("rita").get("/templates/index/audit")
    with desk.reading() as (session, _):
        assert definitions.current_seq(session) == before
