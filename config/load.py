"""Reads the configuration: TOML file below environment, checked whole (design.md §7).

The only place that looks at the environment.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar, get_origin
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from config.between import faults_between
from config.calendar_files import CalendarFileError
from config.calendars import load_calendar
from config.checks import require
from config.office_presets import below
from config.problems import ConfigurationError, FromEnvironment, describe, secret_keys, unknown
from config.promises import PromisesFileError, load_promises
from config.schedules import faults_of_telling
from config.section import ChannelSettings, Section
from config.settings import CHANNEL_KINDS, OfficeSettings, Settings
from core.model.texts import PLACEHOLDERS, check_text

PREFIX = "HELPDESK_"
FILE_VARIABLE = "HELPDESK_CONFIG"
USUAL_FILE = Path("helpdesk.toml")
LONGEST_SECRET = 65_536
_CHANNEL_ID = re.compile(r"[a-z0-9-]{1,32}")

Tables = dict[str, Any]
AnySection = TypeVar("AnySection", bound=Section)


def load(path: Path | None = None, environ: Mapping[str, str] | None = None) -> Settings:
    """The settings of this process.

    Args:
        path: the file; None: the one that HELPDESK_CONFIG names, else ``helpdesk.toml`` in the
            working folder if there is one, else no file.
        environ: the environment; None: this process's own.

    Raises:
        ConfigurationError: with every fault at once.
    """
    environ = os.environ if environ is None else environ
    problems: list[str] = []
    tables = _from_file(config_file(path, environ), problems)
    _from_environment(tables, environ, problems)
    return read(tables, problems)


def config_file(path: Path | None, environ: Mapping[str, str] | None = None) -> Path | None:
    """The file that :func:`load` would read; None when there is none to read."""
    environ = os.environ if environ is None else environ
    if path is not None:
        return path
    if environ.get(FILE_VARIABLE):
        return Path(environ[FILE_VARIABLE])
    return USUAL_FILE if USUAL_FILE.exists() else None


def read(tables: Mapping[str, Any], earlier: list[str] | None = None) -> Settings:
    """The settings that these tables mean.

    Args:
        tables: section → key → value, as TOML gives them.
        earlier: faults found before, told together with those found here.

    Raises:
        ConfigurationError: with every fault at once.
    """
    problems = list(earlier or ())
    fields, tables = Settings.model_fields, below(tables)
    problems += [unknown(name, fields) for name in tables if name not in fields]
    made: dict[str, Any] = {}
    for name, field in fields.items():
        table = tables.get(name, {})
        if not isinstance(table, Mapping):
            problems.append(f"{name} is a single value; expected a table [{name}].")
        elif name == "channels":
            made[name] = _channels(table, problems)
        elif name == "texts":
            made[name] = _texts(table, problems)
        elif isinstance(field.annotation, type):
            made[name] = _section(name, field.annotation, table, problems)
    if made.get("office") is not None:
        _check_calendar(made["office"], problems)
    _check_watch(made, tables, problems)
    if problems:
        raise ConfigurationError(problems)
    return Settings(**made)


def _check_calendar(office: OfficeSettings, problems: list[str]) -> None:
    try:
        load_calendar(office.calendar, ZoneInfo(office.timezone))
    except CalendarFileError as error:
        problems.append(f"office.calendar is {office.calendar!r}; {error}.")


def _check_watch(made: Mapping[str, Any], tables: Mapping[str, Any], problems: list[str]) -> None:
    watch, duty, channels = made.get("watch"), made.get("duty"), tables.get("channels", {})
    if watch is None:
        return
    try:
        load_promises(watch.promises)
    except PromisesFileError as error:
        problems.append(f"watch.promises: {error}.")
    if duty is not None and isinstance(channels, Mapping):
        problems += faults_of_telling(watch, duty, channels)


def _from_file(path: Path | None, problems: list[str]) -> Tables:
    if path is None:
        return {}
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8"))
    except OSError as error:
        problems.append(f"{path} cannot be read: {error.strerror}.")
    except UnicodeDecodeError:
        problems.append(f"{path} is not UTF-8 text.")
    except tomllib.TOMLDecodeError as error:
        problems.append(f"{path} is not TOML: {error}.")
    return {}


def _from_environment(tables: Tables, environ: Mapping[str, str], problems: list[str]) -> None:
    """Lays ``HELPDESK_<SECTION>__<KEY>`` over the file.

    Names without a double underscore are left alone: Kubernetes sets HELPDESK_PORT and others by
    itself for a service named "helpdesk".
    """
    for variable in sorted(environ):
        path = variable.removeprefix(PREFIX).lower().split("__")
        if not variable.startswith(PREFIX) or len(path) == 1:
            continue
        if path[0] == "channels":
            # A variable's name cannot hold the hyphen of a channel id.
            path[1] = path[1].replace("_", "-")
        known = len(path) in ((3, 4) if path[0] == "channels" else (2,)) and all(path)
        value = FromEnvironment.of(environ[variable], variable)
        if not known or not _lay_over(tables, path, value):
            problems.append(
                f"{variable} names no setting; expected {PREFIX}<SECTION>__<KEY> or "
                f"{PREFIX}CHANNELS__<ID>__<KEY>, or {PREFIX}CHANNELS__<ID>__<TABLE>__<KEY>."
            )


def _lay_over(tables: Tables, path: list[str], value: FromEnvironment) -> bool:
    """False when it would land inside a single value that nobody else finds wrong."""
    *sections, key = path
    table: Any = tables
    for depth, name in enumerate(sections):
        table = table.setdefault(name, {})
        if not isinstance(table, dict):
            # read() tells of a value where a section or a channel belongs
            return depth < 2  # noqa: PLR2004 - below it stand a channel's own keys
    # A secret from the environment replaces both forms that the file may hold.
    other = key.removesuffix("_file") if key.endswith("_file") else f"{key}_file"
    if not isinstance(table.get(other), FromEnvironment):
        table.pop(other, None)
    table[key] = value
    return True


def _section(
    path: str, section: type[AnySection], table: Mapping[str, Any], problems: list[str]
) -> AnySection | None:
    values = {key: _listed(section, key, value) for key, value in table.items()}
    unread = _secrets_from_files(path, section, values, problems)
    below = _tables_below(path, section, values, problems)
    # A stand-in keeps a table whose faults are told from being told as missing.
    made = {key: one or section.tables()[key].model_construct() for key, one in below.items()}
    try:
        return section.model_validate(values | unread | made)
    except ValidationError as error:
        told = {key for key, one in below.items() if one is None}
        problems += describe(path, section, values, error, told)
    return None


def _tables_below(
    path: str, section: type[Section], values: Tables, problems: list[str]
) -> dict[str, Section | None]:
    """The tables inside this one; None for those with faults, which are told here."""
    made: dict[str, Section | None] = {}
    for key, kind in section.tables().items():
        if key not in values:
            continue
        if isinstance(values[key], Mapping):
            made[key] = _section(f"{path}.{key}", kind, values[key], problems)
        else:
            problems.append(f"{path}.{key} is a single value; expected a table [{path}.{key}].")
            made[key] = None
    return made


def _listed(section: type[Section], key: str, value: object) -> object:
    """A list written in one environment variable: separated by commas."""
    field = section.model_fields.get(key)
    if not isinstance(value, FromEnvironment) or field is None:
        return value
    if get_origin(field.annotation) is not tuple:
        return value
    return [part.strip() for part in value.split(",") if part.strip()]


def _secrets_from_files(
    path: str, section: type[Section], values: Tables, problems: list[str]
) -> Tables:
    """Replaces ``<key>_file`` by the secret in it; returns stand-ins for those not to be had.

    The stand-in keeps one fault from being told a second time as a missing value.
    """
    unread: Tables = {}
    for key in sorted(secret_keys(section)):
        place = values.pop(f"{key}_file", None)
        if place is None:
            continue
        if key in values:
            problems.append(f"{path}.{key} and {path}.{key}_file are both given; expected one.")
            continue
        try:
            values[key] = _secret_in(Path(place))
        except (OSError, ValueError, TypeError) as error:
            reason = error.strerror if isinstance(error, OSError) else str(error)
            problems.append(
                f"{path}.{key}_file is {str(place)!r}, which cannot be used ({reason}); "
                "expected the path of a file that holds the secret."
            )
            unread[key] = _default_or_stand_in(section, key)
    return unread


def _default_or_stand_in(section: type[Section], key: str) -> object:
    field = section.model_fields[key]
    return "unread" if field.is_required() else field.default


def _secret_in(path: Path) -> str:
    with path.open("rb") as file:
        content = file.read(LONGEST_SECRET + 1)
    require(len(content) <= LONGEST_SECRET, "too large")
    text = content.decode("utf-8", "replace").rstrip("\r\n")
    # The error of a strict decoder would show bytes of the secret.
    require("\ufffd" not in text, "not UTF-8 text")
    return text


def _channels(table: Mapping[str, Any], problems: list[str]) -> dict[str, ChannelSettings]:
    kinds = ", ".join(sorted(CHANNEL_KINDS))
    made: dict[str, ChannelSettings] = {}
    for name, values in table.items():
        path = f"channels.{name}"
        if not _CHANNEL_ID.fullmatch(name):
            problems.append(
                f"{path} cannot be a channel; expected a name of a-z, 0-9 and -, at most 32."
            )
            continue
        if not isinstance(values, Mapping):
            problems.append(f"{path} is a single value; expected a table [{path}].")
            continue
        kind = values.get("kind")
        section = CHANNEL_KINDS.get(kind) if isinstance(kind, str) else None
        if section is None:
            said = "missing" if kind is None else repr(str(kind)[:40])
            problems.append(f"{path}.kind is {said}; expected one of: {kinds}.")
            continue
        channel = _section(path, section, values, problems)
        if channel is not None:
            made[name] = channel
    problems += faults_between(made, table)
    return made


def _texts(table: Mapping[str, Any], problems: list[str]) -> dict[str, str]:
    for key, text in table.items():
        if not isinstance(text, str):
            problems.append(f"texts.{key} is not text; expected text in quotes.")
        elif key not in PLACEHOLDERS:
            problems.append(unknown(f"texts.{key}", PLACEHOLDERS))
        else:
            problems += [f"texts.{key}: {fault}" for fault in check_text(key, text)]
    return {key: str(text) for key, text in table.items()}
