"""A simulated Twilio on loopback: the demo's and the tests' counterpart of our SMS door.

It speaks the published HTTP interface (providers.md §3), so the gateway runs its real client and
its real webhook against it. Faults are switched on in ``faults``.
"""

from __future__ import annotations

import asyncio
import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import encode_basic_auth, web

from console.sandbox.phone import Person, SentFile, SentText, Switch, Upload
from gateway.demo.faults import Fault, Faults
from gateway.demo.hooks import HookAnswer, HookCaller
from gateway.demo.mailroom import API, Mailroom, Text, lagging, new_sid
from gateway.demo.spoiling import met, spoiled
from gateway.demo.switches import SMS, mute, sending, turned
from gateway.demo.texts import segments
from gateway.demo.wire import Errands, Loopback

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.ports import Clock

_MAX_BODY = 1600
_ERRORS = {
    20003: "Authentication Error - invalid username",
    20404: "The requested resource was not found",
    20429: "Too Many Requests",
    20500: "Internal Server Error",
    21602: "Message body is required",
    21604: "'To' phone number is required",
    21606: "The 'From' phone number is not a message-capable number of this account",
    21610: "Attempt to send to unsubscribed recipient",
    21617: "The concatenated message body exceeds the 1600 character limit",
}


@dataclass(frozen=True, slots=True)
class Account:
    """An account at the provider, as an office would have one.

    Attributes:
        sid: AC and 32 hex digits.
        token: the secret; signs webhooks and opens the API.
        number: the office's number, E.164.
        webhook_url: as entered at the provider, repeats included (``#rc=5&rp=all``).
    """

    sid: str
    token: str
    number: str
    webhook_url: str


class SimulatedTwilio:
    """The provider. ``start`` before anything else, ``stop`` at the end.

    Attributes:
        faults: switches; all off at first.
        people: who can be chosen as the sender on the sandbox page.
        pace: seconds between the states of a sent text.
        calls: requests for sending so far, refused ones included.
    """

    def __init__(self, account: Account, clock: Clock, people: tuple[Person, ...] = ()) -> None:
        self.account = account
        self.people = people
        self.faults = Faults()
        self.pace = 0.4
        self.calls = 0
        self.base_url = ""
        self._clock = clock
        self._hooks = HookCaller(account.token)
        self._room = Mailroom(account.sid)
        self._reports = Errands()
        self._server = Loopback()

    @property
    def number(self) -> str:
        """The office's number."""
        return self.account.number

    @property
    def sent(self) -> list[Text]:
        """Texts taken for sending, oldest first: what citizens' phones got."""
        return [text for text in self._room.texts if text.direction == "outbound-api"]

    async def start(self, port: int = 0, reach: str = "") -> str:
        """Listens on loopback and returns the base URL of the API.

        Args:
            port: 0 for any free one.
            reach: where the gateway listens if the webhook URL names a host that is not here.
        """
        self._hooks.reach = reach
        await self._hooks.open()
        path = f"/{API}/Accounts/{{sid}}/Messages.json"
        routes = [web.post(path, self._take), web.get(path, self._list)]
        self.base_url = await self._server.start(routes, port)
        return self.base_url

    async def stop(self) -> None:
        """Ends pending status callbacks and the server. Idempotent."""
        await self._reports.cancel()
        await self._server.stop()
        await self._hooks.close()

    async def settled(self) -> None:
        """Waits until every status callback so far has been made."""
        await self._reports.settled()

    # --- a citizen writes -------------------------------------------------------------------

    async def inbound(self, from_: str, body: str, sid: str = "") -> HookAnswer:
        """A text from a phone: in the list at once, then delivered to the webhook, signed.

        With the ``sid`` of an earlier text that one is delivered again, as the provider does
        when it is in doubt. Raises KeyError for an unknown one.
        """
        text = self._room.find(sid) if sid else self.receive_unannounced(from_, body)
        return await self._deliver(text)

    def receive_unannounced(self, from_: str, body: str) -> Text:
        """A text that is only in the list, as after an outage of our webhook."""
        now = self._clock.now()
        text = Text(new_sid(), from_, self.number, body, "inbound", "received", now)
        text.sent_at = now
        self._room.texts.append(text)
        return text

    async def _deliver(self, text: Text) -> HookAnswer:
        return await self._hooks.call(self.account.webhook_url, self._fields(text))

    async def send(self, from_: str, body: str, file: Upload | None = None) -> SentText:  # noqa: ARG002 - an SMS has none
        """The simulated phone of the sandbox page."""
        text = self.receive_unannounced(from_, body)
        answer = await self._deliver(text)
        return SentText(text.sid, accepted=answer.taken, status=answer.status)

    def _fields(self, text: Text) -> dict[str, str]:
        return {
            "AccountSid": self.account.sid,
            "ApiVersion": API,
            "Body": text.body,
            "From": text.sender,
            "FromCountry": "ID",
            "MessageSid": text.sid,
            "NumMedia": "0",
            "NumSegments": str(segments(text.body)),
            "SmsMessageSid": text.sid,
            "SmsSid": text.sid,
            "SmsStatus": "received",
            "To": text.recipient,
            "ToCountry": "ID",
        }

    def files_of(self, holder: str) -> Sequence[SentFile]:  # noqa: ARG002 - the phones' own
        """None: an SMS is words alone."""
        return ()

    def files_to(self, holder: str) -> Sequence[SentFile]:  # noqa: ARG002 - the phones' own
        """None, either."""
        return ()

    def file(self, file_id: str) -> Upload:
        """Raises KeyError always."""
        raise KeyError(file_id)

    def received(self, holder: str) -> Sequence[str]:
        """The words of everything that reached this phone, copies included."""
        return [text.body for text in self.sent if text.recipient == holder]

    def switches(self, holder: str) -> Sequence[Switch]:  # noqa: ARG002 - the phones' own
        """What can go wrong, as it stands."""
        return [*sending(self.faults, SMS), mute(self.faults)]

    async def turn(self, key: str, holder: str) -> None:  # noqa: ARG002 - the phones' own
        """Turns a switch over. Raises KeyError for an unknown one."""
        turned(self.faults, SMS, key)

    async def reset(self) -> None:
        """All switches off."""
        self.faults.clear()

    # --- the gateway calls ------------------------------------------------------------------

    async def _take(self, request: web.Request) -> web.StreamResponse:
        self.calls += 1
        refusal = self._stranger(request)
        if refusal is not None:
            self.faults.next_send()
            return refusal

        async def take() -> web.Response:
            return self._taken(await request.post())

        return await met(request, self.faults, take, self._refused)

    def _stranger(self, request: web.Request) -> web.Response | None:
        expected = encode_basic_auth(self.account.sid, self.account.token)
        shown = request.headers.get("Authorization", "")
        if not hmac.compare_digest(shown.encode(), expected.encode()):
            return _error(401, 20003)
        if request.match_info["sid"] != self.account.sid:
            return _error(404, 20404)
        return None

    def _taken(self, form: object) -> web.Response:
        fields = {str(name): str(value) for name, value in dict(form).items()}  # type: ignore[call-overload]  # multidict of aiohttp
        code = self._objection(fields)
        if code:
            return _error(400, code)
        text = Text(
            new_sid(), fields["From"], fields["To"], fields["Body"], "outbound-api", "queued",
            self._clock.now(), callback=fields.get("StatusCallback", ""),
        )  # fmt: skip
        self._room.texts.append(text)
        self._reports.begin(self._progress(text))
        return web.json_response(text.as_json(self.account.sid), status=201)

    def _objection(self, fields: dict[str, str]) -> int:
        """The provider's error code, 0 when there is nothing against it."""
        to, body = fields.get("To", ""), fields.get("Body", "")
        checks = {
            21604: not to,
            21602: not body,
            21617: len(body) > _MAX_BODY,
            21606: fields.get("From") != self.number,
        }
        broken = next((code for code, wrong in checks.items() if wrong), 0)
        return broken or self.faults.refused.get(to, 0)

    def _refused(self, fault: Fault) -> web.Response:
        if fault is Fault.TOO_MANY:
            return _error(429, 20429, {"Retry-After": str(self.faults.retry_after)})
        if fault is Fault.UNAUTHORIZED:
            return _error(401, 20003)
        return _error(500, 20500)

    async def _list(self, request: web.Request) -> web.StreamResponse:
        refusal = self._stranger(request)
        if refusal is not None:
            return refusal
        if self.faults.listing is not Fault.NONE:
            fault = self.faults.listing
            return await spoiled(request, self.faults, fault, self._refused(fault))
        seen_before = lagging(self._clock.now(), self.faults.list_delay)
        return web.json_response(self._room.page(dict(request.query), seen_before))

    # --- states of a sent text ---------------------------------------------------------------

    async def _progress(self, text: Text) -> None:
        last = "undelivered" if text.recipient in self.faults.undelivered else "delivered"
        states = ["sent", last]
        if self.faults.reversed_callbacks:
            states.reverse()
        for state in states:
            await asyncio.sleep(self.pace)
            text.sent_at = text.sent_at or self._clock.now()
            text.status = last if text.status == last else state
            if state == "undelivered":
                text.error_code = self.faults.undelivered[text.recipient]
            await self._report(text, state)

    async def _report(self, text: Text, state: str) -> None:
        if self.faults.mute_callbacks or not text.callback:
            return
        fields = {
            "AccountSid": self.account.sid,
            "ApiVersion": API,
            "From": text.sender,
            "MessageSid": text.sid,
            "MessageStatus": state,
            "SmsSid": text.sid,
            "SmsStatus": state,
            "To": text.recipient,
        }
        if state == "undelivered":
            fields["ErrorCode"] = str(text.error_code)
        for _time in range(2 if self.faults.doubled_callbacks else 1):
            await self._hooks.call(text.callback, fields)


def _error(status: int, code: int, headers: dict[str, str] | None = None) -> web.Response:
    body = {
        "code": code,
        "message": _ERRORS.get(code, "The message was not accepted"),
        "more_info": f"https://www.twilio.com/docs/errors/{code}",
        "status": status,
    }
    return web.json_response(body, status=status, headers=headers)
