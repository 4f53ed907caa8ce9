"""Whatever a server says, the way out answers with a sentence or an answer, in bounded time."""

from datetime import UTC, datetime

import httpx
from hypothesis import example, given
from hypothesis import strategies as st

from monitor.domain.errors import SourceError
from monitor.domain.mask import Mask
from monitor.egress.outgoing import outgoing
from monitor.egress.replay import outline
from monitor.egress.words import is_page, retry_after, said, shown_url, status_words

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
LOCATIONS = st.one_of(
    st.text(max_size=200),
    st.sampled_from(
        ["//", "https://", "https://[::1", "http:/x", "\\\\x\\y", "javascript:0", "https://a@b:9/"]
    ),
    st.builds("https://{}/{}".format, st.text(max_size=30), st.text(max_size=30)),
)


@given(location=LOCATIONS, status=st.sampled_from([301, 302, 303, 307, 308]))
def test_a_redirect_leads_to_an_encrypted_address_or_is_refused(location, status):
    request = outgoing("GET", "https://data.example/a", params={"q": "1"}, secret_headers={"x-key": "k"})
    try:
        on = request.redirected(status, location)
    except SourceError:
        return
    assert on.url.scheme == "https"
    assert (on.secret_headers == {}) == (on.host != request.host)


@given(
    url=st.text(max_size=300), params=st.dictionaries(st.text(max_size=20), st.text(max_size=50), max_size=4)
)
def test_an_address_is_one_or_is_refused(url, params):
    try:
        request = outgoing("GET", url, params=params)
    except SourceError:
        return
    assert request.url.scheme in {"http", "https"}
    assert isinstance(shown_url(request.url), str)
    assert len(request.identity) == 64


@example(text="¹")
@given(text=st.one_of(st.text(max_size=60), st.integers().map(str), st.datetimes().map(str)))
def test_a_wait_is_between_nothing_and_a_week_or_is_not_said(text):
    headers = httpx.Headers([(b"retry-after", text.encode("utf-8", "replace").replace(b"\n", b""))])
    seconds = retry_after(headers, now=NOW)
    assert seconds is None or 0 <= seconds <= 7 * 86400


FLOATS = st.floats(allow_nan=False, allow_infinity=False)
BODIES = st.one_of(
    st.binary(max_size=3000),
    st.builds(lambda a, b: b"<html><title>" + a + b"</title>" + b, st.binary(max_size=500), st.binary()),
    st.recursive(
        st.one_of(st.none(), st.booleans(), st.text(max_size=20), FLOATS),
        lambda inner: st.dictionaries(
            st.sampled_from(["message", "error", "detail", "x"]), inner, max_size=3
        ),
    ).map(lambda value: httpx.Response(200, json=value).content),
)


@given(content=BODIES, status=st.integers(100, 599))
def test_what_a_server_says_of_a_failure_is_one_short_line(content, status):
    words = status_words(httpx.Response(status, content=content))
    assert len(words) < 400
    assert words.isprintable()
    assert isinstance(is_page(content), bool)
    assert len(said(content)) < 300
    outline(content)


@given(secret=st.text(min_size=4, max_size=40).filter(str.strip), around=st.text(max_size=40))
def test_no_secret_breaks_the_mask_or_shows_through_it(secret, around):
    mask = Mask()
    mask.hide(secret)
    covered = mask.cover(f"{around}{secret}{around}")
    if len(secret.strip()) >= 4:
        assert secret.strip() not in covered
