"""What pages show of single sign-on: the button, one's own link, the page that leads away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from console.pages import page
from console.staff.visit import language_of
from console.wording import moment
from core.services.sign_on import own_sign_on

if TYPE_CHECKING:
    from datetime import datetime

    from aiohttp import web

    from console.staff.reception import Reception
    from console.staff.visit import Visit
    from core.model.sign_on import SignOnLink


def offered(reception: Reception) -> dict[str, object]:
    """For the pages of strangers: the provider's name, and who may still use a password."""
    return {
        "sign_on": reception.sign_on.label if reception.sign_on else "",
        "passwords_for_all": reception.house.passwords_for is None,
    }


async def own_links(visit: Visit) -> dict[str, Any] | None:
    """For the page about oneself; None where the office has no provider."""
    provider = visit.reception.sign_on
    if provider is None:
        return None
    standing = await own_sign_on(visit.reception.house, visit.here)
    return {
        "label": provider.label,
        "links": [link_shown(visit, one) for one in standing.links],
        "asks_password": standing.asks_password,
    }


def link_shown(visit: Visit, link: SignOnLink) -> dict[str, str]:
    """One link, as its owner and administrators read it."""
    return {
        "shown": link.shown or link.subject,
        "since": _when(visit, link.linked_at),
        "used": _when(visit, link.used_at),
    }


def _when(visit: Visit, at: datetime | None) -> str:
    return moment(at, visit.reception.zone, visit.words) if at else ""


def elsewhere(reception: Reception, request: web.Request, address: str) -> web.Response:
    """Leads a browser to the provider after a form.

    A page of its own, because the policy of our pages lets no form end at another host, and
    browsers count what a form is redirected to (CSP ``form-action``). It leads on by itself.
    """
    label = reception.sign_on.label if reception.sign_on else ""
    values: dict[str, object] = {"office": reception.office, "address": address, "label": label}
    response = page("staff/onward.html", values, 200, language_of(request))
    response.headers["Refresh"] = f"0; url={address}"
    return response
