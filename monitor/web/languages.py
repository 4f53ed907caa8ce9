"""The language of a page: its reader's own; of someone unknown, the one their browser asks for."""

from contextlib import ExitStack

from flask import Flask, Response, g, request

from monitor.api.problems import PREFIX
from monitor.domain.wording import ENGLISH, LANGUAGES, SOURCE_LANGUAGE, Tongue, speaking
from monitor.render.languages import language

# Languages in which every page is complete; no other is offered (decision 0021).
COMPLETE: tuple[str, ...] = tuple(LANGUAGES)


def install(app: Flask) -> None:
    """Speak the reader's language while a request is answered."""
    app.before_request(speak)
    app.after_request(_tell_what_it_varies_by)
    app.teardown_request(_fall_silent)


def page_tongue() -> Tongue:
    """Return the language of the page that is asked for; programs are answered in English."""
    if request.path.startswith(PREFIX):
        return ENGLISH
    person = g.get("person")
    code = person.language if person else _asked_for()
    return language(code) if code in COMPLETE else ENGLISH


def _asked_for() -> str:
    """Return the first of ours that the browser asks for; French of Canada is French."""
    asked = (tag.partition("-")[0].lower() for tag, quality in request.accept_languages if quality > 0)
    return next((code for code in asked if code in COMPLETE), SOURCE_LANGUAGE)


def speak() -> None:
    """Speak the language of whoever asks, from now on; said again once it is known who that is."""
    _fall_silent()
    g.spoken = ExitStack()
    g.spoken.enter_context(speaking(page_tongue()))


def _fall_silent(_error: BaseException | None = None) -> None:
    spoken = g.pop("spoken", None)
    if spoken is not None:
        spoken.close()


def _tell_what_it_varies_by(response: Response) -> Response:
    if response.mimetype == "text/html":
        response.vary.add("Accept-Language")
    return response
