"""An incident's place and people, as pages say them."""

from dataclasses import dataclass

from monitor.domain.incident import CodedBy, Coding, Exactness, Incident, exactness
from monitor.domain.spoken import listed, number
from monitor.geo.coding import contradicted
from monitor.geo.region_names import region_name

_BY = {
    CodedBy.CODE: "the source’s own code",
    CodedBy.NAME: "the source’s name of the region",
    CodedBy.POINT: "its point, by us",
    CodedBy.NOTHING: "",
}
_EXACTNESS = {
    Exactness.EXACT: "exact",
    Exactness.NEAR: "near",
    Exactness.REGION: "known to the region alone",
    Exactness.COUNTRY: "known to the country alone",
    Exactness.UNSAID: "the source does not say how exact",
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
        by=_BY[coding.by],
        is_ours=coding.by is CodedBy.POINT or coding.country != incident.country,
        told=incident.admin1 if incident.admin1 not in {region, coding.admin1} else "",
        point=f"{incident.latitude:g}, {incident.longitude:g}" if has_point else "",
        exactness=_EXACTNESS[exactness(incident.precision)] if has_point or incident.precision else "",
        against="" if around is None else f"{around.name} ({around.code}), {around.country}",
    )


def people_words(incident: Incident) -> str:
    """3 killed, 1 injured; empty where nobody was."""
    counts = ("killed", "injured", "kidnapped")
    told = [f"{number(getattr(incident, name))} {name}" for name in counts if getattr(incident, name)]
    return listed(told)
