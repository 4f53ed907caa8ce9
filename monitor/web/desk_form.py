"""A form of the desk: what it finds wrong by itself is said in the reader's language, like all else."""

from collections.abc import Callable, Mapping

from flask_wtf import FlaskForm

from monitor.domain.wording import say

# What the library's own checks say, each with the library's places; anything else stays as it is.
_SENTENCES: Mapping[str, Callable[[], str]] = {
    "This field is required.": lambda: say("This is needed."),
    "Not a valid choice.": lambda: say("This choice is not offered."),
    "Not a valid integer value.": lambda: say("This is not a whole number."),
    "Not a valid float value.": lambda: say("This is not a number."),
    "Not a valid date value.": lambda: say("This is not a date."),
    "Not a valid datetime value.": lambda: say("This is not a date and a time."),
    "Number must be between %(min)s and %(max)s.": lambda: say(
        "Expected a number from {low} to {high}.", low="%(min)s", high="%(max)s"
    ),
    "Field cannot be longer than %(max)d character.": lambda: say("At most one character."),
    "Field cannot be longer than %(max)d characters.": lambda: say(
        "At most {most} characters.", most="%(max)d"
    ),
}


class DeskForm(FlaskForm):
    """The base of every form."""

    class Meta(FlaskForm.Meta):
        """How the forms speak."""

        def get_translations(self, form: FlaskForm) -> "_Sayings":  # noqa: ARG002 (the library's signature)
            """Return what says the library's sentences."""
            return _Sayings()


class _Sayings:
    def gettext(self, text: str) -> str:
        """Return a sentence of the library as the desk says it, its places untouched."""
        said = _SENTENCES.get(text)
        return text if said is None else said()

    def ngettext(self, one: str, many: str, number: int) -> str:
        """Return the sentence for a number of things."""
        return self.gettext(one if number == 1 else many)
