"""What is wrong with a document of the office, in the words of a page (core/model/faults.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from console.language import N_
from core.model.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from core.model.work import Refusal

    Say = Callable[[str], str]

LINE: Final = N_("Baris %(line)s: %(words)s")

WORDS: Final[Mapping[str, str]] = {
    # --- any document
    "%(document)s is not valid TOML: %(why)s": N_(
        "tulisannya tidak terbaca sebagai TOML; periksa tanda kutip, kurung, dan tanda sama dengan"
    ),
    "%(document)s cannot be read: %(why)s": N_("%(document)s tidak dapat dibaca"),
    "it is not TOML: %(why)s": N_(
        "tulisannya tidak terbaca sebagai TOML; periksa tanda kutip, kurung, dan tanda sama dengan"
    ),
    "it is not TOML: nested too deeply": N_("kurungnya bertingkat terlalu dalam"),
    "%(key)s is unknown; known are %(names)s": N_(
        "kata kunci %(key)s tidak dikenal; yang dikenal: %(names)s"
    ),
    "%(key)s must be true or false": N_("%(key)s diisi true atau false"),
    "%(key)s must be a text that is not empty": N_("%(key)s wajib diisi teks"),
    "%(key)s must be a list of tables": N_("%(key)s harus berupa daftar tabel"),
    "%(key)s must be a whole number": N_("%(key)s diisi angka bulat"),
    # --- calendars
    "%(found)r is neither a preset (%(names)s) nor a file": N_(
        "kalender itu tidak ada; yang tersedia: %(names)s"
    ),
    "%(document)s is no preset": N_("%(document)s bukan kalender bawaan"),
    "%(key)s must be one of %(names)s, not %(found)r": N_(
        "%(key)s diisi salah satu dari: %(names)s"
    ),
    "%(key)s must be a zone like Asia/Jakarta, not %(found)r": N_(
        "%(key)s diisi zona waktu, misalnya Asia/Jakarta"
    ),
    '%(key)s must be a list like ["holidays-2026", "libur-2027.toml"]': N_(
        '%(key)s diisi daftar, misalnya ["holidays-2026"]'
    ),
    "%(key)s names %(name)s, which does not come with the program": N_(
        "%(key)s menyebut %(name)s, yang tidak ada di bawaan program"
    ),
    "%(key)s names %(name)s, a draft: check it against the decree and set reviewed = true": N_(
        "%(key)s menyebut %(name)s, yang masih konsep; cocokkan dahulu dengan keputusannya"
    ),
    "%(document)s is a draft: check it against the decree and set reviewed = true": N_(
        "%(document)s masih konsep; cocokkan dahulu dengan keputusannya, lalu tulis "
        "reviewed = true"
    ),
    "weeks: %(why)s": N_("jam kerja: %(why)s"),
    "%(key)s does not hold: %(why)s": N_("kalender ini belum dapat dipakai: %(why)s"),
    "%(key)s is no weekday; expected %(names)s": N_(
        "%(key)s bukan nama hari; yang dikenal: %(names)s"
    ),
    '%(key)s must be a list like ["08.00-12.00", "13.00-17.00"], not %(found)r': N_(
        '%(key)s diisi daftar jam, misalnya ["08.00-12.00", "13.00-17.00"]'
    ),
    "%(key)s must be a list like [{ from = 2026-02-19 }]": N_(
        "%(key)s diisi masa berlaku, misalnya [{ from = 2026-02-19 }]"
    ),
    "%(key)s has periods of from, until or both": N_(
        "%(key)s hanya memuat from, until, atau keduanya"
    ),
    "%(key)s needs dates like 2026-02-19, not %(found)r": N_(
        "%(key)s diisi tanggal seperti 2026-02-19"
    ),
    "a week needs the windows of seven days": N_("jam kerja harus memuat tujuh hari"),
    "a week that ends (%(last)s) before it begins (%(first)s)": N_(
        "masa berlakunya berakhir (%(last)s) sebelum dimulai (%(first)s)"
    ),
    "%(day)s: %(hours)s must open before it closes, by 24.00": N_(
        "%(day)s: %(hours)s harus buka sebelum tutup, paling lambat pukul 24.00"
    ),
    "%(day)s: %(hours)s and %(others)s overlap or are not in order": N_(
        "%(day)s: %(hours)s dan %(others)s bertumpuk atau tidak berurutan"
    ),
    "needs exactly one week without dates beneath the dated ones, has %(count)s": N_(
        "harus ada tepat satu jam kerja tanpa masa berlaku; sekarang ada %(count)s"
    ),
    "two weeks with an end date both cover %(day)s": N_(
        "dua jam khusus sama-sama berlaku pada %(day)s"
    ),
    "two weeks without an end begin on the same day": N_(
        "dua jam kerja tanpa akhir mulai pada hari yang sama"
    ),
    "%(day)s is not a date between %(first)s and %(last)s": N_(
        "tanggal %(day)s di luar tahun %(first)s sampai %(last)s"
    ),
    "never opens in the %(count)s days up to %(day)s": N_(
        "tidak pernah buka selama %(count)s hari sampai %(day)s"
    ),
    "%(document)s: %(day)s is listed already, as %(name)s": N_(
        "%(day)s sudah tercantum sebagai %(name)s"
    ),
    "%(document)s: %(day)s is not listed": N_("%(day)s tidak tercantum di kalender ini"),
    "%(document)s: %(day)s stands where only its writer can take it out": N_(
        "%(day)s ditulis dengan cara lain; hapus lewat dokumennya"
    ),
    "%(document)s: no hours from %(first)s until %(last)s that could be taken out": N_(
        "tidak ada jam khusus dari %(first)s sampai %(last)s yang dapat dihapus di sini"
    ),
    "%(document)s is written so that only its writer can change it": N_(
        "kalender ini ditulis dengan cara lain; ubah lewat dokumennya"
    ),
    # --- lists of holidays
    "days: %(why)s": N_("hari libur: %(why)s"),
    "date %(day)s is listed twice": N_("tanggal %(day)s tertulis dua kali"),
    "date %(day)s does not lie in %(year)s": N_("tanggal %(day)s bukan di tahun %(year)s"),
    "date must be a date like 2026-08-17, not %(found)r": N_("tanggal tidak terbaca: %(found)s"),
    "type of %(day)s must be one of %(names)s, not %(found)r": N_(
        "jenis hari pada %(day)s tidak dikenal"
    ),
    "name of %(day)s is missing": N_("nama hari pada %(day)s belum ada"),
    "name of %(day)s says %(found)s, an estimate cannot be in force": N_(
        "tanggal %(day)s masih perkiraan"
    ),
    "%(key)s is unknown; a day has date, type and name": N_("kata kunci %(key)s tidak dikenal"),
    "no date like 2028-08-17 or 17 Agustus 2028": N_(
        "tidak ada tanggal, misalnya 2028-08-17 atau 17 Agustus 2028"
    ),
    "no name of the day": N_("tidak ada nama hari"),
    # --- promises
    "%(key)s: expected one of %(names)s": N_("%(key)s: pilih dari %(names)s"),
    "%(key)s: expected a list of tables, [[override]]": N_(
        "%(key)s: tulis sebagai daftar tabel, [[override]]"
    ),
    "%(key)s: expected each category, unit and channel together only once": N_(
        "%(key)s: kategori, unit, dan kanal yang sama hanya boleh sekali"
    ),
    "%(key)s: expected a text": N_("%(key)s: tulis teks"),
    "%(key)s: expected at least one of category, unit, channel": N_(
        "%(key)s: sebut kategori, unit, atau kanalnya"
    ),
    "%(key)s: expected a table": N_("%(key)s: tulis sebagai tabel"),
    "%(key)s: expected a list like [{ to = 'leadership', after = '1 working_days' }]": N_(
        "%(key)s: tulis daftar seperti [{ to = 'leadership', after = '1 working_days' }]"
    ),
    "%(key)s: expected a length of at most a year; "
    "%(found)s is not between one unit and a year": N_(
        "%(key)s: %(found)s terlalu pendek atau terlalu panjang; paling lama setahun"
    ),
    "%(key)s: expected a number and one of %(names)s, like '5 working_days'": N_(
        "%(key)s: tulis angka dan satuannya, misalnya '5 working_days'; satuan: %(names)s"
    ),
    "%(key)s: expected a whole number from 0 (no warnings) to 99": N_(
        "%(key)s: tulis angka bulat 0 (tanpa peringatan) sampai 99"
    ),
    "%(key)s: expected the code of a unit": N_("%(key)s: tulis kode unit yang ada"),
}
"""By the sentence as programs read it."""


def told(fault: Fault, say: Say) -> str:
    """A fault with its line, in the words of a visit."""
    words = bare(fault, say)
    return say(LINE) % {"line": fault.line, "words": words} if fault.line else words


def bare(fault: Fault, say: Say) -> str:
    """The same without its line, for a list that names the lines beside."""
    given = {
        name: bare(held, say) if isinstance(held, Fault) else held for name, held in fault.given
    }
    words = say(WORDS.get(fault.words, fault.words))
    return words % given if given else words


def sentence_of(why: Refusal, say: Say) -> str:
    """A refusal as a page tells it: its faults where it has some, else its sentence."""
    if not why.faults:
        return say(why.sentence)
    whole = "; ".join(told(one, say) for one in why.faults)
    return f"{whole[:1].upper()}{whole[1:]}."
