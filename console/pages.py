"""What every page shares: templates, own files, the security headers, an end for live streams."""

from __future__ import annotations

import asyncio
import hashlib
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from aiohttp import web

from console.language import LANGUAGES, catalogue, words_in
from core.model.sentences import Sentence

if TYPE_CHECKING:
    import jinja2

_HERE = Path(__file__).resolve().parent
_STATIC = _HERE / "static"

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}

MOST_WORDS = 4096
"""Translated words that are kept; the catalogue has fewer."""

_TEXTS = frozenset({".css", ".js", ".svg"})
"""Files that grow much smaller on their way."""

CLOSING = web.AppKey("closing", asyncio.Event)
"""Set at shutdown: a live stream that would otherwise stay open for hours ends itself."""


def protect(app: web.Application) -> None:
    """Give every answer of this application its security headers, error answers included."""
    app[CLOSING] = asyncio.Event()
    app.on_response_prepare.append(_add_headers)
    app.on_shutdown.append(_close_streams)


async def _add_headers(request: web.Request, response: web.StreamResponse) -> None:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    if "v" in request.query and request.path.startswith("/static/") and response.status < 400:  # noqa: PLR2004 - an error must not be kept
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    else:
        # Pages show complaints: a shared computer must not keep them after the visit.
        response.headers.setdefault("Cache-Control", "no-store")


async def _close_streams(app: web.Application) -> None:
    app[CLOSING].set()


def static_routes() -> list[web.AbstractRouteDef]:
    """Own style sheets and scripts, and what scripts/fetch_assets.py brought."""
    return [web.get("/static/{name:.+}", _static)]


async def _static(request: web.Request) -> web.FileResponse:
    """One of them; texts compressed.

    Pages are not: their length would tell of secrets that stand beside what a stranger wrote.
    """
    name = request.match_info["name"]
    path = _STATIC if "\0" in name else (_STATIC / name).resolve()  # NUL is in no file's name
    if not (path.is_relative_to(_STATIC) and path.is_file()):
        raise web.HTTPNotFound
    response = web.FileResponse(path)
    if path.suffix in _TEXTS and "Range" not in request.headers:
        response.enable_compression()
        response.headers["Vary"] = "Accept-Encoding"
    return response


async def worker(_request: web.Request) -> web.FileResponse:
    """The console's shared worker: by its own name, so that all tabs share one of any version."""
    return web.FileResponse(_STATIC / "kabel.js", headers={"Cache-Control": "no-cache"})


@cache
def asset(name: str) -> str:
    """The address of a static file, changing with its content so that it may be kept for ever."""
    try:
        digest = hashlib.sha256((_STATIC / name).read_bytes()).hexdigest()[:12]
    except FileNotFoundError:
        # Without htmx the page still works by plain forms.
        return f"/static/{name}"
    return f"/static/{name}?v={digest}"


@cache
def environment(language: str = LANGUAGES[0]) -> jinja2.Environment:
    """Templates with autoescape on for every file, no silent holes, and ``_`` in this language."""
    import jinja2  # noqa: PLC0415 - with the first page: many a process shows none for hours
    import markupsafe  # noqa: PLC0415 - comes with it

    templates = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        auto_reload=False,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    words, say = catalogue(language), words_in(language)

    @lru_cache(MOST_WORDS)
    def pattern(text: str) -> markupsafe.Markup:
        return markupsafe.Markup(words.gettext(text))  # noqa: S704 - the catalogue's words are ours

    @lru_cache(MOST_WORDS)
    def plain(text: str) -> markupsafe.Markup:
        return pattern(text) % {}

    def told(text: str, **given: object) -> markupsafe.Markup:
        """Words are safe, and a format in which what is given is escaped."""
        # A Sentence may hold what was typed.
        if isinstance(text, Sentence):
            return markupsafe.escape(say(text))
        return pattern(text) % given if given else plain(text)

    templates.globals |= {"_": told, "asset": asset, "language": language}
    return templates


def page(
    template: str, values: dict[str, object], status: int = 200, language: str = LANGUAGES[0]
) -> web.Response:
    """A rendered template as an answer."""
    html = environment(language).get_template(template).render(values)
    return web.Response(text=html, status=status, content_type="text/html", charset="utf-8")


def download(path: Path, name: str) -> web.FileResponse:
    """A file that somebody brought in: always saved, never opened (threats.md rows 35 and 37)."""
    how = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    return _sealed(path, "application/octet-stream", how)


def shown(path: Path, content_type: str) -> web.FileResponse:
    """A file that was found to be a harmless picture, to be seen on a page."""
    return _sealed(path, content_type, "inline")


def _sealed(path: Path, content_type: str, how: str) -> web.FileResponse:
    """Nothing in it may act with our origin."""
    headers = {
        "Content-Type": content_type,
        "Content-Disposition": how,
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    return web.FileResponse(path, headers=headers)


def from_our_page(request: web.Request) -> bool:
    """Whether a form was sent by a page of ours and not by a foreign site (threats.md row 55)."""
    fetched = request.headers.get("Sec-Fetch-Site")
    if fetched is not None:
        return fetched in ("same-origin", "none")
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == request.host
