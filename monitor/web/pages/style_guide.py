"""The living style guide: tokens as they are served, and every component in every state, for admins."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from monitor.domain.wording import ENGLISH, speaking
from monitor.paths import static_folder
from monitor.render.palette import colours, contrasts
from monitor.services.overview.style_guide import style_guide
from monitor.web.access import Access, open_to
from monitor.web.context import reading

page = Blueprint("style_guide", __name__)


@page.get("/styleguide")
@open_to(Access.ADMIN)
def show() -> ResponseReturnValue:
    """Show tokens with their contrast, and the components; without a built style sheet no tokens."""
    sheet = static_folder() / "app.css"
    known = colours(sheet.read_text(encoding="utf-8")) if sheet.exists() else {}
    with reading() as (session, now):
        view = style_guide(session, now=now)
    # For whoever builds pages: its samples are English, and so is all around them (decision 0021).
    with speaking(ENGLISH):
        return render_template(
            "styleguide.html",
            view=view,
            desk=view.desk,
            colours=known,
            contrasts=contrasts(known) if known else (),
        )
