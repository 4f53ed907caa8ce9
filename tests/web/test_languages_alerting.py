"""Pages about alerts in a language nobody speaks: no word, of errors neither, was written and not said."""

import re
from datetime import date, timedelta

import pytest

from monitor.domain.alerting.escalation import Escalation
from monitor.domain.alerting.escalation_text import parse_steps
from monitor.domain.alerting.rota import Rota, StandIn, Turns
from monitor.domain.alerting.silence import Silence, parse_matchers
from monitor.domain.alerting.window import MuteWindow
from monitor.domain.alerting.window_text import parse_windows
from monitor.render.languages import language
from monitor.services.add_silence import add_silence
from monitor.services.arrange import arrange, stand_in
from tests.factories import a_placement, a_rule, install_desk
from tests.languages.pages import pages_in
from tests.languages.pseudo import STRICT, narrow_words
from tests.services.alert_rows import add_channel
from tests.web.test_alerts import feel, words
from tests.web.test_languages import _NUMBERS
from tests.web.test_languages import NAMES as FRAME

# Names, and what is typed: labels, windows, steps, commands.
NAMES = (
    *FRAME, "Fuel price", "fuel-price", "Assimi Goïta", "assimi-goita", "Bamako", "Ana", "AN", "Ben", "BE",
    "Amina", "Desk mail", "Desk", "nights", "steps", "mail", "default", "Africa/Bamako", "known", "winter",
    "alertname", "subject=goita", "goita", "fuel-.*", "alertname=~fuel-.*", "Mon-Fri", "15m desk", "30m",
    "director", "ops", "oncall", "08:00,20:00", "8h", "2d", "1w", "team=sahel", "source", "series", "sahel",
    "fuel-high", "fuel", "SourceFailing", "SeriesBlind", "fake", "Jan-Mar",
    "definition show rule", "rule test --draft",
    "index", "hook", "Feed", "TLP:CLEAR", "mali", "subject", "test", "set",
)  # fmt: skip
# What a person wrote, or writes, in the language of the tree.
_WRITTEN = re.compile(r"<textarea.*?</textarea>", re.DOTALL)
PAGES = (
    "/silences", "/duty", "/duty?edit=desk", "/duty?edit=desk&turns=new", "/duty?steps=steps", "/routes",
    "/approvals", "/alerts/undelivered", "/rules/fuel-high", "/silences?window=nights",
)  # fmt: skip


@pytest.fixture
def ready(desk):
    """A desk with an alert, a silence, a mute window, a rota with a stand-in, and an escalation."""
    with desk.writing() as (session, now):
        install_desk(session, now=now, rules=(a_rule(name="Fuel price"),), placements=(a_placement(),))
        add_channel(session, "mail", name="Desk mail")
        feel(session, 500, now=now)
        by = {"by": "ana@example.org", "reason": "winter", "now": now}
        turns = Turns(members=("ana@example.org",), starts_on=date(2020, 1, 1), handovers=(480, 1200), days=1)
        arrange(session, Rota(slug="desk", name="Desk", zone="Africa/Bamako", turns=(turns,)), **by)
        other = StandIn(
            person="ben@example.org", instead_of="ana@example.org", starts_at=now,
            ends_at=now + timedelta(hours=3), by="ana@example.org", reason="known",
        )  # fmt: skip
        stand_in(session, "desk", other, now=now)
        windows = parse_windows("Mon-Fri 22:00-06:00", zone="UTC")
        arrange(session, MuteWindow(slug="nights", windows=windows), **by)
        arrange(session, Escalation(slug="steps", steps=parse_steps("15m mail"), rounds=2), **by)
        muted = Silence(
            matchers=parse_matchers(["subject=goita"]), author="ana", comment="known", starts_at=now,
            ends_at=now + timedelta(hours=8), expire_on_resolve=True,
        )  # fmt: skip
        add_silence(session, muted, now=now)
    return desk


def narrow(page):
    return narrow_words(_WRITTEN.sub("", _NUMBERS.sub("", page.text)), known=NAMES)


def test_rooms_of_alerts_say_nothing_that_was_not_translated(ready, signed_in):
    ana = signed_in("ana")
    with pages_in(STRICT):
        found = {path: narrow(ana.get(path)) for path in PAGES}
    assert {path: left for path, left in found.items() if left} == {}


WRONG = (
    ("/silences", "/silences", {"matchers": "subject", "lasts": "8 h", "comment": ""}),
    ("/silences", "/silences", {"matchers": "subject", "lasts": "8h", "comment": "known"}),
    ("/silences", "/silences", {"matchers": "subject=goita", "lasts": "8x", "comment": "known"}),
    ("/silences", "/silences/preview", {"matchers": "subject=goita", "lasts": "8h", "comment": "known"}),
    ("/silences", "/silences/mute-windows", {"slug": "x", "windows": "Xyz", "zone": "UTC"}),
    ("/duty", "/duty", {"slug": "new", "zone": "UTC", "members": "", "handover": "8"}),
    ("/duty", "/duty/desk/stand-in", {"person": "", "ends_at": ""}),
    ("/duty", "/duty/escalations", {"slug": "x", "steps": "soon mail", "rounds": "1"}),
    ("/routes", "/routes/test", {"labels": "team", "concern": "high"}),
    ("/routes", "/routes/test", {"rule": "fuel-high", "labels": "", "concern": "high"}),
)

# What was filled in, and labels of an alert.
WRITTEN = {"Xyz", "soon", "team", "feed", "indicator", "concern", "high", "severity", "rule", "unit"}


def test_what_cannot_be_used_is_said_in_the_readers_language(ready, signed_in):
    ana = signed_in("ana")
    with pages_in(STRICT):
        found = {
            (path, str(values)): narrow(ana.post(path, form=form, **values)) - WRITTEN
            for form, path, values in WRONG
        }
    assert {key: left for key, left in found.items() if left} == {}


def test_what_was_done_is_told_in_french_though_it_is_kept_in_english(ready, signed_in):
    ben = signed_in("ben")
    with pages_in(language("fr")):
        ben.post("/silences", form="/silences", matchers="alertname=~fuel-.*", lasts="8h", comment="known")
        page = words(ben.get("/silences"))
        assert ben.post("/silences/1/end", form="/silences").status_code == 302
        again = words(ben.post("/silences/1/end", form="/silences"))
    assert "La mise en sourdine 2 est enregistrée." in page
    assert "À revoir : elle couvre 1 des 1 alertes ouvertes, plus de la moitié." in page
    assert "la mise en sourdine 1 est déjà terminée" in again.lower()
