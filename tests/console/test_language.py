"""Words of the pages: the code speaks Indonesian, catalogues hold the rest."""

from __future__ import annotations

import pytest

from console.language import LANGUAGES, catalogue, language_of, parts_of, words_in
from console.pages import environment
from console.wording import kept_words
from core.model.sentences import said
from scripts import translations


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_nothing_waits_for_a_translation(language: str) -> None:
    assert translations.untranslated(language) == []


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_the_catalogue_is_that_of_the_code(language: str) -> None:
    """Else: run ``python scripts/translations.py``."""
    path = translations.LOCALE / f"{language}.po"
    assert path.read_bytes() == translations.written(language)


def test_placeholders_survive_translation() -> None:
    for language in LANGUAGES[1:]:
        for one in translations.current(language):
            assert not list(one.check()), one.id


def test_the_language_of_the_code_needs_no_catalogue() -> None:
    assert words_in("id")("Ditelaah") == "Ditelaah"
    assert words_in("xx")("Ditelaah") == "Ditelaah"
    assert catalogue("../../etc/passwd").gettext("Ditelaah") == "Ditelaah"


def test_templates_speak_the_language_of_the_visit() -> None:
    template = "{{ _('Ditelaah') }} {{ _('<b>%(who)s</b>', who='<i>') }}"
    assert environment("id").from_string(template).render() == "Ditelaah <b>&lt;i&gt;</b>"
    assert environment("en").from_string(template).render().startswith("Under review ")


@pytest.mark.parametrize(
    ("asked", "accepted", "language"),
    [
        ("en", "id", "en"),
        ("", "en-GB,en;q=0.8,id;q=0.7", "en"),
        ("", "ID-id", "id"),
        ("", "fr, de;q=0.3", "id"),
        ("fr", "", "id"),
        ("", "x" * 10_000, "id"),
    ],
)
def test_the_language_of_a_visit(asked: str, accepted: str, language: str) -> None:
    assert language_of(asked, accepted) == language


def places(words: str) -> list[str]:
    return sorted(name for _, name, _, _ in parts_of(words) if name)


def test_both_languages_name_the_same_places() -> None:
    for language in LANGUAGES[1:]:
        for one in translations.current(language):
            if isinstance(one.id, str) and one.id:
                assert places(one.id) == places(str(one.string)), one.id


@pytest.mark.parametrize(
    ("kept", "english"),
    [
        ("diteruskan ke Bidang Air", "passed to Bidang Air"),
        ("Twilio gagal mengirim (kode 30008).", "Twilio failed to send (code 30008)."),
        ("Dinas PU", "Dinas PU"),
        ("diteruskan ke ", "diteruskan ke "),
        ("diteruskan ke " + "x" * 600, "diteruskan ke " + "x" * 600),
    ],
)
def test_a_stored_sentence_is_known_again(kept: str, english: str) -> None:
    assert words_in("en")(kept) == english
    assert words_in("id")(kept) == kept


@pytest.mark.parametrize(
    ("kept", "english"),
    [
        ("menunggu pelapor: foto rusak", "waiting for the reporter: foto rusak"),
        (
            "Alamat surel penerima ditolak. (5.1.1)",
            "The recipient's mail address was refused. (5.1.1)",
        ),
        ("bocor: dinding (lantai 2)", "bocor: dinding (lantai 2)"),
    ],
)
def test_what_follows_a_stored_sentence_stays_as_it_is(kept: str, english: str) -> None:
    assert kept_words(kept, words_in("en")) == english
    assert kept_words(kept, words_in("id")) == kept


def test_what_was_typed_into_a_sentence_is_escaped_on_a_page() -> None:
    sentence = said("Akun {name} sudah tidak aktif, pilih petugas lain.", name="<i>50%s</i>")
    for language, shown in (("id", "Akun &lt;i&gt;50%s"), ("en", "The account of &lt;i&gt;50%s")):
        page = environment(language).from_string("{{ _(it) }}").render(it=sentence)
        assert page.startswith(shown)
        assert "<i>" not in page
