"""The officers' door: what is heard at the counter or on the telephone, read in letters.

``POST`` JSON with ``Authorization: Bearer <token>``: one entry, or a list in ``items`` (or bare).
The answer holds the number and both times, so that the officer can tell them at once; in a list
every entry has its own line, and a wrong one does not keep the others out.
"""

from __future__ import annotations

import hmac
import json
from collections import Counter
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from channels.desk.entry import Frame, read_entry
from core.errors import MalformedMessage, RequestRejected, SendError, SendFailure, SendProblem
from core.model.messages import (
    Inbound,
    InboundMessage,
    OutboundMessage,
    RawRequest,
    Receipt,
    SendReceipt,
    Unreadable,
    WebReply,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from channels.desk.settings import DeskSettings

TELLS = "nomor disampaikan petugas kepada pelapor"
"""Why no automatic reply leaves."""

UNREACHABLE = SendProblem(
    SendFailure.PERMANENT,
    "Laporan ini dicatat petugas dan pelapor tidak dapat dihubungi lewat kanal ini; mohon "
    "sampaikan secara langsung.",
    code="no-way-back",
)

_LONGEST_KEY = 200
# Each request is a task of its own: what parse finds wrong reaches the answer of that request.
_LINES: ContextVar[tuple[str | None, ...] | None] = ContextVar("desk lines", default=None)


class Desk:
    """Sends and Webhook of core/ports.py."""

    def __init__(self, settings: DeskSettings) -> None:
        self.id = settings.id
        self._settings = settings
        self._tokens = [(name, token.encode()) for name, token in settings.tokens.items()]

    def verify(self, request: RawRequest) -> None:
        """Raises RequestRejected: no token, or none of ours."""
        if self._officer(request) is None:
            reason = "no token, or a wrong one"
            raise RequestRejected(reason)

    def _officer(self, request: RawRequest) -> str | None:
        """The holder of the token; every token is compared, so that time tells nothing."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        given = token.strip().encode("utf-8", "replace")
        found = None
        for name, expected in self._tokens:
            if hmac.compare_digest(given, expected):
                found = name
        return found if scheme.lower() == "bearer" else None

    def parse(self, request: RawRequest) -> Sequence[Inbound]:
        """One message per good entry, one Unreadable per wrong one. Raises MalformedMessage."""
        found = _json(request)
        key = request.headers.get("idempotency-key", "").strip()[:_LONGEST_KEY]
        frame = Frame(self.id, self._officer(request) or "", key, request.received_at)
        _LINES.set(None)
        items = found.get("items") if isinstance(found, dict) and "items" in found else found
        if not isinstance(items, list):
            return [read_entry(found, frame, "", key)]
        if isinstance(found, dict) and len(found) > 1:
            sentence = "items: stands alone, with no other field beside it."
            raise MalformedMessage(sentence)
        if not 1 <= len(items) <= self._settings.max_items:
            sentence = f"items: expected 1 to {self._settings.max_items} entries."
            raise MalformedMessage(sentence)
        inbound = [self._item(item, at, frame, request) for at, item in enumerate(items)]
        _LINES.set(tuple(getattr(one, "sentence", None) for one in inbound))
        return inbound

    def _item(
        self, item: object, at: int, frame: Frame, request: RawRequest
    ) -> InboundMessage | Unreadable:
        fallback = f"{frame.key}:{at}" if frame.key else ""
        try:
            return read_entry(item, frame, f"items[{at}].", fallback)
        except MalformedMessage as problem:
            return Unreadable(self.id, _raw(item, request), problem.sentence)

    def answer(self, receipts: Sequence[Receipt]) -> WebReply:
        """The receipts in the order of the entries; wrong entries with their sentence."""
        lines, told = _LINES.get(), iter(receipts)
        if lines is None or lines.count(None) != len(receipts):
            return _reply(200, self._told(receipts[0]) if receipts else {})
        results = [
            {"outcome": "refused", "error": sentence} if sentence else self._told(next(told))
            for sentence in lines
        ]
        return _reply(200, {"items": results})

    def _told(self, receipt: Receipt) -> dict[str, Any]:
        dues = {
            promise.target: promise.due_at.astimezone(self._settings.zone).isoformat()
            for promise in receipt.promises
        }
        return {
            "number": receipt.number,
            "outcome": receipt.outcome.value,
            "repeated": receipt.repeated,
            "first_answer": dues.get("first_answer"),
            "solution": dues.get("solution"),
        }

    def malformed(self, problem: MalformedMessage) -> WebReply:
        """400 with the sentence: an officer or a program mends it; nobody repeats blindly."""
        return _reply(400, {"error": problem.sentence})

    async def send(self, message: OutboundMessage) -> SendReceipt:  # noqa: ARG002 - the contract
        """Raises SendError: there is no way back by this door."""
        raise SendError(UNREACHABLE)


def _json(request: RawRequest) -> object:
    if request.method != "POST":
        sentence = "The method is not POST."
        raise MalformedMessage(sentence)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        sentence = "Content-Type: expected application/json."
        raise MalformedMessage(sentence)
    try:
        return json.loads(request.body.decode("utf-8"), object_pairs_hook=_once)
    except UnicodeDecodeError as error:
        sentence = "The body is not UTF-8."
        raise MalformedMessage(sentence) from error
    except (ValueError, RecursionError) as error:
        sentence = "The body is not JSON."
        raise MalformedMessage(sentence) from error


def _raw(item: object, request: RawRequest) -> bytes:
    try:
        return json.dumps(item, ensure_ascii=False).encode("utf-8", "replace")
    except RecursionError:
        return request.body  # nested deeper than can be written


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose keys stand there once: two readers could take either of a doubled key."""
    found = dict(pairs)
    if len(found) != len(pairs):
        (doubled, _), *_ = Counter(name for name, _ in pairs).most_common(1)
        sentence = f"{doubled[:40]}: stands there more than once."
        raise MalformedMessage(sentence)
    return found


def _reply(status: int, told: object) -> WebReply:
    body = json.dumps(told, ensure_ascii=False).encode("utf-8", "replace")
    return WebReply(status, body, "application/json")
