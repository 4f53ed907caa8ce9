"""The wallboard: by a token alone, turning, unable to act; its token hashed, ending, and written nowhere."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
import structlog

from monitor.domain.errors import InvalidInput, NotFound
from monitor.domain.wall import Wall, ends_at, pages_of
from monitor.services.walls import admit, list_walls, make_wall, revoke_wall
from monitor.storage import audit, heartbeats
from tests.boards import add_sahel
from tests.web.test_index import counted

MADE = re.compile(r"http://localhost/wall#(hww_[\w-]+)")


@pytest.fixture
def sahel(desk):
    """A desk that watches eleven subjects, with a live worker."""
    with desk.writing() as (session, now):
        add_sahel(session, now=now)
        heartbeats.beat(session, worker="one", now=now)
    return desk


@pytest.fixture
def token(signed_in):
    """What an admin was shown once."""
    page = signed_in("ana").post(
        "/walls", form="/walls", name="Ops room", days="30", turn_seconds="10", language="en", look="dark"
    )
    return MADE.search(page.text)[1]


@pytest.fixture
def screen(client, token):
    """A screen that has given its token."""
    answer = client.post("/wall", form="/wall", token=token)
    assert (answer.status_code, answer.location) == (302, "/wall")
    return client


def test_a_screen_shows_the_board_by_its_token_and_turns_to_the_subjects_that_alarm(sahel, screen):
    pages = [screen.get(f"/wall?picture={number}").text for number in range(12)]
    assert "1 critical, 3 high, 4 elevated, 1 unknown" in pages[0].lower()
    assert re.findall(r'class="wb-name">([^<]+)<', pages[0])[0] == "Dakar–Bamako road"
    names = [re.search(r"<h1>([^<]+)</h1>", page)[1] for page in pages]
    assert "Dakar–Bamako road" in names[2:]
    assert "Senegal" not in names, "a calm subject is on the board and nowhere else"
    count = int(re.search(r"1 of (\d+)", pages[0])[1])
    assert f'data-next="/wall?picture={1 % count}"' in pages[0]
    assert screen.get(f"/wall?picture={count}").text.count("1 of") == 1, "it turns round and round"
    for other in ("", "-1", "x", "9" * 400, "²"):
        assert screen.get(f"/wall?picture={other}").status_code == 200
    assert 'data-theme="dark"' in pages[0]
    assert '<meta http-equiv="refresh" content="10;url=/wall?picture=1">' in pages[0]


def test_a_screen_can_do_nothing_and_read_nothing_else(sahel, screen):
    page = screen.get("/wall").text.partition("</head>")[2]
    assert re.findall(r"<(?:a|form|button|input|select|textarea)\b", page) == []
    for path in ("/", "/alerts", "/subjects/niger", "/live/board", "/walls"):
        assert screen.get(path).location.startswith("/sign-in"), path
    assert screen.client.post("/looked").status_code in {400, 401}


def test_the_token_goes_to_no_other_page_no_referrer_and_no_log(sahel, screen, token):
    cookie = screen.client.get_cookie("heatwatch-wall", path="/wall")
    assert (cookie.http_only, cookie.same_site, cookie.path) == (True, "Strict", "/wall")
    with structlog.testing.capture_logs() as lines:
        answer = screen.get("/wall")
        screen.get("/wall/live").close()
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert token not in answer.text
    assert token not in str(lines)
    with sahel.reading() as (session, _):
        assert token not in str(audit.find_all(session))


def test_a_token_that_ended_shows_nothing_and_ends_the_stream(desk, screen, signed_in, token):
    ana = signed_in("ana")
    assert ana.post("/walls/1/revoke", form="/walls").status_code == 302
    assert "ended" in ana.get("/walls").text
    assert screen.get("/wall/live").status_code == 401
    assert screen.get("/wall", headers={"HX-Request": "true"}).status_code == 401
    assert 'name="token"' in screen.get("/wall").text
    assert screen.post("/wall", form="/wall", token=token).status_code == 422
    with desk.reading() as (session, _):
        actions = [entry.action for entry in audit.find_all(session)]
    assert {"wall.make", "wall.revoke"} <= set(actions)


@pytest.mark.parametrize("path,budget", [("/wall", 16), ("/wall?picture=3", 16)])
def test_a_picture_keeps_its_query_budget(sahel, screen, path, budget):
    with sahel.reading() as (session, _), counted(session) as seen:
        assert screen.get(path).status_code == 200
    assert 0 < len(seen) <= budget, len(seen)


def test_the_list_of_screens_keeps_its_query_budget(desk, signed_in, token):
    ana = signed_in("ana")
    with desk.reading() as (session, _), counted(session) as seen:
        assert ana.get("/walls").status_code == 200
    assert 0 < len(seen) <= 6, len(seen)


def test_when_a_screen_was_last_seen_is_shown_to_admins_and_to_nobody_else(screen, signed_in):
    ana = signed_in("ana")
    assert "never" in ana.get("/walls").text
    screen.get("/wall")
    assert "never" not in ana.get("/walls").text
    assert signed_in("ben").get("/walls").status_code == 403


@pytest.mark.parametrize("name,days", [("", "30"), ("x" * 61, "30"), ("Ops", "31")])
def test_what_is_not_offered_is_not_made(desk, signed_in, name, days):
    answer = signed_in("ana").post(
        "/walls", form="/walls", name=name, days=days, turn_seconds="10", language="en", look=""
    )
    assert answer.status_code == 422
    with desk.reading() as (session, _):
        assert list_walls(session) == []


def test_a_token_is_in_force_until_its_time_is_over(database):
    with database.write() as session:
        now = database.now(session)
        wall = Wall(name="Hall", language="fr", created_at=now, created_by="ana", expires_at=ends_at(now, 7))
        token = make_wall(session, wall, now=now)
        assert admit(session, token, now=now + timedelta(days=6)).name == "Hall"
        assert admit(session, token, now=now + timedelta(days=7)) is None
        assert admit(session, token[:-1], now=now) is None
        with pytest.raises(NotFound):
            revoke_wall(session, 99, actor="ana", now=now)
        for field, value in (("name", " "), ("language", "xx"), ("turn_seconds", 1), ("look", "loud")):
            with pytest.raises(InvalidInput):
                replace(wall, **{field: value})
        with pytest.raises(InvalidInput):
            ends_at(now, 8)


@pytest.mark.parametrize(
    "count,sizes", [(0, []), (1, [1]), (7, [7]), (8, [4, 4]), (11, [6, 5]), (15, [5, 5, 5])]
)
def test_rows_are_spread_evenly_over_pictures(count, sizes):
    assert [len(page) for page in pages_of(list(range(count)))] == sizes
