"""What an office may write in a text, and what it is told when it may not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.text_defaults import DEFAULTS
from core.model.text_template import SMS
from core.model.texts import PLACEHOLDERS, TextForm, TextSet, check_text, render


@pytest.mark.parametrize("key", sorted(DEFAULTS))
def test_every_default_passes(key: str) -> None:
    assert check_text(key, DEFAULTS[key]) == []


def test_placeholders_are_those_of_the_text() -> None:
    assert PLACEHOLDERS["ack_sms"] == {"tiket", "jawab", "selesai", "zona"}
    assert {"sapaan", "ringkasan", "unit", "tiket"} < PLACEHOLDERS["ack"]
    assert PLACEHOLDERS["reopened"] == PLACEHOLDERS["reopened_sms"]
    assert PLACEHOLDERS["help_sms"] == frozenset()
    assert len(PLACEHOLDERS) == 2 * len({key.removesuffix(SMS) for key in DEFAULTS})


@pytest.mark.parametrize(
    ("key", "text", "said"),
    [
        ("ack_sms", "Nomor {tiket}", []),
        ("ack_sms", "Nomor {tiket}, unit {unit}", ["unknown placeholder {unit}", "{jawab}, {sel"]),
        ("ack_sms", "Nomor {Tiket}", ["unknown placeholder {Tiket}", "{tiket} is missing"]),
        ("ack_sms", "Nomor { tiket }", ["unknown placeholder { tiket }", "{tiket} is missing"]),
        ("ack_sms", "Nomor {tiket} {", ["a brace without its partner"]),
        ("ack_sms", "Nomor {{tiket}}", ["a brace without its partner"]),
        ("ack_sms", "Nomor {}", ["unknown placeholder {}", "{tiket} is missing"]),
        ("ack_sms", "Nomor {tiket.x}", ["unknown placeholder {tiket.x}", "{tiket} is missing"]),
        ("ack_sms", "Laporan diterima", ["{tiket} is missing"]),
        ("ack", "Laporan diterima", ["{tiket} is missing"]),
        ("out_of_hours", "Kami tutup", ["{tiket} is missing"]),
        ("out_of_hours_sms", "Kami tutup", ["{tiket} is missing"]),
        ("life_danger_sms", "Hubungi 112", ["{tiket} is missing"]),
        ("status_sms", "Tiket {tiket}: {status}", ["{alasan} is missing"]),
        ("status", "Tiket {tiket}: {status}", ["{alasan} is missing"]),
        ("closed_sms", "Sudah ditutup", []),
        ("help_sms", "Ketik {tiket}", ["expected none"]),
        ("closed_sms", "Mungkin besok", ["guess word 'Mungkin'"]),
        ("closed", "Kira-kira besok, sepertinya, KAYAKNYA",
         ["'Kira-kira'", "'sepertinya'", "'KAYAKNYA'"]),
        ("closed", "barangkali besok", ["guess word 'barangkali'"]),
        ("closed", "kira kira besok", ["guess word 'kira kira'"]),
        ("closed", "Perkiraan dan kemungkinan", []),
        ("closed_sms", "“Ditutup” – 😀", ["'“”–😀'", "SMS alphabet"]),
        ("closed", "“Ditutup” – 😀", []),
        ("closed_sms", "x" * 160, []),
        ("closed_sms", "x" * 161, ["161 septets"]),
        ("closed_sms", "€" * 81, ["162 septets"]),
        ("closed_sms", "x" * 146 + "{tiket}", []),
        ("closed_sms", "x" * 147 + "{tiket}", ["161 septets with the longest usual values"]),
        ("status_sms", "x" * 128 + "{alasan}", []),
        ("status_sms", "x" * 129 + "{alasan}", ["161 septets"]),
        ("closed", "", ["0 characters"]),
        ("closed_sms", " \n ", ["3 characters", "not only spaces"]),
        ("closed", "x" * 3001, ["3001 characters"]),
        ("closed_sms", "a. " * 999, ["2997 septets"]),
        ("closed", "a\x00b", ["invisible"]),
        ("closed", "a\u202eb", ["invisible"]),
        ("closed", "a\nb", []),
        ("close", "x", ["unknown text", "closed_sms"]),
    ],
    ids=lambda value: repr(value)[:30] if isinstance(value, str) else "",
)  # fmt: skip
def test_faults(key: str, text: str, said: list[str]) -> None:
    faults = check_text(key, text)
    assert bool(faults) is bool(said)
    for words in said:
        assert any(words in fault for fault in faults), faults


def test_each_fault_is_told_once() -> None:
    faults = check_text("ack_sms", "mungkin mungkin {x} {x} “ “ { {")
    assert len(faults) == len(set(faults)) == 5


def test_all_problems_at_once() -> None:
    overrides = {
        "ack_sms": "tanpa nomor",
        "help": "mungkin {x}",
        "halp": "x",
        "closed": "Ditutup.",
    }
    with pytest.raises(ValueError, match="ack_sms") as caught:
        TextSet.of(overrides, "x" * 501)
    lines = str(caught.value).splitlines()
    assert [line.partition(":")[0] for line in lines] == [
        "ack_sms", "help", "help", "halp", "signature",
    ]  # fmt: skip
    assert all("expected" in line for line in lines)


@pytest.mark.parametrize("signature", ["a\x00b", "a\u202eb", "a\tb", "a\rb"])
def test_a_signature_has_nothing_invisible(signature: str) -> None:
    with pytest.raises(ValueError, match="signature"):
        TextSet.of({}, signature)


def test_braces_in_a_signature_are_plain() -> None:
    signed = TextSet.of({"empty": "Isi?"}, " Bidang {tiket}\n")
    assert render(signed, "empty", TextForm.EMAIL, {}) == "Isi?\n\n-- \nBidang {tiket}"


@given(
    st.sampled_from(sorted(PLACEHOLDERS)),
    st.text(alphabet="{}a. mungkin_tiket\n!?“", max_size=120),
)
def test_what_passes_can_be_rendered(key: str, text: str) -> None:
    if check_text(key, text):
        with pytest.raises(ValueError, match=key):
            TextSet.of({key: text})
        return
    form = TextForm.SMS if key.endswith("_sms") else TextForm.CHAT
    values = dict.fromkeys(PLACEHOLDERS[key], "nilai")
    assert render(TextSet.of({key: text}), key.removesuffix("_sms"), form, values) == (
        text.replace("{tiket}", "nilai")
    )
