"""No kind and no preset without a stand-in that speaks its format."""

import tomllib

import pytest

from monitor.cli.rehearsal import rehearsal_texts
from monitor.dev.sources.fragments import render, stand_ins_of
from monitor.dev.sources.registry import STAND_INS
from monitor.sources.registry import source_kinds
from monitor.sources.settings import WebSettings

TEXTS = rehearsal_texts()
USED = {
    source["kind"] for text in TEXTS.values() for source in tomllib.loads(render(text, str)).get("source", ())
}
# The older word for csv, in definitions that were stored with it: the same reader.
SAME = {"csv_http"}


def asks_the_web(kind):
    return issubclass(kind.settings, WebSettings)


@pytest.mark.parametrize("name", [name for name, kind in source_kinds().items() if asks_the_web(kind)])
def test_a_kind_that_asks_over_the_network_has_a_stand_in(name):
    assert name in USED | SAME, f"{name}: give it a file in monitor/dev/sources/fragments/"


def test_kinds_that_ask_nobody_over_http_are_these():
    assert {name for name, kind in source_kinds().items() if not asks_the_web(kind)} <= {
        "alertmanager", "push", "sql",
    }  # fmt: skip


def test_every_stand_in_is_asked_by_a_definition():
    asked = {name for text in TEXTS.values() for name in stand_ins_of(text)}
    assert {stand_in.name for stand_in in STAND_INS} == asked
