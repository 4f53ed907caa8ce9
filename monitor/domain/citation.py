"""A citation: where a figure, an event or a statement comes from."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """A source document or data release, with its licence; `url` is empty where nothing is public."""

    slug: str
    title: str
    publisher: str
    licence: str
    published: str = ""
    url: str = ""
    note: str = ""
