"""What is answered when a request is not done: application/problem+json (RFC 9457).

One table for each source of trouble: our errors, refusals of services, requests that are wrong.
Sentences say what to do next; nothing of what was sent is repeated.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from aiohttp import web

from core.errors import Busy, Conflict, GatewayError, MalformedMessage, NotFound, StoreUnavailable
from core.model.work import RefusalKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.model.work import Refusal

CONTENT_TYPE: Final = "application/problem+json"
KINDS: Final = "urn:helpdesk:problem:"
"""Before the kind in ``type``."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One answer that is no success.

    Attributes:
        kind: names it in ``type``; stays the same for ever.
        title: English, for developers.
        detail: Indonesian, says what to do next.
        more: ``field``, ``allowed``, ``current_version`` …
    """

    status: int
    kind: str
    title: str
    detail: str
    more: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "type": KINDS + self.kind,
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            **self.more,
        }

    def answer(self) -> web.Response:
        """As HTTP."""
        return web.Response(
            status=self.status,
            body=json.dumps(self.document(), ensure_ascii=False).encode("utf-8", "replace"),
            content_type=CONTENT_TYPE,
            headers=dict(self.headers),
        )


class NotDone(Exception):  # noqa: N818 - it carries a problem to the frame, no more
    """Ends a request with this problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.kind)
        self.problem = problem


# --- what the frame says ---------------------------------------------------------------------

UNAUTHORIZED: Final = Problem(
    401,
    "unauthorized",
    "Not logged in",
    "Masuk dahulu, atau kirim token API yang masih berlaku.",
    headers={"WWW-Authenticate": "Bearer"},
)
FORBIDDEN: Final = Problem(
    403,
    "forbidden",
    "Not entitled",
    "Peran Anda tidak berwenang untuk ini. Hubungi administrator bila seharusnya boleh.",
)
FOREIGN_PAGE: Final = Problem(
    403,
    "foreign_page",
    "Not from our own page",
    "Permintaan tidak berasal dari halaman kami. Muat ulang halaman, lalu coba lagi.",
)
UNFINISHED_LOGIN: Final = Problem(
    403,
    "unfinished_login",
    "A second factor is wanted",
    "Selesaikan kode verifikasi dahulu, lalu coba lagi.",
)
NOT_FOUND: Final = Problem(404, "not_found", "Not found", "Tidak ditemukan. Periksa nomornya.")
TOO_LARGE: Final = Problem(
    413, "too_large", "Body too large", "Isi permintaan melebihi 1 MiB. Kirim lebih sedikit."
)
COMPRESSED: Final = Problem(
    415, "compressed", "Compressed body", "Kirim isi permintaan tanpa kompresi."
)
NOT_JSON_TYPE: Final = Problem(
    415, "not_json", "Not JSON", "Kirim isi permintaan sebagai application/json."
)
NOT_MULTIPART: Final = Problem(
    415, "not_multipart", "Not a form", "Kirim berkas sebagai multipart/form-data."
)
NO_VERSION: Final = Problem(
    428,
    "version_wanted",
    "If-Match wanted",
    "Sertakan If-Match dengan ETag yang terakhir Anda baca.",
)
AWAY: Final = Problem(
    503,
    "away",
    "Store unavailable",
    "Layanan sedang tidak dapat menyimpan. Coba lagi sebentar lagi; mengulang tidak menggandakan.",
    headers={"Retry-After": "5"},
)
BUSY: Final = Problem(
    503,
    "busy",
    "Too busy",
    "Terlalu banyak permintaan bersamaan. Coba lagi sebentar lagi.",
    headers={"Retry-After": "2"},
)
BROKEN: Final = Problem(
    500, "broken", "Unexpected", "Terjadi kesalahan pada layanan kami. Kesalahan ini dicatat."
)
KEY_USED: Final = Problem(
    422,
    "key_used",
    "Idempotency-Key used for another request",
    "Kunci ini sudah dipakai untuk permintaan lain. Pakai kunci baru.",
    {"field": "Idempotency-Key"},
)
KEY_BUSY: Final = Problem(
    409,
    "key_busy",
    "Already carried out, answer unknown",
    "Permintaan dengan kunci ini sudah atau sedang dikerjakan. Baca keadaannya sebelum mengulang.",
    headers={"Retry-After": "1"},
)


def too_many(seconds: int) -> Problem:
    """The limit of a token or an address is reached."""
    return Problem(
        429,
        "too_many",
        "Too many requests",
        f"Terlalu banyak permintaan. Coba lagi {seconds} detik lagi.",
        headers={"Retry-After": str(seconds)},
    )


def malformed(detail: str, name: str = "") -> Problem:
    """Not to be understood at all: 400."""
    more = {"field": name} if name else {}
    return Problem(400, "malformed", "Malformed request", detail, more)


def unprocessable(detail: str, name: str = "", **more: Any) -> Problem:  # noqa: ANN401 - JSON
    """Understood, but a field is missing or wrong: 422."""
    told = ({"field": name} if name else {}) | more
    return Problem(422, "invalid", "Invalid field", detail, told)


def method_not_allowed(allowed: str) -> Problem:
    """There is such a path, but not with this method."""
    return Problem(
        405,
        "method",
        "Method not allowed",
        f"Alamat ini hanya menerima {allowed}.",
        headers={"Allow": allowed},
    )


# --- our errors ------------------------------------------------------------------------------

_ERRORS: Final[tuple[tuple[type[GatewayError], Problem], ...]] = (
    (NotFound, NOT_FOUND),
    (Busy, BUSY),
    (StoreUnavailable, AWAY),
    (
        Conflict,
        Problem(
            409,
            "conflict",
            "Somebody else was faster",
            "Orang lain baru saja mengubahnya. Muat ulang, lalu ulangi bila masih perlu.",
        ),
    ),
)


def problem_of(error: GatewayError) -> Problem:
    """The answer to an error of ours; design.md §5 has the statuses."""
    if isinstance(error, MalformedMessage):
        return malformed(error.sentence)
    return next((problem for kind, problem in _ERRORS if isinstance(error, kind)), BROKEN)


# --- refusals --------------------------------------------------------------------------------

_REFUSALS: Final[Mapping[RefusalKind, tuple[int, str]]] = {
    RefusalKind.FORBIDDEN_TRANSITION: (409, "Forbidden transition"),
    RefusalKind.MISSING: (422, "Missing field"),
    RefusalKind.INVALID: (422, "Invalid field"),
    RefusalKind.NOT_ALLOWED: (409, "A rule stands against it"),
    RefusalKind.UNENTITLED: (403, "Not entitled"),
    RefusalKind.STALE: (409, "Stale version"),
    RefusalKind.TOO_LATE: (409, "Too late"),
    RefusalKind.ALREADY: (409, "Nothing to change"),
}


def refusal_problem(refusal: Refusal) -> Problem:
    """A refusal of a service, with everything that helps to do it right."""
    status, title = _REFUSALS[refusal.kind]
    more: dict[str, Any] = {}
    if refusal.field:
        more["field"] = refusal.field
    if refusal.faults:
        more["faults"] = [str(one) for one in refusal.faults]
    if refusal.kind is RefusalKind.FORBIDDEN_TRANSITION:
        more["allowed"] = [status.value for status in refusal.allowed]
    if refusal.kind is RefusalKind.STALE:
        more["current_version"] = refusal.version
        more["your_version"] = refusal.expected
        more["changes"] = [
            {"seq": one.seq, "kind": one.kind, "at": one.at.isoformat(), "actor": one.actor}
            for one in refusal.changes
        ]
    return Problem(status, refusal.kind.value, title, refusal.sentence, more)
