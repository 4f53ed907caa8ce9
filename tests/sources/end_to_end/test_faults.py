"""Every fault of every kind: no crash, no wrong value, a run with a sentence for a person, and recovery."""

import re

import pytest

from monitor.cli.rehearsal import rehearsal_texts
from monitor.dev.sources.faults import Fault
from monitor.dev.sources.fragments import stand_ins_of
from monitor.egress import fetcher
from tests.sources.end_to_end.desk import SECRETS, Desk, stand_still

# The source gave nothing that could be read: the run has to be an error.
NO_ANSWER = frozenset({Fault.SLOW, Fault.TOO_MANY, Fault.ERROR, Fault.HTML, Fault.GZIP, Fault.EXPIRED})
TECHNICAL = re.compile(
    r"Traceback|Exception|Error\(|NoneType|object at 0x|<class|\bjson\.|\bhttpx\b|\berrno\b", re.IGNORECASE
)
TEXTS = rehearsal_texts()
ASKING = list(TEXTS)


@pytest.fixture(scope="module")
def truths():
    """What each fragment stores of good answers, by fragment."""
    return {}


@pytest.fixture
def desk_of(tmp_path_factory, server, monkeypatch, _sqlite_schema):
    """Make desks on SQLite with one fragment: which engine it is does not matter to a fault."""
    made = []

    def make(fragment):
        folder = tmp_path_factory.mktemp("desk")
        database = folder / "heatwatch.sqlite3"
        database.write_bytes(_sqlite_schema.read_bytes())
        desk = Desk(folder, f"sqlite:///{database}", server)
        stand_still(monkeypatch, desk)
        made.append(desk)
        desk.install(fragment)
        return desk

    yield make
    for desk in made:
        desk.close()


@pytest.fixture
def truth_of(truths, desk_of):
    def known(fragment):
        if fragment not in truths:
            desk = desk_of(fragment)
            for slug in desk.slugs:
                outcome = desk.observe(slug)
                assert outcome.outcome == "ok", outcome.sentence
            truths[fragment] = desk.stored()
        return truths[fragment]

    return known


def begin(desk, fragment, fault, monkeypatch):
    # Only what is slow is given up early: a busy machine may take its time over good answers.
    monkeypatch.setattr(fetcher, "_LONGEST_SECONDS", 0.3 if fault is Fault.SLOW else 300.0)
    for name in stand_ins_of(TEXTS[fragment]):
        desk.server.scene.faults[name] = fault


def end(desk, fragment):
    for name in stand_ins_of(TEXTS[fragment]):
        desk.server.scene.faults.pop(name, None)


def require_words(desk, slug):
    """The run is kept, and what it says is for people and shows no secret."""
    run = desk.last_run(slug)
    assert run is not None
    if run.outcome == "error":
        assert len(run.message.split()) >= 4, run.message
    assert not TECHNICAL.search(run.message), run.message
    assert not any(secret in run.message for secret in SECRETS.values()), "a secret is shown"
    return run


def require_nothing_wrong(stored, truth):
    """Whatever is stored is as good answers have it; anything may be missing, nothing may differ."""
    for name, values in stored.items():
        for key, value in values.items():
            assert key in truth[name], f"{name}: {key} is stored, and no good answer has it"
            assert value == truth[name][key], f"{name}: {key}"


def require_recovered(stored, truth):
    """The newest value of every series is there, and every incident."""
    require_nothing_wrong(stored, truth)
    for name, values in truth.items():
        assert not values or max(values) in stored[name], f"{name}: {max(values)} is not there"


@pytest.mark.parametrize("fragment", ASKING)
def test_no_fault_stores_a_wrong_value_or_takes_a_right_one_away(fragment, desk_of, truth_of, monkeypatch):
    truth, desk = truth_of(fragment), desk_of(fragment)
    for fault in Fault:
        begin(desk, fragment, fault, monkeypatch)
        for slug in desk.slugs:
            outcome = desk.observe(slug)
            run = require_words(desk, slug)
            assert fault not in NO_ANSWER or outcome.is_error, f"{fault}: {outcome.sentence}"
            assert run.outcome == outcome.outcome
        require_nothing_wrong(desk.stored(), truth)
    end(desk, fragment)
    for slug in desk.slugs:
        desk.observe(slug)
    before = desk.stored()
    require_recovered(before, truth)
    for fault in Fault:
        begin(desk, fragment, fault, monkeypatch)
        for slug in desk.slugs:
            desk.observe(slug)
            require_words(desk, slug)
        assert desk.stored() == before, fault
