"""The first tables: definitions, observations, subjects, alerts, deliveries, and the desk itself."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_first_tables"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    _definitions()
    _observations()
    _subjects()
    _alerts()
    _deliveries()
    _desk()


def downgrade():
    for table in (
        "web_session",
        "visit",
        "source_state",
        "sign_in_failure",
        "run",
        "person",
        "outage",
        "heartbeat",
        "audit_entry",
        "attempt",
        "notification",
        "delivery",
        "episode",
        "channel",
        "alert_event",
        "alert",
        "subject_state",
        "pressure",
        "level_change",
        "heat_point",
        "exercise",
        "driver_pressure",
        "watched_series",
        "observation",
        "latest",
        "series",
        "incident",
        "cited",
        "batch",
        "definition_version",
        "definition",
        "counter",
    ):
        op.drop_table(table)


def _definitions():
    op.create_table(
        "counter",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_counter"),
    )
    op.create_table(
        "definition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("slug", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("pack", sa.Text(), server_default="", nullable=False),
        sa.Column("pack_digest", sa.Text(), server_default="", nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_definition"),
        sa.UniqueConstraint("kind", "slug", name="uq_definition_kind_slug"),
    )
    op.create_table(
        "definition_version",
        sa.Column("definition_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("effective_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author", sa.Text(), server_default="", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("origin", sa.String(length=40), nullable=False),
        sa.Column("body", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["definition_id"], ["definition.id"], name="fk_definition_version_definition_id_definition"
        ),
        sa.PrimaryKeyConstraint("definition_id", "version", name="pk_definition_version"),
    )
    op.create_index("ix_definition_version_seq", "definition_version", ["seq"])
    op.execute("INSERT INTO counter (name, value) VALUES ('seq', 0)")


def _observations():
    op.create_table(
        "batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("author", sa.Text(), server_default="", nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=True),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_batch"),
    )
    op.create_table(
        "cited",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_cited"),
        sa.UniqueConstraint("slug", name="uq_cited_slug"),
    )
    op.create_table(
        "incident",
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("external_id", sa.String(length=200), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("country", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=200), nullable=False),
        sa.Column("admin1", sa.Text(), server_default="", nullable=False),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("precision", sa.Text(), server_default="", nullable=False),
        sa.Column("actor", sa.Text(), server_default="", nullable=False),
        sa.Column("killed", sa.Integer(), nullable=False),
        sa.Column("injured", sa.Integer(), nullable=False),
        sa.Column("kidnapped", sa.Integer(), nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("source", "external_id", name="pk_incident"),
    )
    op.create_index("ix_incident_country_happened_on", "incident", ["country", "happened_on"])
    op.create_table(
        "series",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("indicator", sa.String(length=200), nullable=False),
        sa.Column("unit", sa.String(length=200), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_series"),
        sa.UniqueConstraint("indicator", "unit", name="uq_series_indicator_unit"),
    )
    op.create_table(
        "latest",
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("period_start", sa.BigInteger(), nullable=False),
        sa.Column("period_end", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("known_at", sa.BigInteger(), nullable=False),
        sa.Column("source_revision", sa.Integer(), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("low", sa.Double(), nullable=True),
        sa.Column("high", sa.Double(), nullable=True),
        sa.Column("grade", sa.String(length=2), nullable=False),
        sa.Column("citation_id", sa.Integer(), nullable=True),
        sa.Column("is_reconstructed", sa.Boolean(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name="fk_latest_batch_id_batch"),
        sa.ForeignKeyConstraint(["citation_id"], ["cited.id"], name="fk_latest_citation_id_cited"),
        sa.ForeignKeyConstraint(["series_id"], ["series.id"], name="fk_latest_series_id_series"),
        sa.PrimaryKeyConstraint("series_id", name="pk_latest"),
    )
    op.create_table(
        "observation",
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("period_start", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("period_end", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("known_at", sa.BigInteger(), nullable=False),
        sa.Column("source_revision", sa.Integer(), nullable=False),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("low", sa.Double(), nullable=True),
        sa.Column("high", sa.Double(), nullable=True),
        sa.Column("grade", sa.String(length=2), nullable=False),
        sa.Column("citation_id", sa.Integer(), nullable=True),
        sa.Column("is_reconstructed", sa.Boolean(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name="fk_observation_batch_id_batch"),
        sa.ForeignKeyConstraint(["citation_id"], ["cited.id"], name="fk_observation_citation_id_cited"),
        sa.ForeignKeyConstraint(["series_id"], ["series.id"], name="fk_observation_series_id_series"),
        sa.PrimaryKeyConstraint("series_id", "period_start", "period_end", "seq", name="pk_observation"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "watched_series",
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["series_id"], ["series.id"], name="fk_watched_series_series_id_series"),
        sa.PrimaryKeyConstraint("subject", "series_id", name="pk_watched_series"),
    )
    op.create_index("ix_watched_series_series_id", "watched_series", ["series_id"])


def _subjects():
    op.create_table(
        "driver_pressure",
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("driver", sa.String(length=200), nullable=False),
        sa.Column("pressure", sa.Double(), nullable=True),
        sa.Column("pressure_low", sa.Double(), nullable=True),
        sa.Column("pressure_high", sa.Double(), nullable=True),
        sa.Column("coverage", sa.Double(), nullable=False),
        sa.Column("weight", sa.Double(), nullable=False),
        sa.Column("points", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("subject", "driver", name="pk_driver_pressure"),
    )
    op.create_table(
        "exercise",
        sa.Column("slug", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("origin_subject", sa.String(length=200), nullable=False),
        sa.Column("runs_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("runs_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("speed", sa.Double(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("played_until", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("slug", name="pk_exercise"),
    )
    op.create_table(
        "heat_point",
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("origin", sa.String(length=40), nullable=False),
        sa.Column("at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("heat", sa.Double(), nullable=True),
        sa.Column("pressure", sa.Double(), nullable=True),
        sa.Column("raw_pressure", sa.Double(), nullable=True),
        sa.Column("heat_low", sa.Double(), nullable=True),
        sa.Column("heat_high", sa.Double(), nullable=True),
        sa.Column("coverage", sa.Double(), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.Column("ungraded", sa.Double(), nullable=False),
        sa.Column("carried", sa.Double(), nullable=False),
        sa.Column("level", sa.String(length=40), nullable=False),
        sa.Column("concern", sa.Integer(), nullable=True),
        sa.Column("input_seq", sa.BigInteger(), nullable=False),
        sa.Column("definition_seq", sa.BigInteger(), nullable=False),
        sa.Column("cause", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("subject", "origin", "at", "seq", name="pk_heat_point"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "level_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("from_level", sa.Text(), server_default="", nullable=False),
        sa.Column("to_level", sa.Text(), server_default="", nullable=False),
        sa.Column("from_concern", sa.Integer(), nullable=True),
        sa.Column("to_concern", sa.Integer(), nullable=True),
        sa.Column("heat", sa.Double(), nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("origin", sa.String(length=40), nullable=False),
        sa.Column("ledger", sa.JSON(none_as_null=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_level_change"),
    )
    op.create_index("ix_level_change_subject_at", "level_change", ["subject", "at"])
    op.create_table(
        "pressure",
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("placement", sa.String(length=400), nullable=False),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("pressure", sa.Double(), nullable=True),
        sa.Column("pressure_low", sa.Double(), nullable=True),
        sa.Column("pressure_high", sa.Double(), nullable=True),
        sa.Column("freshness", sa.Double(), nullable=False),
        sa.Column("grade", sa.Double(), nullable=True),
        sa.Column("weight", sa.Double(), nullable=False),
        sa.Column("points", sa.Double(), nullable=False),
        sa.Column("is_observed", sa.Boolean(), nullable=False),
        sa.Column("is_carried", sa.Boolean(), nullable=False),
        sa.Column("is_held", sa.Boolean(), nullable=False),
        sa.Column("is_saturated", sa.Boolean(), nullable=False),
        sa.Column("is_provisional", sa.Boolean(), nullable=False),
        sa.Column("period_start", sa.BigInteger(), nullable=True),
        sa.Column("period_end", sa.BigInteger(), nullable=True),
        sa.Column("known_at", sa.BigInteger(), nullable=True),
        sa.Column("seq", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("subject", "placement", name="pk_pressure"),
    )
    op.create_table(
        "subject_state",
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("clock_mode", sa.String(length=40), nullable=False),
        sa.Column("stands_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("runs_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("runs_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("speed", sa.Double(), nullable=False),
        sa.Column("assess_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("assess_slot", sa.BigInteger(), nullable=True),
        sa.Column("alerts_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("alerts_slot", sa.BigInteger(), nullable=True),
        sa.Column("last_slot", sa.BigInteger(), nullable=True),
        sa.Column("next_daily_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("assessed_seq", sa.BigInteger(), nullable=False),
        sa.Column("assessed_definition_seq", sa.BigInteger(), nullable=False),
        sa.Column("level", sa.Text(), server_default="", nullable=False),
        sa.Column("last_level", sa.Text(), server_default="", nullable=False),
        sa.Column("last_level_at", sa.BigInteger(), nullable=True),
        sa.Column("dwelt", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("subject", name="pk_subject_state"),
    )
    op.create_index("ix_subject_state_alerts_due_at", "subject_state", ["alerts_due_at"])
    op.create_index("ix_subject_state_assess_due_at", "subject_state", ["assess_due_at"])


def _alerts():
    op.create_table(
        "alert",
        sa.Column("fingerprint", sa.String(length=200), nullable=False),
        sa.Column("rule", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("series", sa.Text(), server_default="", nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("concern", sa.Integer(), nullable=False),
        sa.Column("peak_concern", sa.Integer(), nullable=False),
        sa.Column("data_health", sa.String(length=40), nullable=False),
        sa.Column("pending", sa.JSON(), nullable=False),
        sa.Column("calm_seconds", sa.Double(), nullable=False),
        sa.Column("lower_seconds", sa.Double(), nullable=False),
        sa.Column("episode_id", sa.Text(), server_default="", nullable=False),
        sa.Column("event_seq", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recovering_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("recovering_detail", sa.Text(), server_default="", nullable=False),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("period", sa.BigInteger(), nullable=True),
        sa.Column("held_concern", sa.Integer(), nullable=False),
        sa.Column("closed_concern", sa.Integer(), nullable=False),
        sa.Column("awaits_seq", sa.BigInteger(), nullable=False),
        sa.Column("health_seq", sa.Integer(), nullable=False),
        sa.Column("rule_version", sa.Integer(), nullable=False),
        sa.Column("evaluated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("evaluated_seq", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ack", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("fingerprint", name="pk_alert"),
    )
    op.create_index("ix_alert_subject", "alert", ["subject"])
    op.create_table(
        "alert_event",
        sa.Column("episode_id", sa.String(length=200), nullable=False),
        sa.Column("event_seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("fingerprint", sa.String(length=200), nullable=False),
        sa.Column("type", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("concern", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("episode_id", "event_seq", name="pk_alert_event"),
    )
    op.create_index("ix_alert_event_fingerprint", "alert_event", ["fingerprint"])
    op.create_table(
        "channel",
        sa.Column("slug", sa.String(length=200), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("secrets_encrypted", sa.LargeBinary(), nullable=True),
        sa.Column("lowest_concern", sa.Integer(), nullable=False),
        sa.Column("is_enabled", sa.Boolean(), nullable=False),
        sa.Column("takes_exercises", sa.Boolean(), nullable=False),
        sa.Column("trouble", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("slug", name="pk_channel"),
    )
    op.create_table(
        "episode",
        sa.Column("id", sa.String(length=200), nullable=False),
        sa.Column("fingerprint", sa.String(length=200), nullable=False),
        sa.Column("rule", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("series", sa.Text(), server_default="", nullable=False),
        sa.Column("labels", sa.JSON(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolution", sa.Text(), server_default="", nullable=False),
        sa.Column("peak_concern", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_episode"),
    )
    op.create_index("ix_episode_fingerprint", "episode", ["fingerprint"])
    op.create_index("ix_episode_subject", "episode", ["subject"])


def _deliveries():
    op.create_table(
        "delivery",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("message_id", sa.String(length=80), nullable=False),
        sa.Column("channel", sa.String(length=200), nullable=False),
        sa.Column("recipient", sa.Text(), server_default="", nullable=False),
        sa.Column("fingerprint", sa.String(length=200), nullable=False),
        sa.Column("episode_id", sa.String(length=200), nullable=False),
        sa.Column("event_seq", sa.Integer(), nullable=False),
        sa.Column("notification_id", sa.Integer(), nullable=False),
        sa.Column("group_key", sa.Text(), server_default="", nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("content_type", sa.Text(), server_default="", nullable=False),
        sa.Column("body_sha256", sa.Text(), server_default="", nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("formed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempt_count", sa.Integer(), nullable=False),
        sa.Column("lease_owner", sa.Text(), server_default="", nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_token", sa.Text(), server_default="", nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dead_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("absorbed_by", sa.String(length=40), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_delivery"),
        sa.UniqueConstraint("message_id", name="uq_delivery_message_id"),
    )
    op.create_index("ix_delivery_channel", "delivery", ["channel"])
    op.create_index("ix_delivery_episode_id", "delivery", ["episode_id"])
    op.create_index(
        "ix_delivery_lane",
        "delivery",
        ["channel", "recipient", "fingerprint", "notification_id"],
        sqlite_where=sa.text("status IN ('formed', 'leased')"),
        postgresql_where=sa.text("status IN ('formed', 'leased')"),
    )
    op.create_index("ix_delivery_notification_id", "delivery", ["notification_id"])
    op.create_index(
        "ix_delivery_unfinished",
        "delivery",
        ["due_at"],
        sqlite_where=sa.text("status IN ('formed', 'leased')"),
        postgresql_where=sa.text("status IN ('formed', 'leased')"),
    )
    op.create_table(
        "notification",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=200), nullable=False),
        sa.Column("episode_id", sa.String(length=200), nullable=False),
        sa.Column("event_seq", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("delivery_id", sa.String(length=40), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_notification"),
        sa.UniqueConstraint(
            "channel", "episode_id", "event_seq", name="uq_notification_channel_episode_id_event_seq"
        ),
    )
    op.create_index("ix_notification_delivery_id", "notification", ["delivery_id"])
    op.create_index("ix_notification_episode_id", "notification", ["episode_id"])
    op.create_index(
        "ix_notification_waiting",
        "notification",
        ["due_at"],
        sqlite_where=sa.text("state IN ('waiting', 'held')"),
        postgresql_where=sa.text("state IN ('waiting', 'held')"),
    )
    op.create_table(
        "attempt",
        sa.Column("delivery_id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("status_code", sa.Integer(), nullable=True),
        sa.Column("error", sa.Text(), server_default="", nullable=False),
        sa.Column("remote_address", sa.Text(), server_default="", nullable=False),
        sa.Column("snippet", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"], name="fk_attempt_delivery_id_delivery"),
        sa.PrimaryKeyConstraint("delivery_id", "number", name="pk_attempt"),
    )


def _desk():
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("action", sa.String(length=200), nullable=False),
        sa.Column("target", sa.String(length=400), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("before", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("after", sa.JSON(none_as_null=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_audit_entry"),
    )
    op.create_index("ix_audit_entry_at", "audit_entry", ["at"])
    op.create_index("ix_audit_entry_target", "audit_entry", ["target"])
    op.create_table(
        "heartbeat",
        sa.Column("worker", sa.String(length=200), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("worker", name="pk_heartbeat"),
    )
    op.create_table(
        "outage",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_outage"),
    )
    op.create_index("ix_outage_ended_at", "outage", ["ended_at"])
    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=200), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("password_hash", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_enabled", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_person"),
        sa.UniqueConstraint("email", name="uq_person_email"),
    )
    op.create_table(
        "run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("new", sa.Integer(), nullable=False),
        sa.Column("revised", sa.Integer(), nullable=False),
        sa.Column("withdrawn", sa.Integer(), nullable=False),
        sa.Column("rejected", sa.Integer(), nullable=False),
        sa.Column("message", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_run"),
    )
    op.create_index("ix_run_source_started_at", "run", ["source", "started_at"])
    op.create_table(
        "sign_in_failure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sign_in_failure"),
    )
    op.create_index("ix_sign_in_failure_account_at", "sign_in_failure", ["account", "at"])
    op.create_index("ix_sign_in_failure_address_at", "sign_in_failure", ["address", "at"])
    op.create_table(
        "source_state",
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_ok_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_run_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("is_cut", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("source", name="pk_source_state"),
    )
    op.create_index("ix_source_state_due_at", "source_state", ["due_at"])
    op.create_table(
        "visit",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_visit_person_id_person"),
        sa.PrimaryKeyConstraint("person_id", "subject", name="pk_visit"),
    )
    op.create_table(
        "web_session",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_web_session_person_id_person"),
        sa.PrimaryKeyConstraint("token_hash", name="pk_web_session"),
    )
    op.create_index("ix_web_session_person_id", "web_session", ["person_id"])
