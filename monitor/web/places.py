"""Every page without a thing of its own: how it is called, which keys go there, who may see it."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import current_app, url_for

from monitor.domain.person import Person, Role
from monitor.domain.search.hits import Found
from monitor.domain.search.names import Name
from monitor.domain.wording import msgid, say
from monitor.web.access import Access, access_of

_LEAST = {Access.READER: Role.READER, Access.DESK: Role.DESK, Access.ADMIN: Role.ADMIN}
_RANK = (Role.READER, Role.DESK, Role.ADMIN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One page. `go` is pressed after g; `more` are words, said too, by which it is found as well."""

    endpoint: str
    name: str
    go: str = ""
    more: str = ""


PLACES = (
    Place(endpoint="board.show", name=msgid("Board"), go="b", more=msgid("overview worst subjects heat")),
    Place(endpoint="alerts.index", name=msgid("Alerts"), go="a", more=msgid("inbox acknowledge open")),
    Place(endpoint="incidents.show_all", name=msgid("Incidents"), go="i", more=msgid("attacks map deaths")),
    Place(endpoint="map.show", name=msgid("Map"), go="o", more=msgid("regions where months")),
    Place(endpoint="brief.index", name=msgid("Briefs"), go="r", more=msgid("report four questions")),
    Place(endpoint="index.show_all", name=msgid("Indices"), go="x", more=msgid("ranks units table")),
    Place(endpoint="sources.show_all", name=msgid("Sources"), go="s", more=msgid("feeds runs failing late")),
    Place(endpoint="quarantine.show", name=msgid("Quarantine"), go="q", more=msgid("held values release")),
    Place(endpoint="entry.show", name=msgid("Enter a value"), go="e", more=msgid("observation new by hand")),
    Place(endpoint="entry_event.show", name=msgid("Enter an event"), more=msgid("incident attack by hand")),
    Place(endpoint="entry_table.show", name=msgid("Enter a table"), go="n", more=msgid("paste spreadsheet")),
    Place(endpoint="entry_table.show", name=msgid("Paste a table"), more=msgid("spreadsheet cells values")),
    Place(endpoint="log.show", name=msgid("Shift log"), go="l", more=msgid("write down what happened")),
    Place(endpoint="handovers.index", name=msgid("Handovers"), go="h", more=msgid("shift next watch")),
    Place(endpoint="duty.index", name=msgid("Duty"), go="d", more=msgid("on call rota escalation stand-in")),
    Place(endpoint="routes.index", name=msgid("Routes"), go="t", more=msgid("who is told routing channels")),
    Place(endpoint="silences.index", name=msgid("Silences"), go="m", more=msgid("mute windows quiet")),
    Place(endpoint="approvals.index", name=msgid("Approvals"), go="p", more=msgid("messages let go")),
    Place(endpoint="undelivered.show", name=msgid("Undelivered"), go="u", more=msgid("given up dead")),
    Place(endpoint="comms_checks.every", name=msgid("Comms checks"), go="c", more=msgid("channels answer")),
    Place(endpoint="subscription.show", name=msgid("What I get"), go="w", more=msgid("subscription digest")),
    Place(endpoint="reading.show", name=msgid("Language and time"), go="z", more=msgid("settings zone")),
    Place(endpoint="health.show", name=msgid("Health of the desk"), go="y", more=msgid("worker status")),
    Place(endpoint="views.index", name=msgid("Saved views"), go="v", more=msgid("filters start page")),
    Place(endpoint="search.show", name=msgid("Search"), more=msgid("find anything")),
    Place(endpoint="walls.show", name=msgid("Wallboards"), more=msgid("screens tokens rotation")),
    Place(endpoint="style_guide.show", name=msgid("Style guide"), more=msgid("components tokens")),
)  # fmt: skip


def places_for(person: Person) -> list[Place]:
    """Return the pages a person may see."""
    return [each for each in PLACES if _RANK.index(person.role) >= _RANK.index(least(each))]


def least(place: Place) -> Role:
    """Return the role from which on a page is seen, as its route says."""
    return _LEAST[access_of(current_app.view_functions[place.endpoint]) or Access.READER]


def names() -> Iterator[Name]:
    """Give the pages as names to be found, in the language that is spoken and in English."""
    for place in PLACES:
        yield Name(
            kind=Found.PAGE, key=place.endpoint, title=say(place.name), path=url_for(place.endpoint),
            more=f"{say(place.more)} {place.name} {place.more}", least=least(place),
            where=say("press g, then {key}", key=place.go) if place.go else "",
        )  # fmt: skip
