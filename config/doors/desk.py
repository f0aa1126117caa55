"""Entry by officers and by other programs: telephone, counter, letters, suggestion boxes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping  # noqa: TC003 - pydantic looks at class variables
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr

from config import checks
from config.section import ChannelSettings, Text

LEAST = 16
"""Characters of a token."""

NAMELESS = "petugas"
"""Who holds a token that stands there without a name."""


def _lines(value: Any) -> Any:  # noqa: ANN401 - whatever TOML or the environment holds
    """A file, or one value, with a token in each line."""
    if isinstance(value, str):
        return [line.strip() for line in value.splitlines() if line.strip()]
    return value


def _named(value: SecretStr) -> SecretStr:
    name, _, token = value.get_secret_value().rpartition(":")
    expected = f"name:token in each line, the token of {LEAST} characters or more"
    checks.require(len(token.strip()) >= LEAST, expected)
    return SecretStr(f"{name.strip() or NAMELESS}:{token.strip()}")


def _different(value: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
    """Not a rule over the whole section: its fault would repeat what was given."""
    parts = [secret.get_secret_value().rpartition(":") for secret in value]
    names, tokens = {name for name, _, _ in parts}, {token for _, _, token in parts}
    checks.require(
        len(names) == len(tokens) == len(parts) > 0,
        "names and tokens without repeats, at least one",
    )
    return value


class DeskSettings(ChannelSettings):
    """Officers enter what they hear and read, as JSON. The table's name is the webhook."""

    refers_to: ClassVar[Mapping[str, frozenset[str]]] = {
        "reply_via": frozenset(),
        "mail_via": frozenset({"email"}),
    }

    kind: Literal["desk"]
    """Always desk."""

    tokens: Annotated[
        tuple[Annotated[SecretStr, AfterValidator(_named)], ...],
        BeforeValidator(_lines),
        AfterValidator(_different),
    ]
    """One name:token per officer or program; the name is kept with every entry, petugas where none
    is given. In a file: one in each line. No default."""

    reply_via: Text | None = None
    """Id of the SMS channel that tells the number to a reporter who left a phone number. None:
    only the officer tells it."""

    mail_via: Text | None = None
    """Id of the mail channel that does the same for a reporter who left a mail address and no
    phone number. None: only the officer tells it."""

    max_items: Annotated[int, Field(ge=1, le=5_000)] = 500
    """Entries in one request, for a box that is emptied once a week."""

    def named_tokens(self) -> Mapping[str, str]:
        """Token by the name of its holder."""
        pairs = (secret.get_secret_value().rpartition(":") for secret in self.tokens)
        return {name: token for name, _, token in pairs}

    def secrets(self) -> Iterator[str]:
        """Every token, for the log's redaction."""
        yield from self.named_tokens().values()

    def advice(self, hook: str) -> str:
        """What an officer's program needs."""
        return f"Programs of officers send JSON to {hook} with their token."
