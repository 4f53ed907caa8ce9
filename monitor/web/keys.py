"""Keys: which do what on the present page, for the list that a question mark opens."""

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.domain.person import Person, Role
from monitor.domain.wording import msgid


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One key, or several that belong together, and what it does."""

    keys: tuple[str, ...]
    does: str


EVERYWHERE = (
    Key(keys=("/",), does=msgid("search everything")),
    Key(keys=("g",), does=msgid("go to a page, with a letter of the list")),
    Key(keys=("?",), does=msgid("this list")),
    Key(keys=("esc",), does=msgid("leave a field, close what is open")),
)
_ENTER = Key(keys=("n",), does=msgid("enter a value"))
_UNDO = Key(keys=("u",), does=msgid("take back what was just entered"))
_ROWS = (
    Key(keys=("j", "k"), does=msgid("next and previous row")),
    Key(keys=("enter",), does=msgid("open the row")),
)
_FILTER = Key(keys=("f",), does=msgid("to the filter field"))
_BACK = Key(keys=("b",), does=msgid("back to the board"))
_ACKNOWLEDGE = Key(keys=("a",), does=msgid("to the form that takes an alert on"))
_CHART = (
    Key(keys=("←", "→"), does=msgid("in a chart: from value to value")),
    Key(keys=("+", "−"), does=msgid("in a chart: nearer and further")),
)
# By endpoint; a page that is not named has the keys of everywhere.
ON_A_PAGE: dict[str, tuple[Key, ...]] = {
    "board.show": (*_ROWS, _FILTER),
    "alerts.index": (*_ROWS, _FILTER, _ACKNOWLEDGE),
    "alerts.show": (*_ROWS, _FILTER, _ACKNOWLEDGE, _BACK),
    "subject.show": (_BACK, *_CHART),
    "series.show": (_BACK, *_CHART),
    "incidents.show_all": (_FILTER,),
    "sources.show_all": (_FILTER,),
    "log.show": (_FILTER,),
    "entry.show": (_FILTER, _UNDO),
}


def keys_everywhere(person: Person | None) -> Sequence[Key]:
    """Return the keys that do something on every page a person sees."""
    may_enter = person is not None and person.role is not Role.READER
    return (*EVERYWHERE, _ENTER) if may_enter else EVERYWHERE


def keys_of(endpoint: str | None) -> Sequence[Key]:
    """Return the keys of a page, without those of everywhere."""
    return ON_A_PAGE.get(endpoint or "", ())
