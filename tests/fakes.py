"""A source and a channel that do what a test tells them: answer, fail, stall."""

from monitor.domain.alerting.delivery import Receipt
from monitor.domain.errors import DeliveryError, SourceError


class FakeSource:
    """Gives the readings queued for it, one list a call; an exception in the queue is raised."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.asked = []

    def fetch(self, source, *, now, since):
        self.asked.append((source.slug, now, since))
        answer = self.answers.pop(0) if self.answers else []
        if isinstance(answer, Exception):
            raise answer
        return answer


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
