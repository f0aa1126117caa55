"""The OpenAPI 3.1 document, made from the same rows that the routes are made from."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, Literal, cast

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from core.model.attachments import FileSide
from core.model.staff import Right
from gateway.api.problems import CONTENT_TYPE
from gateway.api.table import Entry, Keyed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gateway.api.table import Endpoint

BASE: Final = "/api/v1"
_VARIABLE = re.compile(r"\{(\w+)\}")
_REF: Final = "#/components/schemas/{model}"
_JSON: Final = "application/json"
_FORM: Final = "multipart/form-data"
_FILES: Final = {
    "type": "object",
    "required": ["files"],
    "properties": {
        "files": {"type": "array", "minItems": 1, "items": {"type": "string", "format": "binary"}}
    },
}

PROBLEM: Final[dict[str, Any]] = {
    "type": "object",
    "description": "RFC 9457; ``detail`` is Indonesian and says what to do next.",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "field": {"type": "string"},
        "errors": {"type": "array", "items": {"type": "object"}},
        "allowed": {"type": "array", "items": {"type": "string"}},
        "current_version": {"type": "integer"},
        "your_version": {"type": "integer"},
        "changes": {"type": "array", "items": {"type": "object"}},
    },
}
_PATH_PARTS: Final = {
    "number": {"type": "string", "examples": ["HD26-004217-4"]},
    "field": {"type": "string"},
    "mark": {"type": "string"},
    "side": {"type": "string", "enum": [side.value for side in FileSide]},
    "name": {"type": "string"},
    "key": {"type": "string"},
    "period": {"type": "string", "examples": ["2026-11"]},
}
_IF_MATCH: Final = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": "The ETag that you read last; * for whatever it is now.",
    "schema": {"type": "string", "examples": ['"7"', "*"]},
}
_KEY: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Your own name for this request: sent again with it, nothing happens twice.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 128, "pattern": "^[!-~]+$"},
}


def document(endpoints: Sequence[Endpoint], office: str, url: str) -> dict[str, Any]:
    """The whole description.

    Args:
        endpoints: the rows.
        office: named in the title.
        url: public address of the server.
    """
    schemas, refs = _schemas(endpoints)
    paths: dict[str, dict[str, Any]] = {}
    for row in endpoints:
        paths.setdefault(BASE + row.path, {})[row.method.lower()] = _operation(row, refs)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"Helpdesk Gateway: {office}",
            "version": "1",
            "description": "Tickets of a public service: see docs/api.md.",
        },
        "servers": [{"url": url.rstrip("/")}],
        "paths": paths,
        "components": {
            "schemas": {**schemas, "Problem": PROBLEM},
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": "__Host-helpdesk"},
            },
        },
    }


Mode = Literal["validation", "serialization"]
_Refs = dict[tuple[type[BaseModel], Mode], dict[str, Any]]


def _schemas(endpoints: Iterable[Endpoint]) -> tuple[dict[str, Any], _Refs]:
    wanted: set[tuple[type[BaseModel], Mode]] = set()
    for row in endpoints:
        wanted |= {(row.asks, "validation")} if row.asks else set()
        wanted |= {(row.gives, "serialization")} if row.gives else set()
    ordered = sorted(wanted, key=lambda one: one[0].__name__)
    refs, found = models_json_schema(ordered, ref_template=_REF)
    return found.get("$defs", {}), cast("_Refs", refs)


def _operation(row: Endpoint, refs: _Refs) -> dict[str, Any]:
    told: dict[str, Any] = {
        "operationId": _identity(row),
        "summary": row.summary,
        "tags": [row.path.split("/")[1]],
        "parameters": [*_variables(row), *_parameters(row)],
        "responses": _responses(row, refs),
        "security": [] if row.needs is Entry.ANYBODY else [{"token": []}, {"session": []}],
    }
    if isinstance(row.needs, Right):
        told["x-right"] = row.needs.value
    if row.asks:
        content = {_JSON: {"schema": refs[row.asks, "validation"]}}
        told["requestBody"] = {"required": True, "content": content}
    if row.takes_files:
        told["requestBody"] = {"required": True, "content": {_FORM: {"schema": _FILES}}}
    return told


def _identity(row: Endpoint) -> str:
    words = re.findall(r"\w+", row.path)
    return "_".join([row.method.lower(), *words]).replace("-", "_")


def _variables(row: Endpoint) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": _PATH_PARTS.get(name, {"type": "integer", "minimum": 0}),
        }
        for name in _VARIABLE.findall(row.path)
    ]


def _parameters(row: Endpoint) -> list[dict[str, Any]]:
    headers = [_IF_MATCH] if row.versioned else []
    headers += [_KEY] if row.keyed is not Keyed.NO else []
    if row.query is None:
        return headers
    schema = row.query.model_json_schema()
    defs = schema.get("$defs", {})
    asked = [
        {
            "name": name,
            "in": "query",
            "required": name in schema.get("required", ()),
            "schema": _inlined(held, defs),
        }
        for name, held in schema["properties"].items()
    ]
    return headers + asked


def _inlined(held: Any, defs: dict[str, Any]) -> Any:  # noqa: ANN401 - JSON
    """Parameters stand on their own: what they refer to is written out."""
    if isinstance(held, list):
        return [_inlined(one, defs) for one in held]
    if not isinstance(held, dict):
        return held
    if "$ref" in held:
        return _inlined(defs[held["$ref"].rsplit("/", 1)[1]], defs)
    return {
        name: _inlined(one, defs)
        for name, one in held.items()
        # A query has no null: what is not wanted is left out.
        if not (name == "default" and one is None)
    }


# --- answers -------------------------------------------------------------------------------------


def _responses(row: Endpoint, refs: _Refs) -> dict[str, Any]:
    told: dict[str, Any] = {}
    if row.media:
        schema = {"type": "string", "format": "binary"}
        told["200"] = _response("OK", {row.media: {"schema": schema}})
    elif row.gives is None:
        told["204"] = {"description": "Done"}
    else:
        schema = refs[row.gives, "serialization"]
        told[str(row.status)] = _response("Done", {_JSON: {"schema": schema}})
    problem = {CONTENT_TYPE: {"schema": {"$ref": _REF.format(model="Problem")}}}
    for status in sorted(_problems(row)):
        told[str(status)] = _response(HTTPStatus(status).phrase, problem)
    return told


def _response(words: str, content: dict[str, Any]) -> dict[str, Any]:
    return {"description": words, "content": content}


def _problems(row: Endpoint) -> set[int]:
    """The statuses of what may go wrong."""
    statuses = {400, 405, 429, 500, 503}
    if row.needs is not Entry.ANYBODY:
        statuses |= {401, 403}
    if row.writes:
        statuses |= {401, 403, 409, 413, 415, 422}
    if row.query:
        statuses.add(422)
    if "{" in row.path:
        statuses.add(404)
    if row.versioned:
        statuses |= {409, 428}
    return statuses
