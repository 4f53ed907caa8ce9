"""A source and a channel that do what a test tells them: answer, fail, stall."""

from monitor.domain.alerting.delivery import Receipt
from monitor.domain.errors import DeliveryError, SourceError
from monitor.domain.harvest import Answer, Harvest
from monitor.domain.ports import Outside


class FakeSource:
    """Gives what is queued for it, one a call: a Harvest, or a list of readings; an exception is raised."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.asked = []

    def problems(self, source):
        return ()

    def fetch(self, source, ask, fetcher):
        self.asked.append((source.slug, ask))
        answer = self.answers.pop(0) if self.answers else []
        if isinstance(answer, Exception | type):
            raise answer
        return answer if isinstance(answer, Harvest) else Harvest(readings=tuple(answer))


class FakeFetcher:
    """Answers a kind's requests from a queue of bodies, Answers and exceptions, or by a function of the URL.

    `asked` keeps each request: method, url and every argument by its name.
    """

    def __init__(self, *answers, by=None, headers=None):
        self.answers, self.by, self.headers = list(answers), by, headers or {}
        self.asked, self.validators, self.kept = [], {}, ()

    def get(self, url, **request):
        return self._answer("GET", url, request)

    def post(self, url, **request):
        return self._answer("POST", url, request)

    def fetcher(self, source, **_):
        return self

    def _answer(self, method, url, request):
        self.asked.append({"method": method, "url": url, **request})
        answer = self.by(url, **request) if self.by else self.answers.pop(0)
        if isinstance(answer, Exception | type):
            raise answer
        if isinstance(answer, Answer):
            return answer
        content = answer.encode() if isinstance(answer, str) else answer
        return Answer(url=url, content=content, headers=self.headers)


def an_outside(kinds, *, fetchers=None, secrets=None):
    """What a run needs from outside: these kinds, this fetcher, and secrets by their names."""
    return Outside(kinds=kinds, fetchers=fetchers or FakeFetcher(), secret=(secrets or {}).__getitem__)


class FakeChannel:
    """Keeps what it was given to send; answers from a queue of receipts and exceptions, else accepts."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.sent = []

    def recipients(self, channel):
        return channel.settings["to"]

    def render(self, channel, message):
        words = [f"{event['type']} {event['data'].get('concernName', '')}" for event in message.events]
        return "\n".join(words).encode(), "text/plain"

    def send(self, channel, message, body, *, now):
        answer = self.answers.pop(0) if self.answers else Receipt(status_code=200)
        if isinstance(answer, Exception):
            raise answer
        self.sent.append((message.message_id, body))
        return answer


def refused(text="refused", **values):
    return DeliveryError(text, **values)


def silent(text="no answer"):
    return SourceError(text)
