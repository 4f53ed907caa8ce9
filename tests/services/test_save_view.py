"""Saved views: kept, renamed, shared, removed, begun with; others see what is shared, and audit tells it."""

import pytest

from monitor.domain.errors import Conflict, InvalidInput, NotFound
from monitor.domain.person import Role
from monitor.domain.saved_view import ViewPage, kept_query
from monitor.services.save_view import (
    begin_with_view,
    change_view,
    remove_view,
    save_view,
    start_path,
    views_of,
)
from monitor.storage import audit, people
from tests.factories import NOW


@pytest.fixture
def session(database):
    with database.write() as opened:
        yield opened


def test_only_filters_are_kept_in_one_order_and_told_as_they_stand():
    given = [("q", "é & x"), ("after", "9"), ("concern", "high"), ("kind", ""), ("token", "t")]
    assert kept_query(ViewPage.BOARD, given) == "concern=high&q=%C3%A9+%26+x"
    given = [("country", "NER"), ("country", "MLI"), ("span", "30d"), ("after", "2025-01-01.3")]
    assert kept_query(ViewPage.INCIDENTS, given) == "span=30d&country=MLI&country=NER"


@pytest.fixture
def persons(session):
    return [
        people.add(session, email=f"{name}@example.org", name=name, role=role, password_hash="x", now=NOW)
        for name, role in (("ana", Role.ADMIN), ("ben", Role.DESK), ("rita", Role.READER))
    ]


def test_a_view_is_kept_shared_begun_with_and_removed(session, persons):
    ana, ben, rita = persons

    def keep(name, by, *, shared=False, page=ViewPage.ALERTS, **filters):
        return save_view(session, page, filters.items(), name=name, is_shared=shared, by=by, now=NOW)

    def seen(person):
        return [(view.name, view.owner) for view in views_of(session, person)]

    mine = keep("  Mine  only ", ben, concern="high")
    assert (mine.name, mine.path) == ("Mine only", "/alerts?concern=high")
    assert keep("Mine only", ben, q="fuel").id == mine.id
    assert (seen(ben), seen(ana)) == ([("Mine only", ben.email)], [])
    assert audit.find_all(session) == []
    for name in ("", " ", "x" * 61):
        with pytest.raises(InvalidInput):
            keep(name, ben)
    with pytest.raises(InvalidInput, match="only the desk"):
        keep("Reader's", rita, shared=True)
    with pytest.raises(InvalidInput, match="too many"):
        keep("Long", ben, q="x" * 2000)

    ours = keep("Ours", ben, shared=True, page=ViewPage.BOARD, kind="leader")
    assert seen(rita) == [("Ours", ben.email)]
    with pytest.raises(NotFound):
        change_view(session, ours.id, name="Rita's", is_shared=True, by=rita, now=NOW)
    with pytest.raises(NotFound):
        remove_view(session, mine.id, by=ana, now=NOW)
    second = keep("Second", ben)
    with pytest.raises(Conflict, match="already"):
        change_view(session, second.id, name="Mine only", is_shared=False, by=ben, now=NOW)
    _begins(session, persons, ours=ours.id, mine=mine.id)
    remove_view(session, mine.id, by=ben, now=NOW)
    assert start_path(session, ben.id) == "/"
    assert [name for name, _ in seen(ben)] == ["Second", "Leaders"]


def _begins(session, persons, *, ours, mine):
    ana, ben, rita = persons

    assert start_path(session, rita.id) == "/"
    begin_with_view(session, ours, by=rita)
    assert begin_with_view(session, ours, by=ben).name == "Ours"
    assert start_path(session, rita.id) == "/?kind=leader"
    assert [view.is_start for view in views_of(session, rita)] == [True]
    change_view(session, ours, name="Leaders", is_shared=True, by=ana, now=NOW)
    change_view(session, ours, name="Leaders", is_shared=False, by=ben, now=NOW)
    assert (start_path(session, rita.id), start_path(session, ben.id)) == ("/", "/?kind=leader")
    begin_with_view(session, None, by=ben)
    assert start_path(session, ben.id) == "/"
    with pytest.raises(NotFound):
        begin_with_view(session, mine, by=rita)
    told = [(entry.actor, entry.action) for entry in reversed(audit.find_all(session))]
    assert told == [(ben.email, "view.share"), (ana.email, "view.change"), (ben.email, "view.withdraw")]
    begin_with_view(session, mine, by=ben)
