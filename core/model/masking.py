"""What may not be read in full in lists, logs, notices and exports (requirements §4)."""

from __future__ import annotations

import re

from core.model.messages import Address, AddressKind

_IDENTITY = 16  # digits of NIK and family card
_KEPT = 4
_STARS = "*" * (_IDENTITY - _KEPT)
_BETWEEN = r"[ .\-\u00a0\u2009\u202f\u2010-\u2015\u200b-\u200d\u2060\ufeff]"
_DIGITS = re.compile(rf"\d(?:{_BETWEEN}{{0,3}}+\d){{15,}}+")
_UNBROKEN = re.compile(rf"(?<!\d)\d{{{_IDENTITY - _KEPT}}}(\d{{{_KEPT}}})(?!\d)")
_GROUP = re.compile(r"\d+")
_MONEY = re.compile(r"\d{1,3}(?:\.\d{3})+")
_LONG_CLUSTER = 400  # characters: a wall of digits is searched for unbroken runs only
_SHAPES = frozenset(
    {(4, 4, 4, 4), (6, 6, 4), (2, 2, 2, 6, 4), (6, 2, 2, 2, 4), (2, 2, 2, 2, 2, 2, 4)}
)
_FOREIGN = (
    8  # digits of a group that is a phone number or another identity, not a part of this one
)

_PHONE = re.compile(r"\D+")
_HIDDEN = "****"
_SHORT_PHONE = 6


def mask_identity(text: str) -> str:
    """The text with every separate run of 16 digits masked to its last four.

    Runs written in groups with spaces, points or hyphens count, and so do runs glued to a word.
    Runs of other lengths and amounts of money are left alone.
    """
    return _DIGITS.sub(_mask_cluster, text)


def _mask_cluster(found: re.Match[str]) -> str:
    """Masks within digits that stand together with nothing but separators between them."""
    cluster = found.group()
    if len(cluster) > _LONG_CLUSTER:
        return _UNBROKEN.sub(rf"{_STARS}\1", cluster)
    groups = [(group.start(), group.end()) for group in _GROUP.finditer(cluster)]
    spans = [span for span in groups if span[1] - span[0] == _IDENTITY]
    if not spans and not _MONEY.fullmatch(cluster):
        spans = _in_groups(cluster, groups)
    for start, end in reversed(spans):
        last = re.sub(r"\D", "", cluster[start:end])[-_KEPT:]
        cluster = f"{cluster[:start]}{_STARS}{last}{cluster[end:]}"
    return cluster


def _in_groups(cluster: str, groups: list[tuple[int, int]]) -> list[tuple[int, int]]:
    sizes = [end - start for start, end in groups]
    if sum(sizes) == _IDENTITY:
        return [(groups[0][0], groups[-1][1])]
    spans: list[tuple[int, int]] = []
    at = 0
    while at < len(groups):
        count = next((len(s) for s in _SHAPES if tuple(sizes[at : at + len(s)]) == s), 0)
        if count and _apart(cluster, groups, (at, at + count)):
            spans.append((groups[at][0], groups[at + count - 1][1]))
            at += count
        else:
            at += 1
    return spans


def _apart(cluster: str, groups: list[tuple[int, int]], window: tuple[int, int]) -> bool:
    """Whether the neighbours of a window belong to something else, a phone number perhaps."""
    first, end = window
    inner = cluster[groups[first][1] : groups[first + 1][0]]
    for inside, outside in ((first, first - 1), (end - 1, end)):
        if not 0 <= outside < len(groups):
            continue
        left, right = sorted((inside, outside))
        between = cluster[groups[left][1] : groups[right][0]]
        size = groups[outside][1] - groups[outside][0]
        if between == inner and size < _FOREIGN:
            return False
    return True


def mask_phone(value: str) -> str:
    """A phone number as it may be shown: ``0812****1001``; service numbers stay as they are."""
    digits = _PHONE.sub("", value)
    if len(digits) <= _SHORT_PHONE:
        return value
    national = f"0{digits[2:]}" if digits.startswith("62") else digits
    lead = national if value.strip().startswith("0") or national[0] == "0" else f"+{national}"
    return f"{lead[:4]}{_HIDDEN}{digits[-4:]}"


def mask_address(address: Address) -> str:
    """An address as it may be shown: ``0812****1001``, ``si***@dinkop.example``, ``****0001``."""
    if address.kind is AddressKind.SENDER_LABEL:
        return address.value
    if address.kind is AddressKind.EMAIL:
        local, at, domain = address.value.rpartition("@")
        return f"{local[:2]}***{at}{domain}" if at else f"{address.value[:2]}***"
    is_number = _PHONE.sub("", address.value) == address.value.removeprefix("+")
    if address.kind is not AddressKind.TELEGRAM and is_number:
        return mask_phone(address.value)
    return f"{_HIDDEN}{address.value[-4:]}" if len(address.value) > _KEPT else _HIDDEN
