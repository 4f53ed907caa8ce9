"""The style guide: for admins, every token with its contrast, every component in every state."""

from monitor.paths import static_folder
from monitor.web.pages import style_guide


def test_the_style_guide_is_for_admins(signed_in, client):
    assert client.get("/styleguide").status_code == 302
    for name in ("rita", "ben"):
        assert signed_in(name).get("/styleguide").status_code == 403


def test_it_shows_tokens_with_their_contrast_and_components_in_every_state(signed_in, tmp_path, monkeypatch):
    sheet = tmp_path / "app.css"
    tokens = static_folder().parents[2] / "assets" / "css" / "tokens.css"
    sheet.write_text(tokens.read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.setattr(style_guide, "static_folder", lambda: tmp_path)
    page = signed_in("ana").get("/styleguide").text
    for key in ("k0", "k1", "k2", "k3", "k4"):
        assert f'class="mark t1 {key}' in page or f" {key} big" in page
        assert f'class="cn {key}' in page
    assert page.count('class="mark tu') == 4
    for words in (
        "Cold",
        "Blazing",
        "No level",
        "<code>touch-wash</code>",
        "Unknown since",
        "<code>#14161b</code>",
    ):
        assert words in page
    assert "No values yet. Enter one or connect a source." in page
    assert "below" not in page.split('id="contrast-title"')[1].split("</section>")[0]
    assert ' style="' not in page


def test_without_a_built_style_sheet_it_says_how_to_get_one(signed_in, tmp_path, monkeypatch):
    monkeypatch.setattr(style_guide, "static_folder", lambda: tmp_path)
    assert "make assets" in signed_in("ana").get("/styleguide").text
