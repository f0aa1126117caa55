"""What staff do with a ticket; clocks that run; the order of the stream of events."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _clocks()
    _stream()
    for make in (
        _ticket_work,
        _dispositions,
        _assignments,
        _pauses,
        _visits,
        _approvals,
        _breaches,
        _escalations,
        _notes,
        _surveys,
        _survey_answers,
        _expectations,
    ):
        make()


def downgrade() -> None:
    for table in (
        "expectations",
        "survey_answers",
        "surveys",
        "notes",
        "escalations",
        "breaches",
        "approvals",
        "visits",
        "pauses",
        "assignments",
        "dispositions",
        "ticket_work",
    ):
        op.drop_table(table)
    op.drop_index("ix_events_stream", "events")
    op.drop_column("events", "position")
    op.drop_column("events", "tx")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP SEQUENCE events_position")
    op.drop_index("ix_sla_clocks_look", "sla_clocks")
    _index_clocks("ix_sla_clocks_due", "due_at")
    for name in ("met_at", "breached_at", "warned_at", "step", "look_at", "warn_at", "started_at"):
        op.drop_column("sla_clocks", name)


def _index_clocks(name: str, column: str) -> None:
    op.create_index(
        name,
        "sla_clocks",
        [column],
        sqlite_where=sa.text("open"),
        postgresql_where=sa.text("open"),
    )


def _clocks() -> None:
    for name in ("started_at", "warn_at", "look_at", "warned_at", "breached_at", "met_at"):
        op.add_column("sla_clocks", sa.Column(name, INSTANT))
    op.add_column(
        "sla_clocks",
        sa.Column("step", sa.SmallInteger, nullable=False, server_default=sa.text("0")),
    )
    # those from before get no warning
    op.execute("UPDATE sla_clocks SET look_at = due_at WHERE open")
    op.drop_index("ix_sla_clocks_due", "sla_clocks")
    _index_clocks("ix_sla_clocks_look", "look_at")


def _stream() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE SEQUENCE events_position")
        op.execute(
            "ALTER TABLE events "
            "ADD COLUMN tx bigint NOT NULL DEFAULT (pg_current_xact_id()::text::bigint), "
            "ADD COLUMN position bigint DEFAULT nextval('events_position')"
        )
    else:
        op.add_column(
            "events",
            sa.Column("tx", sa.BigInteger, nullable=False, server_default=sa.text("0")),
        )
        op.add_column("events", sa.Column("position", sa.BigInteger))
    op.create_index("ix_events_stream", "events", ["tx", "position"])


def _what_is_done() -> list[sa.Column[object]]:
    return [
        sa.Column("ticket_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), server_default="complaint", nullable=False),
        sa.Column("unit_id", BIG_ID),
        sa.Column("unit_name", sa.Text(), server_default="", nullable=False),
        sa.Column("region_id", BIG_ID),
        sa.Column("assignee_id", BIG_ID),
        sa.Column("created_by", BIG_ID),
        sa.Column("progress", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("substep", sa.Text(), server_default="", nullable=False),
        sa.Column("work_done", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("approval", sa.Text(), server_default="", nullable=False),
        sa.Column("solution", sa.Text(), server_default="", nullable=False),
        sa.Column("cause", sa.Text(), server_default="", nullable=False),
        sa.Column("obstacles", sa.Text(), server_default="", nullable=False),
        sa.Column("client_note", sa.Text(), server_default="", nullable=False),
    ]


def _how_it_stands() -> list[sa.Column[object]]:
    return [
        sa.Column("visit_at", INSTANT),
        sa.Column("escalation", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("breached", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("asked_escalation", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("objected", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("merged_into", BIG_ID),
        sa.Column("linked_to", BIG_ID),
        sa.Column("sensitive", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("about_staff_id", BIG_ID),
        sa.Column("internal_measure", sa.Text(), server_default="", nullable=False),
        sa.Column("external_ref", sa.Text(), server_default="", nullable=False),
        sa.Column("affected", sa.Text(), server_default="", nullable=False),
        sa.Column("answered_at", INSTANT),
        sa.Column("answered_by", BIG_ID),
        sa.Column("noticed_at", INSTANT),
        sa.Column("changed_at", INSTANT, nullable=False),
    ]


def _ticket_work() -> None:
    op.create_table(
        "ticket_work",
        *_what_is_done(),
        *_how_it_stands(),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{table}.id"], name=op.f(f"fk_ticket_work_{column}")
            )
            for column, table in (
                ("about_staff_id", "staff"),
                ("answered_by", "staff"),
                ("assignee_id", "staff"),
                ("created_by", "staff"),
                ("linked_to", "tickets"),
                ("merged_into", "tickets"),
                ("region_id", "regions"),
                ("ticket_id", "tickets"),
                ("unit_id", "units"),
            )
        ),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_ticket_work")),
    )
    op.create_index("ix_ticket_work_assignee", "ticket_work", ["assignee_id", "ticket_id"])
    op.create_index("ix_ticket_work_unit", "ticket_work", ["unit_id", "ticket_id"])


def _dispositions() -> None:
    op.create_table(
        "dispositions",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("ticket_id", BIG_ID, nullable=False),
        sa.Column("unit_id", BIG_ID, nullable=False),
        sa.Column("staff_id", BIG_ID),
        sa.Column("instruction", sa.Text(), nullable=False),
        sa.Column("due_at", INSTANT),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("answered_at", INSTANT),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_dispositions_staff_id")),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_dispositions_ticket_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_dispositions_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispositions")),
    )
    op.create_index("ix_dispositions_ticket", "dispositions", ["ticket_id", "id"])
    op.create_index(
        "ix_dispositions_unit",
        "dispositions",
        ["unit_id", "due_at"],
        unique=False,
        sqlite_where=sa.text("answered_at IS NULL"),
        postgresql_where=sa.text("answered_at IS NULL"),
    )


def _assignments() -> None:
    op.create_table(
        "assignments",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("ticket_id", BIG_ID, nullable=False),
        sa.Column("staff_id", BIG_ID, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("equipment", sa.Text(), server_default="", nullable=False),
        sa.Column("ended_at", INSTANT),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_assignments_staff_id")),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_assignments_ticket_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignments")),
    )
    op.create_index(
        "ix_assignments_load",
        "assignments",
        ["staff_id"],
        unique=False,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index("ix_assignments_ticket", "assignments", ["ticket_id", "id"])
    op.create_index(
        "uq_assignments_running",
        "assignments",
        ["ticket_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def _pauses() -> None:
    op.create_table(
        "pauses",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("ticket_id", BIG_ID, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("for_whom", sa.Text(), nullable=False),
        sa.Column("stops", sa.Boolean(), nullable=False),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("expected_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT),
        sa.Column("by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_pauses_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pauses")),
    )
    op.create_index("ix_pauses_ticket", "pauses", ["ticket_id", "id"])


def _visits() -> None:
    op.create_table(
        "visits",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("ticket_id", BIG_ID, nullable=False),
        sa.Column("staff_id", BIG_ID, nullable=False),
        sa.Column("planned_at", INSTANT),
        sa.Column("left_at", INSTANT),
        sa.Column("arrived_at", INSTANT),
        sa.Column("finding", sa.Text(), server_default="", nullable=False),
        sa.Column("departed_at", INSTANT),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_visits_staff_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_visits_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visits")),
    )
    op.create_index("ix_visits_staff", "visits", ["staff_id", "planned_at"])
    op.create_index("ix_visits_ticket", "visits", ["ticket_id", "id"])


def _approvals() -> None:
    op.create_table(
        "approvals",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("ticket_id", BIG_ID, nullable=False),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("decided_at", INSTANT),
        sa.Column("decided_by", sa.Text(), server_default="", nullable=False),
        sa.Column("approved", sa.Boolean()),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_approvals_ticket_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approvals")),
    )
    op.create_index("ix_approvals_ticket", "approvals", ["ticket_id", "id"])


def _breaches() -> None:
    op.create_table(
        "breaches",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("ticket_id", BIG_ID, nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("found_at", INSTANT, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("new_due_at", INSTANT),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_breaches_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_breaches")),
    )
    op.create_index("ix_breaches_found", "breaches", ["found_at"])
    op.create_index("ix_breaches_ticket", "breaches", ["ticket_id", "id"])


def _escalations() -> None:
    op.create_table(
        "escalations",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("ticket_id", BIG_ID, nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("to_role", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_escalations_ticket_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalations")),
    )
    op.create_index("ix_escalations_ticket", "escalations", ["ticket_id", "id"])


def _notes() -> None:
    op.create_table(
        "notes",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("ticket_id", BIG_ID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_notes_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notes")),
    )
    op.create_index("ix_notes_ticket", "notes", ["ticket_id", "id"])


def _surveys() -> None:
    op.create_table(
        "surveys",
        sa.Column("ticket_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("address_id", BIG_ID, nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("answered_at", INSTANT),
        sa.Column("skipped_at", INSTANT),
        sa.Column("late", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("counted", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("source", sa.Text(), server_default="", nullable=False),
        sa.Column("staff_id", BIG_ID),
        sa.Column("rating", sa.SmallInteger()),
        sa.Column("comment", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["address_id"], ["addresses.id"], name=op.f("fk_surveys_address_id")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_surveys_staff_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_surveys_ticket_id")),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_surveys")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_surveys_token_hash")),
    )
    op.create_index("ix_surveys_answered", "surveys", ["answered_at"])


def _survey_answers() -> None:
    op.create_table(
        "survey_answers",
        sa.Column("ticket_id", BIG_ID, nullable=False),
        sa.Column("entry", sa.SmallInteger(), nullable=False),
        sa.Column("item", sa.SmallInteger(), nullable=False),
        sa.Column("half", sa.Text(), nullable=False),
        sa.Column("score", sa.SmallInteger(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["surveys.ticket_id"], name=op.f("fk_survey_answers_ticket_id")
        ),
        sa.PrimaryKeyConstraint(
            "ticket_id", "entry", "item", "half", name=op.f("pk_survey_answers")
        ),
    )


def _expectations() -> None:
    op.create_table(
        "expectations",
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("dimension", sa.Text(), nullable=False),
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.Column("value", sa.SmallInteger(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("period", "dimension", "entry", name=op.f("pk_expectations")),
    )
