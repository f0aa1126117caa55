"""The API tried against its own description by somebody else's program (schemathesis).

It makes requests from the OpenAPI document, good and bad ones, and holds every answer against it:
no 5xx, no status and no content type that is not described, bodies that fit their schemas. (Its
check of missing headers is left out: it does not know 428, which test_frame.py tries.)
"""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from core.model.staff import Role
from tests.gateway.api.kit import api_office

if TYPE_CHECKING:
    from tests.gateway.api.kit import ApiOffice

pytestmark = pytest.mark.timeout(480)

EXAMPLES = 2
ACTS = "assign|pend|resolve|reject|classify|set-priority|mark|merge|answer|set-progress"
"""Those with the most fields; the bodies of all acts are made by one function."""

CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,"
    "response_headers_conformance,response_schema_conformance,unsupported_method,"
    "allow_header_conformance,ignored_auth"
)
EVERY_ROLE = frozenset({Role.ADMIN, Role.CUSTOMER_CARE, Role.UNIT_SUPERVISOR, Role.LEADERSHIP})


async def everything(house: ApiOffice) -> str:
    """The token of somebody who may do all there is."""
    async with house.hall.store.desk() as desk:
        account = await desk.staff.account(house.ids["admin"])
        assert account is not None
        person = replace(account.staff, roles=EVERY_ROLE, unit_id=1)
        await desk.staff.save(replace(account, staff=person))
        await desk.commit()
    return house.callers["admin"].headers["Authorization"]


async def test_every_answer_is_as_described(tmp_path: Path) -> None:
    api = {"requests_per_minute": 1_000_000, "logins_per_address": 1_000_000}
    async with api_office(tmp_path, api=api) as house:
        number = await house.ticket()
        token = await everything(house)
        described = (await house.stranger.get("/openapi.json")).json
        for path in described["paths"].values():
            for operation in path.values():
                _name(operation, number)
        schema = tmp_path / "openapi.json"
        schema.write_text(json.dumps(described))
        code, told = await run(
            str(schema), "--url", house.hall.base, "-H", f"Authorization: {token}"
        )
        still = await house.callers["admin"].get("/me")
        log = house.hall.log.getvalue()
    assert code == 0, told[-6000:]
    assert still.status == 200
    assert "request failed" not in log


def _name(operation: dict[str, object], number: str) -> None:
    """So that some requests reach a ticket that exists."""
    for parameter in operation["parameters"]:
        if parameter["name"] == "number" and parameter["in"] == "path":
            parameter["schema"]["examples"] = [number]
            parameter["example"] = number


async def run(schema: str, *more: str) -> tuple[int, str]:
    program = Path(sys.executable).with_name("st")
    done = await asyncio.create_subprocess_exec(
        program, "run", schema, *more, "--checks", CHECKS, "-n", str(EXAMPLES),
        "--phases", "examples,coverage,fuzzing", "--exclude-path", "/api/v1/events",
        # These would take the program's own way in away from it.
        "--exclude-path", "/api/v1/tokens/{token}",
        "--exclude-path", "/api/v1/staff/{staff}/second-factor",
        "--exclude-path-regex", f"/acts/(?!({ACTS})$)",
        "--seed", "7", "--request-timeout", "20", "--no-color",
        "--suppress-health-check", "all", "--warnings", "off",
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, cwd=Path(schema).parent,
    )  # fmt: skip
    told, _ = await done.communicate()
    return done.returncode or 0, told.decode(errors="replace")
