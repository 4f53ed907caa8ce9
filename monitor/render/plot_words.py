"""What an interactive chart says, in the reader's language: templates that the browser fills in."""

from monitor.domain.wording import msgid, say, tongue

_HEAT = {
    "at": msgid("of {at}, by what was known then"),
    "published": msgid("published"),
    "reconstructed": msgid("reconstructed"),
    "restated": msgid("restated, by what is known now: {heat}"),
    "allow": msgid("inputs allow {low} to {high}"),
    "sure": msgid("coverage {coverage} %, confidence {confidence} %"),
    "nothing": msgid("No level on {at}: too little was known"),
    "band": msgid("Band: all inputs at their low or high"),
    "momentum": msgid("{month} in 30 days, {week} in 7"),
}
_SERIES = {
    "of": msgid("value of {period}, known {known}"),
    "then": msgid("reconstructed"),
    "provisional": msgid("provisional"),
    "revised": msgid("revised {n} times"),
    "once": msgid("revised once"),
    "grade": msgid("grade {grade}"),
    "ungraded": msgid("not graded"),
    "reached": msgid("at or beyond {name}, {value}"),
    "forecast": msgid("Forecast for {period}: 80 % between {low} and {high}"),
    "carried": msgid("carried on from {period}"),
    "nothing": msgid("No value for {at}"),
    "range": msgid("low {low}, high {high}"),
    "step": msgid("The mean stepped: {label}"),
}
_BOTH = {
    "billion": msgid("{n}bn"),
    "million": msgid("{n}M"),
    "thousand": msgid("{n}k"),
    "says": msgid("{from} to {to}: from {first} to {last}, lowest {lowest}, highest {highest}"),
    "empty": msgid("No values yet. Enter one or connect a source."),
    "plot": msgid("{name}, chart"),
    "keys": msgid(
        "Arrows move the cursor, with Shift they move the time. Plus and minus zoom. "
        "Home and End go to the ends. Escape shows all."
    ),
    "earlier": msgid("Earlier"),
    "later": msgid("Later"),
    "in": msgid("Zoom in"),
    "out": msgid("Zoom out"),
}


def heat_words() -> dict[str, object]:
    """Return the words of a heat line."""
    return _words(_HEAT | _BOTH)


def series_words() -> dict[str, object]:
    """Return the words of a series."""
    return _words(_SERIES | _BOTH)


def _words(templates: dict[str, str]) -> dict[str, object]:
    spoken = tongue()
    signs: dict[str, object] = {
        "decimal": spoken.decimal,
        "thousands": spoken.thousands,
        "first": spoken.first_day,
    }
    return signs | {"months": spoken.months} | {name: say(template) for name, template in templates.items()}
