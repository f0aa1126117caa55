"""Words of the pages: the code speaks Indonesian, catalogues hold the rest."""

from __future__ import annotations

import pytest

from console.language import LANGUAGES, catalogue, language_of, words_in
from console.pages import environment
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
