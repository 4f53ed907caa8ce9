"""Incidents: the list with its map, and one with its versions; the desk says which are the same."""

from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import StringField
from wtforms.validators import AnyOf, InputRequired, Length

from monitor.domain.errors import InvalidInput, NotFound
from monitor.domain.incident_filter import Wanted
from monitor.domain.incident_pair import PairState
from monitor.domain.wording import msgid, say
from monitor.services.decide_duplicate import decide_duplicate
from monitor.services.overview.incident import incident_page
from monitor.services.overview.incidents import SPANS, Asked, after_place, incidents_page
from monitor.web.access import Access, open_to
from monitor.web.context import reading, signed_in, writing
from monitor.web.desk_form import DeskForm

page = Blueprint("incidents", __name__)

_LISTS = {
    "country": "countries",
    "region": "regions",
    "source": "sources",
    "kind": "kinds",
    "actor": "actors",
}
_LONGEST = 200


class DecisionForm(DeskForm):
    """Which other incident, whether it is the same, and why."""

    source = StringField("Source", [InputRequired(msgid("Say which source")), Length(max=_LONGEST)])
    external_id = StringField("Id", [InputRequired(msgid("Say which incident")), Length(max=_LONGEST)])
    other_source = StringField(
        "Source of the other", [InputRequired(msgid("Say which source")), Length(max=_LONGEST)]
    )
    other_id = StringField(
        "Id of the other", [InputRequired(msgid("Say which incident")), Length(max=_LONGEST)]
    )
    verdict = StringField(
        "Verdict", [AnyOf([PairState.SAME, PairState.DIFFERENT], msgid("Same or different?"))]
    )
    reason = StringField("Why", [InputRequired(msgid("Say why")), Length(max=500)])


@page.get("/incidents")
@open_to(Access.READER)
def show_all() -> ResponseReturnValue:
    """Show incidents; `country`, `region`, `source`, `kind`, `actor`, `since`, `until` and `q` choose.

    `after` says behind which place in the list the page begins.
    """
    with reading() as (session, now):
        view = incidents_page(session, _asked(), now=now)
    return render_template(
        "incidents.html", view=view, desk=view.desk, here="incidents", kept=_kept(), spans=SPANS
    )


@page.get("/incidents/<source>/<path:external_id>", merge_slashes=False)
@open_to(Access.READER)
def show(source: str, external_id: str) -> ResponseReturnValue:
    """Show one incident."""
    return _page(source, external_id, DecisionForm(formdata=None))


@page.post("/incidents/duplicates")
@open_to(Access.DESK)
def decide() -> ResponseReturnValue:
    """Say of two incidents that they are the same, or different, and go back to the first."""
    form = DecisionForm()
    one = (form.source.data or "", form.external_id.data or "")
    if not form.validate_on_submit():
        return _page(*one, form), 422
    other = (form.other_source.data, form.other_id.data)
    try:
        with writing() as (session, now):
            decide_duplicate(
                session, one, other, PairState(form.verdict.data), author=signed_in().email,
                reason=form.reason.data, now=now,
            )  # fmt: skip
    except (InvalidInput, NotFound) as error:
        form.reason.errors = [*form.reason.errors, str(error)]
        return _page(*one, form), 422
    key, is_same = "/".join(other), form.verdict.data == PairState.SAME
    flash(
        say("Kept: {key} is the same incident.", key=key)
        if is_same
        else say("Kept: {key} is another one.", key=key)
    )
    return redirect(url_for("incidents.show", source=one[0], external_id=one[1]))


def _page(source: str, external_id: str, form: DecisionForm) -> str:
    with reading() as (session, now):
        view = incident_page(session, source, external_id, now=now)
    return render_template("incident.html", view=view, desk=view.desk, here="incidents", form=form)


def _asked() -> Asked:
    """Read the address; what cannot be read asks nothing."""
    asked = request.args
    lists: dict[str, Any] = {
        field: tuple(value for value in asked.getlist(name) if value) for name, field in _LISTS.items()
    }
    wanted = Wanted(
        **lists, since=_day(asked.get("since", "")), until=_day(asked.get("until", "")),
        text=asked.get("q", "")[:_LONGEST],
    )  # fmt: skip
    return Asked(wanted=wanted, span=asked.get("span", "1y"), after=after_place(asked.get("after", "")))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def _kept() -> dict[str, Any]:
    """Return the filters of the address, to change one of them."""
    names = (*_LISTS, "since", "until", "q", "span", "after")
    return {name: values for name in names if (values := [v for v in request.args.getlist(name) if v])}
