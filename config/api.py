"""The section ``[api]``: the REST API for programs and pages."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator

from config import checks
from config.section import Count, Seconds, Section


class ApiSettings(Section):
    """The REST API below /api (docs/api.md)."""

    enabled: bool = True
    """Whether it is there at all. Without it nobody can work on tickets."""

    requests_per_minute: Count = 6_000
    """Requests of one token or session within a minute; above it the answer is 429. A hundred in
    a second leave a program that copies everything its time, and one that runs wild none of
    the others'."""

    logins_per_address: Count = 60
    """Attempts to log in from one address within ten minutes. Many, because a whole office may
    share one address; each account has its own, much narrower limit."""

    proxies: tuple[Annotated[str, AfterValidator(checks.network)], ...] = (
        "127.0.0.1/32",
        "::1/128",
    )
    """Proxies whose X-Forwarded-For is believed, for the limit per address. This machine, where
    the proxy with TLS usually runs."""

    heartbeat_seconds: Seconds = 15.0
    """Seconds of silence after which an event stream shows that it lives; proxies close
    connections that say nothing for a minute."""

    streams: Count = 200
    """Event streams open at the same time in one process; above it the answer is 503."""
