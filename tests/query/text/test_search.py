"""The grammar of a search. Each case was observed on MongoDB 6."""

import pytest

from parsepy.query.text.search import Search, read_search
from parsepy.query.tree import Path, Text


def search(term: str, **options: bool) -> Search:
    return read_search(Text(Path("s"), term, "none", **options))


@pytest.mark.parametrize(
    ("term", "terms", "unwanted", "phrases", "unwanted_phrases"),
    [
        ("one two", {"one", "two"}, set(), (), ()),
        ("one -two three", {"one", "three"}, {"two"}, (), ()),
        ("-one-two three", {"three"}, {"one", "two"}, (), ()),
        ("one- two", {"one", "two"}, set(), (), ()),
        ("- one", {"one"}, set(), (), ()),
        ("well-known", {"well", "known"}, set(), (), ()),
        ('"one two" three', {"one", "two", "three"}, set(), ("one two",), ()),
        ('-"one two" three', {"three"}, set(), (), ("one two",)),
        ('-"one"-"two" three', {"three"}, set(), (), ("one", "two")),
        ('"one -two"', {"one", "two"}, set(), ("one -two",), ()),
        ('"one two', {"one", "two"}, set(), (), ()),
        ('""', set(), set(), ("",), ()),
        ('one"two"', {"one", "two"}, set(), ("two",), ()),
        ("\tone\t-two", {"one", "two"}, set(), (), ()),
        ("   ", set(), set(), (), ()),
    ],
)
def test_what_is_asked_for(
    term: str,
    terms: set[str],
    unwanted: set[str],
    phrases: tuple[str, ...],
    unwanted_phrases: tuple[str, ...],
) -> None:
    found = search(term)
    assert found.terms == terms
    assert found.unwanted == unwanted
    assert found.phrases == phrases
    assert found.unwanted_phrases == unwanted_phrases


def test_phrases_are_compared_in_the_sensitivity_of_the_search() -> None:
    assert search('"Café X"').phrases == ("cafe x",)
    assert search('"Café X"', case_sensitive=True).phrases == ("Cafe X",)
    assert search('"Café X"', diacritic_sensitive=True).phrases == ("café x",)


def test_candidates_are_found_without_sensitivity() -> None:
    found = search("Café", case_sensitive=True, diacritic_sensitive=True)
    assert found.terms == {"cafe"}
    assert found.wanted == {"Café"}


def test_only_a_plain_search_needs_no_look_at_the_texts() -> None:
    assert search("one two").is_plain
    for term in ("one -two", '"one"', 'one -"two"'):
        assert not search(term).is_plain
    assert not search("one", case_sensitive=True).is_plain
