"""The kinds of source there are that are fetched, by the word that names them in a source's definition."""

from monitor.domain.ports import SourceKinds
from monitor.sources.csv_http import CsvHttpSource
from monitor.sources.ucdp import UcdpSource


def source_kinds() -> SourceKinds:
    """Return the kinds this process can fetch."""
    return {"csv_http": CsvHttpSource(), "ucdp": UcdpSource()}
