from __future__ import annotations

import traceback
from typing import TYPE_CHECKING, Any

import pytest

from core.errors import SendError, SendFailure
from core.model.attachments import WantedFile
from tests.channels.telegram.bot_api import Answer, BotApi, refusal
from tests.channels.telegram.doors import CHANNEL, TOKEN, door
from tests.peers import free_port

if TYPE_CHECKING:
    from core.errors import SendProblem

RETRY, PERMANENT, PAUSE = SendFailure.RETRY, SendFailure.PERMANENT, SendFailure.PAUSE
FILE = {"file_id": "AgAC", "file_size": 3}


class TooLarge(Exception):  # noqa: N818 - stands for the sink's own
    pass


class Shelf:
    def __init__(self, most: int = 10**9) -> None:
        self.bytes, self.most = b"", most

    def write(self, data: bytes) -> None:
        self.bytes += data
        if len(self.bytes) > self.most:
            raise TooLarge


def wanted(reference: str = "AgAC", size: int | None = None) -> WantedFile:
    return WantedFile(1, 0, CHANNEL, reference, "image/jpeg", None, size)


async def fetched(api: BotApi, shelf: Shelf, file: WantedFile, **changes: Any) -> str | None:
    opened = door(base=api.base, **changes)
    try:
        return await opened.fetch(file, shelf)
    finally:
        await opened.close()


async def problem(api: BotApi, file: WantedFile | None = None, **changes: Any) -> SendProblem:
    with pytest.raises(SendError) as caught:
        await fetched(api, Shelf(), file or wanted(), **changes)
    told = "".join(traceback.format_exception(caught.value))
    assert TOKEN not in told
    assert caught.value.__cause__ is None
    assert caught.value.problem.failure is not SendFailure.DOUBT
    return caught.value.problem


async def test_a_file_is_asked_for_and_then_fetched(api: BotApi) -> None:
    api.files["photos/file 1.jpg"] = (FILE, b"\xff\xd8" + b"x" * 200_000)
    shelf = Shelf()
    assert await fetched(api, shelf, wanted(size=200_002)) is None
    assert shelf.bytes == api.files["photos/file 1.jpg"][1]
    assert [asked.fields for asked in api.calls("getFile")] == [{"file_id": "AgAC"}]


@pytest.mark.parametrize("size", [20 * 1024 * 1024 + 1, 2**52])
async def test_a_file_above_the_limit_is_told_with_the_limit(api: BotApi, size: int) -> None:
    found = await problem(api, wanted(size=size))
    assert found.failure is PERMANENT
    assert "20 MB" in found.reason
    assert api.asked == []


async def test_a_file_that_is_larger_than_it_claimed_is_told_with_the_limit(api: BotApi) -> None:
    api.files["a"] = (FILE | {"file_size": 20 * 1024 * 1024 + 1}, b"")
    assert "20 MB" in (await problem(api)).reason
    api.will("getFile", refusal(400, "Bad Request: file is too big"))
    found = await problem(api)
    assert (found.failure, "20 MB" in found.reason) == (PERMANENT, True)


async def test_what_the_sink_raises_comes_through(api: BotApi) -> None:
    api.files["a"] = (FILE, b"x" * 100)
    with pytest.raises(TooLarge):
        await fetched(api, Shelf(50), wanted())


async def test_without_a_reference_nothing_is_asked(api: BotApi) -> None:
    assert (await problem(api, wanted(""))).failure is PERMANENT
    assert api.asked == []


@pytest.mark.parametrize(
    "path",
    [
        None,
        "",
        5,
        "/etc/passwd",
        "/var/lib/telegram-bot-api/x",
        "../../bot1:x/getMe",
        "a/../../b",
        "a//b",
        "./a",
        "a/",
    ],
)
async def test_a_path_that_leads_elsewhere_is_not_followed(api: BotApi, path: Any) -> None:
    result = {"file_id": "AgAC", "file_unique_id": "u", "file_path": path}
    api.will("getFile", Answer(200, {"ok": True, "result": result}))
    found = await problem(api)
    assert (found.failure, found.code) == (PERMANENT, "file path")


@pytest.mark.parametrize("path", ["a?b=c", "a#b", "a%2e%2e/b", "a@b:80/c", "a b", "\u2713"])
async def test_a_strange_path_stays_one_path(api: BotApi, path: str) -> None:
    api.files[path] = (FILE, b"isi")
    shelf = Shelf()
    await fetched(api, shelf, wanted())
    assert shelf.bytes == b"isi"


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        (refusal(400, "Bad Request: invalid file_id"), PERMANENT),
        (refusal(400, "wrong file_id or the file is temporarily unavailable"), RETRY),
        (refusal(429, "Too Many Requests", retry_after=3), RETRY),
        (refusal(500, "Internal Server Error"), RETRY),
        (refusal(401, "Unauthorized"), PAUSE),
        (Answer(200, {"ok": True}), PERMANENT),
        (Answer(200, {"ok": True, "result": []}), PERMANENT),
        (Answer(200, "<html>", "", "text/html"), RETRY),
        (Answer(fault="drop"), RETRY),
    ],
    ids=str,
)
async def test_a_refused_question_is_no_doubt(
    api: BotApi, answer: Answer, failure: SendFailure
) -> None:
    api.will("getFile", answer)
    assert (await problem(api)).failure is failure


async def test_a_file_that_is_gone_or_out_of_reach_is_told(api: BotApi) -> None:
    result = {"file_id": "AgAC", "file_unique_id": "u", "file_path": "gone.jpg"}
    api.will("getFile", *[Answer(200, {"ok": True, "result": result})] * 2)
    assert (await problem(api)).failure is PERMANENT
    away = f"http://127.0.0.1:{free_port()}/file"
    assert (await problem(api, file_base_url=away)).failure is RETRY
