"""The items of an RSS 2.0, Atom 1.0 or RDF feed; entities that unfold or lead outside are refused."""

import codecs
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html import unescape
from html.entities import html5
from itertools import islice
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]

from monitor.domain.errors import SourceError

MOST_ITEMS = 1_000
MOST_BYTES = 4 * 1024 * 1024
_LONGEST_TITLE, _LONGEST_SUMMARY, _LONGEST_LINK = 400, 2_000, 1_000
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_CHARSET = re.compile(r"""charset\s*=\s*["']?([A-Za-z0-9._-]{1,40})""", re.IGNORECASE)
# Encodings of text that feeds are written in; Python also knows ones that unpack or translate.
_ENCODING = re.compile(
    r"(utf[-_]?(8|16|32)([-_]?[lb]e)?|us-ascii|ascii|iso[-_]8859[-_]\d+|latin[-_]?\d|windows-\d+|cp\d+|koi8[-_][rtu]|macroman"
    r"|gb2312|gbk|gb18030|big5|shift[-_]jis|euc[-_](jp|kr))",
    re.IGNORECASE,
)
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_NAMED = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,30});")
_OF_XML = frozenset({"amp", "lt", "gt", "quot", "apos"})
_ROOTS = frozenset({"rss", "feed", "RDF"})
_TAG = re.compile(r"<[^<>]{0,1000}>")
_EARLIEST_YEAR = 1990
_LONGEST_DATE = 64
_MOST_PIECES = 1_000
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_ABOUT = f"{{{_RDF}}}about"
# RSS 2.0 has no namespace; RDF (RSS 1.0, 0.9), Atom 1.0 and 0.3, Dublin Core for dates, content in full.
_SPACES = frozenset({
    "", _RDF, "http://purl.org/rss/1.0/", "http://my.netscape.com/rdf/simple/0.9/",
    "http://www.w3.org/2005/Atom", "http://purl.org/atom/ns#", "http://purl.org/dc/elements/1.1/",
    "http://purl.org/rss/1.0/modules/content/",
})  # fmt: skip
_ENTRIES = frozenset({"item", "entry"})
_SUMMARIES = ("description", "summary", "encoded", "content")
_DATES = ("pubDate", "published", "issued", "date", "updated", "modified")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One entry of a feed. `at` None: no date, or one that cannot be. `key` names it within its feed."""

    key: str
    title: str
    summary: str
    link: str
    at: datetime | None


def items_of(content: bytes, *, content_type: str = "", what: str) -> tuple[Item, ...]:
    """Return the items in the order of the feed; SourceError says what else the body is."""
    text = _repaired(_text(content, content_type=content_type, what=what))
    root = _root(text, what=what)
    channel = next((each for each in root if _name(each) == "channel"), ())
    entries = (each for each in (*root, *channel) if _name(each) in _ENTRIES)
    return tuple(_item(each) for each in islice(entries, MOST_ITEMS))


def plain_text(markup: str) -> str:
    """Return what a reader would see of a title or summary, on one line."""
    text = unescape(_TAG.sub(" ", unescape(markup)))
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def _text(content: bytes, *, content_type: str, what: str) -> str:
    """Decode by the mark at the start, else the XML declaration, else HTTP, else UTF-8; never by guessing."""
    if len(content) > MOST_BYTES:
        raise SourceError(f"{what} is larger than {MOST_BYTES:,} bytes", permanent=True)
    for mark, name in _BOMS:
        if content.startswith(mark):
            return _decoded(content.removeprefix(mark), [name], what=what)
    declared, charset = _DECLARED.match(content[:400]), _CHARSET.search(content_type)
    names = [declared[1].decode()] if declared else []
    names += [charset[1]] if charset else []
    return _decoded(content, names or ["utf-8"], what=what)


def _decoded(content: bytes, names: list[str], *, what: str) -> str:
    for name in names:
        if not _ENCODING.fullmatch(name):
            continue
        try:
            return content.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
    raise SourceError(f"{what} is not text in the encoding it says ({', '.join(names)})")


def _repaired(text: str) -> str:
    """Take out characters XML has no place for, and write HTML's names (&eacute;) as the letters they are."""
    text = _FORBIDDEN.sub(" ", text)
    if "<!ENTITY" in text:
        return text
    return _NAMED.sub(lambda found: found[0] if found[1] in _OF_XML else _letter(found[1]), text)


def _letter(name: str) -> str:
    """Return the letters of a name of HTML; an unknown name stays as text that is no entity."""
    return html5.get(f"{name};", f"&amp;{name};").replace("<", "&lt;")


def _root(text: str, *, what: str) -> Element:
    """Parse without unfolding a single entity; SourceError for what is no feed."""
    start = text[:2000].lstrip().lower()
    if not start:
        raise SourceError(f"{what} is empty")
    if start.startswith(("<!doctype html", "<html")):
        raise SourceError(f"{what} is a page, not a feed")
    try:
        root: Element = fromstring(text, forbid_dtd=False, forbid_entities=True, forbid_external=True)
    except DefusedXmlException:
        message = f"{what} declares entities of its own, which a feed does not need; it is not read"
        raise SourceError(message, permanent=True) from None
    except ParseError as error:
        raise SourceError(f"{what} is no XML: {error}; it may be a page or cut off") from None
    except (ValueError, LookupError):
        raise SourceError(f"{what} is no XML") from None
    name = root.tag.rpartition("}")[2]
    if name not in _ROOTS:
        raise SourceError(
            f"{what} is no feed: it begins with <{name[:40]}>, where rss, feed or RDF is expected"
        )
    return root


def _item(entry: Element) -> Item:
    parts = {_name(part): part for part in reversed(entry)}
    title = plain_text(_words(parts, ("title",), longest=4 * _LONGEST_TITLE))[:_LONGEST_TITLE]
    summary = plain_text(_words(parts, _SUMMARIES, longest=4 * _LONGEST_SUMMARY))[:_LONGEST_SUMMARY]
    link, at = _link(entry), _moment(_words(parts, _DATES, longest=_LONGEST_DATE))
    identity = _words(parts, ("guid", "id"), longest=_LONGEST_LINK) or entry.get(_ABOUT, "")
    identity = identity or link or f"{title} {at}"
    return Item(key=_digest(identity), title=title, summary=summary, link=link, at=at)


def _name(part: Element) -> str:
    """Return a tag as it is called in the formats of feeds; "" for one of a foreign vocabulary."""
    space, _, name = part.tag.rpartition("}")
    return name if space.removeprefix("{") in _SPACES else ""


def _words(parts: Mapping[str, Element], names: Sequence[str], *, longest: int) -> str:
    """Return the text of the first of these parts that has any."""
    for name in names:
        if name in parts:
            text = "".join(islice(parts[name].itertext(), _MOST_PIECES))[:longest].strip()
            if text:
                return text
    return ""


def _link(entry: Element) -> str:
    """Return where the story is: RSS writes it as text, Atom as an attribute of the link that is no other."""
    for part in entry:
        if _name(part) == "link":
            found = (
                (part.get("href") if part.get("rel", "alternate") == "alternate" else "") or part.text or ""
            )
            if found.strip():
                return found.strip()[:_LONGEST_LINK]
    return ""


def _moment(text: str) -> datetime | None:
    """Return a date of RFC 822 or RFC 3339 in UTC (where no zone is given too); None where it cannot be."""
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            found = read(text)
            found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
        return found if found.year >= _EARLIEST_YEAR else None
    return None


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
