"""Mails of the simulated mail program: written from a form, read for the screen."""

from __future__ import annotations

import re
from email import message_from_bytes
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, default
from email.utils import format_datetime, make_msgid
from html import unescape
from typing import TYPE_CHECKING, TypeVar

from console.sandbox.phone import Letter, Upload

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from console.sandbox.phone import Draft, Person

Found = TypeVar("Found")

WIRE = SMTP.clone(max_line_length=998)
"""The usual policy would write long ids as encoded words and so break the thread."""

DOMAIN = "example.org"
_ADDRESS = re.compile(r"<([^<>\s]+)>|([^<>\s,]+@[^<>\s,]+)")


def written(draft: Draft, person: Person, desk: str, answered: Letter | None) -> EmailMessage:
    """The mail that a form describes.

    Args:
        draft: as typed.
        person: who writes.
        desk: the office's address, where a new conversation goes.
        answered: the mail that it answers; its thread is kept as mail programs do.
    """
    mail = EmailMessage(policy=WIRE)
    mail["From"] = Address(person.name, addr_spec=person.number)
    mail["To"] = address_in(answered.answer_to) if answered else desk
    mail["Subject"] = " ".join(draft.subject.split())
    mail["Message-ID"] = make_msgid(domain=DOMAIN)
    if answered:
        its_id, its_references = header(answered, "Message-ID"), header(answered, "References")
        mail["In-Reply-To"] = its_id
        mail["References"] = f"{its_references} {its_id}".strip()
    mail["MIME-Version"] = "1.0"
    mail.set_content(draft.text.replace("\r\n", "\n"), cte="quoted-printable")
    if draft.file:
        kind, _, subkind = draft.file.content_type.partition("/")
        mail.add_attachment(
            draft.file.data, maintype=kind, subtype=subkind, filename=draft.file.name
        )
    return mail


def dated(mail: EmailMessage, at: datetime) -> bytes:
    """The mail as it goes over the wire."""
    mail["Date"] = format_datetime(at)
    return mail.as_bytes()


def read(raw: bytes, letter_id: int, at: datetime, *, mine: bool) -> Letter:
    """A mail as the screen shows it; whatever cannot be read is left out."""
    mail = message_from_bytes(raw, policy=default)
    return Letter(
        id=letter_id,
        at=at,
        mine=mine,
        writer=_value(mail, "From"),
        to=_value(mail, "To"),
        subject=_value(mail, "Subject"),
        text=_content(mail, "plain"),
        html=_content(mail, "html"),
        headers=tuple((name, " ".join(value.split())) for name, value in _headers(raw)),
        files=tuple(_files(mail)),
        answer_to=_value(mail, "Reply-To") or _value(mail, "From"),
    )


def _headers(raw: bytes) -> list[tuple[str, str]]:
    """As they stand, their encoded words too: who unfolds them wants to see what came."""
    return [(name, str(value)) for name, value in message_from_bytes(raw).items()]


def _value(mail: EmailMessage, name: str) -> str:
    return " ".join(_read(lambda: str(mail.get(name, "")), "").split())


def _content(mail: EmailMessage, kind: str) -> str:
    part = _read(lambda: mail.get_body((kind,)), None)
    if part is None:
        return ""
    return _read(lambda: str(part.get_content()), "").replace("\r\n", "\n").strip()


def _read(look: Callable[[], Found], otherwise: Found) -> Found:
    """What the library makes of a part of a mail, or something else where it stumbles."""
    try:
        return look()
    except (LookupError, ValueError, AttributeError, TypeError):
        return otherwise


def _files(mail: EmailMessage) -> Iterator[Upload]:
    for part in mail.iter_attachments():
        content = part.get_payload(decode=True)
        if isinstance(content, bytes):
            name = part.get_filename() or "lampiran"
            yield Upload(name, part.get_content_type(), content)


def header(letter: Letter, name: str) -> str:
    """The first header of that name, "" without one."""
    wanted = name.lower()
    return next((value for key, value in letter.headers if key.lower() == wanted), "")


def address_in(value: str) -> str:
    """The address within ``Name <address>``; "" when there is none."""
    found = _ADDRESS.search(unescape(value))
    return (found[1] or found[2]) if found else ""
