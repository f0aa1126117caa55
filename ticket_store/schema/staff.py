"""Who works here, where, and what they set: staff, units, calendars, texts, what ran when."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from ticket_store.schema.base import BigId, UtcDateTime, metadata

regions = Table(
    "regions",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("code", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("level", Text, nullable=False, server_default=""),
    Column("parent_id", BigId, ForeignKey("regions.id")),
)

# ``categories``, ``skills`` and ``roles`` are JSON lists of words, read whole.
units = Table(
    "units",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("code", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("level", Text, nullable=False, server_default=""),
    Column("parent_id", BigId, ForeignKey("units.id")),
    Column("region_id", BigId, ForeignKey("regions.id")),
    Column("partner", Boolean, nullable=False, server_default=text("false")),
    Column("calendar", Text, nullable=False, server_default=""),
    Column("categories", Text, nullable=False, server_default="[]"),
    Column("channel", Text, nullable=False, server_default=""),
    Column("address_kind", Text, nullable=False, server_default=""),
    Column("address", Text, nullable=False, server_default=""),
    Column("holidays_confirmed_until", Date),
    Column("retired_at", UtcDateTime),
    Column("version", Integer, nullable=False, server_default=text("1")),
)

staff = Table(
    "staff",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("login", Text, nullable=False, unique=True),  # casefolded
    Column("name", Text, nullable=False),
    Column("roles", Text, nullable=False, server_default="[]"),
    Column("unit_id", BigId, ForeignKey("units.id")),
    Column("regions", Text, nullable=False, server_default="[]"),
    Column("skills", Text, nullable=False, server_default="[]"),
    Column("capacity", Integer, nullable=False, server_default=text("10")),
    Column("present_until", UtcDateTime),
    Column("email", Text, nullable=False, server_default=""),
    Column("phone", Text, nullable=False, server_default=""),
    Column("telegram", Text, nullable=False, server_default=""),
    Column("password_hash", Text, nullable=False, server_default=""),
    Column("password_at", UtcDateTime),
    Column("totp_secret", LargeBinary),
    Column("totp_used", BigId),
    Column("disabled_at", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False),
    Column("version", Integer, nullable=False, server_default=text("1")),
    Column("invite_hash", Text),  # of an invitation or a reset; NULL: none is open
    Column("invite_until", UtcDateTime),
)
Index("uq_staff_invite", staff.c.invite_hash, unique=True)

# By a keyed hash of what was typed, whether such a login exists or not: known and unknown ones
# take the same statements, and the table tells nobody which names were tried.
login_failures = Table(
    "login_failures",
    metadata,
    Column("login_hash", Text, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("failed_at", UtcDateTime, nullable=False),
)
Index("ix_login_failures_failed", login_failures.c.failed_at)

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", Text, primary_key=True),
    Column("staff_id", BigId, ForeignKey("staff.id"), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("second_factor", Boolean, nullable=False, server_default=text("false")),
    Column("browser", Text, nullable=False, server_default=""),
    Column("address", Text, nullable=False, server_default=""),
)
Index("ix_sessions_staff", sessions.c.staff_id)
Index("ix_sessions_expires", sessions.c.expires_at)

api_tokens = Table(
    "api_tokens",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("token_hash", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("staff_id", BigId, ForeignKey("staff.id"), nullable=False),
    Column("rights", Text, nullable=False, server_default="[]"),  # [] is all that its owner has
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime),
    Column("used_at", UtcDateTime),
    Column("revoked_at", UtcDateTime),
)

# Issuer and subject open the door, nothing else does; ``shown`` is for people to read.
sign_on_links = Table(
    "sign_on_links",
    metadata,
    Column("issuer", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("staff_id", BigId, ForeignKey("staff.id"), nullable=False),
    Column("shown", Text, nullable=False),
    Column("linked_at", UtcDateTime, nullable=False),
    Column("linked_by", Text, nullable=False),
    Column("used_at", UtcDateTime),
)
Index("uq_sign_on_links_staff", sign_on_links.c.staff_id, sign_on_links.c.issuer, unique=True)

# Ways to the provider that came back, so that none comes back twice.
sign_on_flows = Table(
    "sign_on_flows",
    metadata,
    Column("state_hash", Text, primary_key=True),
    Column("until", UtcDateTime, nullable=False),
)
Index("ix_sign_on_flows_until", sign_on_flows.c.until)

# What staff change besides tickets: users, units, calendars, policies, texts, reveals. Append-only
# and chained like a ticket's history, one chain per subject.
admin_events = Table(
    "admin_events",
    metadata,
    Column("subject", Text, primary_key=True),  # staff:7, unit:3, calendar:banyuwangi
    Column("seq", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", Text, nullable=False),
    Column("data", Text, nullable=False),
    Column("previous", Text, nullable=False),
    Column("hash", Text, nullable=False),
)
Index("ix_admin_events_at", admin_events.c.at)

# The document is the calendar's TOML: what was checked is what is kept.
calendars = Table(
    "calendars",
    metadata,
    Column("name", Text, primary_key=True),
    Column("document", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("changed_by", Text, nullable=False),
)

# The newest one holds, its id is its version; earlier ones stay: the first tells how long clocks
# were promised that do not say it themselves.
sla_policies = Table(
    "sla_policies",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("document", Text, nullable=False),
    Column("valid_from", UtcDateTime, nullable=False),
    Column("changed_by", Text, nullable=False),
)

templates = Table(
    "templates",
    metadata,
    Column("unit_id", BigId, primary_key=True, autoincrement=False),  # 0: the whole office
    Column("language", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("text", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("changed_by", Text, nullable=False),
)

canned_replies = Table(
    "canned_replies",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("unit_id", BigId, ForeignKey("units.id")),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("version", Integer, nullable=False, server_default=text("1")),
    Column("retired_at", UtcDateTime),
)

# ``parts``: JSON by the keys of core/model/catalogue.py; only those that are filled in.
services = Table(
    "services",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("unit_id", BigId, ForeignKey("units.id")),
    Column("name", Text, nullable=False),
    Column("parts", Text, nullable=False),
    Column("version", Integer, nullable=False, server_default=text("1")),
    Column("retired_at", UtcDateTime),
)

# Every wording of a text, a canned reply or a service: its row above is what holds. ``content`` is
# JSON; those that neither began nor were withdrawn wait for their day.
setting_versions = Table(
    "setting_versions",
    metadata,
    Column("subject", Text, primary_key=True),  # text:0:id:ack_sms, canned:3, service:4
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("content", Text, nullable=False),
    Column("valid_from", UtcDateTime, nullable=False),
    Column("laid_at", UtcDateTime, nullable=False),
    Column("changed_by", Text, nullable=False),
    Column("begun_at", UtcDateTime),
    Column("withdrawn_at", UtcDateTime),
)
Index(
    "ix_setting_versions_waiting",
    setting_versions.c.valid_from,
    sqlite_where=text("begun_at IS NULL AND withdrawn_at IS NULL"),
    postgresql_where=text("begun_at IS NULL AND withdrawn_at IS NULL"),
)

# One row per job and period: whoever inserts it runs the job.
job_runs = Table(
    "job_runs",
    metadata,
    Column("job", Text, primary_key=True),
    Column("period", Text, primary_key=True),
    Column("claimed_at", UtcDateTime, nullable=False),
    Column("claimed_by", Text, nullable=False),
    Column("lease_until", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime),
    Column("outcome", Text, nullable=False, server_default=""),
)
Index("ix_job_runs_claimed", job_runs.c.claimed_at)

# Binds the last hashes of all tickets together, day by day.
anchors = Table(
    "anchors",
    metadata,
    Column("day", Date, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("tickets", BigId, nullable=False),
    Column("events", BigId, nullable=False),
    Column("digest", Text, nullable=False),
    Column("previous", Text, nullable=False),
    Column("position", Text, nullable=False, server_default=""),  # its end in the stream of events
)

# The tickets that an anchor binds, a row for each thousand ids: 14 bytes name each of them, so
# that one that is missing can be told. Append-only like the anchors and the events.
anchor_parts = Table(
    "anchor_parts",
    metadata,
    Column("day", Date, ForeignKey("anchors.day"), primary_key=True),
    Column("bucket", BigId, primary_key=True, autoincrement=False),
    Column("entries", LargeBinary, nullable=False),
    Column("digest", Text, nullable=False),
)
Index("ix_anchor_parts_bucket", anchor_parts.c.bucket, anchor_parts.c.day)

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("staff_id", BigId, ForeignKey("staff.id"), primary_key=True, autoincrement=False),
    Column("key", Text, primary_key=True),
    Column("request_hash", Text, nullable=False),
    Column("status", SmallInteger, nullable=False),
    Column("body", Text, nullable=False),
    Column("headers", Text, nullable=False, server_default="{}"),
    Column("created_at", UtcDateTime, nullable=False),
)
Index("ix_idempotency_keys_created", idempotency_keys.c.created_at)

# Outgoing webhooks for ticket events, signed and retried.
subscriptions = Table(
    "subscriptions",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("url", Text, nullable=False),
    Column("secret", LargeBinary, nullable=False),
    Column("kinds", Text, nullable=False, server_default="[]"),  # [] is all
    Column("unit_id", BigId, ForeignKey("units.id")),
    Column("position", Text, nullable=False),  # how far in the stream of events it got
    Column("due_at", UtcDateTime, nullable=False),
    Column("attempt", Integer, nullable=False, server_default=text("0")),
    Column("code", Text, nullable=False, server_default=""),
    Column("paused_at", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("name", Text, nullable=False, server_default=""),
    Column("failing_since", UtcDateTime),  # NULL: the last attempt was taken, or none was made
)

# Identity numbers and other restricted fields: encrypted, found again by a keyed hash only.
restricted_values = Table(
    "restricted_values",
    metadata,
    Column("owner", Text, primary_key=True),  # ticket:<id>, contact:<id>
    Column("field", Text, primary_key=True),
    Column("key_id", Text, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("digest", Text, nullable=False),
    Column("tail", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("owner", "field", "digest"),
)
Index("ix_restricted_values_digest", restricted_values.c.field, restricted_values.c.digest)
