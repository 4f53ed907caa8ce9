"""A file for a source: first what it holds and what would become of it, then it is stored."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from monitor.api.context import application
from monitor.domain.errors import Conflict, InvalidInput
from monitor.domain.wording import say
from monitor.services.one_source import source_of
from monitor.services.overview.desk import desk as desk_view
from monitor.services.take_upload import MOST_BYTES, Upload, endings_of, preview_upload, store_upload
from monitor.services.try_source import Tried
from monitor.web.access import Access, open_to
from monitor.web.context import reading, signed_in
from monitor.web.pages.source_forms import UploadForm
from monitor.web.uploads import takes_file

page = Blueprint("source_uploads", __name__)


@page.get("/sources/<slug>/upload")
@open_to(Access.DESK)
def show(slug: str) -> ResponseReturnValue:
    """Offer to choose a file."""
    return _page(slug)


@page.post("/sources/<slug>/upload")
@open_to(Access.DESK)
@takes_file(MOST_BYTES)
def look(slug: str) -> ResponseReturnValue:
    """Show what a file holds; nothing is stored."""
    form = UploadForm()
    if not form.validate_on_submit():
        return _page(slug, error=say("Choose a file.")), _status(422)
    upload = _upload(slug, form)
    try:
        tried = preview_upload(application().database, application().outside, upload)
    except (InvalidInput, Conflict) as error:
        return _page(slug, error=say("The file cannot be taken: {why}.", why=error)), _status(422)
    return _page(slug, tried=tried, upload=upload)


@page.post("/sources/<slug>/upload/store")
@open_to(Access.DESK)
@takes_file(MOST_BYTES)
def store(slug: str) -> ResponseReturnValue:
    """Store a file that was shown; another one is refused."""
    form = UploadForm()
    if not form.validate_on_submit():
        return _page(slug, error=say("Choose the file once more; nothing was stored.")), 422
    upload = _upload(slug, form)
    if form.digest.data != upload.digest:
        return _page(
            slug, error=say("This is not the file that was shown; nothing was stored. Look first.")
        ), 422
    try:
        done = store_upload(
            application().database, application().outside, upload, author=signed_in().email
        )  # fmt: skip
    except (InvalidInput, Conflict) as error:
        return _page(slug, error=say("Nothing was stored: {why}.", why=error)), 422
    flash(
        say(
            "Stored as run {run}: {new} new, {revised} revised, {quarantined} in quarantine,"
            " {rejected} rejected. The heat follows in a moment.",
            **{name: done[name] for name in ("run", "new", "revised", "quarantined", "rejected")},
        )
    )
    return redirect(url_for("sources.show", slug=slug))


def _upload(slug: str, form: UploadForm) -> Upload:
    return Upload(source=slug, name=form.file.data.filename or "", content=form.file.data.read())


def _page(slug: str, *, tried: Tried | None = None, upload: Upload | None = None, error: str = "") -> str:
    with reading() as (session, now):
        source = source_of(session, slug)
        view = desk_view(session, now=now)
    return render_template(
        "sources/upload.html", source=source, tried=tried, upload=upload, error=error, desk=view, here="",
        endings=endings_of(source, application().source_kinds), most=MOST_BYTES // 1024**2,
    )  # fmt: skip


def _status(code: int) -> int:
    """A part of a page is put in place only if all went well; its words say what did not."""
    return 200 if "HX-Request" in request.headers else code
