"""The simulated Twilio keeps to the published interface (providers.md §3), faults included."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from email.utils import parsedate_to_datetime

import aiohttp
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from gateway.demo.hooks import HookAnswer, RepeatRule, sign
from gateway.demo.provider import Account, SimulatedTwilio
from tests.gateway.demo_kit import (
    CITIZEN,
    KEY,
    NUMBER,
    PATH,
    SID,
    TOKEN,
    Gateway,
    SetClock,
    a_form,
    list_of,
    post,
)

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
    assert len((await list_of(api))["messages"]) == 1
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
    again: bool,
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
    (message,) = (await list_of(api))["messages"]
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
    status, message = await post(api, a_form(StatusCallback=callback))
    assert (status, message["status"], message["date_sent"]) == (201, "queued", None)
    await twilio.settled()
    assert gateway.states() == ["sent", "delivered"]
    path, form, headers = gateway.calls[0]
    assert (path, form["MessageSid"]) == ("/hooks/sms/status?item=7", message["sid"])
    assert RequestValidator(TOKEN).validate(callback, form, headers["X-Twilio-Signature"])
    (listed,) = (await list_of(api))["messages"]
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
    await post(api, a_form(StatusCallback=f"{gateway.url}/status"))
    await twilio.settled()
    assert gateway.states() == states
    assert twilio.sent[0].status == "delivered"


async def test_a_text_can_end_undelivered_with_its_code(
    twilio: SimulatedTwilio, gateway: Gateway, api: aiohttp.ClientSession
) -> None:
    twilio.faults.undelivered[CITIZEN] = 30005
    await post(api, a_form(StatusCallback=f"{gateway.url}/status"))
    await twilio.settled()
    assert gateway.states() == ["sent", "undelivered"]
    assert gateway.calls[1][1]["ErrorCode"] == "30005"
    assert (await list_of(api))["messages"][0]["error_code"] == 30005


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
    status, answer = await post(api, {**a_form(), **change})
    assert (status, answer["code"], answer["status"]) == (400, code, 400)
    assert twilio.sent == []


async def test_a_number_can_refuse_us(twilio: SimulatedTwilio, api: aiohttp.ClientSession) -> None:
    twilio.faults.refused[CITIZEN] = 21610
    assert (await post(api, a_form()))[1]["code"] == 21610


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
    async with api.post(path, data=a_form(), headers=headers) as answer:
        assert answer.status == status
    async with api.get(path, headers=headers) as answer:
        assert answer.status == status
    assert twilio.sent == []
