"""The deployable WSGI object: `monitor.wsgi:app`."""

from monitor.bootstrap import build
from monitor.config import load_settings
from monitor.logs import set_up_logs
from monitor.web.app import create_app
from monitor.web.leaving import notice_signals

_settings = load_settings()
set_up_logs(_settings)
_application = build(_settings)
_application.require_schema()
notice_signals(_application)
app = create_app(_application)
