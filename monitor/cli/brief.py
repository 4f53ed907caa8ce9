"""`heatwatch brief`: the four answers about a subject, as text, Markdown or JSON."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

import click

from monitor.cli.application import opened, print_json
from monitor.cli.ceilings import ceiling_of, ceiling_options

if TYPE_CHECKING:
    from monitor.domain.brief import Answer, Sentence
    from monitor.services.brief import BriefView


@click.command()
@click.argument("subject")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Changes since this day; default 90 days.")
@click.option("--json", "as_json", is_flag=True, help="Each sentence with its figures and citations.")
@click.option("--markdown", is_flag=True, help="With headings, citations as footnotes.")
@ceiling_options
def brief(
    subject: str, *, since: datetime | None, as_json: bool, markdown: bool, ceiling: str | None, closed: bool
) -> None:
    """Write the brief of SUBJECT: why, what changes, what drives, what it means; every figure cited."""
    from monitor.services.brief import as_data
    from monitor.services.brief import brief as write_brief

    if as_json and markdown:
        raise click.UsageError("give either --json or --markdown")
    with opened() as application, application.reading() as (session, now):
        view = write_brief(session, subject, now=now, since=since.date().isoformat() if since else "")
        most = ceiling_of(application.settings, ceiling, closed=closed)
    if refusal := most.refusal(view.page.handling):
        raise click.ClickException(f"the brief of {subject} is not written: {refusal}")
    if as_json:
        print_json(as_data(view))
    else:
        click.echo("\n".join(_markdown(view) if markdown else _text(view)))


def _text(view: "BriefView") -> Iterator[str]:
    """Yield the lines of a terminal: the openings, and what was measured."""
    written = view.brief
    yield f"{written.title}. {_as_of(view)}"
    yield written.bottom_line
    for headline in written.headlines:
        yield f"  * {_said(headline)}"
    for answer in written.answers:
        yield f"\n{answer.title}"
        yield f"  {_said(answer.opening)}"
        yield from (f"  - {_said(sentence)}" for sentence in answer.sentences)
    yield ""
    yield from _sources(view, mark="[{}]")


def _markdown(view: "BriefView") -> Iterator[str]:
    written = view.brief
    yield f"# {written.title}\n"
    yield f"{_as_of(view)} **{written.bottom_line}**\n"
    for headline in written.headlines:
        yield f"- {_said(headline, mark='[^{}]')}"
    for answer in written.answers:
        yield from _section(answer)
    yield ""
    yield from _sources(view, mark="[^{}]:")


def _as_of(view: "BriefView") -> str:
    where = view.page.standing
    return f"As of {where.as_of:%Y-%m-%d %H:%M} UTC{', archive' if where.is_archive else ''}."


def _section(answer: "Answer") -> Iterator[str]:
    yield f"\n## {answer.title}\n"
    yield f"**{answer.opening.text}**{_marks(answer.opening, mark='[^{}]')}\n"
    for sentence in answer.sentences:
        yield f"- {_said(sentence, mark='[^{}]')}"


def _said(sentence: "Sentence", *, mark: str = "[{}]") -> str:
    """Write a sentence with its citations, its grade, and what speaks against it."""
    grade = f" ({sentence.grade})" if sentence.grade else ""
    against = f" Contested: {sentence.contested}" if sentence.contested else ""
    return f"{sentence.text}{_marks(sentence, mark=mark)}{grade}{against}"


def _marks(sentence: "Sentence", *, mark: str) -> str:
    return "".join(f" {mark.format(number)}" for number in sentence.citations)


def _sources(view: "BriefView", *, mark: str) -> Iterator[str]:
    for each in view.cited:
        if each.citation is not None:
            told = (each.citation.title, each.citation.publisher, each.citation.published)
            where = ", ".join(part for part in told if part)
            yield f"{mark.format(each.number)} {where}; {each.citation.licence}."
    handling = view.page.handling
    named = "; ".join(line.rstrip(".") for line in handling.attributions)
    yield f"{handling.words}." + (f" Data: {named}." if named else "")
