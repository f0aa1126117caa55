"""The simulated Twilio fails as asked, keeps its list, counts parts, and tells the story."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
import smsutil
from hypothesis import example, given
from hypothesis import strategies as st
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.rest import Client

from gateway.demo.faults import Fault
from gateway.demo.story import PEOPLE, REPORTERS, STORY, tell
from gateway.demo.texts import segments
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

if TYPE_CHECKING:
    from gateway.demo.provider import SimulatedTwilio


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
        async with api.post(PATH, data=a_form(), headers=KEY) as answer:
            assert answer.status == status
            if fault is Fault.TOO_MANY:
                assert answer.headers["Retry-After"] == "7"
                assert (await answer.json())["code"] == 20429
    except aiohttp.ClientError:
        assert status is None
    assert (len(twilio.sent), twilio.calls) == (taken, 1)
    assert fault.takes is bool(taken)
    # The script is used up: all is well again.
    assert (await post(api, a_form()))[0] == 201


async def test_a_lasting_fault_stays_until_it_is_switched_off(
    twilio: SimulatedTwilio, api: aiohttp.ClientSession
) -> None:
    twilio.faults.sending = Fault.ERROR
    twilio.faults.script.append(Fault.NONE)
    assert [(await post(api, a_form()))[0] for _ in range(3)] == [201, 500, 500]
    twilio.faults.sending = Fault.NONE
    assert (await post(api, a_form()))[0] == 201


async def test_a_slow_answer_is_slow(twilio: SimulatedTwilio, api: aiohttp.ClientSession) -> None:
    twilio.faults.script.append(Fault.SLOW)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await post(api, a_form())
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
    await post(api, a_form())
    assert (await list_of(api))["messages"] == []
    clock.time += timedelta(seconds=3)
    assert len((await list_of(api))["messages"]) == 1


async def test_the_list_is_filtered_by_both_ends_and_by_the_day_sent(
    twilio: SimulatedTwilio, api: aiohttp.ClientSession, clock: SetClock
) -> None:
    first = twilio.receive_unannounced(CITIZEN, "kemarin")
    clock.time += timedelta(seconds=4)  # over midnight GMT
    second = twilio.receive_unannounced("+6281200002002", "hari ini")
    twilio.pace = 30
    await post(api, a_form())  # queued: has no day sent yet
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
        page = await list_of(api, **query)
        assert [message["sid"] for message in page["messages"]] == sids, query
    assert len((await list_of(api))["messages"]) == 3


async def test_pages_hold_still_while_new_texts_come(
    twilio: SimulatedTwilio, api: aiohttp.ClientSession
) -> None:
    sids = [twilio.receive_unannounced(CITIZEN, str(number)).sid for number in range(5)]
    found, page = [], await list_of(api, To=NUMBER, PageSize="2")
    while True:
        found += [message["sid"] for message in page["messages"]]
        twilio.receive_unannounced(CITIZEN, "baru")
        if page["next_page_uri"] is None:
            break
        page = await list_of(api, page["next_page_uri"])
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


async def test_mb_19_mb_31_the_story_is_four_people_with_two_complaints_each(
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
