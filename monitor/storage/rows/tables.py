"""All tables together: importing this module makes `metadata` complete."""

from monitor.storage.rows import (
    alerts,
    approvals,
    arrangements,
    backfills,
    comms,
    definitions,
    deliveries,
    desk,
    entries,
    fetching,
    incident_pairs,
    observations,
    pushes,
    quarantine,
    routes,
    shifts,
    silences,
    subjects,
    suggestions,
    views,
    walls,
)
from monitor.storage.rows.base import Row

GROUPS = (
    definitions, observations, subjects, alerts, deliveries, routes, silences, arrangements,
    approvals, desk, entries, suggestions, walls, pushes, quarantine, fetching, backfills, comms,
    incident_pairs, shifts, views,
)  # fmt: skip
metadata = Row.metadata
