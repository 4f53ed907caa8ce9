"""A saved view: the filters of one page under a name, as the page's address writes them."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import parse_qsl, urlencode

from monitor.domain.errors import InvalidInput
from monitor.domain.person import Person, Role
from monitor.domain.wording import msgid, say

LONGEST_NAME, LONGEST_QUERY = 60, 1000


class ViewPage(StrEnum):
    """The pages whose filters can be kept."""

    BOARD = "board"
    ALERTS = "alerts"
    INCIDENTS = "incidents"
    SOURCES = "sources"
    LOG = "log"


ADDRESSES = {
    ViewPage.BOARD: "/",
    ViewPage.ALERTS: "/alerts",
    ViewPage.INCIDENTS: "/incidents",
    ViewPage.SOURCES: "/sources",
    ViewPage.LOG: "/log",
}
SAID = {
    ViewPage.BOARD: msgid("Board"),
    ViewPage.ALERTS: msgid("Alerts"),
    ViewPage.INCIDENTS: msgid("Incidents"),
    ViewPage.SOURCES: msgid("Sources"),
    ViewPage.LOG: msgid("Shift log"),
}
# What of an address is a filter; the rest (a place in a list, what was just done) is of the moment.
_FILTERS = {
    ViewPage.BOARD: ("concern", "kind", "sort", "exercises", "q"),
    ViewPage.ALERTS: ("show", "by", "subject", "concern", "exercises", "q"),
    ViewPage.INCIDENTS: ("span", "since", "until", "country", "source", "kind", "region", "actor", "q"),
    ViewPage.SOURCES: ("condition", "q"),
    ViewPage.LOG: ("subject", "alert", "q"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedView:
    """One view; `owner` is its owner's address, `is_start` whether who asks begins with it."""

    id: int
    owner_id: int
    owner: str
    page: ViewPage
    name: str
    query: str
    is_shared: bool
    is_start: bool = False

    @property
    def path(self) -> str:
        """Where it leads: a plain address, whoever opens it."""
        return ADDRESSES[self.page] + (f"?{self.query}" if self.query else "")

    @property
    def told(self) -> str:
        """The filters as they stand: concern high · q fuel."""
        return " · ".join(f"{name} {value}" for name, value in parse_qsl(self.query))

    def is_of(self, person: Person) -> bool:
        """Whether a person may change it: their own, and for an admin what is shared."""
        return self.owner_id == person.id or (self.is_shared and person.role is Role.ADMIN)


def kept_query(page: ViewPage, given: Iterable[tuple[str, str]]) -> str:
    """Return the filters of an address in a fixed order, without those that are empty."""
    order = _FILTERS[page]
    kept = [(order.index(name), name, value) for name, value in given if name in order and value]
    return urlencode([(name, value) for _, name, value in sorted(kept)])


def checked_query(query: str) -> str:
    """Return the filters; InvalidInput for more than fit in an address."""
    if len(query) > LONGEST_QUERY:
        raise InvalidInput(say("these are too many filters to keep"), field="query")
    return query


def checked_name(name: str) -> str:
    """Return a view's name without spaces around it; InvalidInput for none or too long a one."""
    name = " ".join(name.split())
    if not name:
        raise InvalidInput(say("give the view a name"), field="name")
    if len(name) > LONGEST_NAME:
        raise InvalidInput(say("a name has at most {most} signs", most=LONGEST_NAME), field="name")
    return name
