"""The tokens of a source: who may push to it; one is made, shown once, and ended."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from monitor.api.context import application
from monitor.domain.errors import NotFound
from monitor.domain.wording import say
from monitor.services.one_source import source_of
from monitor.services.overview.desk import desk as desk_view
from monitor.services.source_tokens import issue_token, list_tokens, pushed_to, revoke_tokens
from monitor.web.access import Access, open_to
from monitor.web.context import reading, signed_in, writing

page = Blueprint("source_tokens", __name__)


@page.get("/sources/<slug>/tokens")
@open_to(Access.ADMIN)
def show(slug: str) -> ResponseReturnValue:
    """Show which tokens a source has and had."""
    return _page(slug)


@page.post("/sources/<slug>/tokens")
@open_to(Access.ADMIN)
def make(slug: str) -> ResponseReturnValue:
    """Make a token and show it, this once; older ones stay valid."""
    with reading() as (session, _):
        source = source_of(session, slug)
    if not pushed_to(source, application().source_kinds):
        return _page(slug), 422
    with writing() as (session, now):
        made = issue_token(session, slug, actor=signed_in().email, now=now)
    # Not redirected: it is kept nowhere that the next page could take it from.
    return _page(slug, made=made)


@page.post("/sources/<slug>/tokens/<int:number>/revoke")
@open_to(Access.ADMIN)
def revoke(slug: str, number: int) -> ResponseReturnValue:
    """End a token; what shows it is refused from now on."""
    try:
        with writing() as (session, now):
            revoke_tokens(session, slug, token_id=number, actor=signed_in().email, now=now)
        flash(say("Token {number} is revoked. Who shows it is refused from now on.", number=number))
    except NotFound as error:
        flash(say("Not revoked: {why}.", why=error))
    return redirect(url_for("source_tokens.show", slug=slug))


def _page(slug: str, *, made: str = "") -> str:
    desk = application()
    with reading() as (session, now):
        source = source_of(session, slug)
        tokens = list_tokens(session, slug)
        view = desk_view(session, now=now)
    return render_template(
        "sources/tokens.html", source=source, tokens=tokens, made=made, desk=view, here="",
        path=pushed_to(source, desk.source_kinds),
    )  # fmt: skip
