"""Gather what a brief is written from, and return it with what stands around it on the page."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from monitor.domain.alerting.native_event import rfc3339
from monitor.domain.brief import Brief, Figure, Sentence
from monitor.services.overview.citations import Cited
from monitor.services.overview.subject import SubjectView, subject_page
from monitor.storage import snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefView:
    """A brief, and the subject's page it was written from; `related` are briefs of the same country.

    `cited` are the citations that the brief uses, numbered by themselves and without a gap.
    """

    page: SubjectView
    brief: Brief
    cited: tuple[Cited, ...]
    related: tuple[tuple[str, str], ...]


def brief(session: Session, slug: str, *, now: datetime, since: str = "") -> BriefView:
    """Return the brief of a subject; `since` is 7d, 30d, 90d or a day. NotFound, InvalidInput."""
    page = subject_page(session, slug, now=now, since=since)
    known = snapshot.current(session)
    country = known.subjects[slug].country
    related = (
        (each.slug, each.name)
        for each in known.subjects.values()
        if country and each.country == country and each.slug != slug and not each.is_exercise
    )
    written, cited = _numbered(page.brief, page.cited)
    return BriefView(page=page, brief=written, cited=cited, related=tuple(sorted(related)))


def as_data(view: BriefView) -> dict[str, Any]:
    """Return a brief as plain values, for programs."""
    where = view.page.standing
    return {
        "subject": where.slug,
        "as_of": rfc3339(where.as_of),
        "level": where.level or "Unknown",
        "heat": where.heat,
        "title": view.brief.title,
        "bottom_line": view.brief.bottom_line,
        "marking": view.page.handling.marking.word,
        "may_redistribute": view.page.handling.may_redistribute,
        "attributions": list(view.page.handling.attributions),
        "headlines": [_sentence(each) for each in view.brief.headlines],
        "answers": [
            {
                "question": answer.question.value,
                "title": answer.title,
                "opening": _sentence(answer.opening),
                "evidence": [_sentence(each) for each in answer.evidence],
                "said": [_sentence(each) for each in answer.said],
            }
            for answer in view.brief.answers
        ],
        "citations": [
            {
                "number": each.number,
                "title": each.citation.title,
                "publisher": each.citation.publisher,
                "published": each.citation.published,
                "licence": each.citation.licence,
                "url": each.citation.url,
            }
            for each in view.cited
            if each.citation is not None
        ],
    }


def _numbered(written: Brief, listed: tuple[Cited, ...]) -> tuple[Brief, tuple[Cited, ...]]:
    """Number what the brief cites from 1 on: the page, whose numbers it was written with, cites more."""
    used = {number for each in _sentences(written) for number in each.citations}
    used |= {figure.citation for answer in written.answers for figure in answer.figures}
    cited = [each for each in listed if each.number in used]
    numbers = {each.number: place for place, each in enumerate(cited, start=1)}
    answers = tuple(
        replace(
            answer,
            opening=_renumbered(answer.opening, numbers),
            evidence=tuple(_renumbered(each, numbers) for each in answer.evidence),
            said=tuple(_renumbered(each, numbers) for each in answer.said),
            figures=tuple(_refigured(each, numbers) for each in answer.figures),
        )
        for answer in written.answers
    )
    headlines = tuple(_renumbered(each, numbers) for each in written.headlines)
    renumbered = tuple(replace(each, number=numbers[each.number]) for each in cited)
    return replace(written, headlines=headlines, answers=answers), renumbered


def _renumbered(sentence: Sentence, numbers: Mapping[int, int]) -> Sentence:
    figures = tuple(_refigured(each, numbers) for each in sentence.figures)
    return replace(sentence, figures=figures, citation=numbers.get(sentence.citation, 0))


def _refigured(figure: Figure, numbers: Mapping[int, int]) -> Figure:
    return replace(figure, citation=numbers.get(figure.citation, 0))


def _sentences(written: Brief) -> list[Sentence]:
    return [
        *written.headlines,
        *(each for answer in written.answers for each in (answer.opening, *answer.sentences)),
    ]


def _sentence(sentence: Sentence) -> dict[str, Any]:
    return {
        "text": sentence.text,
        "figures": [_figure(each) for each in sentence.figures],
        "citations": list(sentence.citations),
        "grade": sentence.grade,
        "when": sentence.when,
        "contested": sentence.contested,
    }


def _figure(figure: Figure) -> dict[str, Any]:
    return {
        "value": figure.value,
        "what": figure.what,
        "unit": figure.unit,
        "when": figure.when,
        "grade": figure.grade,
        "citation": figure.citation or None,
    }
