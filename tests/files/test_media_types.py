"""The table of media types, and which of them a browser could run."""

import pytest

from parsepy.files import media_types


@pytest.mark.parametrize(
    ("name", "served"),
    [
        ("a.txt", "text/plain; charset=utf-8"),
        ("a.b.JPG", "image/jpeg"),
        ("a.json", "application/json; charset=utf-8"),
        ("a.nothing", "application/octet-stream"),
        ("png", "application/octet-stream"),
        ("a.", "application/octet-stream"),
    ],
)
def test_a_file_is_served_by_its_extension(name: str, served: str) -> None:
    assert media_types.content_type_of(name) == served


def test_the_first_extension_of_a_type_leads_back_to_it() -> None:
    for media_type, extension in media_types._EXTENSIONS.items():
        found = media_types.type_of(f"a.{extension}")
        assert found == media_type or media_type in media_types._ALSO


@pytest.mark.parametrize(
    "media_type",
    [
        "text/html",
        "image/svg+xml",
        "application/xhtml+xml",
        "application/xml",
        "text/javascript",
        "text/markdown",
        "application/x-nothing",
    ],
)
def test_what_may_run(media_type: str) -> None:
    assert media_types.may_run(media_type)


@pytest.mark.parametrize(
    "media_type",
    ["image/png", "video/mp4", "audio/mpeg", "text/plain", "application/pdf", media_types.UNKNOWN],
)
def test_what_does_not(media_type: str) -> None:
    assert not media_types.may_run(media_type)
