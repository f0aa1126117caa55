"""The description is OpenAPI 3.1, complete, and made from the table of routes alone."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from gateway.api.routes_table import page
from tests.gateway.api.kit import PEOPLE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.gateway.api.kit import ApiOffice

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
async def described(house: ApiOffice) -> Any:
    return (await house.stranger.get("/openapi.json")).json


def test_it_is_openapi_3_1(described: Any) -> None:
    # The published schema of OpenAPI, as it comes with schemathesis.
    definitions = pytest.importorskip("schemathesis.specs.openapi.definitions")
    assert definitions.OPENAPI_31["$id"].startswith("https://spec.openapis.org/oas/3.1/")
    assert [str(one) for one in definitions.OPENAPI_31_VALIDATOR.iter_errors(described)] == []
    assert described["openapi"] == "3.1.0"


def test_the_table_of_routes_is_up_to_date() -> None:
    kept = (ROOT / "docs/api-routes.md").read_text(encoding="utf-8")
    assert kept == page(), "run: python -m gateway.api.routes_table > docs/api-routes.md"


def test_every_schema_is_a_json_schema(described: Any) -> None:
    for schema in described["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_every_reference_leads_somewhere(described: Any) -> None:
    known = described["components"]["schemas"]
    references = set(_references(described))
    assert references
    assert {one.rsplit("/", 1)[1] for one in references} <= set(known)


def _references(held: Any) -> Iterator[str]:
    if isinstance(held, dict):
        for name, one in held.items():
            if name == "$ref":
                yield one
            else:
                yield from _references(one)
    elif isinstance(held, list):
        for one in held:
            yield from _references(one)


def test_no_body_takes_fields_that_nobody_knows(described: Any) -> None:
    for name, schema in described["components"]["schemas"].items():
        if schema.get("type") == "object" and name != "Problem":
            assert schema["additionalProperties"] is False, name


SECRET = re.compile(
    r"password|hash|secret|seed|sealed|digest|cookie|stored_as|(?<!withd)raw", re.IGNORECASE
)
MEANT = {
    "previous", "hash",  # of events: what chains them, public by nature
    "secret",  # of a token and an enrolment, shown once
}  # fmt: skip


def test_threat_46_no_answer_has_a_place_for_secrets(described: Any) -> None:
    answers = {
        reference.rsplit("/", 1)[1]
        for path in described["paths"].values()
        for operation in path.values()
        for reference in _references(operation["responses"])
    }
    waiting, seen = list(answers), set()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        schema = described["components"]["schemas"][name]
        waiting += [one.rsplit("/", 1)[1] for one in _references(schema)]
        for field in schema.get("properties", ()):
            assert field in MEANT or not SECRET.search(field), (name, field)
    assert "TicketShown" in seen


def test_operations_have_names_of_their_own(described: Any) -> None:
    names = [
        operation["operationId"]
        for path in described["paths"].values()
        for operation in path.values()
    ]
    assert len(names) == len(set(names))
    assert len(names) > 70


async def test_planted_secrets_appear_in_no_answer(house: ApiOffice, described: Any) -> None:
    number = await house.ticket()
    planted = {row[0] for row in await house.hall.rows("SELECT password_hash FROM staff")}
    planted |= {row[0] for row in await house.hall.rows("SELECT token_hash FROM api_tokens")}
    planted |= {row[0].hex() for row in await house.hall.rows(
        "SELECT totp_secret FROM staff WHERE totp_secret IS NOT NULL"
    )}  # fmt: skip
    planted.discard("")
    asked = 0
    for path, operations in described["paths"].items():
        if "get" not in operations or path.endswith("/events"):
            continue
        filled = path.replace("{number}", number)
        filled = re.sub(r"\{\w+\}", "1", filled).removeprefix("/api/v1")
        for who in PEOPLE:
            said = await house.callers[who].get(filled)
            assert said.status < 500
            assert not [one for one in planted if one in said.text], (who, path)
            asked += 1
    assert asked > 100
