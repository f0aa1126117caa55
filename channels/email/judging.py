"""Whether a machine wrote a mail, whether it may be acknowledged, and what it returns.

Only what nobody but the door can see is judged here: the envelope, reports and returned mail, a
From that is no single address, forged senders, ids of our own making. What stands in headers and
words is judged once, for every door, by ``core.model.automatic`` (rule 11, providers.md §13.1).
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from channels.email.bounces import looks_returned, read_old_bounce
from channels.email.dsn import Bounce, is_other_report, read_report, returned_id_in
from channels.email.mail import FromFault
from channels.email.tokens import marks_of
from core.model.value import value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from channels.email.mail import Mail
    from channels.email.tokens import OwnId, Seal

_FAULTS = {
    FromFault.MISSING: "pengirim tidak tertulis",
    FromFault.SEVERAL: "lebih dari satu pengirim tertulis",
    FromFault.GROUP: "pengirim tertulis sebagai kelompok",
    FromFault.AMBIGUOUS: "alamat pengirim tidak jelas",
}
_REJECTED = re.compile(r"\b(?:automatically|was|has been) rejected\b", re.IGNORECASE)
_CALENDAR = "text/calendar"
_LOOKED = 2**18  # bytes of a mail in which the part of a calendar's answer begins
_TOLD = 6_000  # characters in which a filter says so
_ANSWERED = re.compile(
    rb"(?im)^content-type:\s{0,9}text/calendar\b(?:[^\r\n]|\r?\n[ \t]){0,300}?"
    rb"\bmethod\s{0,9}=\s{0,9}\"?(?:reply|counter|declinecounter|refresh)\b"
)
"""The part by which a calendar accepts or declines (RFC 5546 §1.4, RFC 6047 §2.4)."""

_DMARC = re.compile(r"\bdmarc\s*=\s*(?:\([^()]*\)\s*)?([a-z]+)", re.IGNORECASE)


@value
class House:
    """What the door knows of itself.

    Attributes:
        is_own: whether an address is one of ours, plus parts and case left aside.
        seal: of our marks.
        trusted: the names our own mail servers sign Authentication-Results with, lower case;
            results of anybody else are claims.
    """

    is_own: Callable[[str], bool]
    seal: Seal
    trusted: frozenset[str] = frozenset()


@value
class Verdict:
    """What is to be made of a mail.

    Attributes:
        machine: why a machine wrote it, Indonesian: kept, threaded, never acknowledged; "" for
            none.
        quiet: why it is taken as any other but not acknowledged, Indonesian; "" if it may be.
        bounce: what it says of a mail of ours or of others.
        notes: what staff should see, Indonesian.
    """

    machine: str = ""
    quiet: str = ""
    bounce: Bounce | None = None
    notes: tuple[str, ...] = ()


def judge(mail: Mail, envelope_sender: str | None, house: House, raw: bytes = b"") -> Verdict:
    """The verdict on a mail.

    Args:
        mail: as read.
        envelope_sender: by SMTP; "" is the null sender; None where only the mailbox is known, then
            Return-Path counts.
        house: ours.
        raw: the mail's bytes; without them old servers' texts are read a little worse.
    """
    null_sender = not (mail.return_path if envelope_sender is None else envelope_sender or "")
    null_sender = null_sender and (envelope_sender is not None or mail.return_path is not None)
    if mail.report is not None and not _is_report(mail, null_sender=null_sender):
        mail = replace(mail, report=None)
    bounce = _bounce(mail, raw, house, null_sender=null_sender)
    return Verdict(
        machine=_machine(mail, bounce, house, null_sender=null_sender)
        or ("jawaban undangan kalender" if _is_calendar_answer(mail, raw) else ""),
        quiet=_quiet(mail, house),
        bounce=bounce,
        notes=tuple(_notes(mail, house)),
    )


def _is_report(mail: Mail, *, null_sender: bool) -> bool:
    """Not so when a person attached a report that they got."""
    whole = mail.headers.get("content-type", "").lower().lstrip()
    return whole.startswith(("multipart/report", "message/")) or looks_returned(
        mail, null_sender=null_sender
    )


def _bounce(mail: Mail, raw: bytes, house: House, *, null_sender: bool) -> Bounce | None:
    if mail.report is not None and is_other_report(mail.report) and not _is_rejection(mail):
        return None
    found = read_report(mail.report) if mail.report else None
    if found is None or not any(one.address for one in found.recipients):
        told = read_old_bounce(mail, raw, null_sender=null_sender)
        if found is None or (told and told.recipients):
            found = replace(found, recipients=told.recipients) if found and told else told
    if found is None:
        return None
    marks = marks_of(mail, (), house.seal)
    # what came back may stand in the text, or as a file: anywhere behind the headers
    body = _behind_headers(raw) or mail.text.encode("ascii", "replace")
    returned_id = found.returned_id or returned_id_in(body)
    items = _items(
        (returned_id, found.envelope_id, *mail.in_reply_to),
        (*marks.items, *house.seal.ids_in(body)),
        house.seal,
    )
    number = marks.number or next((one.number for one in items if one.number), None)
    return replace(found, items=items, number=number, returned_id=returned_id)


def _is_calendar_answer(mail: Mail, raw: bytes) -> bool:
    """Only where there is a calendar at all, and not far: the event loop waits for this."""
    if not any(part.content_type == _CALENDAR for part in mail.parts):
        return False
    return _ANSWERED.search(raw, 0, _LOOKED) is not None


def _is_rejection(mail: Mail) -> bool:
    """Whether a filter refused the mail and says so by a read receipt (RFC 5429 §2.1.2)."""
    blocks = mail.report.blocks if mail.report else ()
    disposition = next((one["disposition"] for one in blocks if "disposition" in one), "")
    gone = re.match(r"automatic-action/.*;\s*deleted", disposition, re.IGNORECASE)
    return gone is not None and _REJECTED.search(mail.text[:_TOLD]) is not None


def _items(named: Iterable[str], anywhere: Iterable[OwnId], seal: Seal) -> tuple[OwnId, ...]:
    """The item that came back: by its own id; else the only one that is mentioned at all.

    A returned mail refers to earlier mails of ours, too, and those did arrive.
    """
    own = (seal.own_id(one) for one in named)
    exact = tuple(dict.fromkeys(one for one in own if one is not None))
    mentioned = tuple(dict.fromkeys(anywhere))
    return exact[:1] or (mentioned if len(mentioned) == 1 else ())


def _behind_headers(raw: bytes) -> bytes:
    end = re.search(rb"\r?\n\r?\n", raw)
    return raw[end.end() :] if end else b""


def _machine(mail: Mail, bounce: Bounce | None, house: House, *, null_sender: bool) -> str:
    reasons = (
        (bounce is not None, "pemberitahuan gagal kirim"),
        (mail.report is not None, "laporan mesin"),
        (null_sender, "pengirim amplop kosong, surel mesin"),
        (house.seal.own_id(mail.message_id) is not None, "surel kita sendiri kembali"),
        (mail.sender and house.is_own(mail.sender.address), "pengirim adalah alamat kita sendiri"),
    )
    return next((reason for holds, reason in reasons if holds), "")


def _quiet(mail: Mail, house: House) -> str:
    if mail.from_fault is not FromFault.NONE:
        return _FAULTS.get(mail.from_fault, "alamat pengirim tidak jelas")
    if _forged(mail, house):
        return "pengirim tidak lolos pemeriksaan DMARC"
    return ""


def _forged(mail: Mail, house: House) -> bool:
    """By the topmost result that a server of ours wrote; SPF alone condemns nobody."""
    for result in mail.authentication_results:
        writer = result.split(";", 1)[0].split()
        if writer and writer[0].lower() in house.trusted:
            found = _DMARC.search(result)
            return found is not None and found[1].lower() == "fail"
    return False


def _notes(mail: Mail, house: House) -> list[str]:
    notes = []
    sender = mail.sender
    if sender and any(one.address.lower() != sender.address.lower() for one in mail.reply_to):
        notes.append("alamat balasan berbeda dari pengirim")
    if sender and any(house.is_own(word.strip("<>()\"',")) for word in sender.name.split()):
        notes.append("nama pengirim memuat alamat kita")
    return notes
