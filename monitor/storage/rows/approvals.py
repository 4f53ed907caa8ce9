"""Rows of approvals: what a person decided of an episode's messages by one route."""

from datetime import datetime

from sqlalchemy.orm import Mapped

from monitor.storage.rows.base import Kind, Row, Slug, SlugKey, Words


class ApprovalRow(Row):
    """The last decision; earlier ones are in the audit log."""

    __tablename__ = "approval"

    episode_id: Mapped[SlugKey]
    route: Mapped[SlugKey]
    verdict: Mapped[Kind]
    concern: Mapped[int]
    by: Mapped[Slug]
    at: Mapped[datetime]
    reason: Mapped[Words]
