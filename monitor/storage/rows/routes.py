"""Rows of routing: what each route of an open episode has due, and when a group's last message was formed."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from monitor.storage.rows.base import Row, SlugKey


class EpisodeRouteRow(Row):
    """One route that an open episode took: whom it told, and what comes next and when."""

    __tablename__ = "episode_route"

    episode_id: Mapped[SlugKey]
    route: Mapped[SlugKey]
    channels: Mapped[list[Any]] = mapped_column(JSON)
    routing_version: Mapped[int]
    repeat_due_at: Mapped[datetime | None] = mapped_column(index=True)
    step: Mapped[int]
    step_due_at: Mapped[datetime | None] = mapped_column(index=True)
    step_began_at: Mapped[datetime | None]
    loops: Mapped[int]
    version: Mapped[int]


class MessageGroupRow(Row):
    """When the last message of a group was formed for a channel."""

    __tablename__ = "message_group"

    channel: Mapped[SlugKey]
    group_key: Mapped[str] = mapped_column(String(400), primary_key=True)
    formed_at: Mapped[datetime]
