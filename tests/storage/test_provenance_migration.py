"""Rows of before what they share was told once: carried over, and back, to the last column."""

import random

import pytest
from sqlalchemy import text

from monitor.storage.engine import migration_engine
from monitor.storage.schema import migrate

BEFORE = "2026_11_23_fetching"
COLUMNS = (
    "series_id, period_start, period_end, seq, known_at, source_revision, value, low, high, grade,"
    " citation_id, is_reconstructed, is_confirmed, batch_id, note"
)


def rows():
    """Weeks of five series told in three batches: mixed, revised, withdrawn, some with bounds and words."""
    drawn = random.Random(20251130)
    told = []
    for seq in range(1, 401):
        start, batch = 1_600_000_000 + drawn.randrange(60) * 604_800, drawn.choice((1, 2, 3))
        low, high = drawn.choice(((None, None), (0.5, None), (0.5, 99.0)))
        told.append(
            {
                "series_id": drawn.randrange(1, 6), "period_start": start, "period_end": start + 604_800,
                "seq": seq, "known_at": 1_700_000_000 if batch == 2 else start + 700_000 + 60 * batch,
                "source_revision": drawn.choice((0, 0, 1)), "value": drawn.choice((None, 1.5, 7.25)),
                "low": low, "high": high, "grade": drawn.choice(("", "B2")),
                "citation_id": drawn.choice((None, 1)), "is_reconstructed": drawn.choice((True, False)),
                "is_confirmed": drawn.choice((True, False)), "batch_id": batch,
                "note": drawn.choice((None, "words")),
            }
        )  # fmt: skip
    return told


def run(url, statement, values=None):
    engine = migration_engine(url)
    with engine.begin() as connection:
        result = connection.execute(text(statement), values)
        found = [dict(row) for row in result.mappings()] if result.returns_rows else []
    engine.dispose()
    return found


@pytest.fixture
def filled_url(empty_database_url):
    url = empty_database_url
    migrate(url)
    migrate(url, to=BEFORE)
    for number in range(1, 6):
        run(url, f"INSERT INTO series (id, indicator, unit) VALUES ({number}, 'fuel', 'u{number}')")
    for number in (1, 2, 3):
        run(
            url,
            "INSERT INTO batch (id, source, author, note, stored_at)"
            f" VALUES ({number}, 'desk', '', '', '2025-11-30 00:00:00')",
        )
    run(url, "INSERT INTO cited (id, slug) VALUES (1, 'report')")
    places = ", ".join(f":{name.strip()}" for name in COLUMNS.split(","))
    run(url, f"INSERT INTO observation ({COLUMNS}) VALUES ({places})", rows())
    return url


def test_every_row_comes_over_and_goes_back_as_it_was(filled_url):
    wide = f"SELECT {COLUMNS} FROM observation ORDER BY seq"
    before = run(filled_url, wide)
    assert len(before) == 400
    migrate(filled_url)
    assert run(filled_url, "SELECT count(*) AS n FROM observation") == [{"n": 400}]
    assert run(filled_url, "SELECT count(*) AS n FROM observation_detail")[0]["n"] < 400
    migrate(filled_url, to=BEFORE)
    assert run(filled_url, wide) == before


def test_what_is_read_from_the_new_tables_is_what_was_in_the_old(filled_url):
    told = {row["seq"]: row for row in rows()}
    migrate(filled_url)
    joined = (
        "SELECT o.seq, o.period_start + p.span_seconds AS period_end, p.grade, p.citation_id, d.low, d.note,"
        " COALESCE(p.known_at, o.period_start + p.known_after) AS known_at FROM observation AS o"
        " JOIN provenance AS p ON p.first_seq = (SELECT max(first_seq) FROM provenance"
        " WHERE first_seq <= o.seq) LEFT JOIN observation_detail AS d ON p.has_detail AND d.seq = o.seq"
    )
    found = run(filled_url, joined)
    assert len(found) == 400
    for row in found:
        assert row == {name: told[row["seq"]][name] for name in row}
