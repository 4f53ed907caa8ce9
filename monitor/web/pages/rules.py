"""One rule: in words, and what it would have done on history as it was known then."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from monitor.services.overview.alert_words import resolution_words
from monitor.services.overview.rule_page import DEFAULT_RANGE, RANGES, rule_page
from monitor.web.access import Access, open_to
from monitor.web.context import reading

page = Blueprint("rules", __name__)


@page.get("/rules/<slug>")
@open_to(Access.READER)
def show(slug: str) -> ResponseReturnValue:
    """Show the rule on the range of history the address names."""
    with reading() as (session, now):
        view = rule_page(session, slug, now=now, chart_range=request.args.get("range", DEFAULT_RANGE))
    return render_template(
        "rule.html", view=view, ranges=RANGES, resolution_words=resolution_words, desk=view.desk,
        here="alerts",
    )  # fmt: skip
