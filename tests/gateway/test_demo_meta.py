"""The simulated Meta keeps to the published interface (providers.md §4), faults included."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from console.sandbox.phone import Person, Upload
from gateway.demo.faults import Fault
from gateway.demo.meta import App, SimulatedMeta
from tests.gateway.demo_house import PHOTO, RawHook, raw_hook
from tests.peers import contract

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.gateway.demo_kit import SetClock

CITIZEN = "+6281200002001"
SECRET = "rahasia-aplikasi"
NUMBER_ID = "106540352242922"
CODES = {Fault.TOO_MANY: (429, 130429), Fault.ERROR: (500, 2), Fault.UNAUTHORIZED: (401, 190)}


@pytest.fixture
async def hook() -> AsyncIterator[RawHook]:
    async with raw_hook() as hook:
        yield hook


@pytest.fixture
async def meta(hook: RawHook, clock: SetClock) -> AsyncIterator[SimulatedMeta]:
    app = App(
        "+628110003737", NUMBER_ID, "419561257915477", SECRET, "kata-uji", "token-uji", hook.url
    )
    provider = SimulatedMeta(app, clock, (Person("Bu Rina", CITIZEN),))
    provider.pace = 0.0
    await provider.start()
    yield provider
    await provider.stop()


@pytest.fixture
async def api(meta: SimulatedMeta) -> AsyncIterator[aiohttp.ClientSession]:
    key = {"Authorization": "Bearer token-uji"}
    async with aiohttp.ClientSession(meta.base_url, headers=key) as session:
        yield session


def a_text(body: str = "Tiket HD26-004217-4", **more: object) -> dict[str, object]:
    return {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": CITIZEN.removeprefix("+"),
        "type": "text",
        "text": {"body": body},
        **more,
    }


async def post(api: aiohttp.ClientSession, body: object) -> tuple[int, Any]:
    async with api.post(f"/v23.0/{NUMBER_ID}/messages", json=body) as answer:
        return answer.status, await answer.json()


def value_of(hook: RawHook, place: int = -1) -> Any:
    return hook.bodies()[place]["entry"][0]["changes"][0]["value"]


def states(hook: RawHook) -> list[str]:
    values = [body["entry"][0]["changes"][0]["value"] for body in hook.bodies()]
    return [one["status"] for value in values for one in value.get("statuses", ())]


def keys_of(found: Any) -> Any:
    """The shape of a body without its values."""
    if isinstance(found, dict):
        return {key: keys_of(value) for key, value in found.items()}
    return [keys_of(found[0])] if isinstance(found, list) else type(found)


# --- a citizen writes ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "example"), [(None, "Text Message"), (PHOTO, "Image Message")], ids=["text", "photo"]
)
async def test_a_message_has_the_published_shape(
    meta: SimulatedMeta, hook: RawHook, file: Upload | None, example: str
) -> None:
    published = json.loads(contract("whatsapp_webhook_examples.json").read_text())["examples"]
    assert example in published, list(published)
    sent = await meta.send(CITIZEN, "HELPDESK jalan rusak", file)
    assert (sent.accepted, sent.status) == (True, 200)
    mine, theirs = keys_of(hook.bodies()[0]), keys_of(published[example])
    inner, outer = (
        body["entry"][0]["changes"][0]["value"]["messages"][0] for body in (mine, theirs)
    )
    # what an example happens to leave out or to add (caption, url) is no part of the shape
    kind = "image" if file else "text"
    assert {key: inner[key] for key in ("from", "id", "timestamp", "type")} == {
        key: outer[key] for key in ("from", "id", "timestamp", "type")
    }
    common = set(inner[kind]) & set(outer[kind])
    assert common >= ({"id", "mime_type", "sha256"} if file else {"body"})
    for body in (mine, theirs):
        body["entry"][0]["changes"][0]["value"]["messages"] = []
    assert mine == theirs


async def test_the_raw_bytes_are_sealed_and_hold_ascii_only(
    meta: SimulatedMeta, hook: RawHook
) -> None:
    await meta.send(CITIZEN, "HELPDESK café 🙏 \n  dua spasi")
    ((body, headers),) = hook.calls
    known = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    assert headers["X-Hub-Signature-256"] == f"sha256={known}"
    assert body.isascii()
    (message,) = value_of(hook)["messages"]
    assert message["text"]["body"] == "HELPDESK café 🙏 \n  dua spasi"
    assert value_of(hook)["contacts"] == [
        {"profile": {"name": "Bu Rina"}, "wa_id": message["from"]}
    ]


async def test_the_url_is_checked_before_anything_is_delivered(
    meta: SimulatedMeta, hook: RawHook
) -> None:
    hook.challenged = False
    sent = await meta.send(CITIZEN, "HELPDESK a")
    assert (sent.accepted, sent.status, hook.calls) == (False, None, [])
    hook.challenged = True
    assert (await meta.send(CITIZEN, "HELPDESK a")).accepted
    await meta.send(CITIZEN, "HELPDESK b")
    assert [one["hub.mode"] for one in hook.asked] == ["subscribe"] * 2
    assert hook.asked[0]["hub.verify_token"] == "kata-uji"
    assert hook.asked[0]["hub.challenge"] != hook.asked[1]["hub.challenge"]


@pytest.mark.parametrize(
    ("answers", "kept", "calls"),
    [([503], 1, 2), ([None, 500], 1, 3), ([500, 500, 500], 0, 3), ([404] * 3, 0, 3)],
)
async def test_what_is_refused_is_brought_again_and_then_given_back(
    meta: SimulatedMeta, hook: RawHook, answers: list[int | None], kept: int, calls: int,
) -> None:  # fmt: skip
    hook.answers = list(answers)
    sent = await meta.send(CITIZEN, "HELPDESK a")
    assert (sent.accepted, len(hook.calls)) == (kept == 1, calls)
    assert len({body for body, _ in hook.calls}) == 1
    assert len(meta.chats.said) == kept


async def test_the_same_message_can_be_delivered_again(meta: SimulatedMeta, hook: RawHook) -> None:
    await meta.send(CITIZEN, "HELPDESK a", PHOTO)
    (said,) = meta.chats.said
    await meta.deliver(said)
    assert hook.calls[0][0] == hook.calls[1][0]


# --- the gateway sends -----------------------------------------------------------------------


async def test_a_text_is_taken_and_reported_in_three_steps(
    meta: SimulatedMeta, hook: RawHook, api: aiohttp.ClientSession
) -> None:
    status, answer = await post(api, a_text(biz_opaque_callback_data="42"))
    assert status == 200
    (taken,) = answer["messages"]
    await meta.settled()
    assert states(hook) == ["sent", "delivered", "read"]
    (told,) = value_of(hook)["statuses"]
    assert (told["id"], told["recipient_id"]) == (taken["id"], CITIZEN.removeprefix("+"))
    assert told["biz_opaque_callback_data"] == "42"
    (said,) = meta.chats.to(CITIZEN)
    assert (said.text, said.states) == ("Tiket HD26-004217-4", ["sent", "delivered", "read"])


async def test_a_phone_that_is_not_looked_at_has_no_blue_ticks(
    meta: SimulatedMeta, hook: RawHook, api: aiohttp.ClientSession
) -> None:
    await meta.turn("unread", CITIZEN)
    await post(api, a_text())
    await meta.settled()
    assert states(hook) == ["sent", "delivered"]
    await meta.turn("mute", CITIZEN)
    await post(api, a_text())
    await meta.settled()
    assert states(hook) == ["sent", "delivered"]
    assert [one.on for one in meta.switches(CITIZEN)] == [False, False, False, False, True, True]
    await meta.reset()
    assert not any(one.on for one in meta.switches(CITIZEN))


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (a_text(""), 400, 131008),
        (a_text("x" * 4097), 400, 131008),
        (a_text(to="62-812"), 400, 100),
        (a_text(messaging_product="sms"), 400, 100),
        (a_text(text="bukan objek"), 400, 131008),
        ([], 400, 100),
    ],
)
async def test_what_meta_would_refuse_is_refused(
    meta: SimulatedMeta, api: aiohttp.ClientSession, body: object, status: int, code: int
) -> None:
    found, answer = await post(api, body)
    assert (found, answer["error"]["code"]) == (status, code)
    assert meta.chats.said == []


async def test_without_the_token_nothing_is_to_be_had(meta: SimulatedMeta) -> None:
    paths = [f"/v23.0/{NUMBER_ID}", "/v23.0/1/subscribed_apps", "/files/1"]
    async with aiohttp.ClientSession(
        meta.base_url, headers={"Authorization": "Bearer x"}
    ) as stranger:
        for path in paths:
            async with stranger.get(path) as answer:
                assert answer.status == 401
        assert (await post(stranger, a_text()))[0] == 401


@pytest.mark.parametrize("fault", CODES)
async def test_a_fault_is_told_as_meta_tells_it_and_nothing_is_taken(
    meta: SimulatedMeta, api: aiohttp.ClientSession, fault: Fault
) -> None:
    meta.faults.script.append(fault)
    status, answer = await post(api, a_text())
    assert (status, answer["error"]["code"]) == CODES[fault]
    assert (await post(api, a_text()))[0] == 200
    await meta.settled()
    assert len(meta.chats.to(CITIZEN)) == 1


async def test_a_text_may_be_taken_although_nobody_hears_of_it(
    meta: SimulatedMeta, hook: RawHook, api: aiohttp.ClientSession
) -> None:
    await meta.turn("taken_then_drop", CITIZEN)
    with pytest.raises(aiohttp.ClientError):
        await post(api, a_text(biz_opaque_callback_data="7"))
    await meta.settled()
    assert states(hook) == ["sent", "delivered", "read"]


# --- the window ------------------------------------------------------------------------------


async def test_beyond_the_window_only_templates_arrive(
    meta: SimulatedMeta, hook: RawHook, api: aiohttp.ClientSession, clock: SetClock
) -> None:
    await meta.send(CITIZEN, "HELPDESK a")
    clock.time += timedelta(hours=24, minutes=1)
    await post(api, a_text())
    await meta.settled()
    assert states(hook) == ["failed"]
    (failed,) = value_of(hook)["statuses"]
    assert failed["errors"][0]["code"] == 131047
    assert meta.chats.to(CITIZEN) == []
    places = [{"type": "text", "text": "HD26-004217-4"}, {"type": "text", "text": "Selesai."}]
    template = {"name": "kabar", "components": [{"type": "body", "parameters": places}]}
    await post(api, a_text(type="template", template=template))
    await meta.settled()
    (said,) = meta.chats.to(CITIZEN)
    assert said.text == "[Templat kabar]: HD26-004217-4: Selesai."
    await meta.send(CITIZEN, "halo")
    await post(api, a_text())
    await meta.settled()
    assert len(meta.chats.to(CITIZEN)) == 2


async def test_a_message_that_was_on_its_way_for_a_day_carries_its_old_time(
    meta: SimulatedMeta, hook: RawHook, clock: SetClock
) -> None:
    await meta.turn("window", CITIZEN)
    await meta.send(CITIZEN, "HELPDESK a")
    (message,) = value_of(hook)["messages"]
    written_at = datetime.fromtimestamp(int(message["timestamp"]), UTC)
    assert clock.now() - written_at == timedelta(hours=25)


# --- files -----------------------------------------------------------------------------------


async def test_a_file_is_fetched_by_its_id(
    meta: SimulatedMeta, hook: RawHook, api: aiohttp.ClientSession
) -> None:
    paper = Upload("surat.pdf", "application/pdf", b"%PDF-1.7")
    await meta.send(CITIZEN, "", paper)
    (message,) = value_of(hook)["messages"]
    assert message["type"] == "document"
    assert (message["document"]["filename"], "caption" in message["document"]) == (
        "surat.pdf", False,
    )  # fmt: skip
    async with api.get(f"/v23.0/{message['document']['id']}") as answer:
        told = await answer.json()
    assert told["mime_type"] == "application/pdf"
    async with api.get(told["url"]) as answer:
        assert (answer.status, await answer.read()) == (200, paper.data)
    digest = hashlib.sha256(paper.data).hexdigest()
    assert message["document"]["sha256"] == digest
    (shown,) = meta.files_of(CITIZEN)
    assert (shown.name, shown.is_photo, meta.file(shown.id)) == ("surat.pdf", False, paper)
    for path in ("/v23.0/1", "/files/1"):
        async with api.get(path) as answer:
            assert answer.status in (400, 404)


async def test_a_file_of_the_office_reaches_the_phone(
    meta: SimulatedMeta, api: aiohttp.ClientSession
) -> None:
    form = aiohttp.FormData({"messaging_product": "whatsapp", "type": "image/png"})
    form.add_field("file", PHOTO.data, filename="foto.png", content_type="image/png")
    async with api.post(f"/v23.0/{NUMBER_ID}/media", data=form) as answer:
        media_id = (await answer.json())["id"]
    await post(api, a_text(type="image", image={"id": media_id, "caption": "Sudah diperbaiki"}))
    await meta.settled()
    (said,) = meta.chats.to(CITIZEN)
    assert (said.text, meta.file(said.file_id).data) == ("Sudah diperbaiki", PHOTO.data)
    async with api.post(f"/v23.0/{NUMBER_ID}/media", data={"type": "image/png"}) as answer:
        assert answer.status == 400


async def test_the_number_is_well_and_names_the_webhook(
    api: aiohttp.ClientSession, hook: RawHook
) -> None:
    async with api.get(f"/v23.0/{NUMBER_ID}") as answer:
        told = await answer.json()
    assert told["status"] == "CONNECTED"
    assert told["webhook_configuration"] == {"application": hook.url}


async def test_an_unknown_switch_is_an_error(meta: SimulatedMeta) -> None:
    with pytest.raises(KeyError):
        await meta.turn("ledakan", CITIZEN)
