"""What a mail says, as values: read once by ``reading.read_mail``, used by everything after it.

A ``Mail`` holds claims only: From, Reply-To and every header may be forged (providers.md §13.10).
All text in it is clean: no NUL, no lone surrogates, and single lines hold no line breaks.
"""

from __future__ import annotations

from dataclasses import field
from enum import StrEnum
from typing import TYPE_CHECKING

from core.model.messages import NOTHING
from core.model.value import value

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


class FromFault(StrEnum):
    """Why From is not exactly one address; such a mail is never acknowledged (§13.1)."""

    NONE = ""
    MISSING = "missing"  # no From at all, an empty one, ``<>``, or no address in it
    SEVERAL = "several"  # more than one address, or more than one From header
    GROUP = "group"  # ``Team: a@x.test;``
    AMBIGUOUS = "ambiguous"  # two programs could read two different addresses from it


@value
class MailAddress:
    """One mailbox by a strict addr-spec parser (RFC 5322 §3.4, RFC 6532).

    Attributes:
        address: local part as written, domain in lower case and as A-labels where possible.
        name: display name as claimed, decoded, one line; "" for none.
    """

    address: str
    name: str = ""


@value
class Part:
    """A file in a mail. Its bytes come from ``parts.part_content(raw, index)``.

    Attributes:
        index: position in the mail, beginning at 0; the same on every reading of the same bytes.
        filename: cleaned, never empty, unique within the mail; only ever displayed.
        content_type: as claimed, lower case, without parameters; not believed.
        size: decoded bytes.
        inline: shown within the text (a ``cid:`` image, or so marked), not a file sent as such.
        content_id: without brackets, "" for none.
        encrypted: S/MIME or PGP; nobody here can read it.
    """

    index: int
    filename: str
    content_type: str
    size: int
    inline: bool = False
    content_id: str = ""
    encrypted: bool = False


@value
class Report:
    """The machine-readable parts of a ``multipart/report`` (RFC 6522), and loose ones.

    Attributes:
        kind: the report-type: ``delivery-status``, ``disposition-notification``,
            ``feedback-report``; "" where the mail does not name it.
        blocks: the fields of each block of the second part, names in lower case, values unfolded;
            a repeated field holds its values one a line. For a delivery report the first block is
            about the message, each further one about a recipient (RFC 3464 §2.1).
        returned: raw bytes of the returned message or of its headers, b"" when none came back.
    """

    kind: str
    blocks: tuple[Mapping[str, str], ...] = ()
    returned: bytes = b""


@value
class Mail:
    """One mail.

    Attributes:
        sender: the address in From; None unless there is exactly one that all programs read alike.
        from_fault: why there is none; NONE exactly when ``sender`` is set.
        from_raw: the From headers as they came, decoded, one line, for showing.
        claimed: every address found in From, in order: with ``sender`` None for showing only.
        reply_to: the addresses of Reply-To; shown, never an identity.
        to: the addresses of To; at most 100, as in ``cc``.
        cc: the addresses of Cc.
        delivered_to: whom the mail reached by its trace headers (Delivered-To, X-Original-To,
            Envelope-To, X-Envelope-To), top to bottom, addresses only.
        return_path: envelope sender by the topmost Return-Path; "" is the null sender, None says
            that there is no such header.
        subject: decoded, one line; "" for none.
        date: the Date header, aware UTC; None when missing, unreadable or impossible.
        message_id: without brackets, "" for none.
        in_reply_to: ids, without brackets, as in the header.
        references: ids of In-Reply-To and References without repeats, nearest first, at most 20.
        text: the whole text that a person would read, quotes included, lines ending in LF; from
            HTML where there is no other.
        html: sanitised HTML, without remote loads; "" for none.
        parts: the files, in the order of the mail.
        headers: the first value of each header that the rules on automatic mail read, names in
            lower case (``reading.KEPT``).
        authentication_results: all such headers, top to bottom.
        report: set for any ``multipart/report`` and for loose report parts.
        content_hash: hex SHA-256 over From, Date, Subject and decoded parts, no trace headers: the
            same mail by two routes has the same (§13.3).
        defects: what was wrong, short English words, for the log and for staff.
    """

    sender: MailAddress | None
    from_fault: FromFault
    text: str
    content_hash: str
    from_raw: str = ""
    claimed: tuple[MailAddress, ...] = ()
    reply_to: tuple[MailAddress, ...] = ()
    to: tuple[MailAddress, ...] = ()
    cc: tuple[MailAddress, ...] = ()
    delivered_to: tuple[str, ...] = ()
    return_path: str | None = None
    subject: str = ""
    date: datetime | None = None
    message_id: str = ""
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    html: str = ""
    parts: tuple[Part, ...] = ()
    headers: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    authentication_results: tuple[str, ...] = ()
    report: Report | None = None
    defects: tuple[str, ...] = ()
