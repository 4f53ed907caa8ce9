"""The forms in which people enter values and take them back."""

from wtforms import DateField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from monitor.domain.errors import InvalidInput
from monitor.domain.wording import msgid, say
from monitor.services.attach import LONGEST_URL
from monitor.services.record_event import LONGEST_WHAT, LONGEST_WORDS
from monitor.services.record_observation import LONGEST_CITATION, LONGEST_NOTE
from monitor.web.desk_form import DeskForm

LONGEST_SERIES = 400


class ValueForm(DeskForm):
    """One value of one series for one stretch of days; `chosen` is the key of what `series` says in words."""

    series = StringField(validators=[Length(max=LONGEST_SERIES)])
    chosen = StringField(validators=[Length(max=LONGEST_SERIES)])
    value = StringField(
        validators=[InputRequired(msgid("Enter a number or one of the words")), Length(max=40)]
    )
    low = StringField(validators=[Length(max=40)])
    high = StringField(validators=[Length(max=40)])
    starts_on = DateField(validators=[Optional()])
    ends_on = DateField(validators=[Optional()])
    grade = StringField(validators=[Length(max=2, message=msgid("a letter A to F and a digit 1 to 6"))])
    citation = StringField(
        validators=[InputRequired(msgid("Say where the value comes from")), Length(max=LONGEST_CITATION)]
    )
    link = StringField(validators=[Length(max=LONGEST_URL)])
    note = TextAreaField(validators=[Length(max=LONGEST_NOTE)])

    @property
    def said(self) -> str:
        """What a confirmation is for; another value, series or day is asked about afresh."""
        parts = (self.chosen.data, self.value.data, self.starts_on.data, self.ends_on.data)
        return "|".join(str(part or "") for part in parts)

    def blame(self, error: InvalidInput) -> None:
        """Put what cannot be used beside its field."""
        field = getattr(self, error.field, self.value)
        field.errors = [*field.errors, str(error)]


class EventForm(DeskForm):
    """One event that somebody told of; what may be chosen is checked where it is stored."""

    source = StringField(validators=[Length(max=200)])
    happened_on = DateField(validators=[InputRequired(msgid("Say on which day"))])
    day_is = StringField(validators=[Length(max=10)])
    place = StringField(validators=[Length(max=20)])
    kind = StringField(validators=[Length(max=LONGEST_WORDS)])
    what = TextAreaField(validators=[Length(max=LONGEST_WHAT)])
    actors = StringField(validators=[Length(max=LONGEST_WORDS)])
    killed = StringField(validators=[Length(max=40)])
    injured = StringField(validators=[Length(max=40)])
    kidnapped = StringField(validators=[Length(max=40)])
    grade = StringField(validators=[Length(max=2, message=msgid("a letter A to F and a digit 1 to 6"))])
    citation = StringField(validators=[Length(max=LONGEST_CITATION)])
    link = StringField(validators=[Length(max=LONGEST_URL)])

    def blame(self, error: InvalidInput) -> None:
        """Put what cannot be used beside its field."""
        field = getattr(self, error.field, self.what)
        field.errors = [*field.errors, str(error)]


class WithdrawForm(DeskForm):
    """Why a value is taken back."""

    reason = StringField(validators=[Length(max=LONGEST_NOTE)])

    @property
    def why(self) -> str:
        """The reason given; without one, that of a slip."""
        return (self.reason.data or "").strip() or say("entered by mistake")
