"""Outgoing webhooks: who is told of which events, how a delivery is signed, and when again.

A delivery is a POST of up to fifty events in the order of the stream. It is signed over its time
and its bytes, so that neither can be changed and an old one cannot be sent again:
``Helpdesk-Signature: v1=<HMAC-SHA256, hex, of "<Helpdesk-Timestamp>.<body>">``.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, timedelta
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from core.model.public_addresses import is_public
from core.model.sentences import said
from core.model.value import value

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime
    from urllib.parse import SplitResult

    from core.model.stream import StreamEvent

SCHEME: Final = "v1"
LONGEST_URL: Final = 500
_USUAL: Final = {"https": 443, "http": 80}
_PRIVATE: Final = said(
    "Alamat ini berada di jaringan dalam. Minta administrator server mendaftarkannya di "
    "hooks.inside."
)


@value
class Subscription:
    """Somebody's program that wants to be told.

    Attributes:
        id: 0 for one that is not in the store yet.
        secret: sealed; signs what goes there.
        kinds: of events; empty: every kind.
        unit_id: only of tickets with this unit or one below it; None: all that ``created_by`` may
            see.
        position: cursor in the stream up to which everything was taken.
        due_at: no attempt before then; while one is made, until when it may last.
        attempt: attempts since the last that was taken.
        code: why the last one was not taken; "": it was, or none was made.
        failing_since: first of these attempts; None: none failed.
        paused_at: nothing is sent since then, until somebody resumes it; None: it is alive.
        created_by: ``staff:<id>``, whose reach it has, or ``system``, the command line.
    """

    id: int
    name: str
    url: str
    secret: bytes
    kinds: frozenset[str]
    unit_id: int | None
    position: str
    due_at: datetime
    created_at: datetime
    created_by: str
    attempt: int = 0
    code: str = ""
    failing_since: datetime | None = None
    paused_at: datetime | None = None

    @property
    def about(self) -> str:
        """What its sealed secret is bound to, and the subject of its own history."""
        return f"subscription:{self.id}"

    @property
    def owner_id(self) -> int | None:
        """Whose reach it has; None: everything."""
        kind, _, number = self.created_by.partition(":")
        return int(number) if kind == "staff" else None


@value
class HookRules:
    """How deliveries are tried again. Every interval is a setting.

    Attributes:
        base, ceiling: the first pause, which doubles, and the longest.
        patience: after failing for so long it is paused, with an alarm.
        lease: how long an attempt may last at most, everything included.
        batch: events in one delivery at most.
    """

    base: timedelta = timedelta(seconds=5)
    ceiling: timedelta = timedelta(hours=1)
    patience: timedelta = timedelta(days=3)
    lease: timedelta = timedelta(seconds=60)
    batch: int = 50

    def pause(self, attempt: int, jitter: float) -> timedelta:
        """Before the next attempt; ``jitter`` is a random number in [0, 1)."""
        doubled = self.base * (1 << max(0, min(attempt - 1, 20)))
        return min(doubled, self.ceiling) * (0.5 + jitter)


@value
class Taken:
    """What a receiver made of a delivery.

    Attributes:
        code: "" when it took it, else ``http 500``, ``timeout``, ``connect`` and the like.
        retry_after: it asks not to be called earlier.
        gone: it never wants to be called again (410).
    """

    code: str = ""
    retry_after: timedelta | None = None
    gone: bool = False


def sign(secret: bytes, timestamp: int, body: bytes) -> str:
    """The value of the signature's header; seconds since 1970 and the bytes as they are sent."""
    told = b"%d.%b" % (timestamp, body)
    return f"{SCHEME}={hmac.digest(secret, told, hashlib.sha256).hex()}"


def body_of(subscription: Subscription, events: Sequence[StreamEvent]) -> bytes:
    """A delivery as JSON. Events hold no names, phone numbers, identity numbers or texts."""
    told = {
        "subscription": subscription.id,
        "events": [
            {
                "id": one.id,
                "kind": one.event.kind,
                "ticket": one.number,
                "seq": one.event.seq,
                "at": one.event.at.astimezone(UTC).isoformat(timespec="microseconds"),
                "actor": one.event.actor,
                "data": json.loads(one.event.data or "{}"),
                "hash": one.event.hash,
            }
            for one in events
        ],
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def headers_of(
    subscription: Subscription, secret: bytes, now: datetime, body: bytes, delivery: str
) -> Mapping[str, str]:
    """What goes with it; ``delivery`` is the id of its last event, the same at every attempt."""
    timestamp = int(now.timestamp())
    return {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "HelpdeskGateway",
        "Helpdesk-Subscription": str(subscription.id),
        "Helpdesk-Delivery": delivery,
        "Helpdesk-Timestamp": str(timestamp),
        "Helpdesk-Signature": sign(secret, timestamp, body),
    }


def url_fault(url: str, inside: Collection[str]) -> str:
    """What is wrong with a receiver's address, in one Indonesian sentence; "" when it will do.

    Args:
        url: as somebody typed it.
        inside: ``host`` or ``host:port`` of receivers in the office's own network, which the
            configuration names: they may be called by plain http and at private addresses.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or _USUAL.get(parts.scheme, 0)
    except ValueError:
        return said("Alamat ini tidak dapat dibaca. Contoh: https://aplikasi.contoh.go.id/terima")
    if fault := _form_fault(url, parts):
        return fault
    listed = is_inside(parts.hostname or "", port, inside)
    if parts.scheme != "https" and not (listed and parts.scheme == "http"):
        return said("Alamat harus dimulai dengan https://.")
    return "" if listed or not _is_private(parts) else _PRIVATE


def _form_fault(url: str, parts: SplitResult) -> str:
    if len(url) > LONGEST_URL or not url.isascii() or any(one.isspace() for one in url):
        return said("Alamat paling panjang {most} karakter, tanpa spasi.", most=LONGEST_URL)
    if not parts.hostname or "@" in parts.netloc or "\\" in url or parts.fragment:
        return said(
            "Alamat harus memuat nama host, tanpa nama pengguna, kata sandi, atau tanda #."
        )
    return ""


def is_inside(host: str, port: int, inside: Collection[str]) -> bool:
    """Whether the configuration names this receiver; without a port it means every port."""
    host = host.lower()
    return host in inside or f"{host}:{port}" in inside


def _is_private(parts: SplitResult) -> bool:
    """An address in digits; names are looked at when they are resolved."""
    host = parts.hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        ip_address(host)
    except ValueError:
        return False
    return not is_public(host)
