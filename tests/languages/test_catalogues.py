"""Catalogues: every sentence that is said is there in every language, whole and well set."""

import re

import pytest

from monitor.domain.wording import SOURCE_LANGUAGE, say, speaking, tongue
from monitor.render.languages import language
from tests.languages.catalogue import NOT_YET, OTHERS, forms, places, said, translated

# A sign that stands after a space in French, and the space that keeps it on its line.
_FRENCH_SIGNS = re.compile(r"(?<![\u202f\d])[;:?!»%](?!/)|«(?!\u202f)|['\"]|\.\.\.")


@pytest.fixture(scope="module")
def sentences():
    return said()


@pytest.mark.parametrize("code", OTHERS)
def test_no_sentence_is_missing(sentences, code):
    words = {message.id: forms(message)[1] for message in translated(code)}
    missing = [
        message.id
        for message in sentences
        if message.id
        and not all(path.startswith(NOT_YET) for path, _ in message.locations)
        and not all(words.get(message.id, ("",)))
    ]
    assert missing == [], "run `make messages` and give each its words"
    assert [message.id for message in translated(code) if message.fuzzy and message.id] == []


@pytest.mark.parametrize("code", OTHERS)
def test_what_is_translated_has_the_places_of_what_it_translates(code):
    wrong = [
        (english, other)
        for message in translated(code)
        if message.id and all(forms(message)[1])
        for english, other in [forms(message)]
        # A form for one thing may say "one" where the other counts.
        if not set().union(*map(places, other)) <= set().union(*map(places, english))
        or places(other[-1]) != places(english[-1])
    ]
    assert wrong == []


def test_french_is_set_as_french_is():
    wrong = [
        text
        for message in translated("fr")
        if message.id
        for text in forms(message)[1]
        if _FRENCH_SIGNS.search(re.sub(r"\{\w+\}|\[[^]]*\]", "x", text))
    ]
    assert wrong == []


def test_a_language_there_is_not_is_english():
    assert language("xx") is language(SOURCE_LANGUAGE)


def test_nothing_stays_spoken_after_its_reader():
    with speaking(language("fr")):
        assert tongue().code == "fr"
    assert tongue().code == SOURCE_LANGUAGE


@pytest.mark.parametrize(
    "said,agreed",
    [
        ("Jusqu’à 24 nov. 08:00", "Jusqu’au 24 nov. 08:00"),
        ("de lun. 23 nov. 20:00 à mar. 24 nov. 08:00", "du lun. 23 nov. 20:00 au mar. 24 nov. 08:00"),
        ("depuis 1er mai 2025", "depuis le 1er mai 2025"),
        ("jusqu’à 08:00, de 3 à 5, depuis le 2 mai", "jusqu’à 08:00, de 3 à 5, depuis le 2 mai"),
    ],
)
def test_a_day_in_french_takes_its_article(said, agreed):
    with speaking(language("fr")):
        assert say("{when}", when=said) == agreed
