"""The incidents bundled for Mali, counted by month, against the counts bundled beside them."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from monitor.domain.clock import epoch
from monitor.domain.derivations.incident_count import IncidentCount
from monitor.domain.incident import Coverage
from monitor.domain.scoring.view import observed, visible
from monitor.packs.read_pack import read_pack
from monitor.paths import packs_folder
from monitor.services.install_pack import install_pack
from monitor.services.read_columns import read_series
from monitor.storage import snapshot

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
KEY = "attacks-on-aid-and-schools:mali"


def counting(pack):
    """The pack with that indicator counted from the incidents, which it lists in full to March 2024."""
    covered = Coverage(covers_from=date(2020, 1, 1), covers_until=date(2024, 3, 31), country="MLI")
    count = IncidentCount(source="insecurity-insight", countries=("MLI",))
    return replace(
        pack,
        indicators=tuple(
            replace(each, derived=count) if each.slug == KEY.partition(":")[0] else each
            for each in pack.indicators
        ),
        incidents=tuple(replace(each, covered=(covered,)) for each in pack.incidents),
    )


def in_force(columns, at):
    rows = observed(visible(columns, at=at, known_at=at))
    return dict(zip(rows.period_start.tolist(), rows.value.tolist(), strict=True))


def test_counting_the_incidents_of_mali_gives_the_counts_bundled_with_them(database):
    pack = read_pack(Path(packs_folder()) / "mali").pack
    with database.write() as session:
        install_pack(session, pack, author="console", now=NOW)
        given = read_series(session, snapshot.current(session).indicators, [KEY])[KEY]
        install_pack(session, replace(counting(pack), version="2"), author="console", now=NOW)
        reckoned = read_series(session, snapshot.current(session).indicators, [KEY])[KEY]
        at = epoch(NOW)
        assert len(in_force(given, at)) == 51
        until = epoch(datetime(2024, 4, 1, tzinfo=UTC))
        found = {start: value for start, value in in_force(reckoned, at).items() if start < until}
        # The feed lists one incident of December 2022 in two of its files, under the same number.
        twice = epoch(datetime(2022, 12, 1, tzinfo=UTC))
        assert found == in_force(given, at) | {twice: in_force(given, at)[twice] + 1}
        assert 0.0 in found.values()
