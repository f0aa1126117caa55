"""Around every route: bodies, versions, keys, limits, and the form of every refusal."""

from __future__ import annotations

import asyncio
import gzip
from contextlib import suppress
from typing import TYPE_CHECKING

import aiohttp
import pytest
from structlog.testing import capture_logs

from core.model.staff import Right
from gateway.api.limits import Pace
from gateway.api.mount import ENDPOINTS
from gateway.api.table import Entry, Keyed
from tests.gateway.api.kit import Caller, api_office
from tests.gateway.gateway_kit import until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.gateway.api.kit import ApiOffice

# --- bodies ----------------------------------------------------------------------------------

DEEP = b"[" * 100_000
MANY = b"{" + b",".join(b'"k%d":1' % n for n in range(60_000)) + b"}"
BODIES: list[tuple[bytes, int]] = [
    (b"", 400),
    (b"{", 400),
    (b"x", 400),
    (b"\xff\xfe", 400),
    (b'{"text": "\xc0\xaf"}', 400),
    (b'{"text": "a", "text": "b"}', 400),
    (b'{"text": NaN}', 400),
    (b'{"text": Infinity}', 400),
    (b'{"text": 1e999}', 422),
    (b'{"text": "\\ud800"}', 400),
    (b'{"text": "\\u0000"}', 400),
    (b'{"text": {"text": {"text": "\\u0000"}}}', 400),
    (DEEP, 400),
    (b'{"text": ' + DEEP, 400),
    (b'{"text": ' + b"[" * 400 + b"]" * 400 + b"}", 422),
    (MANY, 400),
    (b"null", 422),
    (b'"x"', 422),
    (b"[]", 422),
    (b"1", 422),
    (b"{}", 422),
    (b'{"text": ' + b"9" * 5_000 + b"}", 400),
    (b'{"text": "' + b"x" * 1_048_576 + b'"}', 413),
    (b'{"text": "x", "\xe2\x80\xae": 1}', 422),
]


@pytest.mark.parametrize(("body", "status"), BODIES, ids=range(len(BODIES)))
async def test_a_bad_body_is_refused(house: ApiOffice, body: bytes, status: int) -> None:
    number = await house.ticket()
    path = f"/tickets/{number}/acts/note"
    said = await house.operator.call("POST", path, raw=body, If_Match="*")
    assert said.status == status, said.text
    assert said.json["status"] == status
    assert (await house.operator.get(f"/tickets/{number}/notes")).json["items"] == []


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Content-Type": "text/plain"}, 415),
        ({"Content-Type": "application/x-www-form-urlencoded"}, 415),
        ({"Content-Encoding": "gzip"}, 415),
        ({"If-Match": ""}, 400),
        ({"If-Match": "7"}, 400),
        ({"If-Match": 'W/"7"'}, 400),
        ({"If-Match": '"7", "8"'}, 400),
        ({"If-Match": '"0"'}, 400),
        ({"If-Match": '"-1"'}, 400),
        ({"If-Match": f'"{"9" * 40}"'}, 400),
        ({"If-Match": '"999"'}, 409),
        ({"Idempotency-Key": ""}, 400),
        ({"Idempotency-Key": "a b"}, 400),
        ({"Idempotency-Key": "x" * 129}, 400),
    ],
)
async def test_a_bad_header_is_refused(
    house: ApiOffice, headers: dict[str, str], status: int
) -> None:
    number = await house.ticket()
    sent = {"If-Match": "*", "Content-Type": "application/json", **headers}
    raw = b'{"text": "x"}'
    if "Content-Encoding" in headers:
        raw = gzip.compress(raw)
    caller = Caller(house.hall, {**house.operator.headers, **sent})
    said = await caller.call("POST", f"/tickets/{number}/acts/note", raw=raw)
    assert said.status == status, said.text


async def test_a_writer_must_say_what_was_read(house: ApiOffice) -> None:
    number = await house.ticket()
    said = await house.operator.post(f"/tickets/{number}/acts/note", {"text": "x"})
    assert (said.status, said.json["type"]) == (428, "urn:helpdesk:problem:version_wanted")
    assert "If-Match" in said.json["detail"]


# --- where there is nothing ------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/nothing", "/tickets/", "/tickets/x/y/z", "/../admin"])
async def test_no_such_route(house: ApiOffice, path: str) -> None:
    said = await house.operator.get(path)
    assert said.status == 404
    assert said.json["type"] == "urn:helpdesk:problem:not_found"


@pytest.mark.parametrize("method", ["DELETE", "PUT", "PATCH", "TRACE"])
async def test_no_such_method(house: ApiOffice, method: str) -> None:
    said = await house.operator.call(method, "/tickets")
    assert said.status == 405
    assert said.headers["Allow"] == "GET"
    assert said.json["type"] == "urn:helpdesk:problem:method"


@pytest.mark.parametrize("path", ["/me", "/nothing", "/openapi.json", "/tickets?limit=0"])
async def test_every_answer_has_its_headers(house: ApiOffice, path: str) -> None:
    said = await house.operator.get(path)
    assert said.headers["Cache-Control"] == "no-store"
    assert said.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in said.headers["Content-Security-Policy"]
    assert "Access-Control-Allow-Origin" not in said.headers


# --- keys ------------------------------------------------------------------------------------


async def test_the_same_request_again_gives_the_same_answer(house: ApiOffice) -> None:
    number = await house.ticket()
    etag = (await house.operator.get(f"/tickets/{number}")).etag
    more = {"version": etag, "Idempotency_Key": "catatan-1"}
    first = await house.operator.act(number, "note", {"text": "sekali"}, **more)
    again = await house.operator.act(number, "note", {"text": "sekali"}, **more)
    assert (first.status, first.text, first.etag) == (again.status, again.text, again.etag)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers
    notes = (await house.operator.get(f"/tickets/{number}/notes")).json["items"]
    assert [note["text"] for note in notes] == ["sekali"]


@pytest.mark.parametrize("change", ["body", "path", "version"])
async def test_a_key_is_for_one_request(house: ApiOffice, change: str) -> None:
    number, other = await house.ticket(), await house.ticket()
    key = f"kunci-{change}-{number}"
    first = await house.operator.act(
        number, "note", {"text": "a"}, version="*", Idempotency_Key=key
    )
    assert first.status == 200
    body = {"text": "b" if change == "body" else "a"}
    version = '"2"' if change == "version" else "*"
    where = other if change == "path" else number
    said = await house.operator.act(where, "note", body, version=version, Idempotency_Key=key)
    assert (said.status, said.json["type"]) == (422, "urn:helpdesk:problem:key_used")


async def test_a_key_belongs_to_its_person(house: ApiOffice) -> None:
    number = await house.ticket()
    for who in ("operator", "care"):
        said = await house.callers[who].act(
            number, "note", {"text": who}, version="*", Idempotency_Key=f"bersama-{number}"
        )
        assert said.status == 200
    notes = (await house.operator.get(f"/tickets/{number}/notes")).json["items"]
    assert [note["text"] for note in notes] == ["operator", "care"]


async def test_a_refusal_uses_no_key_up(house: ApiOffice) -> None:
    number = await house.ticket()
    more = {"version": "*", "Idempotency_Key": f"mulai-{number}"}
    assert (await house.care.act(number, "start", {"note": "Mulai"}, **more)).status == 409
    await house.care.act(number, "assign", {"staff_id": house.ids["officer"]})
    assert (await house.care.act(number, "start", {"note": "Mulai"}, **more)).status == 200


async def test_twenty_at_one_moment_do_it_once(house: ApiOffice) -> None:
    number = await house.ticket()
    more = {"version": "*", "Idempotency_Key": f"serentak-{number}"}
    all_said = await asyncio.gather(
        *(house.operator.act(number, "note", {"text": "sekali"}, **more) for _ in range(20))
    )
    statuses = {said.status for said in all_said}
    assert 200 in statuses
    assert statuses <= {200, 409}
    notes = (await house.operator.get(f"/tickets/{number}/notes")).json["items"]
    assert len(notes) == 1


async def test_a_crash_before_the_answer_was_kept_does_nothing_twice(house: ApiOffice) -> None:
    number = await house.ticket()
    more = {"version": "*", "Idempotency_Key": f"padam-{number}"}
    assert (await house.operator.act(number, "note", {"text": "sekali"}, **more)).status == 200
    lost = "UPDATE idempotency_keys SET status = 0, body = '' WHERE key = ?"
    async with house.hall.store._engines.writing.begin() as connection:
        await connection.exec_driver_sql(lost, (more["Idempotency_Key"],))
    again = await house.operator.act(number, "note", {"text": "sekali"}, **more)
    assert again.status == 200
    assert again.json["ticket"]["number"] == number
    notes = (await house.operator.get(f"/tickets/{number}/notes")).json["items"]
    assert len(notes) == 1


async def test_a_new_persons_key_whose_answer_is_lost_says_so(house: ApiOffice) -> None:
    body = {"login": "baru", "name": "Petugas Baru", "roles": ["operator"]}
    said = await house.admin.post("/staff", body, Idempotency_Key="baru-1")
    assert said.status == 201, said.text
    assert (await house.admin.post("/staff", body, Idempotency_Key="baru-1")).text == said.text
    async with house.hall.store._engines.writing.begin() as connection:
        lost = "UPDATE idempotency_keys SET status = 0 WHERE key = 'baru-1'"
        await connection.exec_driver_sql(lost)
    again = await house.admin.post("/staff", body, Idempotency_Key="baru-1")
    assert (again.status, again.json["type"]) == (409, "urn:helpdesk:problem:key_busy")


async def test_no_secret_is_kept_with_a_key(house: ApiOffice) -> None:
    body = {"name": "program"}
    made = await house.operator.post("/tokens", body, Idempotency_Key="token-1")
    assert made.status == 201
    kept = await house.hall.rows("SELECT body FROM idempotency_keys")
    assert all(made.json["secret"] not in row[0] for row in kept)


# --- the table of routes ---------------------------------------------------------------------


async def test_a_route_says_who_may_call_it(house: ApiOffice) -> None:
    described = (await house.stranger.get("/openapi.json")).json
    open_to_all = {
        (method, path)
        for path, operations in described["paths"].items()
        for method, operation in operations.items()
        if not operation["security"]
    }
    assert open_to_all == {("post", "/api/v1/login"), ("post", "/api/v1/invitation")}
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            said = await house.stranger.call(
                method.upper(), path.removeprefix("/api/v1").replace("{", "").replace("}", "")
            )
            assert said.status == 401 or (method, path) in open_to_all, (method, path)
            right = operation.get("x-right")
            assert right is None or right in set(Right)


def test_every_row_of_the_table_is_consistent() -> None:
    assert len({(row.method, row.path) for row in ENDPOINTS}) == len(ENDPOINTS)
    for row in ENDPOINTS:
        assert isinstance(row.needs, Right | Entry)
        assert row.summary
        assert not (row.keyed is not Keyed.NO and row.method != "POST")
        assert not (row.versioned and not row.writes)
        assert not (row.media and row.gives)
        if row.path.startswith("/tickets/{number}"):
            assert isinstance(row.needs, Right), row.path


# --- who goes away -------------------------------------------------------------------------------


async def test_callers_who_hang_up_cost_no_connection(house: ApiOffice) -> None:
    number = await house.ticket()
    paths = (f"/tickets/{number}", "/tickets", "/events", f"/tickets/{number}/thread")

    async def hang_up(n: int) -> None:
        url = f"{house.hall.base}/api/v1{paths[n % len(paths)]}"
        wait = aiohttp.ClientTimeout(total=0.002 + n % 7 * 0.004)
        with suppress(TimeoutError):
            async with house.hall.http.get(
                url, headers=house.operator.headers, timeout=wait
            ) as answer:
                await answer.read()

    pool = house.hall.store._engines.reading.pool
    with capture_logs() as logged:
        await asyncio.gather(*(hang_up(n) for n in range(80)))
        await until(lambda: pool.checkedout() == 0)
    assert not [line for line in logged if line["log_level"] == "error"]  # nobody's fault
    assert (await house.operator.get(f"/tickets/{number}")).status == 200


# --- how often -------------------------------------------------------------------------------


async def test_one_token_cannot_use_up_everybodys_time(tmp_path: Path) -> None:
    async with api_office(tmp_path, api={"requests_per_minute": 5}) as house:
        seen = [(await house.operator.get("/me")).status for _ in range(7)]
        assert seen == [200] * 5 + [429] * 2
        said = await house.operator.get("/me")
        assert int(said.headers["Retry-After"]) >= 1
        assert said.json["type"] == "urn:helpdesk:problem:too_many"
        assert (await house.care.get("/me")).status == 200


def test_the_bucket_fills_again_evenly() -> None:
    now = [0.0]
    pace = Pace(60, lambda: now[0])
    assert [pace.wait("a") for _ in range(61)] == [0] * 60 + [1]
    assert pace.wait("b") == 0
    now[0] = 0.5
    assert pace.wait("a") == 1
    now[0] = 1.0
    assert [pace.wait("a"), pace.wait("a")] == [0, 1]
    now[0] = 10_000.0
    assert [pace.wait("a") for _ in range(61)] == [0] * 60 + [1]


async def test_switched_off_there_is_nothing(tmp_path: Path) -> None:
    async with (
        api_office(tmp_path, api={"enabled": False}) as house,
        house.hall.http.get(f"{house.hall.base}/api/v1/me") as answer,
    ):
        assert answer.status == 404
