from __future__ import annotations

import json
import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from channels.telegram.keys import album_key
from core.errors import Scope, SendError, SendFailure, SendProblem
from core.model.messages import (
    Address,
    AddressKind,
    Conversation,
    DeliveryState,
    OutboundFile,
)
from tests.channels.telegram.bot_api import Answer, BotApi, refusal
from tests.channels.telegram.doors import BOT_ID, CHAT, TOKEN, door, opened, outbound
from tests.peers import free_port

if TYPE_CHECKING:
    from pathlib import Path


RETRY, DOUBT = SendFailure.RETRY, SendFailure.DOUBT
PERMANENT, PAUSE = SendFailure.PERMANENT, SendFailure.PAUSE


async def problem(api: BotApi, *, text: str = "halo", **changes: Any) -> SendProblem:
    async with opened(api.base, **changes) as sending:
        with pytest.raises(SendError) as caught:
            await sending.send(outbound(text=text))
    for piece in (TOKEN, TOKEN.partition(":")[2], "halo"):
        assert piece not in str(caught.value)
    assert caught.value.__cause__ is None
    return caught.value.problem


async def test_a_text_goes_out_as_it_is(api: BotApi) -> None:
    async with opened(api.base) as sending:
        receipt = await sending.send(outbound())
    (asked,) = api.asked
    assert asked.method == "sendMessage"
    assert asked.fields["chat_id"] == str(CHAT)
    assert asked.fields["text"] == outbound().text
    assert json.loads(asked.fields["link_preview_options"]) == {"is_disabled": True}
    assert {"parse_mode", "reply_parameters", "allow_paid_broadcast"}.isdisjoint(asked.fields)
    assert receipt.provider_id == f"{BOT_ID}:{CHAT}:901"
    assert receipt.state is DeliveryState.SENT


async def test_an_answer_names_the_message_it_answers(api: BotApi) -> None:
    talk = Conversation(answers=f"{BOT_ID}:{CHAT}:7")
    async with opened(api.base) as sending:
        await sending.send(outbound(conversation=talk))
    assert json.loads(api.asked[0].fields["reply_parameters"]) == {
        "message_id": 7,
        "allow_sending_without_reply": True,
    }


@pytest.mark.parametrize(
    "answers",
    ["", f"999:{CHAT}:7", f"{BOT_ID}:1:7", album_key(BOT_ID, CHAT, "13"), "<id@mail>", "7"],
)
async def test_an_answer_to_nothing_in_this_chat_quotes_nothing(api: BotApi, answers: str) -> None:
    async with opened(api.base) as sending:
        await sending.send(outbound(conversation=Conversation(answers=answers)))
    assert "reply_parameters" not in api.asked[0].fields


@pytest.mark.parametrize(
    "text", ["x" * 4_096, "\U0001f600" * 2_048, "\n" + "x" * 4_095, "a\ud800b"]
)
async def test_a_text_as_long_as_telegram_counts_is_sent(api: BotApi, text: str) -> None:
    async with opened(api.base) as sending:
        await sending.send(outbound(text=text.encode("utf-8", "replace").decode()))
    assert len(api.asked) == 1


@pytest.mark.parametrize("text", ["", "  \n", "x" * 4_097, "\U0001f600" * 2_049])
async def test_a_text_that_cannot_fit_is_refused_without_a_call(api: BotApi, text: str) -> None:
    async with opened(api.base) as sending:
        with pytest.raises(SendError) as caught:
            await sending.send(outbound(text=text))
    assert caught.value.problem.failure is PERMANENT
    assert api.asked == []


@pytest.mark.parametrize(
    "recipient",
    [
        Address(AddressKind.PHONE, "+6281234567890"),
        Address(AddressKind.TELEGRAM, "sari"),
        Address(AddressKind.TELEGRAM, ""),
        Address(AddressKind.TELEGRAM, "\u0661\u0662"),
        Address(AddressKind.TELEGRAM, "9" * 17),
        Address(AddressKind.CLAIM, "x"),
    ],
)
async def test_who_has_no_chat_cannot_be_reached(api: BotApi, recipient: Address) -> None:
    async with opened(api.base) as sending:
        with pytest.raises(SendError) as caught:
            await sending.send(outbound(recipient=recipient))
    assert caught.value.problem.scope is Scope.RECIPIENT
    assert api.asked == []


# --- what Telegram says ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "failure", "scope", "opted_out"),
    [
        (refusal(403, "Forbidden: bot was blocked by the user"), PERMANENT, Scope.RECIPIENT, True),
        (refusal(403, "Forbidden: user is deactivated"), PERMANENT, Scope.RECIPIENT, True),
        (
            refusal(403, "Forbidden: bot can't initiate conversation with a user"),
            PERMANENT,
            Scope.RECIPIENT,
            True,
        ),
        (refusal(403, "Forbidden: something new"), PERMANENT, Scope.RECIPIENT, True),
        (refusal(400, "Bad Request: chat not found"), PERMANENT, Scope.RECIPIENT, False),
        (refusal(400, "Bad Request: PEER_ID_INVALID"), PERMANENT, Scope.RECIPIENT, False),
        (refusal(400, "Bad Request: message is too long"), PERMANENT, Scope.MESSAGE, False),
        (refusal(400, "Bad Request: something new"), PERMANENT, Scope.MESSAGE, False),
        (refusal(413, "Request Entity Too Large"), PERMANENT, Scope.MESSAGE, False),
        (refusal(401, "Unauthorized"), PAUSE, Scope.CHANNEL, False),
        (refusal(404, "Not Found"), PAUSE, Scope.CHANNEL, False),
        (refusal(429, "Too Many Requests"), RETRY, Scope.CHANNEL, False),
        (refusal(500, "Internal Server Error"), DOUBT, Scope.MESSAGE, False),
        (refusal(502, "Bad Gateway"), DOUBT, Scope.MESSAGE, False),
        (refusal(418, "I'm a teapot"), DOUBT, Scope.MESSAGE, False),
        # somebody else answers: a block page is no citizen who blocked us
        (Answer(403, "<html>Situs diblokir", "", "text/html"), PAUSE, Scope.CHANNEL, False),
        (Answer(404, "<html>", "", "text/html"), PAUSE, Scope.CHANNEL, False),
        (Answer(429, "slow down", "", "text/plain"), RETRY, Scope.CHANNEL, False),
        (Answer(502, "<html>nginx", "", "text/html"), DOUBT, Scope.MESSAGE, False),
        (Answer(302, "", "", "text/html"), DOUBT, Scope.MESSAGE, False),
        # taken or not: the answer does not tell
        (Answer(200, "<html>", "", "text/html"), DOUBT, Scope.MESSAGE, False),
        (Answer(200, ""), DOUBT, Scope.MESSAGE, False),
        (Answer(200, []), DOUBT, Scope.MESSAGE, False),
        (Answer(200, {"ok": False}), DOUBT, Scope.MESSAGE, False),
        (Answer(200, {"ok": True}), DOUBT, Scope.MESSAGE, False),
        (Answer(200, {"ok": True, "result": None}), DOUBT, Scope.MESSAGE, False),
        (Answer(200, {"ok": True, "result": {}}), DOUBT, Scope.MESSAGE, False),
        (Answer(200, {"ok": True, "result": {"message_id": 1}}), DOUBT, Scope.MESSAGE, False),
        (Answer(200, {"ok": True, "result": "x"}), DOUBT, Scope.MESSAGE, False),
        (Answer(fault="drop"), DOUBT, Scope.MESSAGE, False),
        (Answer(fault="half"), DOUBT, Scope.MESSAGE, False),
    ],
    ids=lambda value: str(getattr(value, "body", value))[:60],
)
async def test_a_refusal_becomes_our_problem_of_the_same_kind(
    api: BotApi, answer: Answer, failure: SendFailure, scope: Scope, *, opted_out: bool
) -> None:
    api.will("sendMessage", answer)
    found = await problem(api)
    assert (found.failure, found.scope, found.opted_out) == (failure, scope, opted_out)
    assert found.code
    assert found.reason.endswith(".")
    assert len(api.asked) == 1


@pytest.mark.parametrize(
    ("told", "waited"),
    [(3, timedelta(seconds=3)), (10**9, timedelta(days=1)), (0, None), (-5, None), ("x", None)],
)
async def test_what_telegram_says_of_waiting_is_law_within_a_day(
    api: BotApi, told: Any, waited: timedelta | None
) -> None:
    api.will("sendMessage", refusal(429, "Too Many Requests: retry later", retry_after=told))
    found = await problem(api)
    assert found.failure is RETRY
    assert found.retry_after == waited


async def test_an_answer_that_never_comes_leaves_a_doubt(api: BotApi) -> None:
    api.will("sendMessage", Answer(fault="slow"))
    found = await problem(api, timeout=0.2)
    assert (found.failure, found.code) == (DOUBT, "timeout")


async def test_a_refused_connection_has_sent_nothing(api: BotApi) -> None:
    api.base = f"http://127.0.0.1:{free_port()}"
    found = await problem(api)
    assert (found.failure, found.scope, found.code) == (RETRY, Scope.CHANNEL, "connect")


async def test_a_chat_that_moved_gets_the_message_under_its_new_id(api: BotApi) -> None:
    moved = refusal(400, "Bad Request: group chat was upgraded", migrate_to_chat_id=-(2**52))
    api.will("sendMessage", moved)
    async with opened(api.base) as sending:
        receipt = await sending.send(outbound())
    assert [asked.fields["chat_id"] for asked in api.asked] == [str(CHAT), str(-(2**52))]
    assert receipt.provider_id == f"{BOT_ID}:{-(2**52)}:901"


async def test_a_chat_that_moves_for_ever_ends(api: BotApi) -> None:
    api.will("sendMessage", *[refusal(400, "upgraded", migrate_to_chat_id=-n) for n in (1, 2, 3)])
    found = await problem(api)
    assert found.failure is PERMANENT
    assert len(api.asked) == 2


async def test_the_token_and_the_text_are_in_no_log(
    api: BotApi, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    api.will("sendMessage", Answer(200, "<html>", "", "text/html"))
    await problem(api)
    async with opened(api.base) as sending:
        await sending.send(outbound(text="rahasia warga"))
    said = "\n".join(record.getMessage() for record in caplog.records)
    assert TOKEN not in said
    assert "rahasia warga" not in said


async def test_closing_twice_and_before_the_first_call_is_fine(api: BotApi) -> None:
    early = door(base=api.base)
    await early.close()
    async with opened(api.base) as sending:
        await sending.send(outbound())
        await sending.close()
        await sending.send(outbound())
    assert len(api.asked) == 2


# --- files -------------------------------------------------------------------------------------


def file(folder: Path, name: str, content: bytes = b"isi", kind: str = "image/jpeg") -> Any:
    place = folder / f"{abs(hash(name))}.bin"
    place.write_bytes(content)
    return OutboundFile(str(place), kind, name, len(content))


async def test_a_picture_goes_out_as_a_photo_with_its_caption(api: BotApi, tmp_path: Path) -> None:
    talk = Conversation(answers=f"{BOT_ID}:{CHAT}:7", files=(file(tmp_path, "peta.jpg"),))
    async with opened(api.base) as sending:
        receipt = await sending.send(outbound(text="Petanya", conversation=talk))
    (asked,) = api.asked
    assert (asked.method, asked.fields["caption"]) == ("sendPhoto", "Petanya")
    assert list(asked.files.values()) == [("peta.jpg", b"isi")]
    assert json.loads(asked.fields["reply_parameters"])["message_id"] == 7
    assert receipt.provider_id == f"{BOT_ID}:{CHAT}:901"


async def test_a_document_without_words_goes_out_without_caption(
    api: BotApi, tmp_path: Path
) -> None:
    paper = file(tmp_path, "surat \u2713.pdf", kind="application/pdf")
    async with opened(api.base) as sending:
        await sending.send(outbound(text="", conversation=Conversation(files=(paper,))))
    (asked,) = api.asked
    assert asked.method == "sendDocument"
    assert "caption" not in asked.fields
    assert list(asked.files.values()) == [("surat \u2713.pdf", b"isi")]


async def test_several_files_are_one_album_and_one_message(api: BotApi, tmp_path: Path) -> None:
    files = tuple(file(tmp_path, name, name.encode()) for name in ("a.jpg", "b.jpg"))
    paper = file(tmp_path, "c.pdf", b"c", "application/pdf")
    for sent, kind in ((files, "photo"), ((*files, paper), "document")):
        async with opened(api.base) as sending:
            await sending.send(outbound(text="Berkas", conversation=Conversation(files=sent)))
        asked = api.asked[-1]
        media = json.loads(asked.fields["media"])
        assert asked.method == "sendMediaGroup"
        assert [one["type"] for one in media] == [kind] * len(sent)
        assert [one.get("caption") for one in media] == ["Berkas", *[None] * (len(sent) - 1)]
        names = [asked.files[one["media"].removeprefix("attach://")][0] for one in media]
        assert names == [one.filename for one in sent]


async def test_a_large_picture_is_a_document(api: BotApi, tmp_path: Path) -> None:
    large = OutboundFile(file(tmp_path, "a.jpg").path, "image/jpeg", "a.jpg", 10 * 1024 * 1024 + 1)
    async with opened(api.base) as sending:
        await sending.send(outbound(conversation=Conversation(files=(large,))))
    assert api.asked[0].method == "sendDocument"


@pytest.mark.parametrize(
    "name", ['a"b.pdf', "a\r\nX-Header: 1.pdf", "", "\x00", "a" * 9_000 + ".pdf"]
)
async def test_a_strange_name_of_a_file_is_made_fit(
    api: BotApi, tmp_path: Path, name: str
) -> None:
    paper = OutboundFile(file(tmp_path, "x").path, "application/pdf", name, 3)
    async with opened(api.base) as sending:
        await sending.send(outbound(conversation=Conversation(files=(paper,))))
    ((given, content),) = api.asked[0].files.values()
    assert content == b"isi"
    assert given.endswith(".pdf")
    assert given.isprintable()
    assert len(given) < 256


@pytest.mark.parametrize(
    ("text", "count", "size"),
    [
        ("x" * 1_025, 1, 3),
        ("\U0001f600" * 513, 1, 3),
        ("x", 11, 3),
        ("x", 1, 0),
        ("x", 1, 50 * 1024 * 1024 + 1),
    ],
)
async def test_files_that_cannot_go_out_are_refused_without_a_call(
    api: BotApi, tmp_path: Path, text: str, count: int, size: int
) -> None:
    one = file(tmp_path, "a.jpg")
    files = tuple(
        OutboundFile(one.path, one.content_type, one.filename, size) for _ in range(count)
    )
    async with opened(api.base) as sending:
        with pytest.raises(SendError) as caught:
            await sending.send(outbound(text=text, conversation=Conversation(files=files)))
    assert caught.value.problem.failure is PERMANENT
    assert api.asked == []


async def test_a_file_that_is_gone_is_told_and_nothing_is_sent(
    api: BotApi, tmp_path: Path
) -> None:
    gone = OutboundFile(str(tmp_path / "x"), "image/jpeg", "x.jpg", 3)
    files = (file(tmp_path, "a.jpg"), gone)
    async with opened(api.base) as sending:
        with pytest.raises(SendError) as caught:
            await sending.send(outbound(conversation=Conversation(files=files)))
    assert (caught.value.problem.failure, caught.value.problem.code) == (PERMANENT, "no file")
    assert str(tmp_path) not in str(caught.value)
    assert api.asked == []
