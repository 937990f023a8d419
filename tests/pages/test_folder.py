"""Files are found in the folder and nowhere else."""

from pathlib import Path

import pytest

from parsepy.options.errors import OptionsError
from parsepy.pages.folder import BUILT_IN, Folder, parts_of
from parsepy.pages.page import Page


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    inside = tmp_path / "pages"
    for name in ("page.html", "only.html", "de/page.html", "de-AT/page.html", "sub/page.html",
                 "sub/de/page.html", ".hidden", ".git/config"):  # fmt: skip
        file = inside / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(name)
    for name in ("secret.html", "pages-private/secret.html", "pages.html"):
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text("secret")
    (inside / "link.html").symlink_to(tmp_path / "secret.html")
    (inside / "out").symlink_to(tmp_path)
    (inside / "loop").symlink_to(inside / "loop")
    return Folder(inside)


def found(folder: Folder, path: str, locale: str | None = None) -> str | None:
    file = folder.find_localised(parts_of(path), locale)
    return None if file is None else "/".join(file.parts)


@pytest.mark.parametrize("path", ["page.html", "de/page.html", "sub/page.html"])
def test_a_file_in_the_folder_is_found(folder: Folder, path: str) -> None:
    file = folder.find(parts_of(path))

    assert file is not None
    assert file.path.read_text() == path


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "/page.html",
        "missing.html",
        "sub",
        "..",
        "../secret.html",
        "sub/../page.html",
        "sub/../../secret.html",
        "./page.html",
        "../pages-private/secret.html",
        "../pages/page.html",
        "/etc/passwd",
        "//etc/passwd",
        "..\\secret.html",
        "sub\\page.html",
        "%2e%2e/secret.html",
        "page.html\0",
        "page.html\0.png",
        "\0",
        "page.html\n",
        ".hidden",
        ".git/config",
        "link.html",
        "out/secret.html",
        "out/pages-private/secret.html",
        "out/pages/page.html/..",
        "loop",
        "loop/page.html",
        "page.html/",
        "page.html/x",
        "x" * 300,
        "/".join(["sub"] * 5000),
        "C:/secret.html",
        "~/secret.html",
    ],
)
def test_what_is_not_in_the_folder_is_not_found(folder: Folder, path: str) -> None:
    assert folder.find(parts_of(path)) is None


@pytest.mark.parametrize(
    "part", ["../secret.html", "sub/page.html", "sub\\page.html", "/etc/passwd"]
)
def test_a_decoded_separator_is_none(folder: Folder, part: str) -> None:
    assert folder.find([part]) is None
    assert folder.find(["sub", f"../{part}"]) is None


def test_a_link_within_the_folder_is_followed(tmp_path: Path) -> None:
    """So Kubernetes mounts files."""
    (tmp_path / "..data1").mkdir()
    (tmp_path / "..data1" / "page.html").write_text("x")
    (tmp_path / "..data").symlink_to("..data1")
    (tmp_path / "page.html").symlink_to("..data/page.html")

    assert Folder(tmp_path).find(["page.html"]) is not None
    assert Folder(tmp_path).find(["..data", "page.html"]) is None


def test_the_folder_itself_may_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "page.html").write_text("x")
    (tmp_path / "link").symlink_to("real")

    assert Folder(tmp_path / "link").find(["page.html"]) is not None


@pytest.mark.parametrize(
    ("path", "locale", "expected"),
    [
        ("page.html", "de-AT", "de-AT/page.html"),
        ("page.html", "de-CH", "de/page.html"),
        ("page.html", "de", "de/page.html"),
        ("page.html", "fr", "page.html"),
        ("page.html", None, "page.html"),
        ("only.html", "de-AT", "only.html"),
        ("sub/page.html", "de-AT", "sub/de/page.html"),
        ("missing.html", "de", None),
        ("../secret.html", "de", None),
    ],
)
def test_the_file_of_the_locale_goes_first(
    folder: Folder, path: str, locale: str | None, expected: str | None
) -> None:
    assert found(folder, path, locale) == expected


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OptionsError, match="there is no folder"):
        Folder(tmp_path / "missing")


def test_every_page_is_built_in_in_every_language() -> None:
    folder = Folder(BUILT_IN)

    for locale in (None, "de", "de-AT"):
        for page in Page:
            file = folder.find_localised([page.file], locale)
            assert file is not None
            assert file.parts == ((page.file,) if locale is None else (locale, page.file))
