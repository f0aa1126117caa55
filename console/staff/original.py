"""A mail as it came: its headers and its whole text, masked like every page."""

from __future__ import annotations

import re
from email import message_from_bytes
from email.errors import MessageError
from email.policy import default
from typing import TYPE_CHECKING, Final

from aiohttp import web

from console.language import N_
from console.wording import moment
from core.model.masking import mask_address, mask_identity
from core.model.messages import Address, AddressKind
from core.model.staff import Right

if TYPE_CHECKING:
    from console.staff.guard import Guard
    from console.staff.visit import Visit
    from core.model.views import OriginalMessage

HEADERS: Final = {
    "From": N_("Dari"),
    "To": N_("Kepada"),
    "Cc": N_("Tembusan"),
    "Date": N_("Tanggal"),
    "Subject": N_("Perihal"),
    "Message-ID": N_("Nomor surel"),
    "In-Reply-To": N_("Membalas"),
}
"""Those that are shown, in this order."""

_LONGEST: Final = 2_000
_READ: Final = 262_144
"""Bytes of a mail in which its headers are looked for."""

_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")


async def show(visit: Visit) -> web.StreamResponse:
    """The message of the address; NotFound also for one of another ticket, or of no mail."""
    number, message = visit.ticket_number(), visit.identity("pesan")
    found = await visit.reception.store.lists.original(visit.scope(), number, message)
    values = {
        "number": number,
        "headers": [(visit.words(HEADERS[name]), held) for name, held in headers(found)],
        "text": masked(found.text),
        "received": moment(found.received_at, visit.reception.zone, visit.words),
        "size": len(found.raw),
    }
    return visit.page("original.html", values)


def headers(found: OriginalMessage) -> list[tuple[str, str]]:
    """Names and values as far as they can be read; never raises."""
    try:
        mail = message_from_bytes(found.raw[:_READ], policy=default)
        held = [(name, str(mail.get(name, ""))) for name in HEADERS]
    except (MessageError, ValueError, LookupError, AttributeError, TypeError, RecursionError):
        # The library's own parser stumbles over some spam; the text below is ours and stands.
        held = [("Subject", found.subject)]
    return [(name, masked(text[:_LONGEST])) for name, text in held if text]


def masked(text: str) -> str:
    """Without identity numbers and with mail addresses as they are masked everywhere."""
    return _MAIL.sub(_hidden, mask_identity(text))


def _hidden(found: re.Match[str]) -> str:
    return mask_address(Address(AddressKind.EMAIL, found[0]))


def original_routes(guard: Guard) -> list[web.RouteDef]:
    """Where it stands."""
    path = "/console/tiket/{number}/asli/{pesan}"
    return [web.get(path, guard.page(show, Right.VIEW))]
