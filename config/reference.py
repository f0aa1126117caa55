"""Writes ``docs/configuration.md`` from the settings themselves.

``python -m config.reference > docs/configuration.md``; a test compares the two.
"""

from __future__ import annotations

import ast
import inspect
import json
import sys
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, cast

from pydantic import SecretStr

from config import settings
from config.problems import secret_keys
from config.section import Section

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pydantic.fields import FieldInfo

INTRODUCTION = """\
# Configuration

<!-- Made by `python -m config.reference`; edit the classes in config/. -->

One TOML file, named by `--config` or `HELPDESK_CONFIG`, else `helpdesk.toml` in the working
folder. `config/example.toml` shows every key with its default. Paths are relative to the working
folder.

Above the file stands the environment: `HELPDESK_<SECTION>__<KEY>`, for a channel
`HELPDESK_CHANNELS__<ID>__<KEY>` (write `_` for the `-` of an id), for a table inside a channel
`HELPDESK_CHANNELS__<ID>__<TABLE>__<KEY>`. Lists are separated by commas.

Every secret may also be given as the path of a file that holds it: `auth_token_file` in place of
`auth_token`. Secrets are never shown in errors and never written to the log.

The whole configuration is checked at the start. All faults are told at once, one line each, and
the exit code is 2. `helpdesk doctor` checks it without starting.
"""

TEXTS = """\
## `[texts]`

Your own wording in place of the built-in one: the text's key and the text, for example
`ack_sms = "…{tiket}…"`. A text with an unknown placeholder, without the ticket number where it
belongs, or too long for one SMS is refused. Empty: the built-in texts.
"""

CHANNELS = """\
## `[channels.<id>]`

One table per channel. The id is a name of a-z, 0-9 and -, at most 32 characters; the webhook is
`/hooks/<id>` below `http.public_url`. `kind` says what the table may hold.
"""


def reference() -> str:
    """The whole page."""
    parts = [INTRODUCTION]
    for name, field in settings.Settings.model_fields.items():
        if name == "texts":
            parts.append(TEXTS)
        elif name == "channels":
            parts.append(CHANNELS)
            for kind, channel in settings.CHANNEL_KINDS.items():
                parts.append("\n".join(_section(f'### `kind = "{kind}"`', channel)))
        else:
            section = cast("type[Section]", field.annotation)
            parts.append("\n".join(_section(f"## `[{name}]`", section)))
    return "\n".join(parts)


def default_of(field: FieldInfo) -> object:
    """A field's default as TOML holds it; None for a required field and for a default of None."""
    default = None if field.is_required() else field.default
    if isinstance(default, SecretStr):
        return default.get_secret_value()
    if isinstance(default, Path):
        return str(default)
    return list(default) if isinstance(default, tuple) else default


def _section(heading: str, section: type[Section]) -> Iterator[str]:
    yield f"{heading}\n"
    yield f"{inspect.getdoc(section)}\n"
    told = explanations(section)
    for key, field in section.model_fields.items():
        state = f"`{json.dumps(default_of(field))}`"
        if default_of(field) is None:
            state = "required" if field.is_required() else "not set"
        table = ", a table" if key in section.tables() else ""
        secret = ", secret" if key in secret_keys(section) else ""
        yield f"- **`{key}`** ({state}{table}{secret}): {told[key]}"
    yield ""
    for key, below in section.tables().items():
        yield from _section(f"#### `[channels.<id>.{key}]`", below)


def explanations(section: type[Section]) -> Mapping[str, str]:
    """The text under each field of a section, on one line; also of those it shares with others."""
    told: dict[str, str] = {}
    for parent in section.__bases__:
        if issubclass(parent, Section) and parent.__module__ != Section.__module__:
            told |= explanations(parent)
    source = cast("ast.ClassDef", ast.parse(inspect.getsource(section)).body[0])
    for above, below in pairwise(source.body):
        match above, below:
            case (
                ast.AnnAssign(target=ast.Name(id=key)),
                ast.Expr(value=ast.Constant(value=str(text))),
            ):
                told[key] = " ".join(text.split())
            case _:
                continue
    return told


if __name__ == "__main__":
    sys.stdout.write(reference())
