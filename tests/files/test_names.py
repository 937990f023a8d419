"""Which names are taken, and what they become."""

import re

import pytest

from parsepy.errors import ParseError
from parsepy.files import names


@pytest.mark.parametrize("name", ["a", "_a.txt", "0@b. ~_-c", "x" * 128, "dot.", "a..b"])
def test_names_that_are_taken(name: str) -> None:
    names.check_name(name, "image/png")


@pytest.mark.parametrize(
    "name",
    ["", ".a", " a", "-a", "a/b", "a\\b", "a%b", "a\n", "a\0", "a\tb", "é", "a ", "a.html ", "$"],
)
def test_names_that_are_refused(name: str) -> None:
    with pytest.raises(ParseError) as refused:
        names.check_name(name, "image/png")
    assert refused.value.body(sanitise=True) == {
        "code": 122,
        "error": "Filename contains invalid characters.",
    }


def test_a_dot_that_stays_at_the_end_is_refused() -> None:
    with pytest.raises(ParseError, match="invalid characters"):
        names.check_name("evil.html.", "application/x-nothing")


@pytest.mark.parametrize(
    ("name", "content_type", "directory", "stored"),
    [
        ("a.txt", "image/png", None, "a.txt"),
        ("a", "image/png; q=1", None, "a.png"),
        ("a", None, None, "a.txt"),
        ("a.", "IMAGE/PNG", None, "a.png"),
        ("a", "application/x-nothing", None, "a"),
        ("a.txt", None, "d/e", "d/e/a.txt"),
    ],
)
def test_preserved_names(
    name: str, content_type: str | None, directory: str | None, stored: str
) -> None:
    assert names.stored_name(name, content_type, directory, preserve=True) == stored


def test_a_name_has_a_random_beginning() -> None:
    made = {names.stored_name("a.txt", None, "d", preserve=False) for _ in range(100)}

    assert len(made) == 100
    assert all(re.fullmatch(r"d/[0-9a-f]{32}_a\.txt", name) for name in made)
