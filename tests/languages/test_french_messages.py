"""Messages in French: all of them, by every channel that people read, with French figures and dates."""

from dataclasses import replace

import orjson
import pytest

from monitor.domain.alerting.after_silence import after_silence
from monitor.domain.phrases import kept, revived
from monitor.domain.wording import speaking
from monitor.render.languages import in_its_language, language
from monitor.render.messages import mail
from monitor.render.notes import joined, notes
from tests import told
from tests.languages.pseudo import PSEUDO, narrow_words

# Names, units and marks: what is given by a pack or a person is shown as it is.
NAMES = (
    "Assimi Goïta", "Fuel price", "Bamako", "index", "Feed", "amina", "Desk", "Operations", "Heatwatch",
    "TLP:CLEAR", "UTC", "min", "hooks.example", "fuel-high", "Goïta", "goita", "known",
)  # fmt: skip
# Their layout fails on purpose: they are told in plain English words.
PLAIN = {"broken"}


def stored_and_read(message):
    """The message as it is once its events were stored, and read again."""
    bodies = (orjson.loads(orjson.dumps(kept(event["data"]))) for event in message.events)
    events = zip(message.events, map(revived, bodies), strict=True)
    return replace(message, events=tuple({**event, "data": body} for event, body in events), language="fr")


@pytest.mark.parametrize("name", sorted(set(told.every_message()) - PLAIN))
def test_a_message_says_nothing_that_was_not_translated(name):
    message = stored_and_read(told.every_message()[name])
    with speaking(PSEUDO):
        made, found = mail(message, why=""), notes(message)
        facts = " ".join(f"{term} {words}" for note in found for term, words in note.facts)
        links = " ".join(words for note in found for words, _ in note.links)
    assert made.problem == ""
    for text in (made.subject, made.text, made.html, joined(found), facts, links):
        assert narrow_words(text, known=NAMES) == set()


def in_french(message):
    with speaking(language("fr")):
        return mail(stored_and_read(message))


def test_a_mail_in_french():
    made = in_french(told.a_message(zone="Europe/Paris"))
    assert made.subject.strip() == "[CRITIQUE] Fuel price, Bamako"
    for said in (
        "CRITIQUE active depuis le dim. 22 nov., 23:45 CET",
        "Fuel price, Bamako : 512, critique à partir de 500",
        "En hausse, 400 auparavant. Assimi Goïta : niveau Froid, température 12. Personne n’a acquitté.",
        "Ouvrir l’alerte et l’acquitter :",
        "Ce qui a bougé : depuis le 24 oct. 2026 : Fuel price −21,3 (352 à 512 index)",
        "Valeur du : lun. 23 nov. 2026 ; connue le lun. 23 nov., 02:45 CET ; cotation B2",
        "Certitude : 87 % du poids derrière Assimi Goïta est observé ; confiance modérée",
    ):
        assert said in made.text
    assert '<html lang="fr">' in made.html
    assert "Acquitter</a>" in made.html


def test_the_bottom_line_is_said_again_in_french_though_it_was_stored_in_english():
    message = stored_and_read(told.every_message()["blind"])
    assert message.events[0]["data"]["dataQuality"]["sentence"].startswith("the last value is 500")
    with speaking(language("fr")):
        [note] = notes(message)
    assert note.summary == (
        "Fuel price, Bamako (Assimi Goïta) : sans donnée, critique. "
        "La dernière valeur est 500, pour une période close le 30 nov. 2025."
    )


def test_after_a_silence_it_is_said_in_french_too():
    with speaking(language("fr")):
        [note] = notes(stored_and_read(told.a_message(after_silence(told.native(), held="silence:7"))))
    assert note.summary.endswith("Toujours active, sourdine levée.")


def test_a_group_in_french_counts_and_lists():
    group = told.every_message()["group"]
    made = in_french(replace(group, truncated=1200))
    assert "1 202 alertes : Fuel price, Bamako et 1 201 autres" in made.text
    assert "Et 1 200 autres événements : voir le tableau de veille." in made.text


def test_a_channel_s_rendering_speaks_the_language_of_its_message():
    render = in_its_language(lambda _kind, _channel, message: (joined(notes(message)).encode(), "text/plain"))
    body, _ = render(None, None, stored_and_read(told.a_message()))
    assert body.decode().startswith("[CRITIQUE] Fuel price, Bamako : Assimi Goïta : Froid, critique.")
    assert "[CRITICAL]" in render(None, None, told.a_message())[0].decode()
