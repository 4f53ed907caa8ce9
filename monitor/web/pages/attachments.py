"""Links and files that belong to an observation or an incident: attached, and handed out as files alone."""

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.utils import secure_filename

from monitor.domain.errors import InvalidInput
from monitor.domain.marking import Marking
from monitor.domain.wording import say
from monitor.services.attach import MOST_BYTES, AttachedFile, Target, attach_file, attach_link, attached_file
from monitor.services.withdraw_observation import row_named
from monitor.web.access import Access, open_to
from monitor.web.context import reading, signed_in, writing
from monitor.web.uploads import takes_file

page = Blueprint("attachments", __name__)


@page.post("/series/<key>/observations/<row>/attachments")
@open_to(Access.DESK)
@takes_file(MOST_BYTES)
def to_observation(key: str, row: str) -> ResponseReturnValue:
    """Attach what the form gives to a value."""
    _attach(Target(row=row_named(row, key)))
    return redirect(url_for("observation.show", key=key, row=row, _anchor="attached"))


@page.post("/incidents/<source>/<external_id>/attachments")
@open_to(Access.DESK)
@takes_file(MOST_BYTES)
def to_incident(source: str, external_id: str) -> ResponseReturnValue:
    """Attach what the form gives to an incident."""
    _attach(Target(source=source, external_id=external_id))
    return redirect(url_for("incidents.show", source=source, external_id=external_id, _anchor="attached"))


@page.get("/attachments/<int:number>")
@open_to(Access.READER)
def download(number: int) -> ResponseReturnValue:
    """Hand out a file: to be saved, never to be shown as a page of ours."""
    with reading() as (session, _):
        found = attached_file(session, number)
    answer = Response(found.content, content_type="application/octet-stream")
    answer.headers.set("Content-Disposition", "attachment", filename=_name(found))
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


def _attach(target: Target) -> None:
    link, file = request.form.get("link", "").strip(), request.files.get("file")
    content = file.read() if file and file.filename else None
    if not link and content is None:
        flash(say("Nothing was attached: give a link or choose a file."))
        return
    try:
        with writing() as (session, now):
            by = signed_in().email
            if link:
                attach_link(session, target, link, by=by, now=now)
            if content is not None and file is not None:
                attach_file(session, target, file.filename or "", content, by=by, now=now)
    except InvalidInput as error:
        flash(say("Nothing was attached: {reason}.", reason=error))
        return
    flash(say("Attached."))


def _name(found: AttachedFile) -> str:
    """Return the file's name; that of marked data says its marking."""
    name = secure_filename(found.name) or "file"
    if found.handling.marking is Marking.CLEAR:
        return name
    return f"{found.handling.marking.word.replace(':', '-').replace('+', '-')}_{name}"
