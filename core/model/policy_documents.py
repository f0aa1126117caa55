"""The policy of promises as the office keeps it: a document, of which every version stays.

Earlier versions tell what running tickets were promised, and who changed it since.
"""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Final

from core.model.faults import DocumentError, fault
from core.model.sla_document import read_policy
from core.model.value import value

if TYPE_CHECKING:
    from datetime import datetime

    from core.model.sla import SlaPolicy

SUBJECT: Final = "sla_policy"
"""Subject of its events in the history of the house."""

LONGEST_DOCUMENT: Final = 100_000
"""Characters; a policy with a hundred overrides takes a third of it."""


@value
class PolicyDocument:
    """One version, as TOML that was checked before it was kept.

    Attributes:
        version: 1 for the seed; grows with every change.
        valid_from: from when on new promises are made by it, aware UTC.
        changed_by: ``staff:7`` or ``system``.
    """

    version: int
    document: str
    valid_from: datetime
    changed_by: str


def parse_policy(text: str) -> SlaPolicy:
    """The policy that a document says.

    Raises:
        ValueError: all mistakes at once, one a line, each with its place: the key, or for what is
            no TOML the line.
    """
    try:
        return read_policy(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise DocumentError(fault("it is not TOML: %(why)s", why=error)) from None
    except RecursionError:
        raise DocumentError(fault("it is not TOML: nested too deeply")) from None
