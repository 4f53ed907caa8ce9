"""An incident's place and people, as pages say them."""

from dataclasses import dataclass

from monitor.domain.incident import CodedBy, Coding, Exactness, Incident, exactness
from monitor.domain.spoken import listed
from monitor.domain.wording import msgid, say, say_many
from monitor.geo.coding import contradicted
from monitor.geo.region_names import region_name

_BY = {
    CodedBy.CODE: msgid("the source’s own code"),
    CodedBy.NAME: msgid("the source’s name of the region"),
    CodedBy.POINT: msgid("its point, by us"),
    CodedBy.NOTHING: "",
}
_EXACTNESS = {
    Exactness.EXACT: msgid("exact"),
    Exactness.NEAR: msgid("near"),
    Exactness.REGION: msgid("known to the region alone"),
    Exactness.COUNTRY: msgid("known to the country alone"),
    Exactness.UNSAID: msgid("the source does not say how exact"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceWords:
    """Where an incident was: `region` and `code` as coded, `by` how, `told` the source's word if another.

    `against` says where the point lies if the source tells otherwise; empty where nothing is contradicted.
    """

    country: str
    region: str
    code: str
    by: str
    is_ours: bool
    told: str
    point: str
    exactness: str
    against: str


def place_words(incident: Incident, coding: Coding) -> PlaceWords:
    """Return an incident's place in words."""
    region = region_name(coding.admin1) or (incident.admin1 if coding.by is CodedBy.NAME else "")
    around = contradicted(incident, coding)
    has_point = incident.latitude is not None and incident.longitude is not None
    return PlaceWords(
        country=coding.country or incident.country,
        region=region or coding.admin1 or incident.admin1,
        code=coding.admin1,
        by=say(_BY[coding.by]),
        is_ours=coding.by is CodedBy.POINT or coding.country != incident.country,
        told=incident.admin1 if incident.admin1 not in {region, coding.admin1} else "",
        point=f"{incident.latitude:g}, {incident.longitude:g}" if has_point else "",
        exactness=say(_EXACTNESS[exactness(incident.precision)]) if has_point or incident.precision else "",
        against="" if around is None else f"{around.name} ({around.code}), {around.country}",
    )


def people_words(incident: Incident) -> str:
    """3 killed, 1 injured; empty where nobody was."""
    told = []
    if incident.killed:
        told.append(say_many("{n} killed", "{n} killed", incident.killed))
    if incident.injured:
        told.append(say_many("{n} injured", "{n} injured", incident.injured))
    if incident.kidnapped:
        told.append(say_many("{n} kidnapped", "{n} kidnapped", incident.kidnapped))
    return listed(told)
