"""Words, and the terms that an index keeps of them: as MongoDB 6 has them (observed)."""

import pytest

from parsepy.errors import ParseError
from parsepy.query.text.languages import language_of_object, language_of_search
from parsepy.query.text.words import terms_of


@pytest.mark.parametrize(
    ("text", "language", "terms"),
    [
        ("Coffee and cream", "english", ["coffe", "cream"]),
        ("well-known, e-mail: a_b/c", "english", ["well", "known", "e", "mail", "a_b", "c"]),
        ("The dog's don't", "english", ["dog"]),
        ("The dog's", "none", ["the", "dog", "s"]),
        ("running runs", "none", ["running", "runs"]),
        ("Café CAFE", "english", ["cafe", "cafe"]),
        ("leche Leches", "spanish", ["lech", "lech"]),
        ("Сырники 東京", "english", ["сырники", "東京"]),
        ("ISI", "turkish", ["ıs"]),
        ("Häuser", "german", ["haus"]),
        ("x²€ 3.14", "none", ["x²€", "3", "14"]),
        ("", "english", []),
    ],
)
def test_terms_of_a_text(text: str, language: str, terms: list[str]) -> None:
    assert list(terms_of(text, language)) == terms


def test_sensitive_terms_keep_case_and_accents() -> None:
    assert list(terms_of("Café", "english", case_sensitive=True)) == ["Cafe"]
    assert list(terms_of("Café", "english", diacritic_sensitive=True)) == ["café"]


def test_stop_words_are_kept_on_demand() -> None:
    assert list(terms_of("the cake", "english", stop_words=True)) == ["the", "cake"]


def test_languages_have_names_and_codes_in_any_case() -> None:
    assert language_of_search("ES") == language_of_search("Spanish") == "spanish"
    assert language_of_search(None) == "english"
    with pytest.raises(ParseError) as refused:
        language_of_search("klingon")
    assert refused.value.code == 102


@pytest.mark.parametrize("named", [None, 5, "klingon", ["es"]])
def test_an_object_of_no_known_language_is_english(named: object) -> None:
    assert language_of_object(named) == "english"


def test_a_word_without_end_is_taken_as_it_stands() -> None:
    word = "x" * 100_000 + "ing"
    assert terms_of(f"running {word.upper()}", "english") == ["run", word]
