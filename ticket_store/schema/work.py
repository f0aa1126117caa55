"""What staff do with a ticket: assignment, work, pauses, approval, breaches, notes, surveys."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    literal_column,
    text,
    true,
)

from ticket_store.schema.base import BigId, UtcDateTime, metadata

# Kept apart from ``tickets`` so that intake, which writes most tickets, does not carry it along.
# A ticket without a row here has not been touched by anybody.
ticket_work = Table(
    "ticket_work",
    metadata,
    Column("ticket_id", BigId, ForeignKey("tickets.id"), primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False, server_default="complaint"),
    Column("unit_id", BigId, ForeignKey("units.id")),
    Column("unit_name", Text, nullable=False, server_default=""),  # as it was called then
    Column("region_id", BigId, ForeignKey("regions.id")),
    Column("assignee_id", BigId, ForeignKey("staff.id")),
    Column("created_by", BigId, ForeignKey("staff.id")),
    Column("form", Text, nullable=False, server_default=""),  # how it reached the office
    Column("form_label", Text, nullable=False, server_default=""),
    Column("progress", SmallInteger, nullable=False, server_default=text("0")),
    Column("substep", Text, nullable=False, server_default=""),  # en_route, arrived
    Column("work_done", Boolean, nullable=False, server_default=text("false")),
    Column("approval", Text, nullable=False, server_default=""),  # before, after: asked for
    Column("solution", Text, nullable=False, server_default=""),
    Column("cause", Text, nullable=False, server_default=""),
    Column("obstacles", Text, nullable=False, server_default=""),
    Column("client_note", Text, nullable=False, server_default=""),
    Column("visit_at", UtcDateTime),
    Column("escalation", SmallInteger, nullable=False, server_default=text("0")),
    Column("breached", Boolean, nullable=False, server_default=text("false")),
    Column("asked_escalation", Boolean, nullable=False, server_default=text("false")),
    Column("objected", Boolean, nullable=False, server_default=text("false")),
    Column("merged_into", BigId, ForeignKey("tickets.id")),
    Column("linked_to", BigId, ForeignKey("tickets.id")),
    Column("sensitive", Boolean, nullable=False, server_default=text("false")),
    Column("about_staff_id", BigId, ForeignKey("staff.id")),  # conduct: hidden from this person
    Column("internal_measure", Text, nullable=False, server_default=""),
    Column("external_ref", Text, nullable=False, server_default=""),
    Column("affected", Text, nullable=False, server_default=""),
    Column("answered_at", UtcDateTime),  # by a person, for the first time
    Column("answered_by", BigId, ForeignKey("staff.id")),
    Column("noticed_at", UtcDateTime),  # before a silent closing
    Column("changed_at", UtcDateTime, nullable=False),
    # While it runs: the last act of staff, or when it was reopened; NULL: since it was opened.
    Column("idle_since", UtcDateTime),
)
IDLE = ticket_work.c.idle_since.is_not(None)
Index(
    "ix_ticket_work_idle",
    ticket_work.c.idle_since,
    ticket_work.c.ticket_id,
    sqlite_where=IDLE,
    postgresql_where=IDLE,
)
Index("ix_ticket_work_assignee", ticket_work.c.assignee_id, ticket_work.c.ticket_id)
NOTICED = ticket_work.c.noticed_at.is_not(None)
Index(
    "ix_ticket_work_noticed",
    ticket_work.c.noticed_at,
    sqlite_where=NOTICED,
    postgresql_where=NOTICED,
)
Index("ix_ticket_work_unit", ticket_work.c.unit_id, ticket_work.c.ticket_id)
Index("ix_ticket_work_region", ticket_work.c.region_id, ticket_work.c.ticket_id)
Index("ix_ticket_work_entered", ticket_work.c.created_by, ticket_work.c.ticket_id)
BROKEN = ticket_work.c.breached.is_(true())
Index(
    "ix_ticket_work_breached",
    ticket_work.c.ticket_id,
    sqlite_where=BROKEN,
    postgresql_where=BROKEN,
)
# Written out, as statements say it: SQLite uses a partial index only for the very words.
ASKED = ticket_work.c.approval != literal_column("''")
Index(
    "ix_ticket_work_asked",
    ticket_work.c.ticket_id,
    sqlite_where=ASKED,
    postgresql_where=ASKED,
)

dispositions = Table(
    "dispositions",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("ticket_id", BigId, ForeignKey("tickets.id"), nullable=False),
    Column("unit_id", BigId, ForeignKey("units.id"), nullable=False),
    Column("staff_id", BigId, ForeignKey("staff.id")),
    Column("instruction", Text, nullable=False),
    Column("due_at", UtcDateTime),
    Column("at", UtcDateTime, nullable=False),
    Column("by", Text, nullable=False),
    Column("answered_at", UtcDateTime),
)
Index("ix_dispositions_ticket", dispositions.c.ticket_id, dispositions.c.id)
OPEN_DISPOSITION = dispositions.c.answered_at.is_(None)
Index(
    "ix_dispositions_unit",
    dispositions.c.unit_id,
    dispositions.c.due_at,
    sqlite_where=OPEN_DISPOSITION,
    postgresql_where=OPEN_DISPOSITION,
)

assignments = Table(
    "assignments",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("ticket_id", BigId, ForeignKey("tickets.id"), nullable=False),
    Column("staff_id", BigId, ForeignKey("staff.id"), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("by", Text, nullable=False),
    Column("reason", Text, nullable=False, server_default=""),
    Column("equipment", Text, nullable=False, server_default=""),
    Column("ended_at", UtcDateTime),
)
Index("ix_assignments_ticket", assignments.c.ticket_id, assignments.c.id)
RUNNING_ASSIGNMENT = assignments.c.ended_at.is_(None)
Index(
    "uq_assignments_running",
    assignments.c.ticket_id,
    unique=True,
    sqlite_where=RUNNING_ASSIGNMENT,
    postgresql_where=RUNNING_ASSIGNMENT,
)
Index(
    "ix_assignments_load",
    assignments.c.staff_id,
    sqlite_where=RUNNING_ASSIGNMENT,
    postgresql_where=RUNNING_ASSIGNMENT,
)

pauses = Table(
    "pauses",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("ticket_id", BigId, ForeignKey("tickets.id"), nullable=False),
    Column("reason", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("for_whom", Text, nullable=False),
    Column("stops", Boolean, nullable=False),  # whether the solution clock stands still
    Column("started_at", UtcDateTime, nullable=False),
    Column("expected_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Column("by", Text, nullable=False),
)
Index("ix_pauses_ticket", pauses.c.ticket_id, pauses.c.id)
RUNNING_PAUSE = pauses.c.ended_at.is_(None)
Index(
    "ix_pauses_running",
    pauses.c.reason,
    pauses.c.ticket_id,
    sqlite_where=RUNNING_PAUSE,
    postgresql_where=RUNNING_PAUSE,
)

visits = Table(
    "visits",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("ticket_id", BigId, ForeignKey("tickets.id"), nullable=False),
    Column("staff_id", BigId, ForeignKey("staff.id"), nullable=False),
    Column("planned_at", UtcDateTime),
    Column("left_at", UtcDateTime),
    Column("arrived_at", UtcDateTime),
    Column("finding", Text, nullable=False, server_default=""),
    Column("departed_at", UtcDateTime),
)
Index("ix_visits_ticket", visits.c.ticket_id, visits.c.id)
Index("ix_visits_staff", visits.c.staff_id, visits.c.planned_at)

# Parts that were looked for on a ticket; ``used`` is 0 until some were taken.
stock_checks = Table(
    "stock_checks",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("ticket_id", BigId, ForeignKey("tickets.id"), nullable=False),
    Column("item", Text, nullable=False),
    Column("in_stock", Boolean, nullable=False),
    Column("checked_at", UtcDateTime, nullable=False),
    Column("checked_by", Text, nullable=False),
    Column("used", Integer, nullable=False, server_default=text("0")),
    Column("used_at", UtcDateTime),
    Column("used_by", Text, nullable=False, server_default=""),
)
Index("ix_stock_checks_ticket", stock_checks.c.ticket_id, stock_checks.c.id)

approvals = Table(
    "approvals",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("ticket_id", BigId, ForeignKey("tickets.id"), nullable=False),
    Column("phase", Text, nullable=False),  # before, after
    Column("asked_at", UtcDateTime, nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("decided_at", UtcDateTime),
    Column("decided_by", Text, nullable=False, server_default=""),
    Column("approved", Boolean),
    Column("reason", Text, nullable=False, server_default=""),
)
Index("ix_approvals_ticket", approvals.c.ticket_id, approvals.c.id)

breaches = Table(
    "breaches",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("ticket_id", BigId, ForeignKey("tickets.id"), nullable=False),
    Column("target", Text, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("found_at", UtcDateTime, nullable=False),
    Column("reason", Text, nullable=False),
    Column("new_due_at", UtcDateTime),
)
Index("ix_breaches_ticket", breaches.c.ticket_id, breaches.c.id)
Index("ix_breaches_found", breaches.c.found_at)

escalations = Table(
    "escalations",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("ticket_id", BigId, ForeignKey("tickets.id"), nullable=False),
    Column("level", SmallInteger, nullable=False),
    Column("to_role", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("by", Text, nullable=False),
)
Index("ix_escalations_ticket", escalations.c.ticket_id, escalations.c.id)

# Never leave the house: internal notes, questions to a supervisor, instructions of leadership.
notes = Table(
    "notes",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("ticket_id", BigId, ForeignKey("tickets.id"), nullable=False),
    Column("kind", Text, nullable=False),  # note, question, instruction
    Column("text", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)
Index("ix_notes_ticket", notes.c.ticket_id, notes.c.id)
Index("ix_notes_kind", notes.c.kind, notes.c.id)

# What somebody has begun to write and not sent.
drafts = Table(
    "drafts",
    metadata,
    Column("ticket_id", BigId, ForeignKey("tickets.id"), primary_key=True, autoincrement=False),
    Column("staff_id", BigId, ForeignKey("staff.id"), primary_key=True, autoincrement=False),
    Column("kind", Text, primary_key=True),  # answer, note
    Column("text", Text, nullable=False),
    Column("version", Integer, nullable=False),  # of the ticket that the writer had before them
    Column("saved_at", UtcDateTime, nullable=False),
)
Index("ix_drafts_staff", drafts.c.staff_id, drafts.c.ticket_id)
Index("ix_drafts_saved", drafts.c.saved_at)

# Files that wait to go with a draft; they lie in the folder of attachments.
draft_files = Table(
    "draft_files",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("ticket_id", BigId, ForeignKey("tickets.id"), nullable=False),
    Column("staff_id", BigId, ForeignKey("staff.id"), nullable=False),
    Column("kind", Text, nullable=False),  # as of the draft
    Column("stored_as", Text, nullable=False),
    Column("content_type", Text, nullable=False),
    Column("filename", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("saved_at", UtcDateTime, nullable=False),
)
Index("ix_draft_files_of", draft_files.c.ticket_id, draft_files.c.staff_id, draft_files.c.id)
Index("ix_draft_files_saved", draft_files.c.saved_at)
Index("ix_draft_files_stored", draft_files.c.stored_as)

# Files of internal notes; they lie in the folder of attachments.
note_files = Table(
    "note_files",
    metadata,
    Column("note_id", BigId, ForeignKey("notes.id"), primary_key=True, autoincrement=False),
    Column("position", SmallInteger, primary_key=True, autoincrement=False),
    Column("stored_as", Text, nullable=False),
    Column("content_type", Text, nullable=False),
    Column("filename", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
)
Index("ix_note_files_stored", note_files.c.stored_as)

# How many messages of a ticket somebody has had before them.
readings = Table(
    "readings",
    metadata,
    Column("ticket_id", BigId, ForeignKey("tickets.id"), primary_key=True, autoincrement=False),
    Column("staff_id", BigId, ForeignKey("staff.id"), primary_key=True, autoincrement=False),
    Column("messages", Integer, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)
Index("ix_readings_at", readings.c.at)

surveys = Table(
    "surveys",
    metadata,
    Column("ticket_id", BigId, ForeignKey("tickets.id"), primary_key=True, autoincrement=False),
    Column("address_id", BigId, ForeignKey("addresses.id"), nullable=False),
    Column("token_hash", Text, nullable=False, unique=True),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("answered_at", UtcDateTime),
    Column("skipped_at", UtcDateTime),
    Column("late", Boolean, nullable=False, server_default=text("false")),
    Column("counted", Boolean, nullable=False, server_default=text("false")),
    Column("source", Text, nullable=False, server_default=""),  # channel, web, paper
    Column("staff_id", BigId, ForeignKey("staff.id")),  # the technician who is rated
    Column("rating", SmallInteger),
    Column("comment", Text, nullable=False, server_default=""),
)
Index("ix_surveys_answered", surveys.c.answered_at)
Index("ix_surveys_address", surveys.c.address_id)

# Immutable; a correction is a new entry with a higher ``entry``.
survey_answers = Table(
    "survey_answers",
    metadata,
    Column("ticket_id", BigId, ForeignKey("surveys.ticket_id"), primary_key=True),
    Column("entry", SmallInteger, primary_key=True),
    Column("item", SmallInteger, primary_key=True),  # 1-22; 101-105: the short form's dimensions
    Column("half", Text, primary_key=True),  # perception, expectation
    Column("score", SmallInteger, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("by", Text, nullable=False),
    Column("version", SmallInteger, nullable=False, server_default=text("1")),  # of the item asked
)

# What the office has changed; what is shipped is in no row (core/model/survey_items.py).
survey_items = Table(
    "survey_items",
    metadata,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("version", SmallInteger, primary_key=True, autoincrement=False),
    Column("dimension", Text, nullable=False),
    Column("position", SmallInteger, nullable=False),
    Column("words", Text, nullable=False),
    Column("english", Text, nullable=False, server_default=""),
    Column("retired", Boolean, nullable=False, server_default=text("false")),
    Column("at", UtcDateTime, nullable=False),
    Column("by", Text, nullable=False),
)

expectations = Table(
    "expectations",
    metadata,
    Column("period", Text, primary_key=True),  # 2026-11, in the office's zone
    Column("dimension", Text, primary_key=True),
    Column("entry", Integer, primary_key=True),
    Column("value", SmallInteger, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("by", Text, nullable=False),
)
