"""Paths behind the mount, split into their parts."""

import pytest

from parsepy.http import paths


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("", []),
        ("/", []),
        ("//", []),
        ("/classes/Game", ["classes", "Game"]),
        ("//classes/Game/", ["classes", "Game"]),
        ("/CLASSES/Game/xY", ["classes", "Game", "xY"]),
        ("/classes/A%20B", ["classes", "A B"]),
        ("/classes/A%2FB", ["classes", "A/B"]),
        ("/%63lasses/Game", ["classes", "Game"]),
        ("/classes/..", ["classes", ".."]),
    ],
)
def test_a_path_is_split_into_decoded_parts(path: str, expected: list[str]) -> None:
    assert paths.split(path) == expected


@pytest.mark.parametrize("path", ["/classes//x", "///classes", "/classes/Game//", "/classes//"])
def test_an_empty_part_names_no_route(path: str) -> None:
    assert paths.split(path)[0] == ""
