"""What a browser carries sealed: a way to the provider that began in it, and what ends it there.

Sealed with the office's keys, so that the browser can neither read nor make it, and every process
of the office understands it. A way that is not carried did not begin in this browser: nobody can
be led into another's account (login CSRF, RFC 6749, section 10.12).
"""

from __future__ import annotations

import base64
import json
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from core.errors import NotFound
from core.model.credentials import ABSOLUTE
from core.model.restricted import Sealed
from core.model.sign_on import FLOW_LIFE, Flow, Purpose

if TYPE_CHECKING:
    from aiohttp import web

    from console.staff.reception import Reception
    from console.staff.visit import Visit
    from core.ports.staff import Vault
    from core.services.entry import Entered

FLOW: Final = "sso"
TICKET: Final = "sso-out"
"""Names of the cookies, after that of the session."""

LARGEST_TICKET: Final = 2_500
"""Signs; sealed it is a third longer, and browsers keep 4,096 of a cookie."""


def _seal(vault: Vault, held: object, about: str) -> str:
    sealed = vault.seal(json.dumps(held).encode(), about)
    return f"{sealed.key_id}.{base64.urlsafe_b64encode(sealed.sealed).decode().rstrip('=')}"


def _open(vault: Vault, carried: str, about: str) -> dict[str, Any] | None:
    key_id, _, text = carried.partition(".")
    try:
        sealed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        found: dict[str, Any] = json.loads(vault.open(Sealed(key_id, sealed), about))
    except (NotFound, ValueError):
        return None
    return found


def keep_flow(reception: Reception, response: web.Response, flow: Flow) -> None:
    """Has the browser carry it until it comes back."""
    held = asdict(flow) | {"began_at": flow.began_at.isoformat()}
    sealed = _seal(reception.house.vault, held, FLOW)
    reception.cookies.keep_aside(response, FLOW, sealed, int(FLOW_LIFE.total_seconds()))


def read_flow(reception: Reception, request: web.Request) -> Flow | None:
    """The way that this browser carries; None: none of ours, or too old."""
    carried = reception.cookies.read_aside(request, FLOW)
    held = _open(reception.house.vault, carried, FLOW) if carried else None
    if held is None:
        return None
    began, purpose = datetime.fromisoformat(held.pop("began_at")), Purpose(held.pop("purpose"))
    flow = Flow(purpose=purpose, began_at=began, **held)
    return flow if flow.alive(reception.now()) else None


def drop_flow(reception: Reception, response: web.Response) -> None:
    """It has come back."""
    reception.cookies.keep_aside(response, FLOW, "", 0)


def keep_ticket(
    reception: Reception, response: web.Response, entered: Entered, ticket: str
) -> None:
    """Has the browser carry what ends its session at the provider, where that is wanted."""
    if reception.sign_on is None or not reception.sign_on.says_farewell:
        return
    held = {
        "staff": entered.staff.id,
        "ticket": ticket if len(ticket) <= LARGEST_TICKET else "",
    }
    sealed = _seal(reception.house.vault, held, TICKET)
    reception.cookies.keep_aside(response, TICKET, sealed, int(ABSOLUTE.total_seconds()))


async def farewell_of(visit: Visit) -> str:
    """Where somebody who came by the provider goes when they leave; "": nowhere else."""
    reception = visit.reception
    carried = reception.cookies.read_aside(visit.request, TICKET)
    held = _open(reception.house.vault, carried, TICKET) if carried else None
    if held is None or reception.sign_on is None or held["staff"] != visit.staff.id:
        return ""
    return await reception.sign_on.farewell(str(held["ticket"]))


def drop_ticket(reception: Reception, response: web.Response) -> None:
    """It is used up."""
    reception.cookies.keep_aside(response, TICKET, "", 0)
