"""The bodies of acts: made from the acts themselves, so that the two cannot drift apart."""

from __future__ import annotations

import inspect
import re
from dataclasses import MISSING, fields
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Final, get_type_hints

from pydantic import AwareDatetime, BaseModel, Field, StringConstraints, create_model

from core.model.ticket import Priority
from gateway.api.table import Asked

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_TEXT: Final = 20_000
"""Characters of one field; the longest answers are letters of some pages."""

MOST_FILES: Final = 20
"""That one act names; no channel and no office lets more go with one answer."""

_TYPES: Final[Mapping[Any, Any]] = {
    str: Annotated[str, StringConstraints(max_length=LONGEST_TEXT)],
    str | None: Annotated[str, StringConstraints(max_length=LONGEST_TEXT)] | None,
    int: Annotated[int, Field(ge=0, le=2**53)],
    int | None: Annotated[int, Field(ge=0, le=2**53)] | None,
    datetime: AwareDatetime,
    datetime | None: AwareDatetime | None,
    tuple[int, ...]: Annotated[
        list[Annotated[int, Field(ge=0, le=2**53)]], Field(max_length=MOST_FILES)
    ],
    bool: bool,
    bool | None: bool | None,
    Priority: Priority,
}
_NAMES: Final = {"datetime": datetime, "Priority": Priority}


def body_of(act: type[Any]) -> type[BaseModel]:
    """The type of the body of this act, field by field.

    Raises KeyError: a field of a type that is not known here.
    """
    hints = get_type_hints(act, {**vars(inspect.getmodule(act)), **_NAMES})
    defined: dict[str, Any] = {}
    for one in fields(act):
        # What rules call missing is told by them, in their words (422 with the field).
        empty = "" if hints[one.name] is str else ...
        default = one.default if one.default is not MISSING else empty
        defined[one.name] = (_TYPES[hints[one.name]], default)
    told = re.sub(r"``", "", inspect.getdoc(act) or "")
    return create_model(f"{act.__name__}Act", __base__=Asked, __doc__=told, **defined)


def act_from(act: type[Any], body: BaseModel) -> Any:  # noqa: ANN401 - any of the acts
    """The act that a body asks for."""
    given = {one.name: getattr(body, one.name) for one in fields(act)}
    # JSON has lists, acts are values
    return act(
        **{name: tuple(held) if isinstance(held, list) else held for name, held in given.items()}
    )
