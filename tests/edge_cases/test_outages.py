"""Cases 14, 17, 25 and 26 of alerting.md 1.7: a process, a receiver, a template, a database fails."""

from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from jinja2 import UndefinedError

from monitor.channels.email import EmailChannel
from monitor.channels.smtp import SmtpServer
from monitor.domain.alerting.alert import EventType
from monitor.domain.errors import DatabaseUnavailable, DeliveryError
from monitor.domain.scale import Concern
from monitor.services.relay_critical import relay_critical
from monitor.storage.engine import open_database
from tests.fakes import FakeChannel
from tests.services.alert_rows import NOW, add_channel, raise_event
from tests.services.delivering import run, sent_types, store

CRITICAL = {"concern": Concern.CRITICAL}
DAY = timedelta(days=1)


class Receivers(FakeChannel):
    """Keeps by channel what was taken; one of them may be down."""

    def __init__(self, *down):
        super().__init__()
        self.down, self.taken = set(down), {}

    def send(self, channel, message, body, *, now):
        if channel.slug in self.down:
            raise DeliveryError("the receiver answered 503", status_code=503)
        self.taken.setdefault(channel.slug, []).append(body.decode().split()[0].removeprefix("alert."))
        return super().send(channel, message, body, now=now)


def test_case_14_what_was_committed_before_a_kill_is_sent_by_the_next_process(database_url, database):
    killed = open_database(database_url)
    store(killed, add_channel, raise_event)
    killed.dispose()
    kind = FakeChannel()
    assert run(database, kind, owner="next").delivered == 1
    assert sent_types(kind) == ["alert.firing"]


def test_case_17_after_a_day_down_the_firing_comes_first_then_how_it_stands(database):
    store(database, lambda s: add_channel(s, fallback="duty"), lambda s: add_channel(s, "duty"))
    store(database, lambda s: raise_event(s, **CRITICAL))
    kind = Receivers("hook")
    for minutes in (0, 1, 5, 14):
        run(database, kind, now=NOW + timedelta(minutes=minutes))
    quarter = NOW + timedelta(minutes=15)
    with database.write() as session:
        assert relay_critical(session, now=quarter) == 1
    run(database, kind, now=quarter)
    assert kind.taken == {"duty": ["firing"]}
    later = {2: EventType.CONCERN_LOWERED, 3: EventType.REPEATED, 4: EventType.CONCERN_RAISED}
    for number, event in later.items():
        at = NOW + timedelta(hours=4 * number)
        concern = Concern.HIGH if number == 2 else Concern.CRITICAL
        store(
            database,
            lambda s, n=number, e=event, c=concern, t=at: raise_event(s, n, e, concern=c, at=t, due_at=t),
        )
        run(database, kind, now=at)
    assert "hook" not in kind.taken
    kind.down.clear()
    run(database, kind, now=NOW + DAY)
    assert kind.taken["hook"] == ["firing", "concern_raised"]


class Mails(FakeChannel):
    """Lays mails out as the e-mail channel does, and keeps them."""

    mail = EmailChannel(
        SmtpServer(host="localhost", port=25, user="", password="", encryption="none"),
        mail_from="desk@example.org", mail_domain="example.org",
    )  # fmt: skip

    def render(self, channel, message):
        return self.mail.render(channel, message)


def test_case_25_a_template_that_fails_sends_the_alert_in_plain_words_with_the_fault(database, monkeypatch):
    def broken(_name):
        raise UndefinedError("'bottomline' is undefined")

    monkeypatch.setattr("monitor.render.messages._template", broken)
    store(database, lambda s: add_channel(s, settings={"to": ["duty@example.org"]}), raise_event)
    kind = Mails()
    assert run(database, kind).delivered == 1
    [(_, body)] = kind.sent
    assert b"This message could not be laid out" in body
    assert b"UndefinedError: 'bottomline' is undefined" in body
    assert b"[HIGH]" in body


def test_case_25_whatever_breaks_while_a_message_is_made_a_plainer_one_is_sent(database):
    class Brittle(FakeChannel):
        def render(self, channel, message):
            if message.events[-1]["data"]["level"]:
                raise KeyError("level")
            return message.events[-1]["data"]["summary"].encode(), "text/plain"

    store(database, add_channel, raise_event)
    kind = Brittle()
    assert run(database, kind).delivered == 1
    [(_, body)] = kind.sent
    assert b"could not be made as usual: KeyError" in body


def test_case_26_while_the_database_is_away_nothing_is_done_and_afterwards_all_of_it_once(line):
    told, pings = line(), []
    told.application = replace(told.application, ping=lambda: pings.append(told.now) or "")
    told.observe("0s", 120)
    told.run(until="5m")
    assert pings
    with away(told.database):
        for _ in range(10):
            told.now += timedelta(minutes=1)
            for job in told.jobs:
                with suppress(DatabaseUnavailable):
                    job.run(told.application)
        assert pings[-1] < told.now - timedelta(minutes=9)
    told.observe("15m", 520)
    told.want("hook", "firing", after="15m", before="16m", concern="critical")
    told.run(until="16m")
    assert pings[-1] == told.now


@contextmanager
def away(database):
    """The database refuses every session."""

    @contextmanager
    def refuse():
        raise DatabaseUnavailable("the database does not answer")
        yield

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "read", refuse)
        patch.setattr(database, "write", refuse)
        yield
