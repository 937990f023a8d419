"""Regular expressions that stand in options."""

import time

import pytest

from parsepy.options.patterns import compile_pattern


@pytest.mark.parametrize(
    ("pattern", "hit", "miss"),
    [
        ("a+", "aa", "b"),
        ("(?!x).*", "ax", "xa"),
        ("(?<name>a)b", "ab", "a"),
        ("(?<=a)b", "b", "a"),
        (r"\d{2}", "42", "4"),
    ],
)
def test_both_engines_answer_alike(pattern: str, hit: str, miss: str) -> None:
    compiled = compile_pattern(pattern)

    assert compiled.search(f"a{hit}" if "<=" in pattern else hit)
    assert not compiled.fullmatch(miss)


@pytest.mark.parametrize("pattern", ["(", "[", "*", "(?<a", "a{2,1}"])
def test_what_is_no_pattern_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        compile_pattern(pattern)


def test_what_would_backtrack_takes_linear_time() -> None:
    began = time.process_time()

    assert not compile_pattern("(a+)+$").search("a" * 50_000 + "!")
    assert time.process_time() - began < 1
