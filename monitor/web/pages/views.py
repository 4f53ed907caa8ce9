"""Saved views: the menu beside the filters, the page that lists them, and the page a person begins with."""

from urllib.parse import parse_qsl

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from monitor.api.context import application
from monitor.domain.errors import InvalidInput
from monitor.domain.saved_view import SAID, SavedView, ViewPage, kept_query
from monitor.domain.wording import say
from monitor.services.overview.desk import desk
from monitor.services.save_view import (
    begin_with_view,
    change_view,
    remove_view,
    save_view,
    start_path,
    views_of,
)
from monitor.web.access import Access, open_to
from monitor.web.context import reading, signed_in, visitor, writing

page = Blueprint("views", __name__)


@page.get("/views")
@open_to(Access.READER)
def index() -> ResponseReturnValue:
    """List a person's own views and those that are shared."""
    with reading() as (session, now):
        views, view = views_of(session, signed_in()), desk(session, now=now)
    return render_template("views.html", views=views, desk=view, here="")


@page.get("/start")
@open_to(Access.READER)
def start() -> ResponseReturnValue:
    """Go where the person begins: the board, or the view they chose."""
    with reading() as (session, _):
        return redirect(start_path(session, signed_in().id))


@page.post("/views")
@open_to(Access.READER)
def save() -> ResponseReturnValue:
    """Keep the filters that are sent, and show the page with them."""
    by, form = signed_in(), request.form
    with writing() as (session, now):
        view = save_view(
            session, _page(form.get("page", "")), parse_qsl(form.get("query", "")), by=by, now=now,
            name=form.get("name", ""), is_shared="is_shared" in form,
        )  # fmt: skip
        if "is_start" in form:
            begin_with_view(session, view.id, by=by)
    flash(say("The view {name} is kept.", name=view.name))
    return redirect(view.path)


@page.post("/views/<int:number>/change")
@open_to(Access.READER)
def change(number: int) -> ResponseReturnValue:
    """Rename a view, share it or keep it to oneself."""
    by, form = signed_in(), request.form
    with writing() as (session, now):
        change_view(
            session, number, name=form.get("name", ""), is_shared="is_shared" in form, by=by, now=now
        )  # fmt: skip
    flash(say("Changed."))
    return redirect(url_for("views.index"))


@page.post("/views/<int:number>/remove")
@open_to(Access.READER)
def remove(number: int) -> ResponseReturnValue:
    """Forget a view."""
    with writing() as (session, now):
        view = remove_view(session, number, by=signed_in(), now=now)
    flash(say("The view {name} is removed.", name=view.name))
    return redirect(url_for("views.index"))


@page.post("/views/start")
@open_to(Access.READER)
def pin() -> ResponseReturnValue:
    """Begin with a view from now on; without a number with the board."""
    number = request.form.get("view", type=int)
    with writing() as (session, _):
        view = begin_with_view(session, number, by=signed_in())
    flash(say("You begin with {name} now.", name=say("the board") if view is None else view.name))
    return redirect(url_for("views.index"))


def _page(text: str) -> ViewPage:
    try:
        return ViewPage(text)
    except ValueError:
        raise InvalidInput(say("no page keeps such views"), field="page") from None


@page.app_context_processor
def _names() -> dict[str, object]:
    return {"views_menu": _menu, "view_page_said": lambda key: say(SAID[ViewPage(key)])}


def _menu(of: str) -> dict[str, object]:
    """Return the views of a page, the filters it has now, and which view that is; one query a request."""
    person = visitor()
    if person is None:
        return {"views": [], "query": "", "current": None}
    if "views" not in g:
        with application().database.read() as session:
            g.views = views_of(session, person)
    views: list[SavedView] = [each for each in g.views if each.page == of]
    query = kept_query(ViewPage(of), request.args.items(multi=True))
    current = next((each for each in views if each.query == query), None)
    return {"views": views, "query": query, "current": current}
