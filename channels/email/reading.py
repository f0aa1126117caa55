"""Any bytes to a ``Mail``: never raises, loses no text, takes time in proportion to its input.

Which bytes are which part is ``structure``'s business, what is text and what a file is ``parts``';
here the values are put together. Big or suspicious mail goes through ``worker.read_apart``.
"""

from __future__ import annotations

import hashlib
from types import MappingProxyType
from typing import TYPE_CHECKING

from channels.email.addresses import addresses_of, sender_of
from channels.email.bodies import content_of
from channels.email.charsets import clean, to_text
from channels.email.headers import date_of, ids_of, split_headers, text_of
from channels.email.html import as_html, sanitise
from channels.email.html_text import to_plain
from channels.email.limits import MAX_ADDRESSES, MAX_MAIL, MAX_TEXT
from channels.email.mail import FromFault, Mail, Part
from channels.email.parts import Segment, Survey, normal, survey
from channels.email.reports import report_of
from channels.email.structure import Entity
from core.model.automatic import JUDGED_HEADERS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from channels.email.mail import MailAddress

_ALSO = (
    "errors-to feedback-id importance original-recipient priority sender user-agent "
    "x-envelope-from x-original-from x-priority x-report-type x-spam-flag x-spam-status"
)
KEPT = JUDGED_HEADERS.union(_ALSO.split())
"""Headers whose first value is kept, beside those that begin as in ``KEPT_PREFIXES``."""

KEPT_PREFIXES = (
    "list-", "auto-", "x-auto", "x-helpdesk", "x-ms-exchange-", "x-cron", "x-vacation", "x-otrs",
    "x-zammad", "x-mdn", "x-list", "x-mailing-list", "x-bounce", "x-github", "x-facebook",
    "x-out-of",
)  # fmt: skip

_MAX_KEPT = 2000
_MAX_REFERENCES = 20
_TRACES = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to")


def read_mail(raw: bytes) -> Mail:
    """The mail as a value; for what cannot be read at all, as much of it as is safe."""
    try:
        return _read(raw)
    except Exception as error:  # noqa: BLE001 - this function promises it; the raw bytes are kept
        return read_roughly(raw, f"unreadable: {type(error).__name__}")


def read_roughly(raw: bytes, defect: str) -> Mail:
    """The headers, and the beginning of the undecoded body as text: for mail that reads badly."""
    start = normal(raw[: 2**20])
    fields, body = split_headers(start, 0, len(start), top=True)
    top = Entity(start, fields, body, len(start))
    text = clean(to_text(start[body : body + 64 * 2**10]))
    rest = normal(raw)[body:].replace(b"\r\n", b"\n").rstrip()
    try:
        known = _digest([*_identity(top), rest])
        return _mail(top, "", text=text, content_hash=known, defects=(defect,))
    except Exception:  # noqa: BLE001 - as above: the last resort must hold
        return Mail(None, FromFault.MISSING, text, _digest([rest]), defects=(defect, "no headers"))


def _read(raw: bytes) -> Mail:
    whole = normal(raw[:MAX_MAIL])
    found = survey(whole)
    if len(raw) > MAX_MAIL:
        found.defects.append("longer than is read")
    segments = _shown(found.segments)
    text = _text(segments)
    if len(text) > MAX_TEXT:
        text = text[:MAX_TEXT]
        found.defects.append("text cut")
    return _mail(
        found.tree,
        found.hint,
        text=text,
        html=_html(segments),
        parts=_parts(found),
        report=report_of(found.tree),
        content_hash=_hash(found),
        defects=tuple(found.defects),
    )


def _mail(top: Entity, hint: str, **rest: object) -> Mail:
    """A Mail from the headers of the top, and what was made of the body."""
    sender, fault, every = sender_of(top.all("from"), hint)
    answered = _ids(top, "in-reply-to")
    message_id = _ids(top, "message-id")
    fields: Mapping[str, object] = {
        "from_raw": ", ".join(text_of(value, hint) for value in top.all("from"))[:_MAX_KEPT],
        "claimed": tuple(every.addresses),
        "reply_to": _addresses(top, "reply-to", hint),
        "to": _addresses(top, "to", hint),
        "cc": _addresses(top, "cc", hint),
        "delivered_to": _delivered_to(top),
        "return_path": _return_path(top),
        "subject": text_of(top.first("subject") or b"", hint),
        "date": _date(top),
        "message_id": message_id[0] if message_id else "",
        "in_reply_to": answered,
        "references": _references(answered, _ids(top, "references")),
        "headers": _kept(top, hint),
        "authentication_results": tuple(
            _squeezed(value) for value in top.all("authentication-results")[:50]
        ),
    }
    make: Callable[..., Mail] = Mail
    return make(sender=sender, from_fault=fault, **fields, **rest)


def _shown(segments: list[Segment]) -> list[Segment]:
    """The same with the HTML sanitised; nothing but that goes any further."""
    return [Segment(plain, sanitise(rich) if rich else None) for plain, rich in segments]


def _text(segments: list[Segment]) -> str:
    """All of the text in order; HTML counts where the plain form is missing or blank."""
    texts = []
    for plain, rich in segments:
        text = plain if plain and plain.strip() else to_plain(rich or "")
        if text.strip():
            texts.append(text.strip("\n"))
    return "\n\n".join(texts)


def _html(segments: list[Segment]) -> str:
    """The HTML of the mail, plain stretches between as they are; "" without any."""
    if not any(segment.html for segment in segments):
        return ""
    return "\n".join(rich or as_html(plain or "") for plain, rich in segments)


def _parts(found: Survey) -> tuple[Part, ...]:
    return tuple(
        Part(
            index=index,
            filename=file.name,
            content_type=file.kind[:200],
            size=len(file.content()),
            inline=file.inline,
            content_id=file.content_id,
            encrypted=file.encrypted,
        )
        for index, file in enumerate(found.files)
    )


def _addresses(top: Entity, name: str, hint: str) -> tuple[MailAddress, ...]:
    every: list[MailAddress] = []
    for value in top.all(name)[:10]:
        every += addresses_of(value, hint).addresses
    return tuple(every[:MAX_ADDRESSES])


def _delivered_to(top: Entity) -> tuple[str, ...]:
    every: list[str] = []
    for name, value in top.fields:
        if name in _TRACES and len(every) < MAX_ADDRESSES:
            every += [one.address for one in addresses_of(value).addresses]
    return tuple(dict.fromkeys(every))


def _return_path(top: Entity) -> str | None:
    value = top.first("return-path")
    if value is None:
        return None
    found = addresses_of(value).addresses
    return found[0].address if found else text_of(value).strip("<> ")


def _date(top: Entity) -> datetime | None:
    return next(filter(None, map(date_of, top.all("date")[:5])), None)


def _ids(top: Entity, name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for value in top.all(name)[:5] for one in ids_of(value)))


def _references(answered: tuple[str, ...], chain: tuple[str, ...]) -> tuple[str, ...]:
    """Nearest first: In-Reply-To, then References from right to left."""
    return tuple(dict.fromkeys((*answered, *reversed(chain))))[:_MAX_REFERENCES]


def _kept(top: Entity, hint: str) -> Mapping[str, str]:
    kept: dict[str, str] = {}
    for name, value in top.fields:
        if name not in kept and (name in KEPT or name.startswith(KEPT_PREFIXES)):
            kept[name] = _squeezed(value, hint)
    return MappingProxyType(kept)


def _squeezed(value: bytes, hint: str = "") -> str:
    """A structured header: folds and runs of spaces mean one space (RFC 5322 §3.2.2)."""
    return " ".join(text_of(value, hint).split())[:_MAX_KEPT]


def _identity(top: Entity) -> list[bytes]:
    return [text_of(top.first(name) or b"").encode() for name in ("from", "date", "subject")]


def _hash(found: Survey) -> str:
    """Over From, Date, Subject and the decoded leaves, as they stay the same on every route."""
    pieces = _identity(found.tree)
    for leaf in found.tree.leaves():
        pieces.append(leaf.type.kind.encode("utf-8", "replace"))
        data = content_of(leaf)
        if leaf.type.kind.startswith(("text/", "message/", "multipart/")):
            data = data.replace(b"\r\n", b"\n").rstrip()
        pieces.append(data)
    return _digest(pieces)


def _digest(pieces: list[bytes]) -> str:
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(b"%d:" % len(piece))
        digest.update(piece)
    return digest.hexdigest()
