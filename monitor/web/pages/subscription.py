"""What I get: a person's own subscription, quiet hours and digest."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, HiddenField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from monitor.domain.alerting.subscription import Subscription
from monitor.domain.alerting.window_text import clock, windows_text
from monitor.domain.errors import InvalidInput
from monitor.domain.scale import Concern
from monitor.domain.wording import msgid, say
from monitor.services.overview.subscription import SubscriptionView, subscription_page
from monitor.services.save_subscription import WrittenSubscription, save_subscription
from monitor.web.access import Access, open_to
from monitor.web.context import reading, signed_in, writing
from monitor.web.desk_form import DeskForm

page = Blueprint("subscription", __name__)

_CONCERNS = [SelectChoice(each.word, each.word) for each in Concern if each is not Concern.NORMAL]
_FIELDS = {"windows": "quiet"}


class SubscriptionForm(DeskForm):
    """A person's wishes as they write them; `seen` is the version that was looked at."""

    is_subscribed = BooleanField("Send me alerts")
    lowest_concern = SelectField("From", choices=_CONCERNS, default="watch")
    matchers = TextAreaField("Only those whose labels meet all of", [Length(max=2000)])
    zone = StringField(
        "Time zone", [InputRequired(msgid("Say which time zone")), Length(max=60)], default="UTC"
    )
    quiet = StringField("Quiet hours", [Length(max=300)])
    breaks_through = SelectField("Break through from", choices=_CONCERNS, default="critical")
    digest = StringField("Digest at", [Length(max=60)])
    digest_below = SelectField("Of what is below", choices=_CONCERNS, default="high")
    seen = HiddenField(default="0")

    def written(self, person: str) -> WrittenSubscription:
        """Return what was written."""
        return WrittenSubscription(
            person=person,
            zone=self.zone.data or "",
            is_subscribed=bool(self.is_subscribed.data),
            lowest_concern=Concern[self.lowest_concern.data.upper()],
            matchers=tuple((self.matchers.data or "").splitlines()),
            quiet=self.quiet.data or "",
            breaks_through=Concern[self.breaks_through.data.upper()],
            digest=self.digest.data or "",
            digest_below=Concern[self.digest_below.data.upper()],
        )


@page.get("/subscription")
@open_to(Access.READER)
def show() -> ResponseReturnValue:
    """Show what the person who asks gets, and when."""
    return _page()


@page.post("/subscription")
@open_to(Access.READER)
def save() -> ResponseReturnValue:
    """Keep the wishes of the person who sends them, and of nobody else."""
    form = SubscriptionForm()
    if not form.validate_on_submit():
        return _page(form), 422
    seen = int(form.seen.data) if (form.seen.data or "").isdigit() else 0
    try:
        with writing() as (session, now):
            person = signed_in().email
            save_subscription(session, form.written(person), by=person, now=now, seen=seen)
    except InvalidInput as error:
        field: Any = getattr(form, _FIELDS.get(error.field, error.field), None)
        if field is None:
            raise
        field.errors = [*field.errors, str(error)]
        return _page(form), 422
    flash(say("Kept. It holds for messages that are formed from now on."))
    return redirect(url_for("subscription.show"))


def _page(form: SubscriptionForm | None = None) -> str:
    with reading() as (session, now):
        view = subscription_page(session, signed_in().email, now=now)
    return render_template(
        "subscription.html", view=view, form=form or _form_of(view), desk=view.desk, here=""
    )


def _form_of(view: SubscriptionView) -> SubscriptionForm:
    found: Subscription = view.subscription
    return SubscriptionForm(
        None,
        is_subscribed=found.is_subscribed,
        lowest_concern=found.lowest_concern.word,
        matchers="\n".join(map(str, found.matchers)),
        zone=found.zone,
        quiet=windows_text(found.quiet) if found.quiet else "",
        breaks_through=found.breaks_through.word,
        digest=",".join(map(clock, found.digest)),
        digest_below=found.digest_below.word,
        seen=str(view.version),
    )
