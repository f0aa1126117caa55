"""What the settings of gateways of the office's own share."""

from __future__ import annotations

import re
from ipaddress import ip_network
from math import log2
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr

from config import checks

_ALLOWED = re.compile(r"[A-Za-z0-9._~-]{22,256}")
_LEAST_BITS = 128
_LEAST_DIFFERENT = 4


def url_secret(value: SecretStr) -> SecretStr:
    """A secret that may stand in a URL and that nobody guesses."""
    text = value.get_secret_value()
    checks.require(
        _ALLOWED.fullmatch(text) and bits(text) >= _LEAST_BITS,
        "at least 128 bits, of letters, digits and - . _ ~ only; "
        "make one with: openssl rand -hex 32",
    )
    return value


def bits(text: str) -> float:
    """How much a secret of these characters can hold at best; 0 where few of them differ."""
    if len(set(text)) < _LEAST_DIFFERENT:
        return 0.0
    if re.fullmatch("[0-9]+", text):
        return len(text) * log2(10)
    if re.fullmatch("[0-9a-f]+|[0-9A-F]+", text):
        return len(text) * 4.0
    if re.fullmatch("[0-9a-z]+|[0-9A-Z]+", text):
        return len(text) * log2(36)
    return len(text) * log2(62)


def network(value: str) -> str:
    """An address or network, as in 192.168.1.5 or 192.168.1.0/24."""
    expected = "addresses such as 127.0.0.1 or networks such as 192.168.1.0/24"
    try:
        ip_network(value)
    except ValueError as error:
        raise ValueError(expected) from error
    return value


UrlSecret = Annotated[SecretStr, AfterValidator(url_secret)]
NetworkText = Annotated[str, AfterValidator(network)]
NumberForm = Literal["plus", "international", "national"]
Parts = Annotated[int, Field(ge=1, le=255)]
PerSecond = Annotated[float, Field(gt=0, le=10_000)]
