from __future__ import annotations

import asyncio
import socket
import traceback
from datetime import timedelta
from typing import Any

import pytest

from channels.whatsapp_rules.templates import Template, WindowRule
from core.errors import SendError, SendFailure
from core.model.messages import Address, AddressKind, DeliveryState, OutboundFile
from tests.channels.whatsapp.doors import (
    CITIZEN,
    NOW,
    NUMBER_ID,
    TOKEN,
    conversation,
    door,
    outbound,
)
from tests.channels.whatsapp.meta import Answer, meta
from tests.peers import free_port

TAKEN = Answer(200, {"messages": [{"id": "wamid.OUT1"}]})
UPLOADED = Answer(200, {"id": "4490"})
RULE = WindowRule({"ack": Template("kabar_tiket"), "*": Template("kabar_umum", "en_US")})
CLOSED = conversation(heard_at=NOW - timedelta(hours=24))


async def send(*answers: Any, message: Any = None, **changes: Any) -> Any:
    """The receipt or the problem, and what was asked."""
    async with meta() as graph:
        graph.will(*answers)
        opened = door(**{"api_base_url": graph.base, "timeout": 0.4, **changes})
        try:
            return await opened.send(message or outbound()), graph.asked
        except SendError as error:
            told = "".join(traceback.format_exception(error))
            return error.problem if TOKEN not in told else told, graph.asked
        finally:
            await opened.close()


async def test_a_text_is_posted_as_meta_wants_it() -> None:
    receipt, (asked,) = await send(TAKEN)
    assert (receipt.provider_id, receipt.state) == ("wamid.OUT1", DeliveryState.QUEUED)
    assert (asked.method, asked.path) == ("POST", f"/v23.0/{NUMBER_ID}/messages")
    assert asked.body == {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": CITIZEN,
        "biz_opaque_callback_data": "123",
        "type": "text",
        "text": {"body": outbound().text, "preview_url": False},
    }
    assert asked.headers["Authorization"] == f"Bearer {TOKEN}"
    assert asked.headers["User-Agent"] == "helpdesk-gateway/0.1.0"
    assert asked.headers["Content-Type"] == "application/json"


async def test_a_person_without_a_number_is_reached_by_id() -> None:
    person = Address(AddressKind.WHATSAPP, "ID.13491208655302741918")
    _, (asked,) = await send(TAKEN, message=outbound(recipient=person))
    assert asked.body["recipient"] == "ID.13491208655302741918"
    assert "to" not in asked.body


async def test_our_id_can_be_kept_back() -> None:
    _, (asked,) = await send(TAKEN, carry_item_id=False)
    assert "biz_opaque_callback_data" not in asked.body


@pytest.mark.parametrize(
    ("answers", "quoted"),
    [("wamid.AAA1", {"message_id": "wamid.AAA1"}), ("", None), ("<a@b>", None)],
)
async def test_an_answer_quotes_what_it_answers(answers: Any, quoted: Any) -> None:
    message = outbound(conversation=conversation(answers=answers))
    _, (asked,) = await send(TAKEN, message=message)
    assert asked.body.get("context") == quoted


@pytest.mark.parametrize("said", ["\u2713 1+1=2 & 100%\n\ua98f", "x" * 4096])
async def test_the_text_arrives_unchanged(said: Any) -> None:
    _, (asked,) = await send(TAKEN, message=outbound(text=said))
    assert asked.body["text"]["body"] == said


async def test_without_a_word_of_the_conversation_meta_judges_the_window() -> None:
    receipt, _ = await send(TAKEN, message=outbound(conversation=None))
    assert receipt.provider_id == "wamid.OUT1"


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (outbound(text="x" * 4097), "length"),
        (outbound(text=""), "length"),
        (outbound(text=" \n"), "length"),
        (outbound(recipient=Address(AddressKind.PHONE, f"+{CITIZEN}")), "no user"),
        (outbound(recipient=Address(AddressKind.EMAIL, "a@b.id")), "no user"),
    ],
)
async def test_what_can_never_work_is_not_even_asked(message: Any, code: Any) -> None:
    problem, asked = await send(message=message)
    assert (problem.failure, problem.code) == (SendFailure.PERMANENT, code)
    assert asked == []


# --- the window ---------------------------------------------------------------------------------


@pytest.mark.parametrize("heard_at", [None, NOW - timedelta(hours=23, minutes=56)])
async def test_outside_the_window_and_without_a_template_a_text_is_held(heard_at: Any) -> None:
    message = outbound(conversation=conversation(heard_at=heard_at))
    problem, asked = await send(message=message)
    assert (problem.failure, problem.code) == (SendFailure.HELD, "window")
    assert "24 jam" in problem.reason
    assert asked == []


async def test_outside_the_window_a_template_carries_number_and_text() -> None:
    message = outbound(text="Baris satu\n\n\tbaris   dua", conversation=CLOSED)
    _, (asked,) = await send(TAKEN, message=message, window=RULE)
    assert asked.body["type"] == "template"
    assert asked.body["biz_opaque_callback_data"] == "123"
    assert "text" not in asked.body
    assert asked.body["template"] == {
        "name": "kabar_tiket",
        "language": {"policy": "deterministic", "code": "id"},
        "components": [
            {
                "type": "body",
                "parameters": [
                    {"type": "text", "text": "HD26-004217-4"},
                    {"type": "text", "text": "Baris satu baris dua"},
                ],
            }
        ],
    }


async def test_other_purposes_have_the_template_for_all() -> None:
    message = outbound(purpose="status", conversation=CLOSED)
    _, (asked,) = await send(TAKEN, message=message, window=RULE)
    assert asked.body["template"]["name"] == "kabar_umum"
    assert asked.body["template"]["language"]["code"] == "en_US"


# --- files --------------------------------------------------------------------------------------


def laid(folder: Any, name: str, content_type: str, content: bytes = b"isi") -> OutboundFile:
    path = folder / name
    path.write_bytes(content)
    return OutboundFile(str(path), content_type, name, len(content))


async def test_one_file_goes_with_the_text_below_it(tmp_path: Any) -> None:
    file = laid(tmp_path, "surat.pdf", "application/pdf", b"%PDF-1.7")
    message = outbound(conversation=conversation(files=(file,)))
    _, (upload, asked) = await send(UPLOADED, TAKEN, message=message)
    assert upload.path == f"/v23.0/{NUMBER_ID}/media"
    assert upload.body == {"messaging_product": "whatsapp", "type": "application/pdf"}
    assert upload.files["file"] == ("surat.pdf", "application/pdf", b"%PDF-1.7")
    assert asked.body["type"] == "document"
    assert asked.body["document"] == {
        "id": "4490",
        "caption": message.text,
        "filename": "surat.pdf",
    }


async def test_several_files_go_first_and_the_text_last_with_our_id(tmp_path: Any) -> None:
    files = (
        laid(tmp_path, "foto.jpg", "image/jpeg"),
        laid(tmp_path, "suara.ogg", "audio/ogg; codecs=opus"),
    )
    message = outbound(conversation=conversation(files=files))
    answers = [UPLOADED, TAKEN, UPLOADED, TAKEN, Answer(200, {"messages": [{"id": "wamid.T"}]})]
    receipt, asked = await send(*answers, message=message)
    sent = [one.body for one in asked if one.path.endswith("/messages")]
    assert [one["type"] for one in sent] == ["image", "audio", "text"]
    assert [one.get("biz_opaque_callback_data") for one in sent] == [None, None, "123"]
    assert sent[0]["image"] == sent[1]["audio"] == {"id": "4490"}
    assert receipt.provider_id == "wamid.T"


async def test_a_file_alone_carries_our_id(tmp_path: Any) -> None:
    files = (laid(tmp_path, "suara.ogg", "audio/ogg"),)
    message = outbound(text="", conversation=conversation(files=files))
    _, (_, asked) = await send(UPLOADED, TAKEN, message=message)
    assert (asked.body["type"], asked.body["biz_opaque_callback_data"]) == ("audio", "123")


async def test_the_next_try_goes_on_where_this_one_stopped(tmp_path: Any) -> None:
    file = laid(tmp_path, "suara.ogg", "audio/ogg")
    message = outbound(conversation=conversation(files=(file,)))
    async with meta() as graph:
        graph.will(UPLOADED, TAKEN, Answer(429, {"error": {"code": 130429}}))
        opened = door(api_base_url=graph.base)
        with pytest.raises(SendError):
            await opened.send(message)
        graph.will(TAKEN)
        await opened.send(message)
        assert [one.body.get("type") for one in graph.asked] == [
            "audio/ogg",
            "audio",
            "text",
            "text",
        ]
        graph.will(UPLOADED, TAKEN, TAKEN)  # it is forgotten once it was sent
        await opened.send(message)
        assert len(graph.asked) == 7
        await opened.close()


async def test_a_template_carries_no_file(tmp_path: Any) -> None:
    file = laid(tmp_path, "surat.pdf", "application/pdf")
    message = outbound(
        conversation=conversation(files=(file,), heard_at=None),
    )
    problem, asked = await send(message=message, window=RULE)
    assert problem.failure is SendFailure.HELD
    assert "berkas" in problem.reason
    assert asked == []


@pytest.mark.parametrize(
    ("content_type", "size", "fits"),
    [
        ("image/jpeg", 5 * 1024**2, True),
        ("image/jpeg", 5 * 1024**2 + 1, False),
        ("video/mp4", 16 * 1024**2 + 1, False),
        ("image/gif", 16 * 1024**2 + 1, True),
        ("application/pdf", 100 * 1024**2 + 1, False),
    ],
)
async def test_files_have_a_size_by_their_kind(
    tmp_path: Any, content_type: Any, size: Any, fits: Any
) -> None:
    laid(tmp_path, "x", content_type)
    file = OutboundFile(str(tmp_path / "x"), content_type, "x", size)
    message = outbound(conversation=conversation(files=(file,)))
    found, _ = await send(UPLOADED, TAKEN, message=message)
    assert fits is hasattr(found, "provider_id")
    if not fits:
        assert (found.failure, found.code) == (SendFailure.PERMANENT, "file size")


async def test_a_file_that_is_gone_is_not_sent() -> None:
    file = OutboundFile("/nowhere/surat.pdf", "application/pdf", "surat.pdf", 3)
    problem, asked = await send(message=outbound(conversation=conversation(files=(file,))))
    assert (problem.failure, problem.code) == (SendFailure.PERMANENT, "no file")
    assert asked == []


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        (Answer(500, "<html>"), "retry"),
        (Answer(fault="reset"), "retry"),
        (Answer(400, {"error": {"code": 131053}}), "retry"),
        (Answer(401, {"error": {"code": 190}}), "pause"),
        (Answer(200, {}), "retry"),
        (Answer(200, {"success": True}), "permanent"),
    ],
)
async def test_an_upload_that_fails_sent_nothing(tmp_path: Any, answer: Any, failure: Any) -> None:
    file = laid(tmp_path, "surat.pdf", "application/pdf")
    message = outbound(conversation=conversation(files=(file,)))
    problem, asked = await send(answer, message=message)
    assert problem.failure.value == failure
    assert len(asked) == 1


# --- bad answers --------------------------------------------------------------------------------


def fault(code: Any, **more: Any) -> Any:
    return {"error": {"message": "x", "type": "OAuthException", "code": code, **more}}


@pytest.mark.parametrize(
    ("answer", "failure", "code"),
    [
        (Answer(400, fault(131026)), "permanent", "131026"),
        (Answer(400, fault(131047)), "held", "131047"),
        (Answer(400, fault(131049)), "held", "131049"),
        (Answer(400, fault(132001)), "permanent", "132001"),
        (Answer(400, fault(132999)), "permanent", "132999"),
        (Answer(400, fault(100)), "permanent", "100"),
        (Answer(400, fault(100, error_subcode=33)), "pause", "33"),
        (Answer(400, fault(None)), "permanent", "http 400"),
        (Answer(400, {"error": "x"}), "permanent", "http 400"),
        (Answer(400, "not json"), "permanent", "http 400"),
        (Answer(401, fault(190)), "pause", "190"),
        (Answer(200, fault(190)), "pause", "190"),
        (Answer(403, fault(10)), "pause", "10"),
        (Answer(403, fault(200)), "pause", "200"),
        (Answer(401, ""), "pause", "http 401"),
        (Answer(429, fault(130429)), "retry", "130429"),
        (Answer(400, fault(80007)), "retry", "80007"),
        (Answer(429, ""), "retry", "http 429"),
        (Answer(400, fault(131056)), "retry", "131056"),
        (Answer(500, fault(131000)), "doubt", "131000"),
        (Answer(400, fault(131016)), "doubt", "131016"),
        (Answer(500, fault(2)), "doubt", "2"),
        (Answer(503, ""), "doubt", "http 503"),
        (Answer(502, "<html>Bad gateway", content_type="text/html"), "doubt", "http 502"),
        (Answer(403, "<html>Portal", content_type="text/html"), "doubt", "http 403"),
        (Answer(200, "<html>Selamat datang", content_type="text/html"), "doubt", "no json"),
        (Answer(200, {}), "doubt", "no json"),
        (Answer(200, "[" * 100_000), "doubt", "no json"),
        (Answer(200, "\ud800".encode("utf-8", "surrogatepass")), "doubt", "no json"),
        (Answer(200, {"messages": []}), "doubt", "no id"),
        (Answer(200, {"messages": "x"}), "doubt", "no id"),
        (Answer(200, {"messages": [{}]}), "doubt", "no id"),
        (Answer(200, {"messages": [{"id": 7}]}), "doubt", "no id"),
        (Answer(200, {"success": True}), "doubt", "no id"),
        (Answer(301, "", {"Location": "https://evil.example/"}), "doubt", "http 301"),
        (Answer(307, "", {"Location": "/elsewhere"}), "doubt", "http 307"),
        (Answer(fault="slow"), "doubt", "timeout"),
        (Answer(fault="drop"), "doubt", "disconnected"),
        (Answer(fault="reset"), "doubt", "disconnected"),
        (Answer(fault="half"), "doubt", "disconnected"),
    ],
    ids=lambda value: f"{value.status}{value.fault}" if isinstance(value, Answer) else None,
)
async def test_every_bad_answer_is_one_problem_and_asked_once(
    answer: Any, failure: Any, code: Any
) -> None:
    problem, asked = await send(answer)
    assert (problem.failure.value, problem.code) == (failure, code)
    assert problem.reason.endswith(".")
    assert len(asked) == 1
    if failure == "doubt":
        assert problem.retry_after == timedelta(seconds=60)


@pytest.mark.parametrize(
    ("answer", "wait"),
    [
        (Answer(429, fault(130429), {"Retry-After": "7"}), 7),
        (Answer(400, fault(131056)), 6),
        (Answer(400, fault(131056), {"Retry-After": "2"}), 6),
        (Answer(400, fault(131056), {"Retry-After": "9"}), 9),
        (Answer(503, "", {"Retry-After": "90"}), 90),
        (Answer(503, "", {"Retry-After": "9" * 90}), 86_400),
    ],
)
async def test_the_wait_that_meta_asks_for_is_law(answer: Any, wait: Any) -> None:
    problem, _ = await send(answer)
    assert problem.retry_after == timedelta(seconds=wait)


async def failure_at(base: Any, seconds: Any = 0.4) -> Any:
    opened = door(api_base_url=base, timeout=seconds)
    try:
        with pytest.raises(SendError) as caught:
            await opened.send(outbound())
    finally:
        await opened.close()
    return caught.value.problem


async def test_what_fails_before_it_was_written_sent_nothing(monkeypatch: Any) -> None:
    problem = await failure_at(f"http://127.0.0.1:{free_port()}")
    assert (problem.failure, problem.code) == (SendFailure.RETRY, "connect")

    async def unknown(*_args: Any, **_more: Any) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", unknown, raising=False)
    problem = await failure_at("http://graph.facebook.invalid")
    assert (problem.failure, problem.code) == (SendFailure.RETRY, "connect")


async def test_closing_twice_and_never_opened_does_no_harm() -> None:
    opened = door()
    await opened.close()
    await opened.close()


async def test_one_pool_serves_many_sends() -> None:
    async with meta() as graph:
        opened = door(api_base_url=graph.base + "/")
        graph.will(*[TAKEN] * 10)
        await asyncio.gather(*(opened.send(outbound(item_id=number)) for number in range(10)))
        assert len(graph.asked) == 10
        await opened.close()
