"""The kinds of source there are that are fetched, by the word that names them in a source's definition."""

from pathlib import Path

from monitor.domain.ports import SourceKinds
from monitor.egress.guard import EgressPolicy
from monitor.sources.acled.kind import AcledSource
from monitor.sources.feed.kind import FeedSource
from monitor.sources.gdelt import GdeltSource
from monitor.sources.hdx_hapi.kind import HapiSource
from monitor.sources.prometheus.kind import PrometheusSource
from monitor.sources.push.alertmanager import AlertmanagerSource
from monitor.sources.push.kind import PushSource
from monitor.sources.sql.kind import SqlSource
from monitor.sources.tables.csv import CsvSource
from monitor.sources.tables.excel import ExcelSource
from monitor.sources.tables.json import JsonSource
from monitor.sources.ucdp.kind import UcdpSource
from monitor.sources.views import ViewsSource
from monitor.sources.wfp_prices.kind import WfpPricesSource


def source_kinds(watch_dir: Path | None = None, policy: EgressPolicy | None = None) -> SourceKinds:
    """Return the kinds this process can fetch; `watch_dir` is where the operator lets folders be watched.

    `policy` is what may be reached by kinds that do not ask over HTTP.
    """
    table = CsvSource(watch_dir)
    return {
        "acled": AcledSource(),
        "alertmanager": AlertmanagerSource(),
        "csv": table,
        "csv_http": table,  # the older word for it, in definitions that were stored with it
        "excel": ExcelSource(watch_dir),
        "json": JsonSource(),
        "prometheus": PrometheusSource(),
        "push": PushSource(),
        "gdelt": GdeltSource(),
        "feed": FeedSource(),
        "hdx_hapi": HapiSource(),
        "sql": SqlSource(policy, watch_dir),
        "ucdp": UcdpSource(),
        "views": ViewsSource(),
        "wfp_prices": WfpPricesSource(),
    }
