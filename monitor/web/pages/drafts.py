"""Drafts of entries: kept quietly while somebody types, or by a button where scripts are off."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from monitor.domain.wording import say
from monitor.services.keep_draft import FIELDS, forget_draft, keep_draft
from monitor.web.access import Access, open_to
from monitor.web.context import signed_in, writing

page = Blueprint("drafts", __name__)

_PAGES = {"value": "entry.show", "event": "entry_event.show", "table": "entry_table.show"}
_KINDS = ",".join(FIELDS)


@page.post(f"/desk/drafts/<any({_KINDS}):kind>")
@open_to(Access.DESK)
def keep(kind: str) -> ResponseReturnValue:
    """Keep the form as it is; nothing of it counts."""
    with writing() as (session, now):
        is_kept = keep_draft(session, signed_in().id, kind, request.form, now=now)
    if "X-Draft" in request.headers:
        return "", 204
    flash(say("Kept as a draft.") if is_kept else say("There is nothing to keep yet."))
    return redirect(url_for(_PAGES[kind]))


@page.post(f"/desk/drafts/<any({_KINDS}):kind>/discard")
@open_to(Access.DESK)
def discard(kind: str) -> ResponseReturnValue:
    """Throw the draft away."""
    with writing() as (session, _):
        forget_draft(session, signed_in().id, kind)
    flash(say("The draft is gone."))
    return redirect(url_for(_PAGES[kind]))
