"""The door for WhatsApp through Meta's Cloud API: check, read, answer, send, fetch, examine."""

from __future__ import annotations

from collections import OrderedDict
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from channels.whatsapp import outgoing, payload, signature
from channels.whatsapp.content import message_id
from channels.whatsapp.errors import unclear
from channels.whatsapp.examination import examine
from channels.whatsapp.graph import Graph
from channels.whatsapp.media import Media
from core.errors import MalformedMessage, RequestRejected, SendError, SendFailure
from core.model.messages import (
    Inbound,
    OutboundMessage,
    RawRequest,
    Receipt,
    SendReceipt,
    WebReply,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from channels.whatsapp.settings import WhatsAppSettings
    from core.model.attachments import WantedFile
    from core.model.health import Symptom
    from core.ports import Clock, Sink

_OK = WebReply()
_REMEMBERED = 1_000


class WhatsAppCloud:
    """Sends, Webhook, Handshakes, Converses, Fetches, Examines and Closes of core/ports.py."""

    converses = True

    def __init__(self, settings: WhatsAppSettings, clock: Clock) -> None:
        self.id = settings.id
        self._settings, self._clock = settings, clock
        self._secrets = tuple(secret.encode() for secret in settings.app_secrets)
        self._graph = Graph(settings)
        self._media = Media(settings, self._graph, clock)
        # what a send of several messages had done when it failed: the next try goes on there
        self._done: OrderedDict[int, int] = OrderedDict()

    # --- in ---

    def is_handshake(self, request: RawRequest) -> bool:
        """Whether Meta asks by GET whether the URL is ours."""
        return signature.is_handshake(request)

    def handshake(self, request: RawRequest) -> WebReply:
        """The challenge. Raises RequestRejected."""
        return signature.handshake(request, self._settings.verify_token.encode())

    def verify(self, request: RawRequest) -> None:
        """Raises RequestRejected: not sealed by our app, or for another number alone.

        One URL serves all numbers of an app: of a mixed body we keep what is ours.
        """
        signature.require_signature(request, self._secrets)
        with suppress(MalformedMessage):  # authentic; parse will say what is wrong with it
            numbers = payload.numbers_in(request.body)
            if numbers and self._settings.phone_number_id not in numbers:
                reason = "phone_number_id of another channel"
                raise RequestRejected(reason, foreign=True)

    def parse(self, request: RawRequest) -> Sequence[Inbound]:
        """Pure. Raises MalformedMessage."""
        return payload.read(self.id, request, self._settings.phone_number_id)

    def answer(self, receipts: Sequence[Receipt]) -> WebReply:  # noqa: ARG002 - the contract's
        """200 without a word, whatever became of each item: Meta would bring all of them again."""
        return _OK

    def malformed(self, problem: MalformedMessage) -> WebReply:  # noqa: ARG002 - the contract's
        """200, too: anything else comes again for days."""
        return _OK

    # --- out ---

    async def send(self, message: OutboundMessage) -> SendReceipt:
        """The text, or the template that stands for it, with its files. Raises SendError.

        Several files are several messages, in order, the text last; after a failure the next try
        goes on where this one stopped.
        """
        begun = outgoing.envelope(message)
        outgoing.check_fit(message)
        chosen = self._settings.window.template_for(message, self._clock.now())
        parts = [outgoing.template(message, chosen)] if chosen else outgoing.parts(message)
        done = self._done.get(message.item_id, 0)
        for count, part in enumerate(parts[done:-1], start=done + 1):
            await self._post({**begun, **await self._ready(part)})
            self._remember(message.item_id, count)
        # only the last one's report may tell that all of it arrived
        carried = outgoing.carried(message) if self._settings.carry_item_id else {}
        receipt = await self._post({**begun, **carried, **await self._ready(parts[-1])})
        self._done.pop(message.item_id, None)
        return receipt

    async def _ready(self, part: outgoing.Part) -> dict[str, Any]:
        """The part as Meta wants it; its file is uploaded first."""
        if part.file is None:
            return part.body
        return outgoing.with_file(part, await self._media.upload(part.file))

    def _remember(self, item_id: int, count: int) -> None:
        self._done[item_id] = count
        while len(self._done) > _REMEMBERED:
            self._done.popitem(last=False)

    async def _post(self, body: dict[str, Any]) -> SendReceipt:
        try:
            answer = await self._graph.post(f"{self._settings.phone_number_id}/messages", body)
            return SendReceipt(_id_in(answer))
        except SendError as error:
            if error.problem.failure is not SendFailure.DOUBT:
                raise
            # Meta keeps no list to look into; a report with our id tells, if we let it come
            wait = max(self._settings.doubt, error.problem.retry_after or self._settings.doubt)
            raise SendError(replace(error.problem, retry_after=wait)) from error

    # --- files, health ---

    async def fetch(self, wanted: WantedFile, into: Sink) -> str | None:
        """A file by its id. Raises SendError, or what the sink raises."""
        return await self._media.fetch(wanted.reference, into)

    async def examine(self) -> Sequence[Symptom]:
        """What is wrong with token, number or subscription. Raises SendError."""
        return await examine(self._graph, self._settings)

    async def close(self) -> None:
        """Idempotent."""
        await self._media.close()
        await self._graph.close()


def _id_in(answer: dict[str, Any]) -> str:
    """The first message's id. Raises SendError: none is named."""
    messages = answer.get("messages")
    first = messages[0] if isinstance(messages, list) and messages else None
    found = message_id(first.get("id")) if isinstance(first, dict) else None
    if found is None:
        raise SendError(unclear("no id"))
    return found
