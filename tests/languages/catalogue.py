"""Catalogues: find what code and templates say, and bring the files of translators up to date.

`make messages` runs this; the tests ask it what is missing.
"""

import string
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

from monitor.domain.wording import LANGUAGES, SOURCE_LANGUAGE
from monitor.paths import catalogue_file

ROOT = Path(__file__).resolve().parent.parent.parent
KEYWORDS = {"say": None, "say_many": (1, 2), "phrase": None, "phrase_many": (1, 2), "msgid": None}
_WORTH_READING = tuple(f"{keyword}(" for keyword in KEYWORDS)
_HEAD = """# Sentences of Heatwatch, language {language}.
# `make messages` adds what code and templates say anew; the words are a person's.
msgid ""
msgstr ""
"Language: {language}\\n"
"Plural-Forms: {plurals}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""
# Where sentences may lack words while pages are being made; nothing does.
NOT_YET: tuple[str, ...] = ()
OTHERS = tuple(code for code in LANGUAGES if code != SOURCE_LANGUAGE)


def said() -> Catalog:
    """Return every sentence that is said, and in which files."""
    found = Catalog(project="Heatwatch", charset="utf-8")
    for path, method in _files():
        for _, message, comments, _ in extract_from_file(method, path, KEYWORDS):
            found.add(message, locations=[(path.relative_to(ROOT).as_posix(), 0)], auto_comments=comments)
    return found


def translated(language: str) -> Catalog:
    """Return the sentences of a language as its translators wrote them."""
    with catalogue_file(language).open("rb") as stream:
        return read_po(stream, locale=language)


def places(text: str) -> frozenset[str]:
    """Return the named places of a template."""
    return frozenset(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)


def forms(message: Message) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what a message is in English and in its language, each as one or more forms."""
    return _several(message.id), _several(message.string)


def _several(text: object) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text or ("",))


def _files() -> Iterator[tuple[Path, str]]:
    for path in sorted((ROOT / "monitor").rglob("*.py")):
        if _is_worth_reading(path):
            yield path, "python"
    for path in sorted((ROOT / "templates").rglob("*.*")):
        if _is_worth_reading(path):
            yield path, "jinja2.ext:babel_extract"


def _is_worth_reading(path: Path) -> bool:
    return any(keyword in path.read_text() for keyword in _WORTH_READING)


def write(catalog: Catalog, language: str) -> None:
    """Write a catalogue as translators and `git diff` like it: sorted, without dates or line numbers."""
    for message in catalog:
        # A guess is not shown; who gave words meant them.
        message.flags.discard("fuzzy")
    lines = BytesIO()
    write_po(lines, catalog, width=100, sort_output=True, include_lineno=False, omit_header=True)
    catalogue_file(language).write_bytes(_HEAD.format(**_head_of(language)).encode() + lines.getvalue())


def _head_of(language: str) -> dict[str, str]:
    catalog = Catalog(locale=language)
    return {"language": language, "plurals": catalog.plural_forms}


def update(language: str) -> tuple[int, int]:
    """Bring a language's file up to date; return how many sentences there are and how many lack words."""
    template, path = said(), catalogue_file(language)
    catalog = translated(language) if path.exists() else Catalog(locale=language)
    catalog.update(template, no_fuzzy_matching=True)
    catalog.obsolete.clear()
    path.parent.mkdir(parents=True, exist_ok=True)
    write(catalog, language)
    missing = [message for message in catalog if message.id and not all(forms(message)[1])]
    return len(catalog), len(missing)


if __name__ == "__main__":
    for code in OTHERS:
        total, missing = update(code)
        sys.stdout.write(f"{code}: {total} sentences, {missing} without words\n")
