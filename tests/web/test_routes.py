"""The routes as a page: the tree in words, who would get an alert by what is written, saved by an admin."""

import re
from html import unescape

import pytest

from monitor.domain.alerting.route import Route
from monitor.domain.alerting.routing import Routing
from monitor.services.routing_in_force import routing_in_force
from monitor.services.save_routing import save_routing
from monitor.storage import channels
from tests.factories import a_channel, a_rule, install_desk
from tests.web import test_alerts
from tests.web.test_index import counted

TREE = """
[[routing]]
[routing.route]
slug = "default"
channels = ["mail"]
[[routing.route.routes]]
slug = "sahel"
matchers = ["team=sahel"]
channels = ["phone"]
group_by = ["subject"]
"""


def words(answer):
    return unescape(test_alerts.words(answer))


@pytest.fixture
def ready(desk):
    with desk.writing() as (session, now):
        install_desk(session, now=now, rules=(a_rule(name="Fuel price", labels={"team": "sahel"}),))
        for slug, name in (("mail", "Desk mail"), ("phone", "Duty phone")):
            channels.add(session, a_channel(slug, name=name), box=None, now=now)
    return desk


@pytest.fixture
def ana(signed_in):
    return signed_in("ana")


def post(visitor, path="", **values):
    return visitor.post(f"/routes{path}", form="/routes", **values)


def version(desk):
    with desk.reading() as (session, _):
        return routing_in_force(session).version


def test_without_a_tree_the_channels_are_shown(ready, signed_in):
    page = words(signed_in("rita").get("/routes"))
    assert "Nobody wrote a tree" in page
    assert "mail takes every alert, and lets the next routes try too" in page
    assert "Tells Duty phone" in page
    assert (
        "While alertname=SourceFailing fires, alertname=SeriesBlind of the same source is not sent." in page
    )
    assert "Edit" not in page


def test_a_reader_asks_who_would_get_an_alert_of_a_rule(ready, signed_in):
    page = words(post(signed_in("rita"), "/test", rule="fuel-high", concern="critical"))
    assert "alertname=fuel-high" in page
    assert "default › mail Desk mail" in page
    assert "Sent at once, again every 1 h until someone acts; grouped as its channel does." in page


def test_what_is_written_is_tried_before_it_is_saved(ready, ana):
    page = words(post(ana, "/test", text=TREE, labels="team=sahel\nsubject=x", concern="high"))
    assert "by the text as it stands, not saved" in page
    assert "default › sahel Duty phone" in page
    assert "in one message with all of subject=x." in page
    assert version(ready) == 0


def test_a_tree_that_leads_to_nobody_says_so(ready, ana):
    page = words(post(ana, "/test", text=TREE.replace('["phone"]', '["gone"]'), labels="team=sahel"))
    assert "there is no channel gone" in page
    empty = TREE.replace('channels = ["mail"]', "")
    assert "Nobody would be told." in words(post(ana, "/test", text=empty, labels="team=coast"))


def test_a_label_that_is_none_is_named(ready, ana):
    assert "a label is written label=value, not 'team'" in words(post(ana, "/test", labels="team"))


def test_an_admin_saves_a_tree_and_sees_it(ready, ana):
    assert post(ana, text=TREE, reason="duty by team", seen="0").status_code == 302
    page = words(ana.get("/routes"))
    assert "Version 1 of the tree decides" in page
    assert "sahel takes alerts with team=sahel Tells Duty phone; one message for each subject." in page


@pytest.mark.parametrize(
    "values,says",
    [
        ({"text": TREE}, "say why"),
        ({"text": TREE.replace("mail", "gone"), "reason": "x"}, "there is no channel gone"),
        ({"text": TREE.replace("group_by", "grup_by"), "reason": "x"}, "no such key"),
        ({"text": "[[routing", "reason": "x"}, "this is not TOML"),
        ({"text": "[[rule]]", "reason": "x"}, "expected one [[routing]] table"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_saved(ready, ana, values, says):
    answer = post(ana, seen="0", **values)
    assert answer.status_code == 422
    assert says in words(answer)
    assert version(ready) == 0


def test_case_4_a_tree_changed_meanwhile_is_a_conflict_that_shows_what_differs(ready, ana):
    with ready.writing() as (session, now):
        other = Routing(route=Route(slug="default", channels=("mail",)))
        save_routing(session, other, author="eve", reason="first", seen=0, now=now)
    answer = post(ana, text=TREE, reason="second", seen="0")
    assert answer.status_code == 409
    assert "the routes were changed meanwhile by eve: first" in words(answer)
    assert '+channels = ["mail"]' in answer.text.replace("&#34;", '"')
    assert "sahel" in answer.text
    assert version(ready) == 1
    seen = re.search(r'name="seen" value="(\d+)"', answer.text)[1]
    assert post(ana, text=TREE, reason="after all", seen=seen).status_code == 302
    assert version(ready) == 2


def test_only_an_admin_saves(ready, signed_in):
    assert post(signed_in("ben"), text=TREE, reason="x", seen="0").status_code == 403


def test_the_page_keeps_its_query_budget(ready, signed_in):
    rita = signed_in("rita")
    rita.get("/routes")
    with ready.reading() as (session, _), counted(session) as seen:
        assert rita.get("/routes").status_code == 200
    assert 0 < len(seen) <= 16, len(seen)
