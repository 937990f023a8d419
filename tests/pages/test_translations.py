"""Texts by locale, with placeholders in them."""

import json
from pathlib import Path

import pytest

from parsepy.options.errors import OptionsError
from parsepy.pages.template import client_text, parse, render
from parsepy.pages.translations import Translations, read_translations

TEXTS = Translations(
    {
        "en": {"translation": {"hello": "Hello", "list": ["a", "b"], "more": {"deep": "down"}}},
        "de": {"translation": {"hello": "Hallo {{appName}}", "bold": "<b>{{name}}</b>"}},
        "de-AT": {"translation": {"hello": "Servus"}},
        "xx": {"other": {}},
        "yy": "text",
    },
    "en",
)


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        ("de-AT", "Servus"),
        ("de-CH", "Hallo App"),
        ("de", "Hallo App"),
        ("fr", "Hello"),
        (None, "Hello"),
        ("xx", ""),
        ("yy", "Hello"),
    ],
)
def test_the_locale_goes_before_the_language_and_that_before_the_fallback(
    locale: str | None, expected: str
) -> None:
    texts = TEXTS.values(locale, {"appName": "App"})

    assert render(parse("{{hello}}"), texts) == expected


def test_a_fallback_that_is_not_there_gives_no_texts() -> None:
    assert Translations({"en": {"translation": {"a": "b"}}}, "fr").values("de", {}) == {}


def test_texts_may_be_nested() -> None:
    page = parse("{{more.deep}} {{#list}}{{.}}{{/list}}")

    assert render(page, TEXTS.values("en", {})) == "down ab"


def test_a_clients_part_of_a_text_is_escaped_once() -> None:
    texts = TEXTS.values("de", {"name": client_text("<i>&"), "appName": "A & B"})

    assert render(parse("{{bold}}"), texts) == ("&lt;b&gt;&lt;i&gt;&amp;&lt;&#x2F;b&gt;")
    assert render(parse("{{{bold}}}"), texts) == "<b>&lt;i&gt;&amp;</b>"
    assert render(parse("{{hello}}"), texts) == "Hallo A &amp; B"


def test_quotes_and_backslashes_in_a_parameter_break_nothing() -> None:
    texts = TEXTS.values("de", {"appName": '"\\'})

    assert render(parse("{{hello}}"), texts) == "Hallo &quot;\\"


def test_the_file_may_have_a_mark_of_its_encoding(tmp_path: Path) -> None:
    file = tmp_path / "texts.json"
    content = json.dumps({"en": {"translation": {"hello": "Grüezi"}}}, ensure_ascii=False)
    file.write_text(content, encoding="utf-8-sig")

    assert read_translations(file, "en").values(None, {}) == {"hello": "Grüezi"}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "cannot be read: No such file or directory."),
        (b"{", "is no JSON"),
        (b"[]", "must hold an object with a member for each locale."),
        (b"\xff\xfe", "is no JSON"),
    ],
)
def test_a_file_that_is_none_is_an_error(
    tmp_path: Path, content: bytes | None, message: str
) -> None:
    file = tmp_path / "texts.json"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(OptionsError) as caught:
        read_translations(file, "en")

    assert str(caught.value).startswith("Option pages.localizationJsonPath: ")
    assert message in str(caught.value)
