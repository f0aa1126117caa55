"""How every page for citizens is answered: language, office, and what has to be told first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aiohttp import web

from console.language import LANGUAGES, N_, language_of, words_in
from console.pages import from_our_page, page

if TYPE_CHECKING:
    from collections.abc import Callable

    from console.citizen.counter import OfficeFacts
    from console.citizen.notices import Notice


def language(request: web.Request, asked: str = "") -> str:
    """The language of an answer; ``asked`` in a form goes before the address."""
    wanted = asked or request.query.get("lang", "")
    return language_of(wanted, request.headers.get("Accept-Language", ""))


def words(request: web.Request, asked: str = "") -> Callable[[str], str]:
    """What turns Indonesian words of the code into those of the visit."""
    return words_in(language(request, asked))


FOREIGN: Final = N_(
    "Formulir ini hanya dapat dikirim dari halaman kami. Silakan muat ulang halamannya, lalu "
    "kirim lagi."
)


async def posted(request: web.Request) -> dict[str, str]:
    """The fields of a form of ours. Raises HTTPForbidden for those of others."""
    if not from_our_page(request):
        raise web.HTTPForbidden(text=words(request)(FOREIGN))
    return {name: str(text) for name, text in (await request.post()).items()}


def shown(
    request: web.Request,
    office: OfficeFacts,
    template: str,
    notice: Notice | None = None,
    **values: object,
) -> web.Response:
    """A page of ``templates/citizen``; the notice, if any, gives the status.

    Args:
        request: what is answered.
        office: who answers.
        template: name without folder and ending.
        notice: what has to be told first.
        values: of the template; ``asked``, the language asked for in a form; ``here``, the
            address of the page for the other language; ``status``, where no notice gives it.
    """
    asked, status = str(values.pop("asked", "")), values.pop("status", 200)
    spoken = language(request, asked)
    given: dict[str, object] = {
        "office": office,
        "notice": notice,
        "here": request.path,
        "other": next(one for one in LANGUAGES if one != spoken),
        **values,
    }
    code = notice.status if notice else int(str(status))
    answer = page(f"citizen/{template}.html", given, code, spoken)
    if notice and notice.retry:
        answer.headers["Retry-After"] = str(notice.retry)
    return answer


def tail(request: web.Request) -> str:
    """What keeps the chosen language in the next address."""
    asked = request.query.get("lang", "")
    return f"?lang={asked}" if asked in LANGUAGES else ""


def elsewhere(address: str) -> web.Response:
    """Go there, by GET."""
    return web.Response(status=303, headers={"Location": address})
