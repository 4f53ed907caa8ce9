"""The sources: how each does, its runs and what it may be used for; admins may run one now."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import Length

from monitor.api.context import application
from monitor.domain.errors import Conflict
from monitor.services.overview.source_pages import source_page, sources_page
from monitor.services.run_source import run_source
from monitor.web.access import Access, open_to
from monitor.web.context import reading, signed_in, writing

page = Blueprint("sources", __name__)


class RunForm(FlaskForm):
    """Why a source is asked now."""

    reason = StringField("Why", [Length(max=500)])


@page.get("/sources")
@open_to(Access.DESK)
def show_all() -> ResponseReturnValue:
    """Show every source, those first that need someone."""
    with reading() as (session, now):
        view = sources_page(session, now=now)
    return render_template("sources.html", view=view, desk=view.desk, here="")


@page.get("/sources/<slug>")
@open_to(Access.DESK)
def show(slug: str) -> ResponseReturnValue:
    """Show one source with its last runs."""
    with reading() as (session, now):
        view = source_page(session, slug, kinds=application().source_kinds, now=now)
    return render_template("source.html", view=view, desk=view.desk, here="", form=RunForm(formdata=None))


@page.post("/sources/<slug>/run")
@open_to(Access.ADMIN)
def run_now(slug: str) -> ResponseReturnValue:
    """Let a worker ask a source at its next turn, which is now."""
    form = RunForm()
    if form.validate_on_submit():
        try:
            with writing() as (session, now):
                run_source(
                    session,
                    slug,
                    kinds=application().source_kinds,
                    actor=signed_in().email,
                    reason=form.reason.data or "",
                    now=now,
                )
            flash("It is asked by the next worker that is free; its run appears here in a moment.")
        except Conflict as error:
            flash(f"Not asked: {error}.")
    else:
        flash("Not asked: the reason is too long.")
    return redirect(url_for("sources.show", slug=slug))
