"""The cookies of a browser that is logged in; API and pages share them.

The session's cookie cannot be read by scripts. What a page must send back to prove that it is ours
(``X-CSRF-Token``) is derived from it and given in the body at login (threats.md row 55).
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from core.model.credentials import ABSOLUTE, DEVICE_LIFE

if TYPE_CHECKING:
    from aiohttp import web

    from core.services.entry import Entered

CSRF_HEADER: Final = "X-CSRF-Token"


@dataclass(frozen=True, slots=True)
class SessionCookies:
    """Names and marks of the cookies.

    Attributes:
        public_url: where the world reaches us; https makes the cookies demand it.
    """

    public_url: str

    @property
    def secure(self) -> bool:
        """Whether the cookies travel by https only."""
        return self.public_url.startswith("https:")

    @property
    def origin(self) -> str:
        """What a browser writes into ``Origin`` on our own pages."""
        parts = urlsplit(self.public_url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def session(self) -> str:
        """The session's cookie; ``__Host-`` keeps sister domains from planting one."""
        return "__Host-helpdesk" if self.secure else "helpdesk"

    @property
    def device(self) -> str:
        """The cookie of a browser that has been in before."""
        return self.aside("device")

    def aside(self, kind: str) -> str:
        """A further cookie beside the session's."""
        return f"{self.session}-{kind}"

    def read(self, request: web.Request) -> str:
        """The session's token; "" without."""
        return request.cookies.get(self.session, "")

    def read_device(self, request: web.Request) -> str:
        """The device's mark; "" without."""
        return request.cookies.get(self.device, "")

    def keep(self, response: web.Response, entered: Entered) -> None:
        """Has the browser keep a new session."""
        self._set(response, self.session, entered.token, int(ABSOLUTE.total_seconds()))
        if entered.device:
            self._set(response, self.device, entered.device, int(DEVICE_LIFE.total_seconds()))

    def drop(self, response: web.Response) -> None:
        """Has the browser forget its session."""
        self._set(response, self.session, "", 0)

    def _set(self, response: web.Response, name: str, held: str, seconds: int) -> None:
        response.set_cookie(
            name,
            held,
            max_age=seconds,
            path="/",
            secure=self.secure,
            httponly=True,
            samesite="Lax",
        )

    def read_aside(self, request: web.Request, kind: str) -> str:
        """What a further cookie holds; "" without."""
        return request.cookies.get(self.aside(kind), "")

    def keep_aside(self, response: web.Response, kind: str, held: str, seconds: int) -> None:
        """Has the browser keep a further cookie for so long; 0 seconds: forget it."""
        self._set(response, self.aside(kind), held, seconds)

    def ours(self, request: web.Request) -> bool:
        """Whether a writing request with a cookie comes from a page of ours."""
        return self.same_origin(request) and hmac.compare_digest(
            csrf_token(self.read(request)).encode(),
            request.headers.get(CSRF_HEADER, "").encode("utf-8", "replace"),
        )

    def same_origin(self, request: web.Request) -> bool:
        """Whether the browser says that our own page asks; a request without any word does not."""
        origins = request.headers.getall("Origin", [])
        if origins:
            return origins == [self.origin]
        return request.headers.get("Sec-Fetch-Site") == "same-origin"


def csrf_token(session: str) -> str:
    """What a page of this session sends back with everything that writes."""
    return hashlib.sha256(f"csrf {session}".encode("utf-8", "replace")).hexdigest()
