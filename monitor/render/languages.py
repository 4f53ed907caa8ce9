"""Languages: a catalogue of sentences and the locale's own numbers and dates, as one tongue."""

import functools
import gettext
import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from monitor.domain.alerting.channel import Channel
from monitor.domain.alerting.delivery import Message
from monitor.domain.wording import ENGLISH, LANGUAGES, SOURCE_LANGUAGE, Tongue, speaking
from monitor.paths import catalogue_file

# How French writes the first of a month, and the letters after it.
_FIRST_DAYS = {"fr": "1er"}
_ARTICLES = {"jusqu’à": "jusqu’au", "depuis": "depuis le", "de": "du", "à": "au"}
_MONTHS = range(1, 13)
_DAYS = range(7)


@functools.lru_cache
def language(code: str) -> Tongue:
    """Return the tongue of a language by its code; English for one there is not.

    The catalogue is read as its translators write it, so there is nothing to compile.
    """
    if code == SOURCE_LANGUAGE or code not in LANGUAGES:
        return ENGLISH
    locale, catalogue = Locale.parse(code), _catalogue(code)
    months, days = locale.months["format"], locale.days["format"]
    symbols = locale.number_symbols["latn"]
    return Tongue(
        code=code,
        decimal=symbols["decimal"],
        thousands=symbols["group"],
        first_day=_FIRST_DAYS.get(code, "1"),
        months=tuple(months["abbreviated"][each] for each in _MONTHS),
        long_months=tuple(months["wide"][each] for each in _MONTHS),
        days=tuple(days["abbreviated"][each] for each in _DAYS),
        translate=catalogue.gettext,
        choose=catalogue.ngettext,
        agree=_agreements(code, locale),
    )


def _agreements(code: str, locale: Locale) -> Callable[[str], str]:
    """Return how words agree with a day that follows them: in French it takes the article."""
    if code != "fr":
        return str
    months, days = locale.months["format"], locale.days["format"]
    names = sorted({*months["abbreviated"].values(), *months["wide"].values()}, key=len, reverse=True)
    weekday = "|".join(map(re.escape, days["abbreviated"].values()))
    month = "|".join(map(re.escape, names))
    before_a_day = re.compile(
        rf"\b(jusqu’à|depuis|de|à) (?=(?:(?:{weekday}) )?(?:1er|[1-9]|[12]\d|3[01]) (?:{month})(?!\w))",
        re.IGNORECASE,
    )
    return functools.partial(before_a_day.sub, _with_article)


def _with_article(found: re.Match[str]) -> str:
    word = found[1]
    said = _ARTICLES[word.lower()]
    return f"{said.capitalize() if word[0].isupper() else said} "


def in_its_language(
    render: Callable[[Any, Channel, Message], tuple[bytes, str]],
) -> Callable[[Any, Channel, Message], tuple[bytes, str]]:
    """Make a channel's `render` speak the language of the message it renders."""

    @functools.wraps(render)
    def rendered(kind: Any, channel: Channel, message: Message) -> tuple[bytes, str]:
        with speaking(language(message.language)):
            return render(kind, channel, message)

    return rendered


def _catalogue(code: str) -> gettext.GNUTranslations:
    with catalogue_file(code).open("rb") as stream:
        found = read_po(stream, locale=code)
    compiled = BytesIO()
    write_mo(compiled, found)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
