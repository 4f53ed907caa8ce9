"""What kinds that read a file have in common: it is fetched, uploaded or lies in a watched folder."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import ClassVar, Generic, TypeVar

from pydantic import field_validator, model_validator

from monitor.domain.errors import SourceError
from monitor.domain.harvest import Answer, Ask, Fetcher, Harvest, Rejected, Window
from monitor.domain.source import Source
from monitor.sources.settings import key, parse, problems_of
from monitor.sources.tables import watched
from monitor.sources.tables.request import RequestSettings, get, window_of
from monitor.sources.tables.table_settings import TableSettings


class FileSettings(RequestSettings, TableSettings):
    """Where a file is, and how its rows are read."""

    folder: str = key(
        "Instead of `url`: a folder below HEATWATCH_WATCH_DIR, whose files are read once they lie still",
        "prices", "",
    )  # fmt: skip
    member: str = key("Which file of a zip is read; a name, or a pattern with `*`", "*_MLI.csv", "")

    @field_validator("folder")
    @classmethod
    def _is_below(cls, folder: str) -> str:
        if folder and not watched.is_folder(folder):
            raise ValueError("expected a folder below HEATWATCH_WATCH_DIR, such as prices or prices/mali")
        return folder

    @model_validator(mode="after")
    def _lies_in_one_place(self) -> "FileSettings":
        if self.url and self.folder:
            raise ValueError("give either url or folder")
        return self


S = TypeVar("S", bound=FileSettings)


class TableFile(ABC, Generic[S]):
    """A kind that reads files; each says how a file's bytes become rows."""

    settings: ClassVar[type[FileSettings]]
    ends: ClassVar[tuple[str, ...]]

    def __init__(self, watch_dir: Path | None = None) -> None:
        """`watch_dir`: where the operator lets folders be watched."""
        self._watch_dir = watch_dir

    @abstractmethod
    def harvest(
        self, source: Source, ask: Ask, answer: Answer, *, what: str, window: Window | None
    ) -> Harvest:
        """Return what a file holds."""

    def problems(self, source: Source) -> Sequence[str]:
        """Return what is wrong with the settings."""
        return problems_of(self.settings, source)

    def fetch(self, source: Source, ask: Ask, fetcher: Fetcher) -> Harvest:
        """Return what the file at the address holds, or the files that are new in the folder."""
        settings = parse(self.settings, source)
        if settings.folder:
            return self._lying(source, ask, settings.folder)
        if not settings.url:
            message = f"source {source.slug} has neither url nor folder: its files are uploaded"
            raise SourceError(message, permanent=True)
        window = window_of(settings, ask)
        answer = get(settings, ask, fetcher, window=window)
        if answer is None:
            return Harvest(note="the server says that there is nothing")
        return self.harvest(source, ask, answer, what="the answer", window=window)

    def read(self, source: Source, ask: Ask, answer: Answer) -> Harvest:
        """Return what a file holds that was uploaded or pushed."""
        return self.harvest(source, ask, answer, what="the file", window=None)

    def _lying(self, source: Source, ask: Ask, folder: str) -> Harvest:
        """Read each new file; one that cannot be read is named, and tried again only once it changes."""
        files, seen = watched.new_files(
            self._watch_dir, folder, ends=self.ends, bookmark=ask.bookmark, now=ask.now
        )
        told: list[Harvest] = []
        bad: list[Rejected] = []
        for laid in files:
            try:
                if len(laid.content) > watched.MOST_BYTES:
                    raise SourceError(f"{laid.name} is larger than {watched.MOST_BYTES:,} bytes")
                answer = Answer(url=f"{folder}/{laid.name}", content=laid.content)
                told.append(self.harvest(source, ask, answer, what=laid.name, window=None))
            except SourceError as error:
                bad.append(Rejected(where=laid.name, text="", reason=str(error)))
            seen[laid.name] = laid.state
        if bad and not told:
            raise SourceError("; ".join(each.reason for each in bad[:3]))
        return replace(joined(told, rejected=bad), bookmark={"files": seen})


def joined(harvests: Sequence[Harvest], *, rejected: Sequence[Rejected] = ()) -> Harvest:
    """Return several harvests as one; of two readings of one period the later holds."""
    readings = {
        (each.series, each.period_start, each.period_end, each.known_at, each.source_revision): each
        for harvest in harvests
        for each in harvest.readings
    }
    incidents = {each.external_id: each for harvest in harvests for each in harvest.incidents}
    return Harvest(
        readings=tuple(readings.values()),
        incidents=tuple(incidents.values()),
        covered=tuple(each for harvest in harvests for each in harvest.covered),
        rejected=(*(each for harvest in harvests for each in harvest.rejected), *rejected),
        note="; ".join(dict.fromkeys(harvest.note for harvest in harvests if harvest.note)),
    )
