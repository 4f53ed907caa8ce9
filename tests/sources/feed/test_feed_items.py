"""Feeds as they are written: three forms, encodings, dates; and what no feed may do to its reader."""

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given

from monitor.domain.errors import SourceError
from monitor.sources.feed.items import MOST_ITEMS, items_of
from tests.sources.broken import broken

# The item of source-formats.md 16, in a feed of its own.
RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:geo="http://www.w3.org/2003/01/geo/wgs84_pos#" xmlns:gdacs="http://www.gdacs.org">
<channel><title>GDACS</title><ttl>30</ttl>
<item><title>Orange flood alert in Mali</title><link>https://www.gdacs.org/report.aspx?eventtype=FL&amp;eventid=1</link>
<pubDate>Sat, 04 Oct 2025 06:00:00 GMT</pubDate><guid isPermaLink="false">FL1</guid>
<geo:Point><geo:lat>14.5</geo:lat><geo:long>-4.2</geo:long></geo:Point>
<gdacs:eventtype>FL</gdacs:eventtype><gdacs:title>not this one</gdacs:title>
<description><![CDATA[<p>Rivi&egrave;re <b>Niger</b>&nbsp;&amp; Bani</p>]]></description></item>
</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Wire</title>
<entry><id>urn:1</id><title type="html">&lt;b&gt;P&#xE9;nurie&lt;/b&gt; &amp;amp; blocus</title>
<link rel="self" href="https://e.org/self"/><link href="https://e.org/1"/>
<updated>2025-11-04T12:00:00+02:00</updated><published>2025-11-04T10:00:00+02:00</published>
<summary type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">Au <i>nord</i></div></summary>
</entry></feed>"""
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="x"><title>c</title></channel>
<item rdf:about="https://e.org/2"><title>Deux</title><link>https://e.org/2</link>
<dc:date>2025-11-04T10:00:00Z</dc:date></item></rdf:RDF>"""


def read(text, *, content_type="", encoding="utf-8"):
    content = text if isinstance(text, bytes) else text.encode(encoding)
    return items_of(content, content_type=content_type, what="the feed")


def dated(date):
    return read(RSS.replace("Sat, 04 Oct 2025 06:00:00 GMT", date))[0].at


def test_an_item_of_rss_is_read_and_foreign_vocabularies_are_passed_over():
    (item,) = read(RSS)
    assert (item.title, item.summary) == ("Orange flood alert in Mali", "Rivière Niger & Bani")
    assert item.link == "https://www.gdacs.org/report.aspx?eventtype=FL&eventid=1"
    assert item.at == datetime(2025, 10, 4, 6, tzinfo=UTC)


def test_an_entry_of_atom_is_read_with_markup_taken_out():
    (item,) = read(ATOM)
    assert (item.title, item.summary, item.link) == ("Pénurie & blocus", "Au nord", "https://e.org/1")
    assert item.at == datetime(2025, 11, 4, 8, tzinfo=UTC)


def test_an_item_of_rdf_is_read():
    (item,) = read(RDF)
    assert (item.title, item.link, item.at) == (
        "Deux",
        "https://e.org/2",
        datetime(2025, 11, 4, 10, tzinfo=UTC),
    )


def test_an_item_is_named_by_its_id_else_its_link_else_its_title():
    def key_of(*parts):
        return read(f"<rss><channel><item>{''.join(parts)}</item></channel></rss>")[0].key

    guid, link, title = "<guid>1</guid>", "<link>https://e.org/1</link>", "<title>A</title>"
    assert key_of(guid, link, title) == key_of(guid, "<link>https://e.org/2</link>", "<title>B</title>")
    assert key_of(link, title) == key_of(link, "<title>B</title>") != key_of(guid, link)
    assert key_of(title) != key_of("<title>B</title>")


@pytest.mark.parametrize(
    "date,at",
    [
        ("Tue, 04 Nov 2025 10:00:00 +0000", datetime(2025, 11, 4, 10, tzinfo=UTC)),
        ("4 Nov 2025 10:00 EST", datetime(2025, 11, 4, 15, tzinfo=UTC)),
        ("2025-11-04T10:00:00.5-01:00", datetime(2025, 11, 4, 11, 0, 0, 500_000, tzinfo=UTC)),
        ("2025-11-04", datetime(2025, 11, 4, tzinfo=UTC)),
        ("mar., 04 nov. 2025 10:00", None),
        ("Thu, 01 Jan 1970 00:00:00 GMT", None),
        ("0000-00-00", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("", None),
        ("9" * 5000, None),
    ],
)
def test_dates_are_read_in_both_forms_and_one_that_cannot_be_is_none(date, at):
    assert dated(date) == at


@pytest.mark.parametrize(
    "encoding,declared,content_type",
    [
        ("utf-8", "", ""),
        ("iso-8859-1", "iso-8859-1", "application/rss+xml; charset=utf-8"),
        ("windows-1252", "windows-1252", ""),
        ("iso-8859-1", "", "text/xml; charset=ISO-8859-1"),
        ("utf-16", "utf-16", ""),
        ("utf-8-sig", "utf-8", "text/xml; charset=iso-8859-1"),
    ],
)
def test_the_mark_then_the_declaration_then_http_say_the_encoding(encoding, declared, content_type):
    head = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    text = f"{head}<rss><channel><item><title>Pénurie à Ségou</title></item></channel></rss>"
    assert read(text, encoding=encoding, content_type=content_type)[0].title == "Pénurie à Ségou"


@pytest.mark.parametrize("declared", ["utf-8", "ascii", "rot13", "zip", "unicode_escape", "x-none"])
def test_text_in_another_encoding_than_it_says_is_an_error_and_never_guessed(declared):
    text = f'<?xml version="1.0" encoding="{declared}"?><rss><channel><title>Ségou</title></channel></rss>'
    with pytest.raises(SourceError, match="not text in the encoding it says"):
        read(text, encoding="iso-8859-1")


LAUGHS = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))
BOMBS = {
    "billion laughs": f'<!DOCTYPE r [<!ENTITY l0 "lol">{LAUGHS}]><rss><channel>&l9;</channel></rss>',
    "quadratic": f'<!DOCTYPE r [<!ENTITY a "{"A" * 99_999}">]><rss><channel>{"&a;" * 9_999}</channel></rss>',
    "external": '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss><channel>&x;</channel></rss>',
    "parameter": '<!DOCTYPE r [<!ENTITY % p SYSTEM "http://127.0.0.1:9/p">%p;]><rss><channel/></rss>',
}


@pytest.mark.parametrize("bomb", sorted(BOMBS))
def test_entities_that_unfold_or_lead_outside_are_refused(bomb):
    with pytest.raises(SourceError, match="declares entities of its own"):
        read(BOMBS[bomb])


@pytest.mark.parametrize(
    "text,words",
    [
        ("", "is empty"),
        ("<!DOCTYPE html><html><body>Just a moment</body></html>", "a page, not a feed"),
        ('<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><p/></html>', "begins with <html>"),
        ('{"error": "gone"}', "is no XML"),
        (RSS[:400], "cut off"),
        (
            '<!DOCTYPE rss SYSTEM "http://127.0.0.1:9/x.dtd"><rss><channel>&undeclared </channel></rss>',
            "is no XML",
        ),
        ("<rss>" + " " * (4 * 1024 * 1024), "is larger than"),
    ],
)
def test_what_is_no_feed_is_said(text, words):
    with pytest.raises(SourceError, match=words):
        read(text)


def test_names_of_letters_that_html_knows_are_read_and_stray_signs_taken_out():
    text = "<rss><channel><item><title>Caf&eacute;\x0b &unheardof; &lt;b&gt;</title></item></channel></rss>"
    assert read(text)[0].title == "Café &unheardof;"


@pytest.mark.parametrize(
    "text",
    [
        "<rss>" + "<a>" * 200_000 + "</a>" * 200_000 + "</rss>",
        "<rss><channel>" + "<item><title>a</title></item>" * 100_000 + "</channel></rss>",
        "<rss><channel><item><title>" + "&lt;" * 500_000 + "</title></item></channel></rss>",
        "<rss><channel><item " + " ".join(f'a{i}=""' for i in range(100_000)) + "/></channel></rss>",
    ],
)
def test_a_feed_made_to_take_long_does_not(text):
    begun = time.process_time()
    assert len(read(text)) <= MOST_ITEMS
    assert time.process_time() - begun < 20, "a reading that grows with the square takes minutes"


WHOLE = RSS.replace("</channel>", ATOM[ATOM.index("<entry>") : ATOM.index("</feed>")] + "</channel>").encode()


@given(broken(WHOLE))
def test_whatever_comes_is_read_or_said(content):
    try:
        items = items_of(content, what="the feed")
    except SourceError:
        return
    assert all(item.at is None or item.at.tzinfo is UTC for item in items)
