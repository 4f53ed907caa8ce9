"""Settings of channels: read as people write them, refused by name."""

import pytest

from monitor.domain.alerting.channel_setting import (
    ChannelSetting,
    Form,
    check_settings,
    known_settings,
    read_settings,
)
from monitor.domain.errors import InvalidInput

KNOWN = (
    ChannelSetting(name="url", words="where to", is_needed=True),
    ChannelSetting(name="allow_http", words="without TLS", form=Form.FLAG),
    ChannelSetting(name="recipients", words="to whom", form=Form.LIST),
    ChannelSetting(name="colour", words="how it looks", choices=("red", "blue")),
    ChannelSetting(name="token", words="lets us in", is_secret=True, is_needed=True),
)


def test_each_form_is_read():
    given = ["url = https://x.example/?a=b", "allow_http=Yes", "recipients=a@x, b@x,", "colour=red"]
    assert read_settings(KNOWN, given) == {
        "url": "https://x.example/?a=b", "allow_http": True, "recipients": ["a@x", "b@x"], "colour": "red",
    }  # fmt: skip
    assert read_settings(KNOWN, ["allow_http=off"]) == {"allow_http": False}


@pytest.mark.parametrize(
    "text,field,words",
    [
        ("url", "settings", "name=value"),
        ("pigeon=x", "pigeon", "knows no 'pigeon'; it knows url"),
        ("=x", "settings", "knows no ''"),
        ("allow_http=perhaps", "allow_http", "yes or no"),
        ("colour=green", "colour", "there is red, blue"),
        ("token=abc", "token", "--secret token"),
    ],
)
def test_what_is_wrong_is_named(text, field, words):
    with pytest.raises(InvalidInput, match=words) as caught:
        read_settings(KNOWN, [text])
    assert caught.value.field == field


@pytest.mark.parametrize(
    "settings,secrets,field,words",
    [
        ({}, {"token": "t"}, "url", "--set url="),
        ({"url": "x"}, {}, "token", "--secret token"),
        ({"url": "x", "token": "t"}, {}, "token", "is a secret"),
        ({"url": "x", "pigeon": 1}, {"token": "t"}, "pigeon", "knows no"),
        ({"url": "x"}, {"token": "t", "key": "k"}, "key", "knows no"),
    ],
)
def test_what_is_missing_or_unknown_is_named(settings, secrets, field, words):
    with pytest.raises(InvalidInput, match=words) as caught:
        check_settings(KNOWN, settings, secrets)
    assert caught.value.field == field


def test_what_is_whole_is_taken():
    check_settings(KNOWN, {"url": "x"}, {"token": "t"})


def test_a_setting_says_what_to_know_about_it():
    assert [each.notes for each in KNOWN] == [
        "needed", "yes or no", "several, with commas between", "red, blue", "needed; secret",
    ]  # fmt: skip


def test_a_kind_that_says_nothing_has_no_settings():
    assert known_settings(object()) == ()
