"""Searching everything: a page, the part of it that the palette shows, and the same for programs."""

import orjson
from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from monitor.api.problems import PREFIX, problem
from monitor.domain.person import Person
from monitor.domain.search.hits import SAID, Found
from monitor.domain.wording import ENGLISH, say, speaking
from monitor.services.overview.desk import desk
from monitor.services.search.search import LONGEST, answer_data, search
from monitor.web.access import Access, open_to
from monitor.web.context import reading, signed_in, visitor
from monitor.web.keys import keys_everywhere, keys_of
from monitor.web.places import names, places_for

page = Blueprint("search", __name__)

ON_A_PAGE, IN_A_PALETTE, MOST = 20, 5, 100


@page.get("/search")
@open_to(Access.READER)
def show() -> ResponseReturnValue:
    """Show what is found for `q`; as a part for the palette where `part` is asked for."""
    text = request.args.get("q", "")
    is_part = "part" in request.args
    with reading() as (session, now):
        answer = search(
            session, text, role=signed_in().role, now=now, pages=names(),
            limit=IN_A_PALETTE if is_part else ON_A_PAGE, with_exercises="exercises" in request.args,
        )  # fmt: skip
        view = None if is_part else desk(session, now=now)
    if is_part:
        return render_template("_found.html", answer=answer)
    return render_template("search.html", answer=answer, desk=view, here="", longest=LONGEST)


@page.get(f"{PREFIX}/search")
@open_to(Access.READER)
def for_programs() -> ResponseReturnValue:
    """Answer `q` with what whoever is signed in may see, at most `limit` of each kind."""
    limit = request.args.get("limit", str(ON_A_PAGE))
    if not limit.isdecimal() or not 1 <= int(limit) <= MOST:
        return problem(400, f"limit is a number from 1 to {MOST}")
    with reading() as (session, now), speaking(ENGLISH):
        answer = search(
            session, request.args.get("q", ""), role=signed_in().role, now=now, pages=names(),
            limit=int(limit), with_exercises="exercises" in request.args,
        )  # fmt: skip
        body = answer_data(answer)
    return Response(orjson.dumps(body), content_type="application/json")


@page.app_context_processor
def _names() -> dict[str, object]:
    return {
        "found_said": lambda kind: say(SAID[Found(kind)]),
        "key_lists": lambda: (keys_of(request.endpoint), keys_everywhere(visitor())),
        "all_places": _all_places,
    }


def _all_places(person: Person | None) -> list[tuple[str, str, str]]:
    """Return every page as (letter, endpoint, name)."""
    if person is None:
        return []
    return [(each.go, each.endpoint, say(each.name)) for each in places_for(person)]
