"""A world that answers a run in turn, and time that only sleeping moves."""

from random import Random

import httpx
import pytest

from monitor.domain.errors import SourceError
from monitor.domain.harvest import Pace
from monitor.domain.mask import Mask
from monitor.egress.attempts import Way
from monitor.egress.fetcher import RunFetcher
from monitor.egress.politeness import Hosts
from monitor.egress.sharing import SharedAnswers

URL = "https://data.example/table.csv"
QUICK = Pace(pause_seconds=0.0, at_once=4)


class Clock:
    """Time that only sleeping moves."""

    def __init__(self):
        self.at, self.slept = 0.0, []

    def __call__(self):
        return self.at

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.at += seconds


class World:
    """Answers in turn (the last one for ever), and keeps the requests and the time."""

    def __init__(self, *answers):
        self.answers, self.got, self.clock = list(answers), [], Clock()
        self.mask, self.shared = Mask(), SharedAnswers()
        hosts = Hosts(clock=self.clock, sleep=self.clock.sleep)
        self.way = Way(
            agent="heatwatch/1 (desk@x.org)", hosts=hosts, clock=self.clock, sleep=self.clock.sleep,
            chance=Random(1),
        )  # fmt: skip

    def handle(self, request):
        self.got.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        answer = answer(request) if callable(answer) else answer
        if isinstance(answer, Exception):
            raise answer
        return answer

    def run(self, source="feed", *, pace=QUICK, known=None):
        return RunFetcher(
            source=source, way=self.way, transport=httpx.MockTransport(self.handle), shared=self.shared,
            pace=pace, mask=self.mask, known=known or {},
        )  # fmt: skip

    def told(self, ask=lambda run: run.get(URL), **values):
        with pytest.raises(SourceError) as caught:
            ask(self.run(**values))
        return caught.value


def ok(content=b"a,b", **headers):
    return httpx.Response(200, content=content, headers=headers)


def moved(location, status=302):
    return httpx.Response(status, headers={"location": location})
