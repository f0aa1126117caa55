"""A message of ours as a mail: headers, text and HTML, files (providers.md §12, §13.8).

The same item gives the same bytes at every attempt, so that a second copy is the same mail to
most receivers. Every header passes ``header_values``; bodies are encoded here, so that no line is
longer than 76 characters whatever was written.
"""

from __future__ import annotations

import binascii
import re
from base64 import encodebytes
from email.utils import format_datetime
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from channels.email.addresses import addr_spec
from channels.email.errors import UNFIT
from channels.email.header_values import (
    file_lines,
    ids_line,
    mailbox_line,
    one_line,
    plain_line,
    text_line,
)
from core.errors import SendError
from core.model.mailtext import strip_prefixes
from core.model.messages import Conversation
from core.model.numbers import number_pattern, read_number
from core.model.value import value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from channels.email.tokens import Seal
    from core.model.messages import OutboundFile, OutboundMessage

LOOP_HEADER = "X-Helpdesk-Loop"
"""On what no person wrote: how many gateways it passed, and which one sent it."""

_LAST_IDS = 10  # of References; with the first one eleven, as RFC 5537 §3.4.4 allows to trim
_LONGEST_SUBJECT = 160
_NO_SUBJECT = "Laporan Anda"
_ALONE = Conversation()


@value
class Identity:
    """As whom we write.

    Attributes:
        name: the desk's name, shown beside its address.
        address: the desk's address; the domain of our message ids is its domain.
        seal: signs reply addresses and message ids.
        signature: of the unit, below every text; "" for none.
        instance: names this gateway in the loop header: letters, digits, dots, hyphens.
    """

    name: str
    address: str
    seal: Seal
    signature: str = ""
    instance: str = "helpdesk"


@value
class WrittenMail:
    """A mail ready for the relay.

    Attributes:
        envelope_sender: "" is the null sender: nobody may answer or return it.
        recipient: the one envelope recipient.
        raw: CRLF line ends; ASCII, unless ``needs_utf8``.
        message_id: without brackets.
        needs_utf8: the recipient's local part is beyond ASCII; only a relay that offers SMTPUTF8
            (RFC 6531) takes such a mail.
    """

    envelope_sender: str
    recipient: str
    raw: bytes
    message_id: str
    needs_utf8: bool = False


def write_mail(message: OutboundMessage, identity: Identity) -> WrittenMail:
    """The mail of an outbox item. Its recipient must have passed the strict address parser.

    Reads the files that go with it from the disk: not on the event loop when there are any.
    Raises SendError for a recipient that no header can hold, OSError for a file that cannot be
    read.
    """
    # the last wall against line breaks in an address (threats.md row 23)
    if addr_spec(message.recipient.value) is None:
        raise SendError(UNFIT)
    stands_in = message.conversation or _ALONE
    number = stands_in.number
    message_id = identity.seal.message_id(
        message.item_id, number, identity.address.rpartition("@")[2]
    )
    reply_to = identity.seal.reply_address(identity.address, number) if number else ""
    raw = b"".join(
        (
            _letterhead(message, stands_in, identity),
            plain_line("Message-ID", f"<{message_id}>"),
            mailbox_line("Reply-To", reply_to, identity.name) if reply_to else b"",
            _marks_of_a_machine(stands_in, identity) if stands_in.automatic else b"",
            _body(_signed(message.text, identity.signature), number, stands_in.files, message_id),
        )
    )
    sender = "" if stands_in.automatic else reply_to or identity.address
    recipient = message.recipient.value
    return WrittenMail(sender, recipient, raw, message_id, needs_utf8=not recipient.isascii())


def subject_of(conversation: Conversation, prefix: str) -> str:
    """``[HD26-004217-4] Re: <subject>``; marks and prefixes of earlier rounds do not pile up."""
    bare, was_reply = _bare(conversation.subject, prefix)
    answers = "Re: " if bare and (conversation.answers or was_reply) else ""
    tag = f"[{conversation.number}] " if conversation.number else ""
    return f"{tag}{answers}{one_line(bare, _LONGEST_SUBJECT) or _NO_SUBJECT}"


def _bare(subject: str, prefix: str) -> tuple[str, bool]:
    """Without reply prefixes and our numbers in brackets, and whether it was a reply."""
    bare, was_reply = one_line(subject, 1_000), False
    while True:
        shorter, reply = strip_prefixes(bare)
        was_reply |= reply
        found = re.match(r"\[([^\[\]]{8,24})\]\s*", shorter)
        number = number_pattern(prefix).fullmatch(found[1]) if found else None
        if found and number and read_number(prefix, number):
            shorter = shorter[found.end() :]
        if shorter == bare:
            return bare, was_reply
        bare = shorter


def _letterhead(message: OutboundMessage, stands_in: Conversation, identity: Identity) -> bytes:
    references = tuple(dict.fromkeys(one for one in stands_in.references if one))
    if stands_in.answers and stands_in.answers not in references:
        references = (*references, stands_in.answers)
    if len(references) > _LAST_IDS + 1:
        references = (references[0], *references[-_LAST_IDS:])
    written_at = message.created_at
    return b"".join(
        (
            plain_line("Date", format_datetime(written_at)) if written_at else b"",
            mailbox_line("From", identity.address, identity.name),
            mailbox_line("To", message.recipient.value),
            text_line("Subject", subject_of(stands_in, identity.seal.prefix)),
            ids_line("In-Reply-To", (stands_in.answers,)),
            ids_line("References", references),
        )
    )


def _marks_of_a_machine(stands_in: Conversation, identity: Identity) -> bytes:
    """RFC 3834 §5, what Exchange understands besides, and our own."""
    return b"".join(
        (
            plain_line(
                "Auto-Submitted", "auto-replied" if stands_in.answers else "auto-generated"
            ),
            plain_line("X-Auto-Response-Suppress", "All"),
            plain_line("Precedence", "auto_reply"),
            plain_line(LOOP_HEADER, f"1; {identity.instance}"),
        )
    )


def _signed(text: str, signature: str) -> str:
    return f"{text.rstrip()}\n\n-- \n{signature.strip()}\n" if signature.strip() else f"{text}\n"


def _body(text: str, number: str | None, files: Sequence[OutboundFile], message_id: str) -> bytes:
    """Text and HTML as alternatives; the files beside them."""
    mark = sha256(message_id.encode()).hexdigest()[:24]
    alternatives = _multipart(
        "alternative",
        f"=_a{mark}",
        [_text_part("plain", text), _text_part("html", page(text, number))],
    )
    if files:
        parts = [alternatives, *(_file_part(one) for one in files)]
        return b"MIME-Version: 1.0\r\n" + _multipart("mixed", f"=_m{mark}", parts)
    return b"MIME-Version: 1.0\r\n" + alternatives


def _multipart(kind: str, boundary: str, parts: Sequence[bytes]) -> bytes:
    """``=_`` occurs in neither quoted-printable nor base64 text (RFC 2045 §6.7)."""
    head = f'Content-Type: multipart/{kind};\r\n boundary="{boundary}"\r\n'.encode()
    line = f"\r\n--{boundary}".encode()
    return head + b"".join(line + b"\r\n" + part for part in parts) + line + b"--\r\n"


def _text_part(kind: str, text: str) -> bytes:
    head = (
        f"Content-Type: text/{kind}; charset=utf-8\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    )
    unified = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    encoded = binascii.b2a_qp(unified.encode("utf-8", "replace"), istext=True)
    # some mailboxes put > before a line that begins with "From "
    shielded = re.sub(rb"^From ", b"=46rom ", encoded, flags=re.MULTILINE)
    return head.encode() + shielded.replace(b"\n", b"\r\n")


def _file_part(file: OutboundFile) -> bytes:
    content = encodebytes(Path(file.path).read_bytes()).replace(b"\n", b"\r\n")
    return (
        file_lines(file.content_type, file.filename)
        + b"Content-Transfer-Encoding: base64\r\n\r\n"
        + content
    )


def page(text: str, number: str | None) -> str:
    """The text as HTML: paragraphs, the ticket number in bold, nothing to load, no styles."""
    shown = escape(text.replace("\r\n", "\n").replace("\r", "\n").strip(), quote=False)
    if number:
        marked = escape(number, quote=False)
        shown = re.sub(rf"(?<!\w){re.escape(marked)}(?!\w)", f"<strong>{marked}</strong>", shown)
    blocks = (block.strip("\n") for block in re.split(r"\n{2,}", shown))
    paragraphs = "\n".join(
        f"<p>{block.replace(chr(10), '<br>' + chr(10))}</p>" for block in blocks
    )
    return (
        '<!DOCTYPE html>\n<html lang="id"><head><meta charset="utf-8"></head>\n'
        f"<body>\n{paragraphs}\n</body></html>\n"
    )
