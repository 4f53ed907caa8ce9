"""push: programs send readings and incidents to the desk's API with a token of the source."""

from collections.abc import Sequence
from itertools import islice

from monitor.domain.errors import SourceError
from monitor.domain.harvest import Answer, Ask, Fetcher, Harvest
from monitor.domain.incident import Coverage, Incident
from monitor.domain.observation import Reading
from monitor.domain.source import Source
from monitor.sources.push.body import (
    MOST_FAULTS,
    Grade,
    PushedBody,
    PushedReading,
    faults_in,
    read_pushed,
    scheduled_in_vain,
)
from monitor.sources.settings import Settings, key, parse, problems_of


class PushSettings(Settings):
    """What a source of this kind is told beside its token."""

    grade: Grade = key("Grade of readings that bring none", "B2", "")
    citation: str = key("Citation of readings that bring none: the slug of a citation", "field-office", "")
    may_backdate: bool = key(
        "Whether a reading may say itself when it became known; else that is when it arrived", True, False
    )


class PushSource:
    """Takes bodies; there is nothing to fetch. A body is used whole or not at all."""

    settings = PushSettings
    path = "readings"
    content_types = frozenset({"application/json"})

    def problems(self, source: Source) -> Sequence[str]:
        """Return a sentence for each setting that is wrong."""
        return [*problems_of(PushSettings, source), *scheduled_in_vain(source)]

    def fetch(self, source: Source, ask: Ask, fetcher: Fetcher) -> Harvest:
        """Say that this source is not asked."""
        del ask, fetcher
        message = (
            f"source {source.slug} is never asked: programs push to /api/v1/sources/{source.slug}/readings"
        )
        raise SourceError(message, permanent=True)

    def read(self, source: Source, ask: Ask, answer: Answer) -> Harvest:
        """Return what a body holds; with any fault nothing but `rejected`, each naming row and field."""
        given = parse(PushSettings, source)
        body = read_pushed(answer.content)
        if not isinstance(body, PushedBody):
            return Harvest(rejected=body)
        faults = tuple(islice(faults_in(body, now=ask.now, may_backdate=given.may_backdate), MOST_FAULTS))
        if faults:
            return Harvest(rejected=faults)
        return Harvest(
            readings=tuple(_reading(each, given, ask) for each in body.readings),
            incidents=tuple(Incident(source=source.slug, **dict(each)) for each in body.incidents),
            withdrawn=tuple(body.withdrawn),
            covered=tuple(Coverage(**dict(each)) for each in body.covered),
        )


def _reading(each: PushedReading, given: PushSettings, ask: Ask) -> Reading:
    values = dict(each) | {
        "known_at": min(each.known_at or ask.now, ask.now),
        "grade": each.grade or given.grade,
        "citation": each.citation or given.citation,
    }
    return Reading(**values)
