"""What an operator sets up on a desk, written as commands: people, channels, routes, duty, quiet times."""

import contextlib
import io
import os
import shlex
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

from monitor.cli.main import heatwatch
from monitor.domain.alerting.comms_check import CommsCheck
from monitor.services.form_deliveries import form_deliveries
from monitor.storage import comms, deliveries

DAY = timedelta(days=1)
# Mail is rendered and queued, and goes nowhere: no worker sends it.
MAIL = {"smtp_host": "127.0.0.1", "smtp_starttls": "none"}

TREE = """
[[routing]]

[routing.route]
slug = "default"
channels = ["desk-mail"]
escalation = "ladder"

[[routing.route.routes]]
slug = "sahel"
matchers = ["subject=~mali|assimi-goita"]
channels = ["desk-mail", "sahel-chat"]
group_by = ["subject"]

[[routing.route.routes.routes]]
slug = "customers"
matchers = ["concern=critical"]
channels = ["customers"]
needs_approval = true
continues = true

[[routing.route.routes.routes]]
slug = "fuel"
matchers = ["indicator=fuel-price"]
channels = ["desk-mail"]
repeat_seconds = 7200
mute_windows = ["nights"]

[[routing.route.routes]]
slug = "drills"
matchers = ["kind=drill"]
channels = ["nobody"]

[[routing.inhibition]]
slug = "level-explains-fuel"
source_matchers = ["alertname=goita-level", "concern=critical"]
target_matchers = ["indicator=fuel-price", "concern=~watch|elevated"]
equal = ["subject"]
"""

# A command a line; what is indented goes on from the line above.
COMMANDS = """\
user add l.moreau@example.org --name 'L. Moreau' --role desk
user add t.okafor@example.org --name 'T. Okafor' --role desk
user add a.diallo@example.org --name 'A. Diallo' --role desk
channel add desk-mail --kind email --name 'Desk mail' --to oncall:desk --to subscribers
channel add sahel-chat --kind ntfy --name 'Sahel chat' --set topic=sahel --url https://ntfy.example.org
channel add director --kind ntfy --name 'Duty director' --set topic=director --url https://ntfy.example.org
channel add customers --kind webhook --name Customers --url https://customers.example.org/hook
  --fallback director --ceiling TLP:AMBER
escalation save ladder '15m sahel-chat; 30m director, desk-mail' --reason 'nobody sleeps through'
mute-window save nights 'Mon-Fri 20:00-06:00; Sat,Sun' --zone Africa/Bamako
route save {tree} --reason 'the Sahel desk opens'
oncall save desk --name 'Sahel desk' --zone Africa/Bamako --from 2026-11-02 --days 7
  --members l.moreau@example.org,t.okafor@example.org,n.haidara@example.org
oncall save desk --beside --from 2026-11-02 --days 1 --handover 20:00 --window 20:00-08:00
  --members a.diallo@example.org,night@example.net
oncall stand-in desk a.diallo@example.org --for t.okafor@example.org
  --from {in_a_week} --until {in_a_month} --reason leave
silence add subject=assimi-goita alertname=~conflict-.* --for 3h --comment 'UCDP revises the month today'
silence add subject=assimi-goita alertname=coup-attempt-mali --for 12w
  --window 'Sat,Sun; Fri 18:00-24:00' --zone Africa/Bamako --comment 'Read on Mondays'
subscription save n.haidara@example.org --alerts --from elevated
  --quiet '22:00-06:00; Sat,Sun' --zone Africa/Bamako --digest 08:00,18:00
comms plan desk-mail --every 7
comms plan sahel-chat --every 30
"""


def run_commands(application) -> None:
    """Set the desk up, as its operator does."""
    home = Path(application.settings.home)
    tree = home / "tree.toml"
    tree.write_text(TREE, encoding="utf-8")
    today = datetime.now(UTC)
    words = {
        "tree": tree,
        "in_a_week": f"{today + 7 * DAY:%Y-%m-%d}",
        "in_a_month": f"{today + 30 * DAY:%Y-%m-%d}",
    }
    environ = {f"HEATWATCH_{name.upper()}": value for name, value in MAIL.items()}
    with (
        patch.dict(os.environ, {"HEATWATCH_HOME": str(home), **environ}),
        contextlib.redirect_stdout(io.StringIO()),
    ):
        for line in COMMANDS.format(**words).replace("\n  ", " ").splitlines():
            heatwatch.main(shlex.split(line), standalone_mode=False)


def leave_traces(application) -> None:
    """Leave what a while of work leaves: drafts that wait, messages given up, a check nobody answered."""
    with application.writing() as (session, now):
        form_deliveries(session, application.channel_kinds, now=now + timedelta(minutes=1))
        deliveries.kill_queue(session, "sahel-chat", reason="the receiver answered 403: forbidden topic")
        comms.add(session, [_unanswered(now)])


def _unanswered(now: datetime) -> CommsCheck:
    sent = now - 2 * DAY
    return CommsCheck(
        id="msg_unanswered", channel="sahel-chat", recipient="Sahel chat", sent_at=sent, answer_by=sent + DAY
    )  # fmt: skip
