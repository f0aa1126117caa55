"""What is wrong with a configuration, in sentences that name the key (design.md §7)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, get_args

from pydantic import SecretStr, ValidationError

from core.errors import GatewayError

if TYPE_CHECKING:
    from config.section import Section

_USER_INFO = re.compile(r"//[^/@\s]*@")
_LONGEST_SHOWN = 60
_EXPECTED: Mapping[str, str] = {
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "finite_number": "a number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "string_type": "text in quotes",
    "path_type": "a path in quotes",
    "tuple_type": 'a list such as ["one", "two"]',
    "greater_than": "more than {gt}",
    "greater_than_equal": "at least {ge}",
    "less_than_equal": "at most {le}",
    "string_too_long": "at most {max_length} characters",
    "literal_error": "{expected}",
}


class ConfigurationError(GatewayError):
    """The configuration cannot be used; nothing was started.

    ``problems`` are sentences, one per fault, all faults at once; none repeats a secret.
    """

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


class FromEnvironment(str):
    """A value that came from an environment variable, which the sentence then names."""

    __slots__ = ("variable",)

    variable: str

    @classmethod
    def of(cls, value: str, variable: str) -> FromEnvironment:
        """The value, remembering its variable."""
        made = cls(value)
        made.variable = variable
        return made


def secret_keys(section: type[Section]) -> frozenset[str]:
    """Keys whose value is a secret, each of which may also be given as ``<key>_file``."""
    return frozenset(
        key for key, field in section.model_fields.items() if _holds_secret(field.annotation)
    )


def _holds_secret(annotation: object) -> bool:
    return annotation is SecretStr or any(map(_holds_secret, get_args(annotation)))


def unknown(what: str, known: Iterable[str]) -> str:
    """The sentence for a key that does not exist, with the nearest one that does."""
    path, _, key = what.rpartition(".")
    names = sorted(known)
    near = get_close_matches(key, names, n=1, cutoff=0.5)
    place = f"{path}." if path else ""
    hint = f"did you mean {place}{near[0]}?" if near else f"expected one of: {', '.join(names)}."
    return f"{what} is not a known setting; {hint}"


def describe(
    path: str,
    section: type[Section],
    given: Mapping[str, object],
    error: ValidationError,
    told: Collection[str] = (),
) -> list[str]:
    """One sentence per fault that pydantic found in a section, except in keys told of already."""
    known = set(section.model_fields)
    known |= {f"{key}_file" for key in secret_keys(section)}
    faults = [
        fault
        for fault in error.errors(include_url=False, include_input=False)
        if not fault["loc"] or fault["loc"][0] not in told
    ]
    sentences = []
    # Pydantic does not come to rules over several keys while a single one is wrong.
    unseen = section.needs_one_of if all(fault["loc"] for fault in faults) else ()
    if unseen and not any(key in given for key in unseen):
        sentences.append(_whole(path, given, section.none_set()))
    for fault in faults:
        if not fault["loc"]:
            sentences.append(_whole(path, given, str(fault["ctx"]["error"])))
            continue
        key = str(fault["loc"][0])
        if fault["type"] == "extra_forbidden":
            sentences.append(unknown(f"{path}.{key}", known))
        elif fault["type"] == "missing":
            sentences.append(_missing(f"{path}.{key}", section))
        else:
            hidden = key in secret_keys(section) | section.unshown
            shown = "not valid" if hidden else _shown(given.get(key))
            sentences.append(
                f"{_source(path, key, given)} is {shown}; expected {expected(fault)}."
            )
    return sentences


def expected(fault: Mapping[str, Any]) -> str:
    """What should have been there, from pydantic's kind of fault."""
    context = fault.get("ctx", {})
    if fault["type"] == "value_error":
        return str(context["error"])
    template = _EXPECTED.get(fault["type"])
    return template.format(**context) if template else str(fault["msg"])


def _whole(path: str, given: Mapping[str, object], rule: str) -> str:
    """A rule over several keys: its message begins with the key it is about."""
    key, _, wanted = rule.partition(": ")
    shown = _shown(given[key]) if key in given else "not set"
    return f"{_source(path, key, given)} is {shown}; expected {wanted}."


def _missing(path: str, section: type[Section]) -> str:
    key = path.rpartition(".")[2]
    if key in section.tables():
        return f"{path} is missing; expected a table [{path}]."
    if key in secret_keys(section):
        return f"{path} is missing; expected the secret, or {path}_file with the path of its file."
    return f"{path} is missing; expected a value, it has no default."


def _source(path: str, key: str, given: Mapping[str, object]) -> str:
    value = given.get(key)
    return (
        f"{path}.{key} ({value.variable})"
        if isinstance(value, FromEnvironment)
        else f"{path}.{key}"
    )


def _shown(value: object) -> str:
    """The value as the reader may see it: short, on one line, no credentials."""
    if isinstance(value, Mapping):
        return "a table"
    text = _USER_INFO.sub("//***@", repr(str(value) if isinstance(value, str) else value))
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"
