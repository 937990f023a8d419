"""What a search finds, and how well: numbers observed on MongoDB 6."""

import pytest

from parsepy.query.text.match import finds, score, texts_in
from parsepy.query.text.search import read_search
from parsepy.query.tree import Path, Text
from parsepy.types import JSONValue


def found(term: str, text: str, **options: bool) -> bool:
    return finds(read_search(Text(Path("s"), term, None, **options)), [text], "english")


@pytest.mark.parametrize(
    ("term", "text", "expected"),
    [
        ("coffee", "Coffees", True),
        ("coffee tea", "green tea", True),
        ("coffee", "tea", False),
        ("the", "the tea", False),
        ("-coffee", "tea", False),
        ("tea -coffee", "tea and coffee", False),
        ("tea -the", "the tea", True),
        ('"green te"', "Green tea", True),
        ('"tea green"', "green tea", False),
        ('tea "green"', "black tea", False),
        ('tea -"green tea"', "tea, green", True),
        ('"the"', "the tea", False),
    ],
)
def test_a_search(term: str, text: str, expected: bool) -> None:
    assert found(term, text) is expected


def test_sensitivity() -> None:
    assert not found("CAFE", "Café", case_sensitive=True)
    assert found("Cafe", "Café", case_sensitive=True)
    assert not found("cafe", "Café", diacritic_sensitive=True)
    assert found("CAFÉ", "Café", diacritic_sensitive=True)


@pytest.mark.parametrize(
    ("term", "texts", "expected"),
    [
        ("coffee", ["coffee"], 1),
        ("cream", ["cream"], 1.1),
        ("coffee", ["coffee and cream"], 0.75),
        ("coffee cream", ["coffee and cream"], 1.5),
        ("coffee", ["coffee coffee"], 1.5),
        ("coffee", ["coffee", "tea and coffee"], 1.75),
        ("tea", ["green tea cup"], 2 / 3),
        ("milk", ["tea"], 0),
    ],
)
def test_the_score(term: str, texts: list[str], expected: float) -> None:
    asked = read_search(Text(Path("s"), term))
    assert score(asked, texts, "english") == pytest.approx(expected)


def test_a_whole_score_is_a_whole_number() -> None:
    assert isinstance(score(read_search(Text(Path("s"), "coffee")), ["coffee"], "english"), int)


@pytest.mark.parametrize(
    ("value", "texts"),
    [
        ("tea", ["tea"]),
        (["tea", 5, ["cup"], {"x": "milk"}, "pot"], ["tea", "pot"]),
        ({"__type": "File", "name": "tea.txt"}, ["tea.txt"]),
        ({"x": "tea"}, []),
        (None, []),
    ],
)
def test_where_there_is_text(value: JSONValue, texts: list[str]) -> None:
    assert texts_in(value) == texts
