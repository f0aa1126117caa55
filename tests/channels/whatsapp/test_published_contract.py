"""Our calls against Meta's own published description of its API, served by Prism."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped] # ships no types

from channels.whatsapp_rules.templates import Template, WindowRule
from core.errors import SendError, SendFailure
from core.model.messages import DeliveryReport, OutboundFile
from tests.channels.whatsapp.doors import (
    NOW,
    body,
    conversation,
    door,
    outbound,
    request,
    status,
    value,
)
from tests.peers import ROOT, contract, need, prism

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.timeout(240)

CONTRACT = "business-messaging-api_v23.0.yaml"
RULE = WindowRule({"*": Template("kabar_tiket")})


@pytest.fixture(scope="module")
def meta(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    log: Path = tmp_path_factory.mktemp("prism") / "prism.log"
    with prism(CONTRACT, log) as base:
        yield base


# the published contract does not know biz_opaque_callback_data on messages, the service does
async def send(meta: str, message: Any, **changes: Any) -> Any:
    opened = door(api_base_url=meta, timeout=20.0, **{"carry_item_id": False, **changes})
    try:
        return await opened.send(message)
    finally:
        await opened.close()


async def test_a_text_is_taken(meta: str) -> None:
    receipt = await send(meta, outbound())
    assert receipt.provider_id


async def test_an_answer_that_quotes_is_taken(meta: str) -> None:
    message = outbound(conversation=conversation(answers="wamid.HBgLMTY1MDM4Nzk0MzkVAgAS"))
    assert (await send(meta, message)).provider_id


async def test_a_template_is_taken(meta: str) -> None:
    message = outbound(conversation=conversation(heard_at=None))
    assert (await send(meta, message, window=RULE)).provider_id


@pytest.mark.parametrize(
    ("name", "content_type"),
    [("foto.jpg", "image/jpeg"), ("surat.pdf", "application/pdf"), ("suara.ogg", "audio/ogg")],
)
async def test_a_file_is_uploaded_and_taken(
    meta: str, tmp_path: Path, name: str, content_type: str
) -> None:
    path = tmp_path / name
    path.write_bytes(b"isi")
    file = OutboundFile(str(path), content_type, name, 3)
    message = outbound(conversation=conversation(files=(file,)))
    assert (await send(meta, message)).provider_id


async def test_the_contract_would_refuse_a_broken_body(meta: str) -> None:
    # so that what is taken above was looked at
    opened = door(api_base_url=meta, timeout=20.0)
    with pytest.raises(SendError) as caught:
        await opened._graph.post("106540352242922/messages", {"type": "text"})
    await opened.close()
    assert caught.value.problem.failure is SendFailure.PERMANENT


async def test_our_number_is_examined(meta: str) -> None:
    opened = door(api_base_url=meta, timeout=20.0, business_account_id="102290129340398")
    found = await opened.examine()
    await opened.close()
    assert {one.key for one in found} <= {"number_not_connected", "quality_low"}


@pytest.fixture(scope="module")
def statuses() -> Draft202012Validator:
    """The schema of reports, which is the sound part of Meta's webhook schemas."""
    node = need("node", "install Node 20")
    need(ROOT / ".run" / "peers" / "node_modules", "copy peers/ to .run/peers and run npm ci")
    script = (
        "const y=require('@stoplight/yaml');const fs=require('fs');"
        "console.log(JSON.stringify(y.parse(fs.readFileSync(process.argv[1],'utf8'))"
        ".components.schemas))"
    )
    told = subprocess.run(
        [str(node), "-e", script, str(contract(CONTRACT))],
        cwd=ROOT / ".run" / "peers",
        capture_output=True,
        check=True,
    )
    schemas = json.loads(told.stdout)
    whole = {
        "$ref": "#/components/schemas/StatusMessageValue",
        "components": {"schemas": schemas},
    }
    return Draft202012Validator(whole)


def reports() -> list[Any]:
    errors = [{"code": 131047, "title": "Re-engagement message", "message": "Re-engagement"}]
    return [
        status(status="sent"),
        status(status="delivered", conversation={"id": "c", "origin": {"type": "service"}}),
        status(status="read"),
        status(status="failed", errors=errors),
        status(status="sent", pricing={"billable": True, "pricing_model": "PMP"}),
    ]


@pytest.mark.parametrize("report", reports())
def test_the_reports_of_our_tests_are_as_meta_describes_them(
    statuses: Draft202012Validator, report: Any
) -> None:
    shown = value(statuses=[report])
    assert list(statuses.iter_errors(shown)) == []
    (found,) = door().parse(request(body(shown)))
    assert isinstance(found, DeliveryReport)
    assert found.at < NOW


def test_the_schema_of_reports_refuses_others(statuses: Draft202012Validator) -> None:
    assert list(statuses.iter_errors(value(statuses=[status(status="deleted")])))
