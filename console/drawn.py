"""Addresses as QR codes, for paper and for telephones: images within the page, styled by it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from markupsafe import Markup

if TYPE_CHECKING:
    from console.citizen.counter import OfficeFacts


def ticket_code(office: OfficeFacts, number: str) -> Markup:
    """The address of a ticket's page, in the colours of the page."""
    return _drawn(f"{office.address}/t/{number}", svgclass="qr__code", lineclass=None)


def plain_code(address: str) -> Markup:
    """Any address in black on white, to be read from a screen whatever its colours."""
    return _drawn(address, svgclass="qr", dark="#000", light="#fff")


def _drawn(address: str, **style: Any) -> Markup:  # noqa: ANN401 - segno's own
    import segno  # noqa: PLC0415 - 3 MiB that a process needs with its first drawing only

    picture = segno.make(address, error="m", micro=False)
    drawing = picture.svg_inline(border=2, omitsize=True, **style)
    return Markup(drawing)  # noqa: S704 - segno's own SVG of an address of ours
