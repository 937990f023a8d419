"""A language is a tag by its grammar, or nothing."""

import pytest

from parsepy.pages.locale import language_of, locale_of


@pytest.mark.parametrize("tag", ["de", "de-AT", "zh-Hans-CN", "gsw", "DE-at", "es-419"])
def test_a_language_tag_is_taken(tag: str) -> None:
    assert locale_of(tag) == tag


@pytest.mark.parametrize(
    "text",
    [
        "..",
        "../de",
        "de/../..",
        "de\n",
        "de-",
        "de_AT",
        "d",
        "deutsch",
        "%64e",
        "de\0",
        "dé",
        "/etc",
        "de-AT\\..",
        "-de",
        "de-toolongpart",
    ],
)
def test_what_is_no_language_tag_is_ignored(text: str) -> None:
    assert locale_of(text) is None


def test_the_first_that_says_anything_counts() -> None:
    assert locale_of(None, "", "de", "en") == "de"
    assert locale_of("..", "de") is None
    assert locale_of() is None


def test_a_language_is_a_locale_without_its_region() -> None:
    assert language_of("de-AT") == "de"
    assert language_of("zh-Hans-CN") == "zh"
    assert language_of("de") == "de"
