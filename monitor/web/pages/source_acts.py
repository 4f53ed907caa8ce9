"""What is done with a source: test it, run it, cut it off, ask for its history, read its answers again."""

import threading
from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from monitor.api.context import application
from monitor.domain.errors import Conflict, InvalidInput
from monitor.domain.wording import say, say_many
from monitor.services.cut_source import cut_source
from monitor.services.one_source import source_of
from monitor.services.overview.desk import desk as desk_view
from monitor.services.reparse_source import Reparsed, kept_answers, reparse_source
from monitor.services.run_source import run_source
from monitor.services.start_backfill import STEP_DAYS, cancel_backfill, start_backfill
from monitor.services.try_source import try_source
from monitor.web.access import Access, open_to
from monitor.web.context import reading, signed_in, writing
from monitor.web.pages.source_forms import BackfillForm, ReasonForm
from monitor.web.pages.sources import one_page

page = Blueprint("source_acts", __name__)

# A person waits for a test so long; and so many at once, for each holds a thread.
TEST_SECONDS, MOST_TESTS = 25.0, 2
# More is left to the command: a page is not to read for minutes.
MOST_READ_AGAIN, MOST_READ_BYTES = 20, 8 * 1024 * 1024
_testing = threading.BoundedSemaphore(MOST_TESTS)


@page.post("/sources/<slug>/test")
@open_to(Access.DESK)
def test(slug: str) -> ResponseReturnValue:
    """Ask a source now and show what it says; nothing is stored, no transaction is open meanwhile."""
    with reading() as (session, _):
        source = source_of(session, slug)
    if not _testing.acquire(blocking=False):
        flash(say("Not tested: others are testing at this moment. Try again in half a minute."))
        return redirect(url_for("sources.show", slug=slug))
    try:
        tried = try_source(
            application().database, application().outside, source, seconds=TEST_SECONDS
        )  # fmt: skip
    finally:
        _testing.release()
    with reading() as (session, now):
        view = desk_view(session, now=now)
    return render_template("sources/trial.html", source=source, tried=tried, desk=view, here="")


@page.post("/sources/<slug>/run")
@open_to(Access.ADMIN)
def run_now(slug: str) -> ResponseReturnValue:
    """Let a worker ask a source at its next turn, which is now."""
    form = ReasonForm()
    if not form.validate_on_submit():
        return _back(slug, say("Not asked: the reason is too long."))
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
    except Conflict as error:
        return _back(slug, say("Not asked: {why}.", why=error))
    return _back(slug, say("It is asked by the next worker that is free; its run appears here in a moment."))


@page.post("/sources/<slug>/cut")
@open_to(Access.ADMIN)
def cut(slug: str) -> ResponseReturnValue:
    """Let nothing more be fetched or taken from a source."""
    return _set_cut(
        slug, say("Cut off. Nothing is fetched or taken from it until it is restored."), is_cut=True
    )


@page.post("/sources/<slug>/restore")
@open_to(Access.ADMIN)
def restore(slug: str) -> ResponseReturnValue:
    """Let a source speak again."""
    return _set_cut(slug, say("Restored. What it said meanwhile comes in at its next run."), is_cut=False)


@page.post("/sources/<slug>/backfill")
@open_to(Access.ADMIN)
def backfill_start(slug: str) -> ResponseReturnValue:
    """Ask for a stretch of a source's history; a worker does it."""
    form = BackfillForm()
    if not form.validate_on_submit() or form.since.data is None:
        return one_page(slug, form), 422
    try:
        with writing() as (session, now):
            found = start_backfill(
                session,
                slug,
                since=form.since.data,
                until=form.until.data,
                step_days=form.step_days.data or STEP_DAYS,
                kinds=application().source_kinds,
                actor=signed_in().email,
                now=now,
            )
    except InvalidInput as error:
        field = getattr(form, error.field, form.since)
        field.errors = [*field.errors, str(error)]
        return one_page(slug, form), 422
    except Conflict as error:
        return _back(slug, say("Not started: {why}.", why=error))
    return _back(
        slug,
        say(
            "Started: {start} to {end}. A worker asks for the newest days first.",
            start=found.since,
            end=found.until,
        ),
    )


@page.post("/sources/<slug>/backfills/<int:number>/cancel")
@open_to(Access.ADMIN)
def backfill_cancel(slug: str, number: int) -> ResponseReturnValue:
    """End a backfill; what is there stays."""
    try:
        with writing() as (session, now):
            cancel_backfill(session, number, actor=signed_in().email, reason="", now=now)
    except Conflict as error:
        return _back(slug, say("Not cancelled: {why}.", why=error))
    return _back(slug, say("Cancelled. What is there stays."))


@page.get("/sources/<slug>/reparse")
@open_to(Access.ADMIN)
def reparse_ask(slug: str) -> ResponseReturnValue:
    """Say which kept answers would be read again, and offer to look first."""
    return _reparse_page(slug, _run_id())


@page.post("/sources/<slug>/reparse")
@open_to(Access.ADMIN)
def reparse(slug: str) -> ResponseReturnValue:
    """Read kept answers again; with `look` only show what would change."""
    desk, run_id = application(), _run_id()
    with reading() as (session, _):
        kept = kept_answers(session, slug, run_id=run_id)
    if not _is_little(kept):
        return _reparse_page(slug, run_id), 422
    is_dry = "look" in request.form
    done = reparse_source(
        desk.database, desk.outside, slug, run_id=run_id, is_dry=is_dry, actor=signed_in().email
    )
    if is_dry:
        return _reparse_page(slug, run_id, done)
    changed = sum(each.outcome.new + each.outcome.revised + each.outcome.withdrawn for each in done)
    return _back(
        slug,
        say_many(
            "Read again: {n} run, {changed} values or incidents changed.",
            "Read again: {n} runs, {changed} values or incidents changed.",
            len(done),
            changed=changed,
        ),
    )


def _reparse_page(slug: str, run_id: int | None, done: list[Reparsed] | None = None) -> str:
    with reading() as (session, now):
        source = source_of(session, slug)
        kept = kept_answers(session, slug, run_id=run_id)
        view = desk_view(session, now=now)
    return render_template(
        "sources/reparse.html", source=source, kept=kept, run_id=run_id, done=done, desk=view, here="",
        is_little=_is_little(kept),
    )  # fmt: skip


def _is_little(kept: Mapping[int, int]) -> bool:
    """Whether what would be read, bytes by run, is little enough for a page."""
    return 0 < len(kept) <= MOST_READ_AGAIN and sum(kept.values()) <= MOST_READ_BYTES


def _run_id() -> int | None:
    text = request.values.get("run", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None  # noqa: PLR2004


def _set_cut(slug: str, told: str, *, is_cut: bool) -> ResponseReturnValue:
    form = ReasonForm()
    if not form.validate_on_submit():
        return _back(slug, say("Nothing was changed: the reason is too long."))
    with writing() as (session, now):
        cut_source(
            session, slug, is_cut=is_cut, actor=signed_in().email, reason=form.reason.data or "", now=now
        )
    return _back(slug, told)


def _back(slug: str, told: str) -> ResponseReturnValue:
    flash(told)
    return redirect(url_for("sources.show", slug=slug))
