"""Acts of staff as forms: which are offered, and what they ask.

The rules are those of core/model/act_rules.py; what is offered here is only what has a chance. A
form that the rules refuse comes back with what was typed and the sentence of the refusal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from console.language import N_
from core.model.act_rules import NAMES, RULES, entitled
from core.model.clock import PauseReason
from core.model.ticket import Priority, Status
from core.model.value import value
from core.model.work import Actor

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from core.model.staff import Staff
    from core.model.work import WorkTicket

    Fits = Callable[[WorkTicket], bool]


@value
class Field:
    """One thing that a form asks.

    Attributes:
        kind: ``line``, ``text``, ``moment``, ``number``, ``yes``, or the name of a list of
            choices that the page fills in: ``person``, ``unit``, ``region``, ``reason`` …
        needed: the rules refuse it empty.
        phrases: usual words; the first one stands there already, so that one tap is enough.
    """

    name: str
    words: str
    kind: str = "line"
    needed: bool = False
    hint: str = ""
    phrases: tuple[str, ...] = ()


@value
class Deed:
    """One act as a form.

    Attributes:
        name: as in ``core.model.act_rules.NAMES`` and in addresses.
        words: on its button.
        fits: whether this ticket could take it now.
        first: shown as a button of its own; else among the others.
        tone: ``plain``, ``good`` or ``grave``.
    """

    name: str
    words: str
    fits: Fits
    fields: tuple[Field, ...] = ()
    first: bool = False
    tone: str = "plain"


def _at(*statuses: Status) -> Fits:
    return lambda ticket: ticket.status in statuses


_RUNNING: Final[Fits] = lambda ticket: ticket.status.running  # noqa: E731 - a condition of the table
_ALWAYS: Final[Fits] = lambda _: True  # noqa: E731 - a condition of the table
_WORKED_ON: Final = _at(Status.ASSIGNED, Status.IN_PROGRESS)
_REASON: Final = Field("reason", N_("Alasan"), "text", needed=True)
_MOVABLE: Final = _at(
    *(Status.RECEIVED, Status.UNDER_REVIEW, Status.ASSIGNED, Status.IN_PROGRESS, Status.PENDING)
)


def _under_way(ticket: WorkTicket) -> str:
    return ticket.substep if _WORKED_ON(ticket) else "-"


def _said(*phrases: str) -> tuple[Field, ...]:
    """The note that every step of a technician bears (BW-07), with its usual words."""
    return (Field("note", N_("Catatan"), needed=True, phrases=phrases),)


DEEDS: Final = (
    Deed("review", N_("Telaah"), _at(Status.RECEIVED), (Field("note", N_("Catatan"), "text"),)),
    Deed(
        "assign",
        N_("Tugaskan"),
        _MOVABLE,
        (
            Field("staff_id", N_("Petugas"), "person", needed=True),
            Field("reason", N_("Alasan"), hint=N_("Wajib bila mengganti petugas atau wilayah.")),
            Field("equipment", N_("Perlengkapan yang dibawa")),
            Field("start_at", N_("Mulai dikerjakan"), "moment"),
            Field("over_capacity", N_("Tetap tugaskan walau bebannya penuh"), "yes"),
        ),
        first=True,
    ),
    Deed(
        "dispose",
        N_("Disposisi ke unit"),
        _MOVABLE,
        (
            Field("unit_id", N_("Unit"), "unit", needed=True),
            Field("instruction", N_("Instruksi"), "text", needed=True),
            Field("staff_id", N_("Petugas di sana"), "person"),
            Field("due_at", N_("Paling lambat"), "moment"),
        ),
        first=True,
    ),
    Deed(
        "take-back",
        N_("Tarik dari petugas"),
        lambda ticket: ticket.assignee_id is not None and _RUNNING(ticket),
        (_REASON,),
    ),
    Deed(
        "approve",
        N_("Setujui"),
        lambda ticket: bool(ticket.approval),
        (Field("note", N_("Catatan"), "text"),),
        first=True,
        tone="good",
    ),
    Deed(
        "refuse-approval",
        N_("Jangan setujui"),
        lambda ticket: bool(ticket.approval),
        (_REASON,),
        first=True,
        tone="grave",
    ),
    Deed(
        "start",
        N_("Mulai kerjakan"),
        _at(Status.ASSIGNED),
        _said(N_("Mulai dikerjakan."), N_("Dikerjakan dari jauh."), N_("Mulai memeriksa.")),
        first=True,
        tone="good",
    ),
    Deed(
        "en-route",
        N_("Berangkat"),
        lambda ticket: _under_way(ticket) == "",
        _said(
            N_("Berangkat ke lokasi."),
            N_("Berangkat, membawa perlengkapan."),
            N_("Berangkat, mampir mengambil barang."),
        ),
        first=True,
    ),
    Deed(
        "arrive",
        N_("Tiba"),
        lambda ticket: _under_way(ticket) == "en_route",
        _said(
            N_("Tiba di lokasi."),
            N_("Tiba, bertemu pelapor."),
            N_("Tiba, pelapor tidak di tempat."),
        ),
        first=True,
    ),
    Deed(
        "note-finding",
        N_("Catat temuan"),
        lambda ticket: _under_way(ticket) == "arrived",
        (Field("finding", N_("Temuan"), "text", needed=True),),
        first=True,
    ),
    Deed(
        "depart",
        N_("Selesai kunjungan"),
        lambda ticket: _under_way(ticket) in ("en_route", "arrived"),
        (Field("finding", N_("Temuan"), "text", hint=N_("Wajib bila belum dicatat.")),),
    ),
    Deed(
        "plan-visit",
        N_("Jadwalkan kunjungan"),
        _WORKED_ON,
        (Field("at", N_("Waktu kunjungan"), "moment", needed=True),),
    ),
    Deed(
        "set-progress",
        N_("Catat kemajuan"),
        _at(Status.IN_PROGRESS),
        (
            Field("percent", N_("Persen"), "number", needed=True),
            Field("note", N_("Catatan"), "text"),
            Field("solution", N_("Penyelesaian"), "text", hint=N_("Wajib bila 100 persen.")),
        ),
    ),
    Deed(
        "check-stock",
        N_("Periksa stok"),
        _at(Status.ASSIGNED, Status.IN_PROGRESS, Status.PENDING),
        (
            Field("item", N_("Barang"), needed=True),
            Field("in_stock", N_("Tersedia"), "yesno", needed=True),
            Field("note", N_("Catatan"), "text"),
        ),
    ),
    Deed(
        "use-stock",
        N_("Pakai dari stok"),
        lambda ticket: _MOVABLE(ticket) and any(one.open for one in ticket.stock),
        (
            Field("item", N_("Barang"), hint=N_("Kosong: yang terakhir diperiksa.")),
            Field("quantity", N_("Jumlah"), "number", needed=True),
        ),
    ),
    Deed(
        "pend",
        N_("Tunda"),
        _at(Status.UNDER_REVIEW, Status.ASSIGNED, Status.IN_PROGRESS),
        (
            Field("reason", N_("Sebab"), "pause", needed=True),
            Field("for_whom", N_("Menunggu siapa"), needed=True),
            Field("note", N_("Keterangan untuk pelapor"), "text", needed=True),
            Field("expected_at", N_("Diperkirakan lanjut"), "moment", needed=True),
            Field("item", N_("Barang yang dipesan")),
        ),
        first=True,
    ),
    Deed(
        "resume",
        N_("Lanjutkan"),
        _at(Status.PENDING),
        _said(
            N_("Pekerjaan dilanjutkan."),
            N_("Yang ditunggu sudah datang."),
            N_("Sudah dapat masuk ke lokasi."),
        ),
        first=True,
    ),
    Deed(
        "resolve",
        N_("Selesaikan"),
        _at(Status.IN_PROGRESS, Status.PENDING),
        (
            Field("solution", N_("Penyelesaian, dibaca pelapor"), "text", needed=True),
            Field("cause", N_("Penyebab")),
            Field("obstacles", N_("Kendala")),
            Field("client_note", N_("Pesan untuk pelapor")),
        ),
        first=True,
        tone="good",
    ),
    Deed("close", N_("Tutup"), _at(Status.RESOLVED), (Field("reason", N_("Alasan"), "text"),)),
    Deed("reopen", N_("Buka kembali"), _at(Status.RESOLVED, Status.CLOSED), (_REASON,)),
    Deed(
        "reject",
        N_("Tolak"),
        _at(Status.RECEIVED, Status.UNDER_REVIEW),
        (
            Field("code", N_("Dasar penolakan"), "rejection", needed=True),
            Field("text", N_("Penjelasan untuk pelapor"), "text", needed=True),
            Field("rule", N_("Aturan")),
            Field("advice", N_("Saran untuk pelapor"), "text"),
        ),
        tone="grave",
    ),
    Deed(
        "decide-objection",
        N_("Putuskan keberatan"),
        lambda ticket: ticket.objection_open,
        (Field("accept", N_("Keberatan diterima"), "yes"), _REASON),
        first=True,
    ),
    Deed(
        "cancel",
        N_("Batalkan atas permintaan pelapor"),
        _at(Status.RECEIVED, Status.UNDER_REVIEW, Status.ASSIGNED, Status.PENDING),
        (_REASON,),
        tone="grave",
    ),
    Deed(
        "merge",
        N_("Gabungkan ke tiket lain"),
        _at(Status.RECEIVED),
        (
            Field("into", N_("Nomor tiket tujuan"), needed=True),
            Field("reason", N_("Alasan"), "text"),
        ),
    ),
    Deed(
        "set-priority",
        N_("Ubah prioritas"),
        _RUNNING,
        (Field("priority", N_("Prioritas"), "priority", needed=True), _REASON),
    ),
    Deed(
        "classify",
        N_("Klasifikasi"),
        _RUNNING,
        (
            Field("category", N_("Kategori"), "category"),
            Field("kind", N_("Jenis"), "kind"),
            Field("subject", N_("Perihal")),
            Field("place", N_("Lokasi")),
            Field("region_id", N_("Wilayah"), "region"),
        ),
    ),
    Deed(
        "mark",
        N_("Tandai"),
        _ALWAYS,
        (
            Field("sensitive", N_("Peka: hanya untuk yang berhak"), "yesno"),
            Field("about_staff_id", N_("Petugas yang dikeluhkan"), "person"),
            Field("external_ref", N_("Nomor di instansi lain")),
            Field("affected", N_("Yang terdampak, bila bukan pelapor")),
        ),
    ),
    Deed(
        "set-measure",
        N_("Tindakan internal"),
        _ALWAYS,
        (Field("text", N_("Tindakan (terbatas)"), "text", needed=True),),
    ),
    Deed(
        "ask-supervisor",
        N_("Tanya atasan"),
        _RUNNING,
        (Field("text", N_("Pertanyaan"), "text", needed=True),),
    ),
    Deed(
        "instruct",
        N_("Beri arahan"),
        _ALWAYS,
        (Field("text", N_("Arahan"), "text", needed=True),),
        first=True,
    ),
    Deed(
        "escalate",
        N_("Laporkan ke atasan"),
        _RUNNING,
        (Field("level", N_("Kepada"), "level", needed=True), _REASON),
    ),
)
"""All acts but answers and notes, which the composer takes; in the order of the screen."""

BY_NAME: Final[Mapping[str, Deed]] = {deed.name: deed for deed in DEEDS}
COMPOSED: Final = ("answer", "note")

PRIORITIES: Final = tuple((one.value, one.word) for one in reversed(Priority))
LEVELS: Final = (
    ("1", N_("Kepala satuan pelaksana")),
    ("2", N_("Pimpinan")),
    ("3", N_("Kepala dinas")),
)
PAUSES: Final = tuple((one.value, one.word) for one in PauseReason)
YES_NO: Final = (("1", N_("Ya")), ("0", N_("Tidak")))


def offered(ticket: WorkTicket, staff: Staff) -> list[Deed]:
    """What this person could do with this ticket now."""
    actor = Actor(staff)
    return [
        deed
        for deed in DEEDS
        if deed.fits(ticket) and entitled(actor, RULES[NAMES[deed.name]].right, ticket)
    ]


def may_compose(ticket: WorkTicket, staff: Staff, name: str) -> bool:
    """Whether this person may answer, or note, at this ticket."""
    return entitled(Actor(staff), RULES[NAMES[name]].right, ticket)
