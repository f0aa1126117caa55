"""Addresses as QR codes, for paper: images within the page, without styles of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import segno
from markupsafe import Markup

if TYPE_CHECKING:
    from console.citizen.counter import OfficeFacts


def ticket_code(office: OfficeFacts, number: str) -> Markup:
    """The address of a ticket's page, to be opened by a telephone's camera."""
    picture = segno.make(f"{office.address}/t/{number}", error="m", micro=False)
    drawing = picture.svg_inline(border=2, omitsize=True, svgclass="qr__code", lineclass=None)
    return Markup(drawing)  # noqa: S704 - segno's own SVG of our own address
