"""How a payload came that could not be read, so that it can be read again later.

The bytes alone do not tell everything: a query carries what a body does not, and a content type
decides how it is parsed. Signatures, tokens and cookies are not kept: whoever reads the payload
anew knows that it was authentic, for only authentic ones are parked.
"""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

from core.model.messages import RawRequest
from core.model.value import value

if TYPE_CHECKING:
    from core.model.messages import ChannelId

KEPT_HEADERS = frozenset({"content-type", "content-language", "user-agent"})
"""What parsers may look at; everything else is of no use later, or a secret."""

_LONGEST = 2_000
_SECRET = re.compile(
    r"((?:^|[&;?])[^=&;]*(?:secret|token|pass|sig|key|auth|rahasia)[^=&;]*)=[^&;]*", re.IGNORECASE
)


@value
class Parked:
    """One row of the quarantine.

    Attributes:
        sentence: what was wrong with it.
        frame: how it came, as JSON; "" when there is no more to it than its bytes.
        size: of its bytes.
        replayed_at: when it was read anew and taken in; None: it waits.
    """

    id: int
    channel: ChannelId
    at: datetime
    sentence: str
    size: int
    frame: str = ""
    replayed_at: datetime | None = None


def frame_of(request: RawRequest) -> str:
    """How a request came, as JSON: all but its body, its secrets and its signature."""
    parts = urlsplit(request.public_url)
    url = urlunsplit(
        (parts.scheme, parts.netloc, parts.path, _SECRET.sub(r"\1=", parts.query), "")
    )
    frame = {
        "method": request.method,
        "url": url,
        "purpose": request.purpose,
        "received_at": request.received_at.isoformat(),
        "headers": {
            name: value[:_LONGEST]
            for name, value in sorted(request.headers.items())
            if name in KEPT_HEADERS
        },
    }
    return json.dumps(frame, ensure_ascii=True)


def request_of(frame: str, raw: bytes, parked: Parked, url: str = "") -> RawRequest:
    """The request as it came, to be read by the door that reads now; never verified again.

    Args:
        frame: of :func:`frame_of`; "" or unreadable: a POST of these bytes.
        raw: its body as kept; for a GET without a body the URL was kept instead.
        parked: gives the time when the frame has none.
        url: the door's own, where the frame has none.
    """
    known = _read(frame)
    headers = known.get("headers")
    method = str(known.get("method") or "POST")
    own = str(known.get("url") or url)
    return RawRequest(
        method=method,
        public_url=own,
        headers={str(k): str(v) for k, v in headers.items()} if isinstance(headers, dict) else {},
        body=b"" if method == "GET" and raw.startswith((b"http:", b"https:")) else raw,
        remote="",
        received_at=_time(known.get("received_at")) or parked.at,
        purpose=str(known.get("purpose") or "message"),
    )


def _read(frame: str) -> dict[str, Any]:
    try:
        found = json.loads(frame)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _time(text: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return found if found.tzinfo else None
