"""The machine-readable parts of delivery reports and their kin, as raw fields (RFC 3464, 6522)."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING

from channels.email.bodies import content_of
from channels.email.headers import split_headers, text_of
from channels.email.mail import Report

if TYPE_CHECKING:
    from collections.abc import Mapping

    from channels.email.structure import Entity

_STATUS = {
    "message/delivery-status": "delivery-status",
    "message/global-delivery-status": "delivery-status",
    "message/disposition-notification": "disposition-notification",
    "message/global-disposition-notification": "disposition-notification",
    "message/feedback-report": "feedback-report",
}
_RETURNED_WORDS = (
    "message/rfc822 text/rfc822-headers message/global message/global-headers "
    "message/rfc822-headers"
)
_RETURNED = frozenset(_RETURNED_WORDS.split())
_EMPTY_LINES = re.compile(rb"\n(?:[ \t]*\r?\n)+")
_MAX_BLOCKS = 200
_MAX_VALUE = 2000


def report_of(top: Entity) -> Report | None:
    """The report in a mail; None for a mail that holds none."""
    leaves = list(top.leaves())
    status = next((leaf for leaf in leaves if leaf.type.kind in _STATUS), None)
    if status is None and top.type.kind != "multipart/report":
        return None
    kind = top.type.text("report-type").lower() if top.type.kind == "multipart/report" else ""
    if not kind and status is not None:
        kind = _STATUS[status.type.kind]
    behind = leaves[leaves.index(status) + 1 :] if status is not None else leaves
    returned = next((leaf for leaf in behind if leaf.type.kind in _RETURNED), None)
    return Report(
        kind=kind,
        blocks=_blocks(content_of(status)) if status is not None else (),
        returned=content_of(returned) if returned is not None else b"",
    )


def _blocks(data: bytes) -> tuple[Mapping[str, str], ...]:
    found = []
    for block in _EMPTY_LINES.split(data.strip(b"\r\n"))[:_MAX_BLOCKS]:
        values: dict[str, str] = {}
        for name, value in split_headers(block, 0, len(block), top=True)[0]:
            text = " ".join(text_of(value).split())[:_MAX_VALUE]
            values[name] = f"{values[name]}\n{text}"[:_MAX_VALUE] if name in values else text
        if values:
            found.append(MappingProxyType(values))
    return tuple(found)
