"""One route as a row: what it needs, takes and gives, and what answers it.

The routes of aiohttp, the checks before a handler and the OpenAPI document are all made from
these rows, so that none of them can say something else than another.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

from aiohttp import web
from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from core.model.staff import Right, Staff
    from core.ports import OpenDesk
    from core.services.entry import Here
    from gateway.api.parts import Parts


class Asked(BaseModel):
    """What comes in: no field that nobody knows, no coercion of types."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", hide_input_in_errors=True, defer_build=True
    )


class Shown(BaseModel):
    """What goes out: only the fields that stand here, whatever the value behind them has."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Entry(Enum):
    """Who may call where no right decides."""

    ANYBODY = "anybody"
    COMING_IN = "coming in"  # a session, also one that still wants its second factor
    STAFF = "staff"  # whoever is in


class Keyed(Enum):
    """How a route takes an ``Idempotency-Key``."""

    NO = "no"  # nothing is written, or the answer holds a secret that is kept nowhere
    IN_ONE = "in one"  # the key is claimed in the transaction of the effect
    BY_ITSELF = "by itself"  # doing it again does no harm


@dataclass(frozen=True, slots=True)
class Call:
    """One request on its way to its handler.

    Attributes:
        here: who asks; None where anybody may.
        path: the variable parts of the path, unquoted.
        query, body: as the row's types.
        version: of ``If-Match``; None: whatever it is now.
        key: of ``Idempotency-Key``, "" without.
        open_desk: begins a unit of work; the key is claimed in the first one.
    """

    parts: Parts
    request: web.Request
    now: datetime
    open_desk: OpenDesk
    here: Here | None = None
    path: Mapping[str, str] = field(default_factory=dict)
    query: Any = None
    body: Any = None
    version: int | None = None
    key: str = ""

    @property
    def staff(self) -> Staff:
        """Who asks, where somebody must be in."""
        if self.here is None:
            raise LookupError("here")  # noqa: EM101 - a row without its entry
        return self.here.staff


@dataclass(frozen=True, slots=True)
class Answer:
    """What a handler gives.

    Attributes:
        body: None: nothing (204).
        version: for ``ETag``.
        headers: besides.
        cookies: sets them; called with the response.
    """

    body: BaseModel | None = None
    version: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    cookies: Callable[[web.Response], None] | None = None


Handle = Callable[[Call], Awaitable[Answer | web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One row.

    Attributes:
        path: below ``/api/v1``, ``{name}`` for variable parts.
        needs: the right asked of who calls, over the ticket where there is one.
        gives: type of the answer's body; None: none, 204.
        asks: type of the body; query: type of the parameters.
        status: of success.
        versioned: ``If-Match`` is demanded.
        keyed: what an ``Idempotency-Key`` does.
        again: answers a request whose effect is on disk but whose answer was not kept.
        media: type of the answer where it is not JSON.
        takes_files: the body is a form with files, read by the handler.
    """

    method: str
    path: str
    needs: Right | Entry
    handle: Handle
    summary: str
    gives: type[BaseModel] | None = None
    asks: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    status: int = 200
    versioned: bool = False
    keyed: Keyed = Keyed.NO
    again: Handle | None = None
    media: str = ""
    takes_files: bool = False

    @property
    def writes(self) -> bool:
        """Whether it changes anything."""
        return self.method not in ("GET", "HEAD")
