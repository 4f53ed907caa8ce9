"""The sources: how each does, its runs, its turns, what hangs on it; `source_acts` does something with it."""

from zoneinfo import ZoneInfo

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from monitor.api.context import application
from monitor.config import given_secret
from monitor.services.overview.source_pages import chosen_sources, source_page, sources_page
from monitor.services.source_tokens import pushed_to
from monitor.services.take_upload import endings_of
from monitor.web.access import Access, open_to
from monitor.web.context import reading
from monitor.web.pages.source_forms import BackfillForm

page = Blueprint("sources", __name__)


@page.get("/sources")
@open_to(Access.DESK)
def show_all() -> ResponseReturnValue:
    """Show every source, those first that need someone."""
    condition, text = request.args.get("condition", ""), request.args.get("q", "")[:100]
    with reading() as (session, now):
        view = sources_page(session, now=now)
    groups = chosen_sources(view.groups, condition=condition, text=text)
    chosen = {"condition": condition, "q": text}
    return render_template(
        "sources.html", view=view, groups=groups, chosen=chosen, desk=view.desk, here=""
    )  # fmt: skip


@page.get("/sources/<slug>")
@open_to(Access.DESK)
def show(slug: str) -> ResponseReturnValue:
    """Show one source with all there is of it."""
    return one_page(slug, BackfillForm(formdata=None))


def one_page(slug: str, form: BackfillForm) -> str:
    """Return a source's page, with the form of a backfill as it was filled in."""
    desk = application()
    with reading() as (session, now):
        view = source_page(
            session, slug, kinds=desk.source_kinds, given=_given, box=desk.secrets, now=now
        )  # fmt: skip
    return render_template(
        "source.html",
        view=view,
        desk=view.desk,
        here="",
        backfill_form=form,
        endings=endings_of(view.one.source, desk.source_kinds),
        is_open_to_pushes=bool(pushed_to(view.one.source, desk.source_kinds)),
        zone=ZoneInfo(desk.settings.time_zone),
    )


def _given(name: str) -> str:
    """Say where outside the database a secret is; "" if nowhere."""
    found = given_secret(application().settings, name)
    return found[1] if found is not None and found[0] else ""
