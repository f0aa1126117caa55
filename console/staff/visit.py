"""One visit of somebody who is in: who asks, in which language, and what every page shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aiohttp import web

from console.language import LANGUAGES, words_in
from console.pages import page
from console.session_cookies import csrf_token
from console.typed import whole
from core.errors import NotFound
from core.model import rights

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from console.citizen.upload import Upload
    from console.staff.reception import Reception
    from core.model.rights import Scope
    from core.model.staff import Right, Staff
    from core.services.entry import Here

LANGUAGE_COOKIE = "bahasa"


def language_of(request: web.Request) -> str:
    """What the person chose; Indonesian for whoever has not."""
    chosen = request.cookies.get(LANGUAGE_COOKIE, "")
    return chosen if chosen in LANGUAGES else LANGUAGES[0]


@dataclass(frozen=True, slots=True)
class Visit:
    """One request of somebody who is in.

    Attributes:
        form: what was posted, text by name; empty for a page that is only looked at.
        upload: the same with the files that came with it, where the page takes files.
    """

    reception: Reception
    request: web.Request
    here: Here
    form: Mapping[str, str] = field(default_factory=dict)
    upload: Upload | None = None

    @property
    def staff(self) -> Staff:
        """Who asks."""
        return self.here.staff

    @property
    def language(self) -> str:
        """Of the pages."""
        return language_of(self.request)

    @property
    def words(self) -> Callable[[str], str]:
        """Turns words of the code into those of the visit's language."""
        return words_in(self.language)

    @property
    def csrf(self) -> str:
        """What every form sends back."""
        return csrf_token(self.reception.cookies.read(self.request))

    @property
    def by_script(self) -> bool:
        """Whether htmx asks, for a part of the page."""
        return self.request.headers.get("HX-Request") == "true"

    def identity(self, name: str = "id") -> int:
        """A whole number in the address's path. Raises NotFound for what is none."""
        found = whole(self.request.match_info[name])
        if found is None:
            raise NotFound(self.request.path)
        return found

    def ticket_number(self) -> str:
        """The number in the address, as it is kept. Raises NotFound for what is none."""
        number = self.reception.number(self.request.match_info["number"])
        if number is None:
            raise NotFound(self.request.path)
        return number

    def now(self) -> datetime:
        """Aware UTC."""
        return self.reception.now()

    def may(self, right: Right) -> bool:
        """Whether the person has this right anywhere."""
        return right in rights.rights_of(self.staff)

    def scope(self) -> Scope:
        """The tickets that the person may see."""
        return rights.scope(self.staff)

    def page(self, template: str, values: Mapping[str, object], status: int = 200) -> web.Response:
        """A page, or a part of one, with what all of them show."""
        given: dict[str, object] = {
            "office": self.reception.office,
            "me": self.staff,
            "rights": {right.value for right in rights.rights_of(self.staff)},
            "csrf": self.csrf,
            "path": self.request.path,
            **values,
        }
        return page(f"staff/{template}", given, status, self.language)

    def go(self, path: str) -> web.Response:
        """On to another page; for htmx the whole page goes there."""
        if self.by_script:
            return web.Response(status=204, headers={"HX-Redirect": path})
        return web.Response(status=303, headers={"Location": path})
