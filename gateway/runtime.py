"""What this program must run on, asked before a socket opens (threats.md, "Floor versions")."""

from __future__ import annotations

import sys
from importlib.metadata import version

from aiohttp import http_parser

AIOHTTP = (3, 14, 5)
"""Oldest aiohttp without the advisories of threats.md rows 20 and 21."""


def runtime_faults() -> list[str]:
    """One sentence per thing that is too weak to face the network; empty when all is well."""
    faults = []
    found = version("aiohttp")
    if _numbers(found) < AIOHTTP:
        wanted = ".".join(map(str, AIOHTTP))
        faults.append(f"aiohttp is {found}; expected {wanted} or newer.")
    # Its pure Python parser can be made to read one request as two (row 21).
    if http_parser.HttpRequestParser is http_parser.HttpRequestParserPy:
        faults.append(
            "aiohttp runs without its C parser; unset AIOHTTP_NO_EXTENSIONS, or install a wheel."
        )
    return faults


def runtime_name() -> str:
    """Interpreter and server, with their fix levels, for the log."""
    return f"Python {sys.version.split()[0]}, aiohttp {version('aiohttp')}"


def _numbers(text: str) -> tuple[int, ...]:
    """The leading numbers of a version: 3.14.5rc1 is below 3.14.5, so a suffix counts as less."""
    numbers: list[int] = []
    for part in text.split("."):
        if not part.isdecimal():
            break
        numbers.append(int(part))
    return tuple(numbers)
