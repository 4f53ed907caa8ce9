"""`heatwatch search`: find anything by its words, as the desk's own search does."""

import click

from monitor.cli.application import opened, print_json


@click.command()
@click.argument("words", nargs=-1, required=True)
@click.option("--limit", type=click.IntRange(1, 1000), default=10, show_default=True, help="Of each kind.")
@click.option("--exercises", is_flag=True, help="With what belongs to exercises.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def search(*, words: tuple[str, ...], limit: int, exercises: bool, as_json: bool) -> None:
    """Find subjects, indicators, alerts, incidents, rules, sources and what people wrote by their WORDS.

    Case and accents do not matter, the beginning of a word is enough, and a slip in a longer word is
    forgiven. Ids of alerts and incidents are found however old.
    """
    from monitor.domain.person import Role
    from monitor.services.search.search import answer_data
    from monitor.services.search.search import search as find

    with opened() as application, application.reading() as (session, now):
        answer = find(
            session, " ".join(words), role=Role.ADMIN, now=now, limit=limit, with_exercises=exercises
        )
    if as_json:
        print_json(answer_data(answer))
        return
    for group in answer.groups:
        click.echo(f"{group.kind.value.replace('_', ' ')} ({group.count})")
        for hit in group.hits:
            told = " · ".join(part for part in (hit.where, hit.marking) if part)
            click.echo(f"  {hit.title}\n      {hit.key}{f'  {told}' if told else ''}")
    if not answer.groups:
        click.echo("nothing was found")
