"""`fileUpload.fileExtensions` beyond what is recorded from parse-server."""

import pytest

from parsepy.errors import ParseError
from parsepy.files.extensions import ExtensionRule
from parsepy.options.definitions.files import BLOCKED_EXTENSIONS

DEFAULT = ExtensionRule([BLOCKED_EXTENSIONS])


@pytest.mark.parametrize(
    ("name", "content_type", "message"),
    [
        ("a.sVg", None, "File upload of extension sVg is disabled."),
        ("a.h t\tml", None, "File upload of extension html is disabled."),
        ("a.html;x", None, "File upload of extension html is disabled."),
        ("a", "text/html", "File upload of extension html is disabled."),
        ("a.zzz", "image/svg+xml ; a=b", "File upload of extension svg+xml is disabled."),
        ("a", "svg", "File upload of extension svg is disabled."),
        ("a", "svg/", "File upload of extension svg is disabled."),
        ("a", "/svg", "Invalid Content-Type."),
        ("a", "image/", "Invalid Content-Type."),
        ("a", "text/html\n", "File upload of extension html is disabled."),
        ("a", "text/plain,text/html", "Invalid Content-Type."),
    ],
)
def test_refused_by_default(name: str, content_type: str | None, message: str) -> None:
    with pytest.raises(ParseError) as refused:
        DEFAULT.check(name, content_type)
    assert (refused.value.code, refused.value.message) == (130, message)


@pytest.mark.parametrize(
    ("name", "content_type"),
    [("a.txt", "text/html"), ("a", None), ("a", "image/png"), ("a.html.txt", None), ("a.js", None)],
)
def test_taken_by_default(name: str, content_type: str | None) -> None:
    DEFAULT.check(name, content_type)


def test_an_empty_list_takes_only_what_has_no_type() -> None:
    nothing = ExtensionRule([])

    nothing.check("a", None)
    with pytest.raises(ParseError):
        nothing.check("a.txt", None)


def test_a_star_takes_all() -> None:
    ExtensionRule(["png", "*"]).check("a.html", "nonsense")
