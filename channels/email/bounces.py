"""Mail that came back without a delivery report, as older servers return it (providers.md §13.7).

Only mail that looks like a program's is taken apart: by its null sender, its From, or its subject.
A citizen who pastes such a text into a complaint writes under a name of their own.
"""

from __future__ import annotations

import logging
import re
from email import policy
from email.parser import BytesParser
from enum import IntEnum
from functools import lru_cache
from typing import TYPE_CHECKING

from channels.email.addresses import addr_spec
from channels.email.bounce_status import status_of
from channels.email.bounce_words import (
    CODE,
    DAEMON_LOCAL,
    DAEMON_NAME,
    DELAYED,
    END,
    FAILED,
    SENDER_LINE,
)
from channels.email.dsn import MOST_RECIPIENTS, Bounce, FailedRecipient
from channels.email.header_values import one_line
from core.model.machine_words import ABSENCE, DAEMONS, RETURNED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from email.message import Message

    from channels.email.mail import Mail

_TEXT = 6_000  # characters in which a server says what happened
_RAW = 32_768  # bytes that the library is given
_RAW_LINES = 600  # it tries some fifty patterns on each
_RAW_LINE = 500  # bytes of one; some of its patterns take quadratic time
_ADDRESS = re.compile(r"[^\s<>()\[\]:;,\"'|*]{1,128}@[A-Za-z0-9.-]+[A-Za-z0-9]")
_LINES_ABOUT = 4  # lines behind an address that may say why


def read_old_bounce(mail: Mail, raw: bytes, *, null_sender: bool) -> Bounce | None:
    """What a server without delivery reports says; None when it is no such mail.

    Args:
        mail: as read, without a delivery report.
        raw: its bytes, for the library that knows old servers.
        null_sender: the envelope sender was ``<>``.
    """
    named = mail.headers.get("x-failed-recipients", "")
    suspicion = _suspicion(mail, null_sender=null_sender)
    if not named and suspicion is _Suspicion.NONE:
        return None
    text = _told(mail)
    if not named and not _convicted(suspicion, text):
        return None
    addresses = _valid(named.split(",")) if named else ()
    delayed: tuple[str, ...] = ()
    if not addresses:
        delayed, addresses = _found(mail, raw, text)
    late = bool(DELAYED.search(text)) and not RETURNED_FOR_GOOD.match(mail.subject)
    people = (*addresses, *delayed)[:MOST_RECIPIENTS]
    return Bounce(
        tuple(
            _failed(one, text, late=late or one in delayed, alone=len(people) == 1)
            for one in people
        )
    )


RETURNED_FOR_GOOD = re.compile(
    r".*(?:undeliver|returned|returning|failed|failure|could not|not delivered)", re.IGNORECASE
)
"""Subjects that leave no doubt, whatever the text says of further attempts."""


def looks_returned(mail: Mail, *, null_sender: bool) -> bool:
    """Whether anything but its content speaks for a program that returns mail."""
    return _suspicion(mail, null_sender=null_sender) > _Suspicion.NONE


class _Suspicion(IntEnum):
    """How much besides the text speaks for a program that returns mail."""

    NONE = 0
    WRITER = 1  # people write under such a name, too; absence notices have a null sender, too
    PROGRAM = 2  # by its display name
    CERTAIN = 3  # by address or subject


def _suspicion(mail: Mail, *, null_sender: bool) -> _Suspicion:
    writer = mail.sender or (mail.claimed[0] if mail.claimed else None)
    local = writer.address.rpartition("@")[0].lower() if writer else ""
    returned_by = (mail.return_path or "").lower().partition("@")[0]
    if DAEMONS.fullmatch(local) or DAEMONS.fullmatch(returned_by) or RETURNED.match(mail.subject):
        return _Suspicion.CERTAIN
    if ABSENCE.match(mail.subject):
        return _Suspicion.NONE
    name = writer.name if writer else mail.from_raw
    nobody = null_sender and writer is None and not name.strip(' <>"')  # ``From: <>``
    if "x-dsncontext" in mail.headers or nobody or DAEMON_NAME.match(name):
        return _Suspicion.PROGRAM
    doubtful = null_sender or DAEMON_LOCAL.fullmatch(local)
    return _Suspicion.WRITER if doubtful else _Suspicion.NONE


def _convicted(suspicion: _Suspicion, text: str) -> bool:
    """The text must say that something failed or is late; a doubtful writer's in server words."""
    says = bool(FAILED.search(text) or DELAYED.search(text))
    server = bool(CODE.search(text))
    return {
        _Suspicion.NONE: False,
        _Suspicion.WRITER: says and server,
        _Suspicion.PROGRAM: says or server,
        _Suspicion.CERTAIN: True,
    }[suspicion]


def _told(mail: Mail) -> str:
    """What stands above the returned mail."""
    head = mail.text[:_TEXT]
    end = END.search(head)
    above = head[: end.start()] if end else head
    return above if FAILED.search(above) or not end else head


def _of_the_mail(mail: Mail) -> frozenset[str]:
    """Addresses that stand in a bounce for other reasons: the server's and our own."""
    people = (*mail.claimed, *mail.to, *mail.cc, *([mail.sender] if mail.sender else []))
    return frozenset({*(one.address.lower() for one in people), *_lower(mail.delivered_to)})


def _lower(texts: Iterable[str]) -> Iterable[str]:
    return (one.lower() for one in texts)


def _valid(
    written: Iterable[str], leave_out: frozenset[str] = frozenset(), *, servers: bool = False
) -> tuple[str, ...]:
    found = (addr_spec(one.strip().strip("<>.")) for one in written)
    wanted = (
        one
        for one in found
        if one
        and one.lower() not in leave_out
        and not DAEMONS.fullmatch(one.rpartition("@")[0].lower())
        and (servers or not one.lower().startswith(("postmaster@", "post_master@")))
    )
    return tuple(dict.fromkeys(wanted))[:MOST_RECIPIENTS]


def _failed(address: str, text: str, *, late: bool, alone: bool) -> FailedRecipient:
    """By the lines behind the address; of the only recipient the whole text speaks, too."""
    at = text.lower().find(address.lower())
    lines = text[at:].split("\n", _LINES_ABOUT)[:_LINES_ABOUT] if at >= 0 else [text]
    about = one_line(" ".join(lines))
    action = "delayed" if late else "failed"
    status = status_of(about, action) or (status_of(text, action) if alone else "")
    return FailedRecipient(address, action, status, about if at >= 0 else "")


def _by_library(raw: bytes) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Delayed and failed addresses as flufl.bounce finds them; nothing where it stumbles.

    It raises inside on an empty From and on 8-bit headers, and on texts that nobody foresaw.
    """
    try:
        message = BytesParser(policy=policy.compat32).parsebytes(_readable(raw))
        delayed, failed = _library()(message)
    except Exception:  # noqa: BLE001 - a library that reads hostile text; we know no more then
        return (), ()
    return _valid(_texts(delayed)), _valid(_texts(failed))


def _found(mail: Mail, raw: bytes, text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Delayed and failed addresses: the library's that can be meant, else those of the text.

    It reads the returned mail, too, and takes its sender for one who was missed.
    """
    delayed, failed = _by_library(raw)
    failed = tuple(one for one in failed if one not in delayed)
    senders = _ADDRESS.findall("\n".join(SENDER_LINE.findall(mail.text[:_TEXT])))
    others = _of_the_mail(mail).union(_lower(senders))
    meant = tuple(one for one in failed if one.lower() not in others)
    if meant or delayed:
        return delayed, meant
    there = _ADDRESS.findall(SENDER_LINE.sub("", text))
    ours = _of_the_mail(mail)
    # a postmaster is named as one to ask; unless nobody else is
    return (), _valid(there, ours) or failed or _valid(there, ours, servers=True)


def _texts(addresses: Iterable[bytes]) -> list[str]:
    return sorted(one.decode("ascii", "replace") for one in addresses)


def _readable(raw: bytes) -> bytes:
    """The beginning, with headers in ASCII."""
    lines = raw[:_RAW].split(b"\n", _RAW_LINES)[:_RAW_LINES]
    head = b"\n".join(line[:_RAW_LINE] for line in lines)
    end = re.search(rb"\r?\n\r?\n", head)
    at = end.start() if end else len(head)
    return re.sub(rb"[^\x00-\x7f]", b"?", head[:at]) + head[at:]


@lru_cache(maxsize=1)
def _library() -> Callable[[Message], tuple[frozenset[bytes], frozenset[bytes]]]:
    """Imported on the first old bounce; its log holds tracebacks with addresses, so it is shut."""
    from flufl.bounce import all_failures  # noqa: PLC0415 - hardly any gateway needs it

    logging.getLogger("flufl.bounce").disabled = True
    return all_failures
