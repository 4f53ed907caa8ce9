"""All tables together: importing this module makes `metadata` complete."""

from monitor.storage.rows import alerts, definitions, deliveries, desk, observations, subjects
from monitor.storage.rows.base import Row

GROUPS = (definitions, observations, subjects, alerts, deliveries, desk)
metadata = Row.metadata
