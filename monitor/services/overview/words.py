"""Values in words, as the tables and ledgers of all pages write them."""

from collections.abc import Mapping

from monitor.domain.derivations.member import SUBJECT
from monitor.domain.indicator import Indicator
from monitor.domain.phrases import later, phrase
from monitor.domain.series import SeriesKey
from monitor.domain.spoken import PERCENT, capital, number, place_name
from monitor.domain.subject import Subject
from monitor.domain.subject_kind import kind_said
from monitor.domain.wording import say

_COUNTRIES = {"MLI": "Mali", "BFA": "Burkina Faso", "NER": "Niger", "BEN": "Benin", "NGA": "Nigeria"}


def value_words(indicator: Indicator, value: float | None) -> str:
    """197 000; 15 %; suspended; a dash where there is none."""
    if value is None:
        return "–"
    names = {stated: word for word, stated in indicator.words.items()}
    if value in names:
        return names[value]
    text = number(value, indicator.decimals)
    return say(PERCENT, number=text) if indicator.unit.startswith("%") else text


def value_phrase(indicator: Indicator, value: float) -> str:
    """Return the same, to be kept: a phrase, but for an indicator's own words."""
    names = {stated: word for word, stated in indicator.words.items()}
    if value in names:
        return names[value]
    text = later(number, value, indicator.decimals)
    return phrase(PERCENT, number=text) if indicator.unit.startswith("%") else text


def series_name(indicator: Indicator, key: str, *, subject: Subject | None = None) -> str:
    """The indicator's name, with its unit where that is not the subject's own country."""
    unit = SeriesKey.parse(key).unit.partition("@")[0]
    if indicator.slug == SUBJECT:
        return place_name(unit)
    own = {subject.slug.partition("@")[0], _COUNTRIES.get(subject.country, "").lower()} if subject else set()
    if (
        unit in own
        or unit == "world"
        or unit.replace("-", " ") in indicator.name.lower()
        or unit[-1:].isdigit()
    ):
        return indicator.name
    return f"{indicator.name}, {place_name(unit)}"


def country_name(code: str) -> str:
    """Mali of MLI; the code where no name is known."""
    return _COUNTRIES.get(code, code)


def kind_words(subject: Subject, names: Mapping[str, str] | None = None) -> str:
    """Leader, Mali."""
    country = (names or {}).get(subject.country) or _COUNTRIES.get(subject.country, subject.country)
    kind = capital(kind_said(subject.kind))
    return kind if not country or country == subject.name else f"{kind}, {country}"
