"""Who works here, and the keys that seal what is restricted."""

from __future__ import annotations

from collections.abc import Iterator  # noqa: TC003 - pydantic looks at return types
from typing import Annotated, Final

from pydantic import AfterValidator, Field, SecretStr

from config import checks
from config.section import Secret, Section
from core.model.staff import Grant, Reach, Right, Role

SHORTEST_KEY: Final = 32
"""Signs of a key: 32 bytes in base64 have 44."""

_GRANT: Final = "role:right:reach, such as operator:close:all"


def _keys(value: SecretStr) -> SecretStr:
    found = value.get_secret_value().split()
    checks.require(
        all(len(key) >= SHORTEST_KEY for key in found) and len(set(found)) == len(found),
        f"keys of {SHORTEST_KEY} characters or more, each once, with a space between them",
    )
    return value


def _grant(value: str) -> str:
    parts = value.strip().split(":")
    checks.require(
        len(parts) == len((Role, Right, Reach))
        and parts[0] in set(Role)
        and parts[1] in set(Right)
        and parts[2] in set(Reach),
        _GRANT,
    )
    return value.strip()


class StaffSettings(Section):
    """What staff may do here besides the table in docs/rights.md."""

    grants: Annotated[
        tuple[Annotated[str, AfterValidator(_grant)], ...], Field(max_length=200)
    ] = ()
    """Rights that this office gives besides the table: role:right:reach, for example
    operator:close:all, so that the desk may close tickets. Reach is own, unit, region or all.
    Nothing can be taken away here. Empty: the table alone."""

    def given(self) -> tuple[Grant, ...]:
        """The grants as values."""
        parts = (grant.split(":") for grant in self.grants)
        return tuple(Grant(Role(role), Right(right), Reach(reach)) for role, right, reach in parts)


class VaultSettings(Section):
    """Keys that seal identity numbers and other restricted fields."""

    data_keys: Annotated[Secret, AfterValidator(_keys)] | None = None
    """Keys, newest first, with a space or a line break between them; each 32 characters or more,
    drawn by lot (openssl rand -base64 32). The newest seals; earlier ones still open, until
    helpdesk reseal has sealed everything anew. Keep them apart from backups: with both, sealed
    values can be read; without the keys nobody ever reads them again. None: a key is made in
    data_dir/data.key, which is fit for trying out."""

    def secrets(self) -> Iterator[str]:
        """Every single key, for the log's redaction."""
        yield from self.keys()

    def keys(self) -> tuple[str, ...]:
        """Newest first; none where none are configured."""
        return tuple(self.data_keys.get_secret_value().split()) if self.data_keys else ()
