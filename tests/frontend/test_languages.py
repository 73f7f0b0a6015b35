"""Each language has every sentence, and the page's parts have none of their own."""

import re

import pytest

from tests.server import ROOT

SOURCES = ROOT / "frontend/src"
LANGUAGES = {
    path.stem: path for path in (SOURCES / "language").glob("*.ts") if path.stem not in ("format", "locale", "en")
}
KEY = re.compile(r"^  (\w+):", re.MULTILINE)
# Text between tags, and attributes that people read or hear.
WRITTEN_OUT = re.compile(r'>\s*[\w“][^<>{}=;()]*\s*</|\b(?:aria-label|placeholder|alt|title|label)="[^"]+"')


def test_every_language_has_every_sentence_of_english() -> None:
    english = KEY.findall((SOURCES / "language/en.ts").read_text())
    assert len(english) > 80
    assert set(LANGUAGES) == {"ar", "de", "fr"}
    for language, path in LANGUAGES.items():
        assert KEY.findall(path.read_text()) == english, language


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sentence_is_not_left_in_english(language: str) -> None:
    sentence = re.compile(r'"([^"]*\w \w[^"]*)"')
    english = set(sentence.findall((SOURCES / "language/en.ts").read_text()))
    assert not english & set(sentence.findall(LANGUAGES[language].read_text()))


def test_the_pages_parts_have_no_sentences_of_their_own() -> None:
    assert WRITTEN_OUT.search('<button aria-label="Send">')
    assert WRITTEN_OUT.search("<span>Connection lost</span>")
    parts = [*SOURCES.rglob("*.tsx")]
    assert len(parts) > 15
    found = {path.name: WRITTEN_OUT.findall(path.read_text()) for path in parts}
    assert {name: texts for name, texts in found.items() if texts} == {}
