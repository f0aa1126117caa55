from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from channels.whatsapp.media import Brake
from core.errors import SendError, SendFailure, TooLarge
from core.model.attachments import WantedFile
from tests.channels.whatsapp.doors import CHANNEL, NOW, NUMBER_ID, TOKEN, StoppedClock, door
from tests.channels.whatsapp.meta import Answer, meta

MINUTE = timedelta(minutes=1)


class Bucket:
    """A sink with room for so many bytes."""

    def __init__(self, room: int = 10_000_000) -> None:
        self.held, self.room = b"", room

    def write(self, data: bytes) -> None:
        self.held += data
        if len(self.held) > self.room:
            raise TooLarge


def wanted(reference: str = "1003383421387256") -> WantedFile:
    return WantedFile(1, 0, CHANNEL, reference, "image/jpeg", None, None)


def found(base: str, path: str = "/whatsapp_business/attachments/?mid=1&hash=a%2Fb") -> Answer:
    return Answer(200, {"url": base + path, "mime_type": "image/jpeg", "id": "1"})


PICTURE = Answer(200, b"\xff\xd8 gambar" * 9_000, content_type="image/jpeg")


async def test_a_file_is_asked_for_by_id_and_fetched_with_our_token() -> None:
    async with meta() as graph:
        graph.will(found(graph.base), PICTURE)
        opened, bucket = door(api_base_url=graph.base), Bucket()
        assert await opened.fetch(wanted(), bucket) == "image/jpeg"
        await opened.close()
    assert bucket.held == PICTURE.body
    asked, fetched = graph.asked
    assert (asked.path, asked.query) == (
        "/v23.0/1003383421387256",
        {"phone_number_id": NUMBER_ID},
    )
    assert fetched.query == {"mid": "1", "hash": "a/b"}
    for one in graph.asked:
        assert one.headers["Authorization"] == f"Bearer {TOKEN}"
        assert one.headers["User-Agent"] == "helpdesk-gateway/0.1.0"


async def test_an_id_that_looks_like_a_path_stays_one_id() -> None:
    async with meta() as graph:
        graph.will(Answer(404, {"error": {"code": 100}}))
        opened = door(api_base_url=graph.base)
        with pytest.raises(SendError):
            await opened.fetch(wanted("../me?x=1"), Bucket())
        await opened.close()
    assert graph.asked[0].path == "/v23.0/../me?x=1"  # as decoded: one segment on the wire
    assert graph.asked[0].query == {"phone_number_id": NUMBER_ID}


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/x",
        "http://lookaside.fbsbx.com/x",
        "https://lookaside.fbsbx.com:8443/x",
        "https://lookaside.fbsbx.com@evil.example/x",
        "https://lookaside.fbsbx.com.evil.example/x",
        "https://127.0.0.1/x",
        "https://169.254.169.254/latest",
        "https://[::ffff:10.0.0.1]/x",
        "file:///etc/passwd",
        "//lookaside.fbsbx.com/x",
        "https://lookaside.fbsbx.com:x/",
        "",
        7,
    ],
)
async def test_the_token_goes_to_listed_hosts_only(url: Any) -> None:
    async with meta() as graph:
        graph.will(Answer(200, {"url": url}))
        opened = door(api_base_url=graph.base)
        with pytest.raises(SendError) as caught:
            await opened.fetch(wanted(), Bucket())
        await opened.close()
    assert caught.value.problem.failure is SendFailure.PERMANENT
    assert len(graph.asked) == 1


@pytest.mark.parametrize(
    ("answers", "failure"),
    [
        ([Answer(404, {"error": {"code": 100, "message": "gone"}})], "permanent"),
        ([Answer(401, {"error": {"code": 190}})], "pause"),
        ([Answer(500, "")], "retry"),
        ([Answer(fault="drop")] * 2, "retry"),  # aiohttp itself asks twice where GET was cut off
        ([Answer(200, {})], "retry"),
        ([None, Answer(404, "")], "permanent"),
        ([None, Answer(401, "")], "pause"),
        ([None, Answer(503, "", {"Retry-After": "9"})], "retry"),
        ([None, *[Answer(fault="reset")] * 2], "retry"),
        ([None, Answer(fault="half")], "retry"),
        ([None, Answer(fault="slow")], "retry"),
        ([None, Answer(302, "", {"Location": "https://evil.example/"})], "permanent"),
    ],
)
async def test_a_file_that_does_not_come_is_one_problem(answers: Any, failure: Any) -> None:
    async with meta() as graph:
        graph.will(*(found(graph.base) if one is None else one for one in answers))
        opened = door(api_base_url=graph.base, timeout=0.4)
        with pytest.raises(SendError) as caught:
            await opened.fetch(wanted(), Bucket())
        await opened.close()
    assert caught.value.problem.failure.value == failure
    assert len(graph.asked) == len(answers)


async def test_a_file_that_grows_too_large_is_left() -> None:
    async with meta() as graph:
        graph.will(found(graph.base), PICTURE)
        opened = door(api_base_url=graph.base)
        with pytest.raises(TooLarge):
            await opened.fetch(wanted(), Bucket(1_000))
        await opened.close()


async def test_we_pause_before_meta_blocks_us() -> None:
    clock = StoppedClock()
    async with meta() as graph:
        opened = door(clock, api_base_url=graph.base, media_failures=2)
        for _ in range(2):
            graph.will(found(graph.base), Answer(404, ""))
            with pytest.raises(SendError):
                await opened.fetch(wanted(), Bucket())
            clock.at += 10 * MINUTE
        with pytest.raises(SendError) as caught:
            await opened.fetch(wanted(), Bucket())
        assert caught.value.problem.failure is SendFailure.RETRY
        assert caught.value.problem.retry_after == 40 * MINUTE
        assert len(graph.asked) == 4
        clock.at += 40 * MINUTE
        graph.will(found(graph.base), PICTURE)
        assert await opened.fetch(wanted(), Bucket()) == "image/jpeg"
        await opened.close()


@pytest.mark.parametrize(
    ("ago", "most", "wait"),
    [
        ([], 1, 0),
        ([5], 2, 0),
        ([5, 1], 2, 55),
        ([70, 5], 2, 0),
        ([60, 5], 2, 0),
        ([50, 40, 30], 2, 20),
        ([50, 40, 30], 1, 30),
    ],
)
def test_the_brake_counts_one_hour(ago: Any, most: Any, wait: Any) -> None:
    brake = Brake(most)
    for minutes in ago:
        brake.note(NOW - minutes * MINUTE)
    assert brake.wait(NOW) == wait * MINUTE
