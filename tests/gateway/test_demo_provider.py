"""The simulated Twilio keeps to the published interface (providers.md §3), faults included."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import aiohttp
import pytest
import smsutil
from aiohttp import web
from hypothesis import example, given
from hypothesis import strategies as st
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from gateway.demo.faults import Fault
from gateway.demo.hooks import HookAnswer, RepeatRule, sign
from gateway.demo.provider import Account, SimulatedTwilio
from gateway.demo.story import PEOPLE, REPORTERS, STORY, tell
from gateway.demo.texts import segments

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

SID, TOKEN, NUMBER = "AC" + "a" * 32, "rahasia", "+6281100003636"
CITIZEN = "+6281200002001"
PATH = f"/2010-04-01/Accounts/{SID}/Messages.json"
KEY = {"Authorization": aiohttp.encode_basic_auth(SID, TOKEN)}


class SetClock:
    """A clock that stands where it is put."""

    def __init__(self) -> None:
        self.time = datetime(2026, 7, 14, 23, 59, 58, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time


class Gateway:
    """A webhook that keeps what it got and answers as told."""

    def __init__(self) -> None:
        self.url = ""
        self.answers: list[int | None] = []
        self.calls: list[tuple[str, dict[str, str], dict[str, str]]] = []

    async def take(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.calls.append((str(request.rel_url), form, dict(request.headers)))
        answer = self.answers.pop(0) if self.answers else 200
        if answer is None and request.transport is not None:
            request.transport.abort()
        return web.Response(status=answer or 200, text="<Response/>")

    def states(self) -> list[str]:
        return [form["MessageStatus"] for _, form, _ in self.calls if "MessageStatus" in form]


@pytest.fixture
async def gateway() -> AsyncIterator[Gateway]:
    gateway = Gateway()
    app = web.Application()
    app.router.add_post("/{rest:.*}", gateway.take)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    gateway.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield gateway
    await runner.cleanup()


@pytest.fixture
async def clock() -> SetClock:
    return SetClock()


@pytest.fixture
async def twilio(gateway: Gateway, clock: SetClock) -> AsyncIterator[SimulatedTwilio]:
    account = Account(SID, TOKEN, NUMBER, f"{gateway.url}/hooks/sms?a=b%20c#rc=2&rp=all")
    provider = SimulatedTwilio(account, clock, PEOPLE)
    provider.pace = 0.0
    await provider.start()
    yield provider
    await provider.stop()


@pytest.fixture
async def api(twilio: SimulatedTwilio) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(twilio.base_url) as session:
        yield session


def _form(body: str = "Tiket HD26-004217-4", **more: str) -> dict[str, str]:
    return {"To": CITIZEN, "From": NUMBER, "Body": body, **more}


async def _post(api: aiohttp.ClientSession, form: dict[str, str]) -> tuple[int, Any]:
    async with api.post(PATH, data=form, headers=KEY) as answer:
        return answer.status, await answer.json()


async def _list(api: aiohttp.ClientSession, uri: str = PATH, **query: str) -> Any:
    path = f"{uri}?{urlencode(query)}" if query else uri
    async with api.get(path, headers=KEY) as answer:
        assert answer.status == 200
        return await answer.json()


# --- signature -------------------------------------------------------------------------------


def test_the_signature_is_the_published_one() -> None:
    """The worked example of the provider's own library tests."""
    fields = {
        "ToState": "California", "CalledState": "California", "Direction": "inbound",
        "FromState": "CA", "AccountSid": "ACba8bc05eacf94afdae398e642c9cc32d",
        "Caller": "+14153595711", "CallerZip": "94108", "CallerCountry": "US",
        "From": "+14153595711", "FromCity": "SAN FRANCISCO", "CallerCity": "SAN FRANCISCO",
        "To": "+14157669926", "FromZip": "94108", "ToZip": "94103",
    }  # fmt: skip
    token = "1c892n40nd03kdnc0112slzkl3091j20"
    url = "http://www.postbin.org/1ed898x"
    assert RequestValidator(token).compute_signature(url, fields) == sign(token, url, fields)


@given(
    st.dictionaries(st.text(min_size=1, max_size=5), st.text(max_size=20), max_size=6),
    st.text(alphabet="abc123", min_size=1, max_size=8),
)
@example({"Body": "  spasi di ujung  ", "B": "+%2B%20"}, "x")
def test_our_signature_and_the_library_agree(fields: dict[str, str], token: str) -> None:
    try:
        "".join([*fields, *fields.values()]).encode()
    except UnicodeEncodeError:
        return  # lone surrogates never come out of a form
    url = "https://helpdesk.contoh.go.id/hooks/sms?a=b%20c"
    assert RequestValidator(token).validate(url, fields, sign(token, url, fields))


# --- a citizen writes ------------------------------------------------------------------------


async def test_a_text_arrives_as_a_signed_form(twilio: SimulatedTwilio, gateway: Gateway) -> None:
    body = " HELPDESK internet mati + 100% 🙏 \n"
    answer = await twilio.inbound(CITIZEN, body)
    assert answer == HookAnswer(200, "<Response/>", 1)
    ((path, form, headers),) = gateway.calls
    assert path == "/hooks/sms?a=b%20c"
    assert form["Body"].replace("\r\n", "\n") == body
    assert (form["From"], form["To"], form["AccountSid"]) == (CITIZEN, NUMBER, SID)
    assert re.fullmatch(r"SM[0-9a-f]{32}", form["MessageSid"])
    assert form["NumSegments"] == "1"
    url = f"{gateway.url}{path}"
    assert RequestValidator(TOKEN).validate(url, form, headers["X-Twilio-Signature"])
    assert not RequestValidator("lain").validate(url, form, headers["X-Twilio-Signature"])


async def test_the_same_text_can_be_delivered_again(
    twilio: SimulatedTwilio, gateway: Gateway, api: aiohttp.ClientSession
) -> None:
    await twilio.inbound(CITIZEN, "HELPDESK a")
    sid = gateway.calls[0][1]["MessageSid"]
    await twilio.inbound(CITIZEN, "diabaikan", sid)
    assert [form["MessageSid"] for _, form, _ in gateway.calls] == [sid, sid]
    assert gateway.calls[1][1]["Body"] == "HELPDESK a"
    assert len((await _list(api))["messages"]) == 1
    with pytest.raises(KeyError):
        await twilio.inbound(CITIZEN, "HELPDESK a", "SM" + "0" * 32)


async def test_two_phones_at_once_are_not_mixed_up(
    twilio: SimulatedTwilio, gateway: Gateway
) -> None:
    sent = await asyncio.gather(*(twilio.send(CITIZEN, f"HELPDESK {n}") for n in range(20)))
    told = {form["MessageSid"]: form["Body"] for _, form, _ in gateway.calls}
    assert [told[text.external_id] for text in sent] == [f"HELPDESK {n}" for n in range(20)]


@pytest.mark.parametrize(
    ("answers", "last", "attempts"),
    [
        ([503, 200], 200, 2),
        ([None, 200], 200, 2),
        ([500, 500, 500], 500, 3),
        ([None, None, None], None, 3),
        ([400, 200], 200, 2),
    ],
)
async def test_a_refused_text_is_repeated_as_the_url_asks(
    twilio: SimulatedTwilio,
    gateway: Gateway,
    answers: list[int | None],
    last: int | None,
    attempts: int,
) -> None:
    gateway.answers = list(answers)
    answer = await twilio.inbound(CITIZEN, "HELPDESK a")
    assert (answer.status, answer.attempts, len(gateway.calls)) == (last, attempts, attempts)
    assert len({form["MessageSid"] for _, form, _ in gateway.calls}) == 1
    assert len({head["I-Twilio-Idempotency-Token"] for *_, head in gateway.calls}) == 1


@pytest.mark.parametrize(
    ("fragment", "status", "again"),
    [
        ("", None, True),
        ("", 500, False),
        ("#rc=0&rp=all", None, True),
        ("#rc=5&rp=5xx", 503, True),
        ("#rc=5&rp=5xx", 404, False),
        ("#rc=5&rp=4xx,ct", None, True),
        ("#rc=5&rp=all", 403, True),
        ("#rc=5&rp=all", 204, False),
    ],
)
def test_the_fragment_says_after_what_it_is_repeated(
    fragment: str,
    status: int | None,
    again: bool,  # noqa: FBT001 - a table
) -> None:
    rule = RepeatRule.of(f"https://contoh.go.id/hooks/sms{fragment}")
    assert rule.again(HookAnswer(status)) is again
    assert RepeatRule.of("x#rc=99").count == 5
    assert RepeatRule.of("x").count == 1
    assert RepeatRule.of("x#rc=0&rp=all").count == 0


async def test_a_gateway_that_is_away_gets_nothing_and_the_list_keeps_it(
    twilio: SimulatedTwilio, api: aiohttp.ClientSession
) -> None:
    twilio.account = replace(twilio.account, webhook_url="http://127.0.0.1:9/hooks/sms")
    sent = await twilio.send(CITIZEN, "HELPDESK a")
    assert (sent.accepted, sent.status) == (False, None)
    (message,) = (await _list(api))["messages"]
    assert (message["sid"], message["direction"]) == (sent.external_id, "inbound")


async def test_a_public_url_is_signed_while_the_call_stays_on_loopback(
    gateway: Gateway, clock: SetClock
) -> None:
    url = "https://helpdesk.contoh.go.id/hooks/sms"
    provider = SimulatedTwilio(Account(SID, TOKEN, NUMBER, url), clock)
    await provider.start(reach=gateway.url)
    assert (await provider.inbound(CITIZEN, "HELPDESK a")).taken
    await provider.stop()
    await provider.stop()
    ((path, form, headers),) = gateway.calls
    assert path == "/hooks/sms"
    assert RequestValidator(TOKEN).validate(url, form, headers["X-Twilio-Signature"])


async def test_before_the_start_nothing_can_be_sent(clock: SetClock) -> None:
    provider = SimulatedTwilio(Account(SID, TOKEN, NUMBER, "http://127.0.0.1:9/"), clock)
    with pytest.raises(RuntimeError, match="not started"):
        await provider.inbound(CITIZEN, "a")


# --- the gateway sends -----------------------------------------------------------------------


async def test_a_sent_text_moves_from_queued_to_delivered(
    twilio: SimulatedTwilio, gateway: Gateway, api: aiohttp.ClientSession
) -> None:
    callback = f"{gateway.url}/hooks/sms/status?item=7"
    status, message = await _post(api, _form(StatusCallback=callback))
    assert (status, message["status"], message["date_sent"]) == (201, "queued", None)
    await twilio.settled()
    assert gateway.states() == ["sent", "delivered"]
    path, form, headers = gateway.calls[0]
    assert (path, form["MessageSid"]) == ("/hooks/sms/status?item=7", message["sid"])
    assert RequestValidator(TOKEN).validate(callback, form, headers["X-Twilio-Signature"])
    (listed,) = (await _list(api))["messages"]
    assert listed["status"] == "delivered"
    assert parsedate_to_datetime(listed["date_sent"]).tzinfo is not None
    assert [text.body for text in twilio.sent] == ["Tiket HD26-004217-4"]


@pytest.mark.parametrize(
    ("switch", "states"),
    [
        ("doubled_callbacks", ["sent", "sent", "delivered", "delivered"]),
        ("reversed_callbacks", ["delivered", "sent"]),
        ("mute_callbacks", []),
    ],
)
async def test_callbacks_can_come_as_badly_as_in_life(
    twilio: SimulatedTwilio,
    gateway: Gateway,
    api: aiohttp.ClientSession,
    switch: str,
    states: list[str],
) -> None:
    setattr(twilio.faults, switch, True)
    await _post(api, _form(StatusCallback=f"{gateway.url}/status"))
    await twilio.settled()
    assert gateway.states() == states
    assert twilio.sent[0].status == "delivered"


async def test_a_text_can_end_undelivered_with_its_code(
    twilio: SimulatedTwilio, gateway: Gateway, api: aiohttp.ClientSession
) -> None:
    twilio.faults.undelivered[CITIZEN] = 30005
    await _post(api, _form(StatusCallback=f"{gateway.url}/status"))
    await twilio.settled()
    assert gateway.states() == ["sent", "undelivered"]
    assert gateway.calls[1][1]["ErrorCode"] == "30005"
    assert (await _list(api))["messages"][0]["error_code"] == 30005


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"To": ""}, 21604),
        ({"Body": ""}, 21602),
        ({"Body": "x" * 1601}, 21617),
        ({"From": "+6281199999999"}, 21606),
    ],
)
async def test_a_wrong_request_is_refused_with_the_code(
    twilio: SimulatedTwilio, api: aiohttp.ClientSession, change: dict[str, str], code: int
) -> None:
    status, answer = await _post(api, {**_form(), **change})
    assert (status, answer["code"], answer["status"]) == (400, code, 400)
    assert twilio.sent == []


async def test_a_number_can_refuse_us(twilio: SimulatedTwilio, api: aiohttp.ClientSession) -> None:
    twilio.faults.refused[CITIZEN] = 21610
    assert (await _post(api, _form()))[1]["code"] == 21610


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        (PATH, {}, 401),
        (PATH, {"Authorization": aiohttp.encode_basic_auth(SID, "salah")}, 401),
        (PATH, {"Authorization": "Basic é".encode().decode("latin-1")}, 401),
        (PATH.replace(SID, "AC" + "b" * 32), KEY, 404),
    ],
)
async def test_strangers_are_turned_away(
    twilio: SimulatedTwilio,
    api: aiohttp.ClientSession,
    path: str,
    headers: dict[str, str],
    status: int,
) -> None:
    async with api.post(path, data=_form(), headers=headers) as answer:
        assert answer.status == status
    async with api.get(path, headers=headers) as answer:
        assert answer.status == status
    assert twilio.sent == []


# --- faults ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "status", "taken"),
    [
        (Fault.TOO_MANY, 429, 0),
        (Fault.ERROR, 500, 0),
        (Fault.UNAUTHORIZED, 401, 0),
        (Fault.DROP, None, 0),
        (Fault.TAKEN_THEN_ERROR, 500, 1),
        (Fault.TAKEN_THEN_DROP, None, 1),
        (Fault.GIBBERISH, 200, 1),
        (Fault.SLOW, 201, 1),
        (Fault.NONE, 201, 1),
    ],
)
async def test_each_fault_and_whether_the_text_went_out(
    twilio: SimulatedTwilio,
    api: aiohttp.ClientSession,
    fault: Fault,
    status: int | None,
    taken: int,
) -> None:
    twilio.faults.script.append(fault)
    twilio.faults.slow = 0.01
    twilio.faults.retry_after = 7
    try:
        async with api.post(PATH, data=_form(), headers=KEY) as answer:
            assert answer.status == status
            if fault is Fault.TOO_MANY:
                assert answer.headers["Retry-After"] == "7"
                assert (await answer.json())["code"] == 20429
    except aiohttp.ClientError:
        assert status is None
    assert (len(twilio.sent), twilio.calls) == (taken, 1)
    assert fault.takes is bool(taken)
    # The script is used up: all is well again.
    assert (await _post(api, _form()))[0] == 201


async def test_a_lasting_fault_stays_until_it_is_switched_off(
    twilio: SimulatedTwilio, api: aiohttp.ClientSession
) -> None:
    twilio.faults.sending = Fault.ERROR
    twilio.faults.script.append(Fault.NONE)
    assert [(await _post(api, _form()))[0] for _ in range(3)] == [201, 500, 500]
    twilio.faults.sending = Fault.NONE
    assert (await _post(api, _form()))[0] == 201


async def test_a_slow_answer_is_slow(twilio: SimulatedTwilio, api: aiohttp.ClientSession) -> None:
    twilio.faults.script.append(Fault.SLOW)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await _post(api, _form())
    assert len(twilio.sent) == 1


async def test_the_list_can_be_down_too(
    twilio: SimulatedTwilio, api: aiohttp.ClientSession
) -> None:
    twilio.faults.listing = Fault.ERROR
    async with api.get(PATH, headers=KEY) as answer:
        assert answer.status == 500


# --- the list --------------------------------------------------------------------------------


async def test_the_list_can_lag(
    twilio: SimulatedTwilio, api: aiohttp.ClientSession, clock: SetClock
) -> None:
    twilio.faults.list_delay = 3
    await _post(api, _form())
    assert (await _list(api))["messages"] == []
    clock.time += timedelta(seconds=3)
    assert len((await _list(api))["messages"]) == 1


async def test_the_list_is_filtered_by_both_ends_and_by_the_day_sent(
    twilio: SimulatedTwilio, api: aiohttp.ClientSession, clock: SetClock
) -> None:
    first = twilio.receive_unannounced(CITIZEN, "kemarin")
    clock.time += timedelta(seconds=4)  # over midnight GMT
    second = twilio.receive_unannounced("+6281200002002", "hari ini")
    twilio.pace = 30
    await _post(api, _form())  # queued: has no day sent yet
    rows: list[tuple[dict[str, str], list[str]]] = [
        ({"To": NUMBER}, [second.sid, first.sid]),
        ({"To": NUMBER, "From": CITIZEN}, [first.sid]),
        ({"To": NUMBER, "DateSent>": "2026-07-15"}, [second.sid]),
        ({"DateSent<": "2026-07-14"}, [first.sid]),
        ({"DateSent": "2026-07-15"}, [second.sid]),
        ({"DateSent>": "2026-07-14T23:00:00Z"}, [second.sid, first.sid]),
        ({"DateSent>": "2026-07-16"}, []),
        ({"To": "+62811"}, []),
    ]
    for query, sids in rows:
        page = await _list(api, **query)
        assert [message["sid"] for message in page["messages"]] == sids, query
    assert len((await _list(api))["messages"]) == 3


async def test_pages_hold_still_while_new_texts_come(
    twilio: SimulatedTwilio, api: aiohttp.ClientSession
) -> None:
    sids = [twilio.receive_unannounced(CITIZEN, str(number)).sid for number in range(5)]
    found, page = [], await _list(api, To=NUMBER, PageSize="2")
    while True:
        found += [message["sid"] for message in page["messages"]]
        twilio.receive_unannounced(CITIZEN, "baru")
        if page["next_page_uri"] is None:
            break
        page = await _list(api, page["next_page_uri"])
    assert found == list(reversed(sids))


async def test_the_providers_own_library_reads_it(
    twilio: SimulatedTwilio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sends and lists through the vendor's client, pointed at loopback."""
    for number in range(3):
        twilio.receive_unannounced(CITIZEN, str(number))
    async with AsyncTwilioHttpClient() as transport:
        original = transport.request

        async def here(method: str, url: str, **rest: Any) -> Any:
            return await original(
                method, url.replace("https://api.twilio.com", twilio.base_url), **rest
            )

        monkeypatch.setattr(transport, "request", here)
        client = Client(SID, TOKEN, http_client=transport)
        sent = await client.messages.create_async(to=CITIZEN, from_=NUMBER, body="halo")
        assert (sent.sid, sent.status) == (twilio.sent[0].sid, "queued")
        assert sent.date_created == twilio.sent[0].created_at
        found = await client.messages.list_async(
            to=NUMBER, date_sent_after=datetime(2026, 7, 14, tzinfo=UTC), page_size=2
        )
        assert [message.body for message in found] == ["2", "1", "0"]


# --- counting --------------------------------------------------------------------------------


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=400))
@example("x" * 160)
@example("x" * 161)
@example("x" * 152 + "€" + "y" * 100)
@example("é" * 71)
@example("🙏" * 36)
@example("a" * 66 + "🙏" + "b" * 60 + "ş")
def test_parts_are_counted_like_a_third_counter_does(text: str) -> None:
    assert segments(text) == max(smsutil.split(text).parts.__len__(), 1)


# --- the story -------------------------------------------------------------------------------


async def test_the_story_is_four_people_with_two_complaints_each(
    twilio: SimulatedTwilio, gateway: Gateway
) -> None:
    answers = await tell(twilio)
    assert [answer.status for answer in answers] == [200] * 8
    senders = [form["From"] for _, form, _ in gateway.calls]
    assert {sender: senders.count(sender) for sender in senders} == dict.fromkeys(
        [person.number for person in REPORTERS], 2
    )
    assert [form["Body"] for _, form, _ in gateway.calls] == [line.text for line in STORY]
    assert PEOPLE[0].number not in senders
    assert {line.unit for line in STORY} == {"medik", "perawat", "keuangan", "logistik"}
    # Each fits one SMS, as a thrifty sender writes.
    assert {segments(line.text) for line in STORY} == {1}
