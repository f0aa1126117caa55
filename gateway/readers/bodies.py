"""Bodies of webhooks, read by the payload functions of their doors."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from core.errors import MalformedMessage
from core.model.messages import ChannelId
from gateway.readers.event import Event
from gateway.readers.requests import first_readable, requests_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from core.model.messages import Inbound, RawRequest

PAYLOADS: Mapping[str, str] = {
    "twilio_sms": "channels.sms.payload",
    "twilio_whatsapp": "channels.twilio_whatsapp.payload",
    "kannel": "channels.kannel.payload",
    "jasmin": "channels.jasmin.payload",
}
"""Kind → the module whose ``read(channel, request)`` understands its requests."""


class BodyReader:
    """``gateway.readers.event.Reader`` for one kind of webhook."""

    def __init__(self, kind: str, purpose: str = "") -> None:
        self._channel = ChannelId(kind)
        self._purpose = purpose
        self._parse = _OTHERS.get(kind) or _plain(PAYLOADS[kind])

    async def read(self, raw: bytes, at: datetime) -> Sequence[Event]:
        """What a body says. Raises MalformedMessage."""
        requests = requests_of(raw, at, self._purpose)
        found = first_readable(requests, lambda request: self._parse(self._channel, request))
        return [Event(one) for one in found]

    async def close(self) -> None:
        """Nothing to close."""


def _plain(module: str) -> Callable[[ChannelId, RawRequest], Sequence[Inbound]]:
    read: Callable[[ChannelId, RawRequest], Sequence[Inbound]] = import_module(module).read
    return read


def _whatsapp(channel: ChannelId, request: RawRequest) -> Sequence[Inbound]:
    """For whichever number of ours the body is."""
    from channels.whatsapp import payload  # noqa: PLC0415 - only where such a body is read

    numbers = sorted(payload.numbers_in(request.body))
    return payload.read(channel, request, numbers[0] if numbers else "")


def _telegram(channel: ChannelId, request: RawRequest) -> Sequence[Inbound]:
    """For a bot of whose token nobody here knows: its id in the keys is 0."""
    from channels.telegram import payload  # noqa: PLC0415 - as above
    from channels.telegram.keys import Bot  # noqa: PLC0415 - only this kind of door needs it

    arrival = payload.Arrival(request.body, request.received_at)
    return [payload.read(Bot(channel, "0"), arrival)]


def _desk(channel: ChannelId, request: RawRequest) -> Sequence[Inbound]:
    del channel, request
    sentence = "What is typed into a page has no payload of its own."
    raise MalformedMessage(sentence)


_OTHERS: Mapping[str, Callable[[ChannelId, RawRequest], Sequence[Inbound]]] = {
    "whatsapp_cloud": _whatsapp,
    "telegram": _telegram,
    "desk": _desk,
    "web_form": _desk,
    "gammu": _desk,
}
