"""The index of names, kept in the process as long as neither a definition nor a series was added."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from monitor.domain.derivations.derived import RESERVED
from monitor.domain.marking import Marking
from monitor.domain.person import Role
from monitor.domain.search.hits import Found, path
from monitor.domain.search.names import Name, Names
from monitor.domain.series import SeriesKey
from monitor.domain.subject import Subject
from monitor.domain.wording import tongue
from monitor.services.markings import Markings
from monitor.services.overview.words import kind_words, series_name
from monitor.storage import searched, series
from monitor.storage.snapshot import Definitions


def known_names(session: Session, known: Definitions) -> Names:
    """Return the names of all definitions in force and of all series there are."""
    last = searched.last_series(session)
    # Kinds and places of names are said: each language has an index of its own.
    key = (Names, tongue().code)
    kept: tuple[int, Names] | None = known.kept.get(key)
    if kept is None or kept[0] != last:
        kept = known.kept[key] = (last, Names(_every(session, known)))
    return kept[1]


def marking_word(markings: Markings, kind: Found, key: str) -> str:
    """Return how a subject, a series or a source is marked; empty where everybody may see it."""
    if kind is Found.SUBJECT:
        found = markings.of_subject(key).marking
    elif kind is Found.SERIES:
        found = markings.of_series(key).marking
    elif kind is Found.SOURCE:
        found = markings.of_source(key).marking
    else:
        return ""
    return "" if found is Marking.CLEAR else found.word


def _every(session: Session, known: Definitions) -> Iterator[Name]:
    for subject in known.subjects.values():
        yield from _of_subject(subject)
    yield from _series(session, known)
    yield from _rules(known)
    yield from _sources(known)
    yield from _indices(known)
    yield from _told(known)


def _of_subject(subject: Subject) -> Iterator[Name]:
    yield Name(
        kind=Found.SUBJECT, key=subject.slug, title=subject.name, path=path("subjects", subject.slug),
        where=kind_words(subject), more=f"{subject.description} {subject.country} {subject.measures}",
        is_exercise=subject.is_exercise,
    )  # fmt: skip
    for driver in subject.drivers:
        yield Name(
            kind=Found.DRIVER, key=f"{subject.slug}/{driver.slug}", title=driver.name, where=subject.name,
            path=path("subjects", subject.slug, at="drivers"), is_exercise=subject.is_exercise,
        )  # fmt: skip


def _series(session: Session, known: Definitions) -> Iterator[Name]:
    """Give every series that is placed or has values, with the subjects it is placed under."""
    placed: dict[str, list[str]] = {}
    for placement in known.placements.values():
        if placement.subject in known.subjects:
            placed.setdefault(placement.series, []).append(known.subjects[placement.subject].name)
    keys = dict.fromkeys([*placed, *map(str, series.find_all(session))])
    for text in keys:
        key = SeriesKey.parse(text)
        indicator = known.indicators.get(key.indicator)
        if indicator is None or key.indicator in RESERVED:
            continue
        under = list(dict.fromkeys(placed.get(text, ())))
        source = known.sources.get(indicator.source)
        yield Name(
            kind=Found.SERIES, key=text, title=series_name(indicator, text), path=path("series", text),
            where=", ".join(under[:3]) + ("…" if len(under) > len(under[:3]) else ""),
            more=f"{indicator.description} {' '.join(indicator.tags)} {source.name if source else ''}",
            is_exercise="@" in key.unit,
        )  # fmt: skip


def _rules(known: Definitions) -> Iterator[Name]:
    for rule in known.rules.values():
        subject = known.subjects.get(rule.subject)
        yield Name(
            kind=Found.RULE, key=rule.slug, title=rule.name, path=path("rules", rule.slug),
            where=rule.subject if subject is None else subject.name, more=rule.series,
            is_exercise="@" in rule.slug or "@" in rule.subject,
        )  # fmt: skip


def _sources(known: Definitions) -> Iterator[Name]:
    for source in known.sources.values():
        yield Name(
            kind=Found.SOURCE, key=source.slug, title=source.name, path=path("sources", source.slug),
            where=source.kind, more=f"{source.attribution} {source.licence}", least=Role.DESK,
        )  # fmt: skip


def _indices(known: Definitions) -> Iterator[Name]:
    for template in sorted({each.template for each in known.subjects.values() if each.template}):
        yield Name(
            kind=Found.INDEX, key=template, title=template.replace("-", " ").capitalize(),
            path=path("indices", template),
        )  # fmt: skip


def _told(known: Definitions) -> Iterator[Name]:
    """Give events and statements, on the page of the subject they speak of, with what they cite."""
    for event in known.events.values():
        subject = next((slug for slug in event.subjects if slug in known.subjects), "")
        if subject:
            yield Name(
                kind=Found.DEFINITION, key=f"event/{event.slug}", title=event.title,
                path=path("subjects", subject, at="events"),
                where=f"{event.when} · {known.subjects[subject].name}",
                more=f"{event.description} {event.place} {_cited(known, event.citation)}",
                is_exercise="@" in subject,
            )  # fmt: skip
    for statement in known.statements.values():
        if statement.subject in known.subjects:
            yield Name(
                kind=Found.DEFINITION, key=f"statement/{statement.slug}", title=statement.text,
                path=path("subjects", statement.subject, "brief"),
                where=known.subjects[statement.subject].name,
                more=f"{statement.contested} {_cited(known, statement.citation)}",
                is_exercise="@" in statement.subject,
            )  # fmt: skip


def _cited(known: Definitions, slug: str) -> str:
    citation = known.citations.get(slug)
    return "" if citation is None else f"{citation.title} {citation.publisher}"
