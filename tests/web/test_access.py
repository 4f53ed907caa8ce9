"""Who may use which route, and what everybody else gets."""

import pytest

from monitor.api.pushes import api
from monitor.web.access import Access, access_of
from monitor.web.pages.sign_in import page as sign_in_page

# A screen has a token of its own, checked by each of its pages: tests/web/test_wall.py.
WALL = {"wall.show", "wall.enter", "wall.live"}
OPEN = {"healthz", "readyz", "sign_in.show", "sign_in.submit", "schemas.every", "schemas.one"} | WALL


def rules(app):
    """What a browser may ask for; the API asks each program for a token of its own."""
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static" and not is_api(rule)]


def is_api(rule):
    return rule.endpoint.startswith(f"{api.name}.")


def test_every_route_says_who_may_use_it(app):
    silent = {rule.endpoint for rule in rules(app) if access_of(app.view_functions[rule.endpoint]) is None}
    assert silent == set()


def test_only_signing_in_health_and_schemas_are_open_to_anyone(app):
    is_open = {
        rule.endpoint for rule in rules(app) if access_of(app.view_functions[rule.endpoint]) is Access.ANYONE
    }
    assert is_open == OPEN


def test_every_other_route_turns_a_stranger_away(app, client):
    for rule in rules(app):
        if rule.endpoint in OPEN:
            continue
        values = {name: next(iter(getattr(rule._converters[name], "items", "1"))) for name in rule.arguments}
        path = app.url_map.bind("localhost").build(rule.endpoint, values)
        method = next(iter(rule.methods - {"HEAD", "OPTIONS"}))
        answer = client.client.open(path, method=method)
        expected = 302 if method == "GET" and not path.startswith("/api/") else 401
        assert answer.status_code == expected, f"{method} {path}"
        if expected == 302:
            assert answer.location.startswith("/sign-in?next="), path


def test_no_address_of_the_api_heeds_who_is_signed_in(app, signed_in):
    api_rules = [rule for rule in app.url_map.iter_rules() if is_api(rule)]
    assert [rule.rule.partition("<any")[0] for rule in api_rules] == ["/api/v1/sources/<slug>/"]
    answer = signed_in("ana").client.post("/api/v1/sources/feed/readings", json={})
    assert answer.status_code == 401


def test_a_view_without_a_rule_is_refused(desk, client, app):
    app.add_url_rule("/forgotten", view_func=lambda: "secret")
    answer = client.get("/forgotten")
    assert answer.status_code == 500
    assert "secret" not in answer.text


@pytest.mark.parametrize("name,status", [("rita", 403), ("ben", 200), ("ana", 200)])
def test_entering_a_value_is_for_the_desk_and_above(signed_in, name, status):
    assert signed_in(name).get("/desk/value").status_code == status


@pytest.mark.parametrize("name", ["rita", "ben"])
def test_setting_a_clock_is_for_admins(signed_in, name):
    visitor = signed_in(name)
    answer = visitor.client.post("/subjects/goita/clock", data={"csrf_token": "any"})
    assert answer.status_code == 403


def test_a_fragment_is_not_redirected_to_the_sign_in_page(client):
    assert client.get("/desk/value", headers={"HX-Request": "true"}).status_code == 401


def test_the_sign_in_page_can_be_reached_by_anyone(client):
    assert client.get("/sign-in").status_code == 200
    assert sign_in_page.name == "sign_in"
