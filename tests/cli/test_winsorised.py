"""`heatwatch definition fit` says whose values were drawn in, and from what to what."""

import pytest

from tests.indices import guide_files


@pytest.fixture
def links(run, tmp_path):
    """The guide's index, the highest value of roads always drawn in."""
    folder = tmp_path / "links"
    folder.mkdir()
    for name, text in guide_files().items():
        (folder / name).write_text(text.replace("treat = {}", "treat = { force = true, winsorise = 1 }"))
    run("pack", "install", str(folder))


def test_a_fit_shows_which_unit_and_value_were_winsorised(run, run_json, links):
    said = run("definition", "fit", "roads", "--dry-run").output
    assert "1 winsorised" in said
    assert "indicator.roads: BTN winsorised from 22.5 to 12.7119" in said
    told = run_json("definition", "fit", "roads", "--dry-run")["fitted"][0]["winsorised"]
    assert told == ["BTN winsorised from 22.5 to 12.7119"]
    assert run_json("definition", "fit", "debt", "--dry-run")["fitted"][0]["winsorised"] == []
