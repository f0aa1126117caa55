"""What a request says: body, query and headers, strictly (threats.md §5, lines 86 to 95).

Two readers must never understand one request in two ways: doubled keys and parameters are
refused, and a field that nobody knows is named.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeVar, get_origin

from aiohttp import web
from pydantic import BaseModel, ValidationError

from gateway.api.problems import (
    COMPRESSED,
    NO_VERSION,
    NOT_JSON_TYPE,
    TOO_LARGE,
    NotDone,
    Problem,
    malformed,
    unprocessable,
)

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

Model = TypeVar("Model", bound=BaseModel)

MOST_BYTES: Final = 1_048_576
MOST_KEYS: Final = 200
"""Of one object; no request has a tenth of it."""

LONGEST_KEY: Final = 128
_SHOWN: Final = 60
_ETAG = re.compile(r'"([1-9][0-9]{0,8})"')
_UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")
_KEY = re.compile(r"[\x21-\x7e]{1,128}")

_WORDS: Final = {
    "missing": "wajib diisi",
    "extra_forbidden": "tidak dikenal",
    "string_too_long": "terlalu panjang",
    "string_too_short": "wajib diisi",
    "timezone_aware": "sertakan zona waktu, misalnya +07:00",
    "enum": "bukan salah satu pilihan",
    "literal_error": "bukan salah satu pilihan",
}
_OTHERWISE: Final = "bentuknya tidak benar"


# --- body ------------------------------------------------------------------------------------


async def body_bytes(request: web.Request) -> bytes:
    """The body as it came, within the limit. Raises NotDone."""
    if "Content-Encoding" in request.headers:
        raise NotDone(COMPRESSED)
    if (request.content_length or 0) > MOST_BYTES:
        raise NotDone(TOO_LARGE)
    try:
        return await request.clone(client_max_size=MOST_BYTES).read()
    except web.HTTPRequestEntityTooLarge as error:
        raise NotDone(TOO_LARGE) from error


def read_body(kind: type[Model], request: web.Request, body: bytes) -> Model:
    """The body as its type. Raises NotDone: 400, 415, or 422 that names the field."""
    _refuse_doubtful(request, body)
    try:
        return kind.model_validate_json(body, strict=True)
    except ValidationError as error:
        raise NotDone(_invalid(error.errors(include_input=False, include_url=False))) from error


def _refuse_doubtful(request: web.Request, body: bytes) -> None:
    """What is no JSON, or JSON that two readers could take for two things."""
    if request.content_type != "application/json":
        raise NotDone(NOT_JSON_TYPE)
    try:
        found = json.loads(body.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no)
    except UnicodeDecodeError as error:
        raise NotDone(malformed("Isi permintaan bukan UTF-8.")) from error
    except (ValueError, RecursionError) as error:
        raise NotDone(malformed("Isi permintaan bukan JSON yang benar.")) from error
    _refuse_unkeepable(found)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of a bounded number of keys, each there once."""
    if len(pairs) > MOST_KEYS:
        raise NotDone(malformed("Terlalu banyak isian dalam satu objek."))
    found = dict(pairs)
    if len(found) != len(pairs):
        (doubled, _), *_ = Counter(name for name, _ in pairs).most_common(1)
        raise NotDone(malformed("Isian ini tertulis lebih dari sekali.", _short(doubled)))
    return found


def _no(_: str) -> NoReturn:
    raise NotDone(malformed("NaN dan Infinity bukan angka JSON."))


def _refuse_unkeepable(found: object) -> None:
    """NUL and halves of letters: no database takes them."""
    waiting = [found]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            waiting += one.keys()
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one
        elif isinstance(one, str) and _UNKEEPABLE.search(one):
            raise NotDone(malformed("Teks memuat karakter yang tidak dapat disimpan."))


def _invalid(faults: list[ErrorDetails]) -> Problem:
    """The first fault in words, all of them by field."""
    told = [(_place(one["loc"]), _WORDS.get(one["type"], _OTHERWISE)) for one in faults[:20]]
    name, words = told[0]
    errors = [{"field": place, "detail": said} for place, said in told]
    sentence = f"{name}: {words}." if name else "Isi permintaan harus berupa objek JSON."
    return unprocessable(sentence, name, errors=errors)


def _place(loc: tuple[int | str, ...]) -> str:
    return _short(".".join(str(part) for part in loc))


def _short(name: str) -> str:
    return name.encode("utf-8", "replace").decode()[:_SHOWN]


# --- query -----------------------------------------------------------------------------------


def read_query(kind: type[Model], request: web.Request) -> Model:
    """The query as its type; only fields that are lists may be there more than once."""
    query = request.rel_url.query
    found: dict[str, Any] = {}
    for name in query:
        values = query.getall(name)
        _refuse_unkeepable([name, values])
        field = kind.model_fields.get(name)
        many = field is not None and get_origin(field.annotation) in (list, tuple, frozenset)
        if len(values) > 1 and not many:
            raise NotDone(malformed("Parameter ini tertulis lebih dari sekali.", _short(name)))
        found[name] = values if many else values[0]
    try:
        return kind.model_validate(found)
    except ValidationError as error:
        raise NotDone(_invalid(error.errors(include_input=False, include_url=False))) from error


# --- headers ---------------------------------------------------------------------------------


def one_header(request: web.Request, name: str) -> str | None:
    """A header that may be there once. Raises NotDone for a doubled one."""
    values = request.headers.getall(name, [])
    if len(values) > 1:
        raise NotDone(malformed("Tajuk ini tertulis lebih dari sekali.", name))
    return values[0].strip() if values else None


def if_match(request: web.Request) -> int | None:
    """The version that the writer has seen; None for ``*``: whatever it is. Raises NotDone."""
    given = one_header(request, "If-Match")
    if given is None:
        raise NotDone(NO_VERSION)
    if given == "*":
        return None
    found = _ETAG.fullmatch(given)
    if found is None:
        raise NotDone(malformed('If-Match berbentuk "7", seperti ETag.', "If-Match"))
    return int(found.group(1))


def idempotency_key(request: web.Request) -> str | None:
    """The key of a request that may come again; None without. Raises NotDone."""
    given = one_header(request, "Idempotency-Key")
    if given is not None and not _KEY.fullmatch(given):
        sentence = f"Kunci terdiri dari 1 sampai {LONGEST_KEY} huruf ASCII tanpa spasi."
        raise NotDone(malformed(sentence, "Idempotency-Key"))
    return given
