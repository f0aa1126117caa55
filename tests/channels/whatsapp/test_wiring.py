"""From settings to a door, and a whole gateway with it: a message in, its number out."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from channels.whatsapp.channel import WhatsAppCloud
from config.load import read
from config.problems import ConfigurationError
from core.model.messages import Address, AddressKind, ChannelId
from core.model.texts import TextForm
from gateway.clock import SystemClock
from gateway.doors.made import Place
from gateway.wiring import make_door
from tests.channels.whatsapp.doors import (
    CITIZEN,
    NUMBER_ID,
    SECRET,
    TOKEN,
    VERIFY,
    body,
    seal,
    status,
    text,
    value,
)
from tests.channels.whatsapp.meta import Answer, Meta, meta
from tests.gateway.gateway_kit import Office, Options, Reply, office, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

PUBLIC = "https://helpdesk.contoh.go.id"
HOOK = "/hooks/wa"


def table(**changes: Any) -> dict[str, Any]:
    given = {
        "kind": "whatsapp_cloud",
        "phone_number_id": NUMBER_ID,
        "app_secret": SECRET,
        "verify_token": VERIFY,
        "access_token": TOKEN,
    } | changes
    return {name: one for name, one in given.items() if one is not None}


def settings(**changes: Any) -> Any:
    return read(
        {
            "office": {"name": "Dinas Contoh"},
            "http": {"public_url": PUBLIC},
            "channels": {"wa": table(**changes)},
        }
    )


def made(**changes: Any) -> Any:
    return make_door(Place(ChannelId("wa"), settings(**changes), SystemClock()))


def test_a_door_is_mounted_under_its_name() -> None:
    one = made(rate_per_second=20, acks_per_day=3, own_number="+6281100001111")
    (route,) = one.mounted.routes
    assert (route.path, route.public_url) == (HOOK, PUBLIC + HOOK)
    assert (one.traits.form, one.traits.acks_per_day) == (TextForm.CHAT, 3)
    assert one.own == {Address(AddressKind.WHATSAPP, "+6281100001111")}
    assert one.mounted.pace.rate == 20
    assert isinstance(one.mounted.door, WhatsAppCloud)
    assert made().own == frozenset()


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"app_secret": None}, "app_secret"),
        ({"app_secret": ""}, "app_secret"),
        ({"app_secret": "  "}, "app_secret"),
        ({"verify_token": None}, "verify_token"),
        ({"verify_token": " "}, "verify_token"),
        ({"access_token": ""}, "access_token"),
        ({"phone_number_id": None}, "phone_number_id"),
        ({"phone_number_id": "+62811"}, "phone_number_id"),
        ({"phone_number_id": "../1234567"}, "phone_number_id"),
        ({"api_version": "23"}, "api_version"),
        ({"api_base_url": "http://graph.facebook.com"}, "api_base_url"),
        ({"media_hosts": ["https://lookaside.fbsbx.com"]}, "media_hosts"),
        ({"media_hosts": ["*"]}, "media_hosts"),
        ({"templates": ["ack"]}, "templates"),
        ({"templates": ["ack=Kabar Tiket"]}, "templates"),
        ({"templates": ["ack=a", "ack=b"]}, "templates"),
        ({"media_failures": 0}, "media_failures"),
    ],
)
def test_what_is_missing_or_wrong_is_told_by_its_key(changes: Any, where: Any) -> None:
    with pytest.raises(ConfigurationError) as caught:
        settings(**changes)
    told = str(caught.value)
    assert f"channels.wa.{where}" in told
    for secret in (SECRET, VERIFY, TOKEN):
        assert secret not in told


def test_templates_are_written_in_lines() -> None:
    channel = settings(templates=["ack=kabar_tiket", " *=kabar_umum:en_US "]).channels["wa"]
    assert channel.approved == {"ack": ("kabar_tiket", "id"), "*": ("kabar_umum", "en_US")}


def test_content_at_twilio_is_named_by_its_sid() -> None:
    given = {
        "kind": "twilio_whatsapp",
        "account_sid": "AC" + "a" * 32,
        "auth_token": "rahasia-sekali",
        "from_number": "+6281100001111",
    }

    def built(*templates: str) -> Any:
        whole = {
            "office": {"name": "Dinas Contoh"},
            "http": {"public_url": PUBLIC},
            "channels": {"wa": given | {"templates": list(templates)}},
        }
        return make_door(Place(ChannelId("wa"), read(whole), SystemClock()))

    one = built("*=HX" + "c" * 32)
    assert [route.path for route in one.mounted.routes] == [HOOK, HOOK + "/status"]
    assert one.traits.form is TextForm.CHAT
    assert one.own == {Address(AddressKind.WHATSAPP, "+6281100001111")}
    with pytest.raises(ConfigurationError, match="templates"):
        built("*=kabar_tiket")


# --- a whole gateway ----------------------------------------------------------------------------


@asynccontextmanager
async def running(folder: Path, **changes: Any) -> AsyncIterator[tuple[Office, Meta]]:
    async with meta() as graph:
        graph.usual = True
        door = table(api_base_url=graph.base, doubt_seconds=0.2, **changes)
        async with office(folder, Options(channels=(), doors={"wa": door})) as hall:
            yield hall, graph


async def post(hall: Office, content: Any, mark: str | None = None) -> Reply:
    sent = json.dumps(content).encode()
    headers = {"Content-Type": "application/json", "X-Hub-Signature-256": mark or seal(sent)}
    return await hall.call(sent, HOOK, headers)


def now(ago: int = 0) -> str:
    return str(int(datetime.now(UTC).timestamp()) - ago)


def written(ago: int = 0, **changes: Any) -> Any:
    return body(value(messages=[text(timestamp=now(ago), **changes)]))


async def test_a_message_becomes_a_ticket_and_its_number_goes_back(tmp_path: Path) -> None:
    async with running(tmp_path) as (hall, graph):
        for _ in range(2):  # Meta repeats what it is not sure of
            reply = await post(hall, written())
            assert (reply.status, reply.body) == (200, "")
        await hall.quiet()
        (ticket,) = await hall.tickets()
        (sent,) = graph.sent()
        assert sent.body["to"] == CITIZEN
        assert str(ticket.number) in sent.body["text"]["body"]
        item = sent.body["biz_opaque_callback_data"]
        report = status(id="wamid.OUT1", biz_opaque_callback_data=item, timestamp=now())
        assert (await post(hall, body(value(statuses=[report])))).status == 200

        async def delivered() -> bool:
            rows = await hall.rows("SELECT delivery FROM outbox WHERE id = ?", int(item))
            return [row[0] for row in rows] == ["delivered"]

        await until(delivered)
        for secret in (TOKEN, SECRET, CITIZEN, "internet kantor"):
            assert secret not in hall.log.getvalue()


async def test_the_url_is_checked_and_strangers_are_refused(tmp_path: Path) -> None:
    async with running(tmp_path) as (hall, graph):
        asked = f"{HOOK}?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token="
        good = await hall.call(b"", asked + VERIFY, method="GET")
        assert (good.status, good.body) == (200, "1158201444")
        assert (await hall.call(b"", asked + "salah", method="GET")).status == 403
        assert (await post(hall, written(), "sha256=" + "0" * 64)).status == 401
        assert (await post(hall, body(value(messages=[text()], number="999")))).status == 403
        assert await hall.stored_texts() == []
        assert graph.sent() == []


async def test_of_a_batch_the_bad_ones_are_kept_aside(tmp_path: Path) -> None:
    items: list[Any] = [
        text(f"HELPDESK keluhan {n}", id=f"wamid.{n}", **{"from": f"62811000{n:04d}"})
        for n in range(20)
    ]
    items[3], items[7]["text"] = "x", {}
    async with running(tmp_path) as (hall, _):
        for _ in range(2):
            assert (await post(hall, body(value(messages=items)))).status == 200
        await hall.quiet()
        assert len(await hall.tickets()) == 18
        kept = await hall.rows("SELECT raw FROM quarantine")
        assert len(kept) >= 2
        assert (await post(hall, ["no", "body"])).status == 200
        assert len(await hall.rows("SELECT raw FROM quarantine")) == len(kept) + 1


@pytest.mark.parametrize("templates", [[], ["*=kabar_tiket:id"]])
async def test_after_a_long_outage_the_number_waits_or_goes_as_template(
    tmp_path: Path, templates: Any
) -> None:
    async with running(tmp_path, templates=templates) as (hall, graph):
        assert (await post(hall, written(ago=26 * 3600))).status == 200
        (ticket,) = await hall.tickets()
        if templates:
            await until(lambda: bool(graph.sent()))
            places = graph.sent()[0].body["template"]["components"][0]["parameters"]
            assert places[0]["text"] == str(ticket.number)
            return

        async def held() -> bool:
            found = await hall.rows("SELECT state, reason FROM outbox")
            return [row[0] for row in found] == ["held"] and "24 jam" in found[0][1]

        await until(held)
        assert graph.sent() == []


async def test_a_text_in_doubt_is_settled_by_its_report(tmp_path: Path) -> None:
    async with running(tmp_path) as (hall, graph):
        graph.will(Answer(500, "<html>"))
        await post(hall, written())
        await until(lambda: bool(graph.sent()))
        item = graph.sent()[0].body["biz_opaque_callback_data"]
        report = status(id="wamid.TOOK", status="sent", biz_opaque_callback_data=item)
        assert (await post(hall, body(value(statuses=[report])))).status == 200
        await hall.quiet()
        assert len(graph.sent()) == 1


async def test_a_reaction_opens_nothing_and_is_not_answered(tmp_path: Path) -> None:
    async with running(tmp_path) as (hall, graph):
        about = {"message_id": "wamid.X", "emoji": "\U0001f44d"}
        await post(hall, written(id="wamid.R1", type="reaction", text=None, reaction=about))
        await post(hall, written())
        await hall.quiet()
        (sent,) = graph.sent()
        mine = {"message_id": "wamid.OUT1", "emoji": "\U0001f64f"}
        await post(hall, written(id="wamid.R2", type="reaction", text=None, reaction=mine))
        assert len(await hall.tickets()) == 1
        assert graph.sent() == [sent]
