from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.errors import SendError, SendFailure
from core.model.messages import AddressKind, DeliveryState
from tests.channels.sms.doors import ACCOUNT, CITIZEN, NUMBER, SERVICE, door, outbound
from tests.channels.twilio.provider import Answer, provider
from tests.channels.twilio.signing import NOW

SINCE = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
LIST = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"


def entry(**changes: Any) -> Any:
    """An entry of the list as Twilio documents it."""
    values = {
        "account_sid": ACCOUNT,
        "body": outbound().text,
        "date_created": "Mon, 23 Nov 2026 01:00:05 +0000",
        "date_sent": None,
        "direction": "outbound-api",
        "error_code": None,
        "from": NUMBER,
        "messaging_service_sid": None,
        "num_media": "0",
        "sid": "SM7",
        "status": "queued",
        "to": CITIZEN,
    }
    return values | changes


def arrived(sid: Any, **changes: Any) -> Any:
    values = {"direction": "inbound", "from": CITIZEN, "to": NUMBER, "status": "received"}
    return entry(sid=sid, body=f"teks {sid}", **(values | changes))


def page(*entries: Any, following: Any = None) -> Any:
    return Answer(200, {"messages": list(entries), "next_page_uri": following, "page": 0})


async def asking(answers: Any, question: Any, **changes: Any) -> Any:
    async with provider() as twilio:
        twilio.will(*answers)
        opened = door(**{"api_base_url": twilio.base, "timeout": 2.0, **changes})
        try:
            return await question(opened), twilio
        finally:
            await opened.close()


async def copies(*answers: Any, **changes: Any) -> Any:
    return await asking(answers, lambda opened: opened.copies_of(outbound(), SINCE), **changes)


async def missed(*answers: Any, when: Any = SINCE, **changes: Any) -> Any:
    async def question(opened: Any) -> Any:
        return [found async for found in opened.missed_since(when)]

    return await asking(answers, question, **changes)


# --- copies of what we sent ---


async def test_a_copy_is_found_by_recipient_sender_text_and_time() -> None:
    found, twilio = await copies(page(entry(status="sent")))
    (asked,) = twilio.asked
    assert (asked.method, asked.path) == ("GET", LIST)
    assert asked.query == {"To": CITIZEN, "From": NUMBER, "PageSize": "50"}
    ((sid, created, state),) = [(c.provider_id, c.created_at, c.state) for c in found]
    assert (sid, state) == ("SM7", DeliveryState.SENT)
    assert created == SINCE + timedelta(seconds=5)


@pytest.mark.parametrize(
    ("changes", "count"),
    [
        ({}, 1),
        ({"date_created": "Mon, 23 Nov 2026 00:59:58 +0000"}, 1),
        ({"date_created": "Mon, 23 Nov 2026 00:59:57 +0000"}, 0),
        ({"date_created": None}, 1),
        ({"body": "Laporan lain"}, 0),
        ({"body": None}, 0),
        ({"direction": "inbound"}, 0),
        ({"direction": "outbound-reply"}, 0),
        ({"sid": None}, 0),
        ({"status": "baru"}, 1),
    ],
)
async def test_only_equal_and_young_enough_counts(changes: Any, count: Any) -> None:
    found, _ = await copies(page(entry(**changes)))
    assert len(found) == count


async def test_two_copies_are_two() -> None:
    found, _ = await copies(page(entry(), entry(sid="SM8", status="delivered")))
    assert [copy.provider_id for copy in found] == ["SM7", "SM8"]


async def test_a_messaging_service_chooses_the_sender_so_it_is_no_filter() -> None:
    _, twilio = await copies(page(), messaging_service_sid=SERVICE)
    assert "From" not in twilio.asked[0].query


async def test_pages_are_followed_on_our_host_only() -> None:
    link = f"{LIST}?To=%2B62812&PageToken=PA1&Page=1"
    answers = (
        page(entry(), following=link),
        page(entry(sid="SM8"), following=f"https://evil.example{link}2"),
        page(entry(sid="SM9")),
    )
    found, twilio = await copies(*answers)
    assert [copy.provider_id for copy in found] == ["SM7", "SM8", "SM9"]
    assert [asked.query.get("PageToken") for asked in twilio.asked] == [None, "PA1", "PA1"]
    assert twilio.asked[2].query["Page"] == "12"


async def test_a_thousand_are_looked_at_and_no_more() -> None:
    pages = [
        page(*[entry(sid=f"SM{n}-{m}") for m in range(50)], following=f"{LIST}?Page={n + 1}")
        for n in range(21)
    ]
    found, twilio = await copies(*pages)
    assert len(found) == 1000
    assert len(twilio.asked) == 20


async def test_a_list_that_leads_in_circles_ends() -> None:
    circle = page(entry(), following=f"{LIST}?Page=1")
    found, twilio = await copies(circle, circle)
    assert (len(found), len(twilio.asked)) == (2, 2)


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        (Answer(500, ""), SendFailure.RETRY),
        (Answer(fault="drop"), SendFailure.RETRY),
        (Answer(200, "<html>", content_type="text/html"), SendFailure.RETRY),
        (Answer(200, {"messages": None}), SendFailure.RETRY),
        (Answer(200, {"uri": "x"}), SendFailure.RETRY),
        (Answer(302, "", {"Location": "/x"}), SendFailure.RETRY),
        (Answer(429, {"code": 20429}), SendFailure.RETRY),
        (Answer(401, {"code": 20003}), SendFailure.PAUSE),
        (page(entry(), following="/2010-04-01/Accounts/ACother/Messages.json"), SendFailure.RETRY),
    ],
    ids=str,
)
async def test_an_unreadable_list_is_an_error_never_an_empty_answer(
    answer: Any, failure: Any
) -> None:
    for question in (copies, missed):
        with pytest.raises(SendError) as caught:
            await question(answer)
        assert caught.value.problem.failure is failure


async def test_entries_that_are_none_are_passed_over() -> None:
    found, _ = await copies(page(None, "x", {}, entry()))
    assert len(found) == 1


# --- what was sent to us ---


async def test_missed_messages_come_oldest_first_and_marked_late() -> None:
    newest_first = page(arrived("SM2"), arrived("SM1"))
    (one, two), twilio = await missed(newest_first)
    assert (one.external_id, two.external_id) == ("SM1", "SM2")
    assert (one.channel, one.text, one.recipient) == ("sms", "teks SM1", NUMBER)
    assert (one.sender.kind, one.sender.value) == (AddressKind.PHONE, CITIZEN)
    assert one.late
    assert (one.sent_at, one.received_at) == (SINCE + timedelta(seconds=5), NOW)
    assert json.loads(one.raw)["sid"] == "SM1"
    assert twilio.asked[0].query == {"To": NUMBER, "DateSent>": "2026-11-22", "PageSize": "500"}


async def test_the_day_is_counted_in_gmt() -> None:
    in_jakarta = datetime.fromisoformat("2026-11-23T06:59:00+07:00")
    _, twilio = await missed(page(), when=in_jakarta)
    assert twilio.asked[0].query["DateSent>"] == "2026-11-21"


async def test_every_number_of_ours_is_asked() -> None:
    other = "+6281100002222"
    answers = (page(arrived("SM1")), page(arrived("SM2", to=other)))
    found, twilio = await missed(*answers, own_numbers=(other, NUMBER))
    assert [message.external_id for message in found] == ["SM1", "SM2"]
    assert [asked.query["To"] for asked in twilio.asked] == [NUMBER, other]


async def test_a_messaging_service_alone_is_picked_from_the_whole_list() -> None:
    ours = arrived("SM1", to="+6281100005555", messaging_service_sid=SERVICE)
    foreign = arrived("SM2", messaging_service_sid="MG" + "f" * 32)
    changes = {"from_number": None, "messaging_service_sid": SERVICE}
    (found,), twilio = await missed(page(foreign, ours), **changes)
    assert found.external_id == "SM1"
    assert "To" not in twilio.asked[0].query


@pytest.mark.parametrize(
    "changes",
    [
        {"direction": "outbound-api"},
        {"direction": None},
        {"from": f"whatsapp:{CITIZEN}", "to": f"whatsapp:{NUMBER}"},
        {"from": f"whatsapp:{CITIZEN}"},
        {"to": "+6281100009999"},
        {"to": None},
        {"sid": None},
        {"sid": ""},
        {"sid": "x" * 301},
    ],
)
async def test_what_is_no_text_to_us_is_passed_over(changes: Any) -> None:
    found, _ = await missed(page(arrived(**({"sid": "SM2"} | changes)), arrived("SM1")))
    assert [message.external_id for message in found] == ["SM1"]


@pytest.mark.parametrize(
    ("changes", "kind", "text"),
    [
        ({"from": None}, AddressKind.SENDER_LABEL, "teks SM1"),
        ({"from": "PLN"}, AddressKind.SENDER_LABEL, "teks SM1"),
        ({"body": None}, AddressKind.PHONE, ""),
        ({"body": "a\x00b"}, AddressKind.PHONE, "a\ufffdb"),
        ({"date_created": "kemarin"}, AddressKind.PHONE, "teks SM1"),
    ],
)
async def test_odd_entries_still_become_messages(changes: Any, kind: Any, text: Any) -> None:
    (found,), _ = await missed(page(arrived("SM1") | changes))
    assert found.sender.kind is kind
    assert found.text == text


MEDIA = f"/2010-04-01/Accounts/{ACCOUNT}/Messages/MM1/Media"


async def test_media_are_read_from_the_messages_own_list() -> None:
    rows = [
        {"uri": f"{MEDIA}/ME1.json", "content_type": "image/jpeg"},
        {"uri": f"{MEDIA}/ME2.json", "content_type": None},
        {"uri": None},
        "x",
    ]
    answers = (page(arrived("MM1", num_media="2")), Answer(200, {"media_list": rows}))
    (found,), twilio = await missed(*answers)
    assert twilio.asked[1].path == f"{MEDIA}.json"
    assert [(file.reference, file.content_type) for file in found.attachments] == [
        (f"{twilio.base}{MEDIA}/ME1", "image/jpeg"),
        (f"{twilio.base}{MEDIA}/ME2", "application/octet-stream"),
    ]


@pytest.mark.parametrize(
    "answer", [Answer(404, {"code": 20404}), Answer(404, ""), Answer(410, "")]
)
async def test_deleted_media_do_not_hold_the_text_back(answer: Any) -> None:
    (found,), _ = await missed(page(arrived("MM1", num_media="1")), answer)
    assert found.attachments == ()


async def test_media_that_cannot_be_read_now_are_asked_for_again_later() -> None:
    with pytest.raises(SendError) as caught:
        await missed(page(arrived("MM1", num_media="1")), Answer(500, ""))
    assert caught.value.problem.failure is SendFailure.RETRY


async def test_an_id_cannot_lead_the_media_call_elsewhere() -> None:
    odd = arrived("../../x?y", num_media="1")
    _, twilio = await missed(page(odd), Answer(200, {"media_list": []}))
    assert twilio.asked[1].path.startswith(f"/2010-04-01/Accounts/{ACCOUNT}/Messages/")
    assert twilio.asked[1].query == {}
