"""The audit: what each indicator of a subject, or of an index over many units, adds, and whether it could."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from monitor.services.overview.audit import subject_audit, template_audit
from monitor.web.access import Access, open_to
from monitor.web.context import reading

page = Blueprint("audit", __name__)


@page.get("/subjects/<slug>/audit")
@open_to(Access.READER)
def show(slug: str) -> ResponseReturnValue:
    """Show the audit of one subject over time."""
    with reading() as (session, now):
        view = subject_audit(session, slug, now=now)
    return render_template("audit.html", view=view, desk=view.desk, here="board")


@page.get("/templates/<template>/audit")
@open_to(Access.READER)
def show_template(template: str) -> ResponseReturnValue:
    """Show the audit of a template across its units."""
    with reading() as (session, now):
        view = template_audit(session, template, now=now)
    return render_template("audit_template.html", view=view, desk=view.desk, here="board")
