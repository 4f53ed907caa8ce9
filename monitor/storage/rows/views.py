"""Rows of saved views: a page's filters under a name, and which one a person begins with."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from monitor.storage.rows.base import Id, Kind, Row, Slug, Words


class SavedViewRow(Row):
    """The filters of a page as its address has them; shared ones are everybody's to see."""

    __tablename__ = "saved_view"
    __table_args__ = (UniqueConstraint("person_id", "page", "name"),)

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    page: Mapped[Kind] = mapped_column(index=True)
    name: Mapped[Slug]
    query: Mapped[Words]
    is_shared: Mapped[bool]
    changed_at: Mapped[datetime]


class StartViewRow(Row):
    """The view a person begins with."""

    __tablename__ = "start_view"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False)
    view_id: Mapped[int] = mapped_column(ForeignKey("saved_view.id"), index=True)
