"""What may be filled in on the pages of a source."""

from flask_wtf.file import FileField, FileRequired
from wtforms import DateField, IntegerField, StringField
from wtforms.validators import InputRequired, Length, Optional

from monitor.domain.wording import msgid
from monitor.services.start_backfill import STEP_DAYS
from monitor.web.desk_form import DeskForm


class ReasonForm(DeskForm):
    """Why something is done with a source."""

    reason = StringField("Why", [Length(max=500)])


class BackfillForm(DeskForm):
    """The days of a history, both included."""

    since = DateField("From", [InputRequired(msgid("enter the first day"))])
    until = DateField("To", [Optional()])
    step_days = IntegerField("Days at once", [Optional()], default=STEP_DAYS)


class UploadForm(DeskForm):
    """A file, and the digest of the one that was shown."""

    file = FileField("File", [FileRequired(msgid("choose a file"))])
    digest = StringField("What was shown", [Length(max=64)])
