"""From bare bytes to the request that they may have come in: a body, or what stood in a URL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.errors import MalformedMessage
from core.model.messages import RawRequest, Unreadable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from core.model.messages import Inbound

FORM, JSON = "application/x-www-form-urlencoded", "application/json"


def requests_of(
    raw: bytes, at: datetime, purpose: str = "", url: str = ""
) -> Iterator[RawRequest]:
    """The requests that these bytes may be, the likeliest first.

    Args:
        raw: a body; or a query string, alone or before a blank line and a body; or a whole URL.
        at: aware UTC.
        purpose: ``message`` or ``status``; "" guesses.
        url: of the door, without query.
    """
    start = raw.lstrip()[:1]
    kind = JSON if start in (b"{", b"[") else FORM
    purpose = purpose or _purpose(raw)

    def request(method: str, where: str, body: bytes) -> RawRequest:
        headers = {"content-type": kind} if body else {}
        return RawRequest(method, where, headers, body, "", at, purpose)

    if raw.startswith((b"http://", b"https://")):
        yield request("GET", raw.decode("latin-1").strip(), b"")
        return
    yield request("POST", url, raw)
    if kind == FORM:
        query, _, body = raw.partition(b"\n\n")
        where = f"{url}?{query.decode('latin-1').strip().lstrip('?')}"
        yield request("POST" if body else "GET", where, body)


def _purpose(raw: bytes) -> str:
    """Twilio's reports say MessageStatus and have no text."""
    reports = b"MessageStatus=" in raw and b"Body=" not in raw
    return "status" if reports else "message"


def first_readable(
    requests: Iterator[RawRequest], parse: Callable[[RawRequest], Sequence[Inbound]]
) -> Sequence[Inbound]:
    """What the first request says that can be read. Raises MalformedMessage of the first one."""
    problem: MalformedMessage | None = None
    rest: Sequence[Inbound] = ()
    for request in requests:
        try:
            found = parse(request)
        except MalformedMessage as malformed:
            problem = problem or malformed
            continue
        if not all(isinstance(item, Unreadable) for item in found):
            return found
        rest = rest or found
    if not rest and problem is not None:
        raise problem
    return rest
