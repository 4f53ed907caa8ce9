"""The quarantine: what did not pass its gates; the desk releases and corrects, admins dismiss too."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from monitor.bootstrap import SessionAt
from monitor.domain.errors import InvalidInput
from monitor.domain.phrases import phrase
from monitor.domain.quarantine import State
from monitor.domain.wording import msgid, say_many
from monitor.services.decide_quarantined import (
    LONGEST_WHY,
    Decided,
    correct,
    dismiss,
    dismiss_run,
    release,
    release_run,
    rescale,
    rescale_run,
)
from monitor.services.overview.quarantine import Filters, quarantine_page
from monitor.web.access import Access, open_to
from monitor.web.context import reading, signed_in, writing
from monitor.web.desk_form import DeskForm

page = Blueprint("quarantine", __name__)

# What a whole choice or run is decided by has no row of its own.
_MANY = 0
_STATES = {"all", *(state.value for state in State)}
_DIGITS = 9


class DecisionForm(DeskForm):
    """Why, and the right value where one is given."""

    reason = StringField("Why", [InputRequired(msgid("Say why")), Length(max=LONGEST_WHY)])
    value = StringField("Right value", [Length(max=40)])


@page.get("/quarantine")
@open_to(Access.READER)
def show() -> ResponseReturnValue:
    """Show what waits; `state`, `source`, `series`, `run` and `page` choose."""
    return _page()


@page.post("/quarantine/<int:number>/release")
@open_to(Access.DESK)
def let_through(number: int) -> ResponseReturnValue:
    """Store a value as it was given."""
    form = DecisionForm()

    def act(opened: SessionAt) -> Decided:
        return release(opened[0], [number], author=signed_in().email, reason=_why(form), now=opened[1])

    return _act(form, act, _released, number=number)


@page.post("/quarantine/<int:number>/correct")
@open_to(Access.DESK)
def put_right(number: int) -> ResponseReturnValue:
    """Store the right value in a wrong one's place."""
    form = DecisionForm()

    def act(opened: SessionAt) -> Decided:
        value = form.value.data or ""
        return correct(opened[0], number, value, author=signed_in().email, reason=_why(form), now=opened[1])

    return _act(form, act, _corrected, number=number)


@page.post("/quarantine/<int:number>/dismiss")
@open_to(Access.ADMIN)
def turn_away(number: int) -> ResponseReturnValue:
    """Take a value as wrong for good."""
    form = DecisionForm()

    def act(opened: SessionAt) -> Decided:
        return dismiss(opened[0], [number], author=signed_in().email, reason=_why(form), now=opened[1])

    return _act(form, act, _dismissed, number=number)


@page.post("/quarantine/chosen/release")
@open_to(Access.DESK)
def let_chosen_through() -> ResponseReturnValue:
    """Store all that was chosen as it was given."""
    form = DecisionForm()

    def act(opened: SessionAt) -> Decided:
        return release(opened[0], _chosen(), author=signed_in().email, reason=_why(form), now=opened[1])

    return _act(form, act, _released, number=_MANY)


@page.post("/quarantine/chosen/rescale")
@open_to(Access.DESK)
def put_chosen_right() -> ResponseReturnValue:
    """Store all that was chosen times a factor."""
    form = DecisionForm()

    def act(opened: SessionAt) -> Decided:
        times = form.value.data or ""
        return rescale(
            opened[0], _chosen(), times, author=signed_in().email, reason=_why(form), now=opened[1]
        )

    return _act(form, act, _corrected, number=_MANY)


@page.post("/quarantine/chosen/dismiss")
@open_to(Access.ADMIN)
def turn_chosen_away() -> ResponseReturnValue:
    """Take all that was chosen as wrong for good."""
    form = DecisionForm()

    def act(opened: SessionAt) -> Decided:
        return dismiss(opened[0], _chosen(), author=signed_in().email, reason=_why(form), now=opened[1])

    return _act(form, act, _dismissed, number=_MANY)


@page.post("/quarantine/runs/<int:run_id>/rescale")
@open_to(Access.ADMIN)
def put_run_right(run_id: int) -> ResponseReturnValue:
    """Store all that waits of a run times a factor."""
    form = DecisionForm()

    def act(opened: SessionAt) -> Decided:
        times = form.value.data or ""
        return rescale_run(
            opened[0], run_id, times, author=signed_in().email, reason=_why(form), now=opened[1]
        )

    return _act(form, act, _corrected)


@page.post("/quarantine/runs/<int:run_id>/release")
@open_to(Access.ADMIN)
def let_run_through(run_id: int) -> ResponseReturnValue:
    """Store all that waits of a run."""
    form = DecisionForm()

    def act(opened: SessionAt) -> Decided:
        return release_run(opened[0], run_id, author=signed_in().email, reason=_why(form), now=opened[1])

    return _act(form, act, _released)


@page.post("/quarantine/runs/<int:run_id>/dismiss")
@open_to(Access.ADMIN)
def turn_run_away(run_id: int) -> ResponseReturnValue:
    """Take all that waits of a run as wrong for good."""
    form = DecisionForm()

    def act(opened: SessionAt) -> Decided:
        return dismiss_run(opened[0], run_id, author=signed_in().email, reason=_why(form), now=opened[1])

    return _act(form, act, _dismissed)


def _chosen() -> list[int]:
    """Return the numbers that were ticked; InvalidInput if none was."""
    if not (found := _ticked()):
        raise InvalidInput(phrase("tick the values that are meant"), field="number")
    return found


def _ticked() -> list[int]:
    given = map(_number, request.form.getlist("number"))
    return [number for number in given if number is not None]


def _why(form: DecisionForm) -> str:
    return form.reason.data or ""


def _act(
    form: DecisionForm,
    act: Callable[[SessionAt], Decided],
    told: Callable[[int], str],
    *,
    number: int | None = None,
) -> ResponseReturnValue:
    """Do what a form says and go back to the list; what cannot be used is said at its row."""
    if not form.validate_on_submit():
        return _page(form, number), 422
    try:
        with writing() as opened:
            done = act(opened)
    except InvalidInput as error:
        field = getattr(form, error.field, form.reason)
        field.errors = [*field.errors, str(error)]
        return _page(form, number), 422
    flash(told(done.decided))
    if done.left:
        flash(
            say_many(
                "{n} value of unknown series waits on.", "{n} values of unknown series wait on.", done.left
            )
        )
    return redirect(url_for("quarantine.show", **_kept()))


def _released(number: int) -> str:
    return say_many(
        "Released: {n} value. The heat follows in a moment.",
        "Released: {n} values. The heat follows in a moment.",
        number,
    )


def _corrected(number: int) -> str:
    return say_many(
        "Corrected: {n} value. The heat follows in a moment.",
        "Corrected: {n} values. The heat follows in a moment.",
        number,
    )


def _dismissed(number: int) -> str:
    return say_many(
        "Dismissed: {n} value. The same does not come back.",
        "Dismissed: {n} values. The same does not come back.",
        number,
    )


def _page(form: DecisionForm | None = None, number: int | None = None) -> str:
    with reading() as (session, now):
        view = quarantine_page(session, _filters(), now=now)
    return render_template(
        "quarantine.html",
        view=view,
        desk=view.desk,
        here="",
        kept=_kept(),
        chosen=_ticked(),
        all_chosen="chosen" in request.args,
        form=form or DecisionForm(formdata=None),
        wrong=number,
    )


def _filters() -> Filters:
    """Read the address; what cannot be read asks nothing."""
    asked = request.args
    state = asked.get("state", "open")
    return Filters(
        state=state if state in _STATES else "open",
        source=asked.get("source", ""),
        series=asked.get("series", ""),
        run_id=_number(asked.get("run", "")),
        page=max(1, _number(asked.get("page", "")) or 1),
    )


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS else None


def _kept() -> dict[str, Any]:
    """Return the filters of the address, to come back to."""
    return {
        name: value
        for name in ("state", "source", "series", "run", "page")
        if (value := request.args.get(name))
    }
