"""Where the marks of a store lie."""

import os
import stat
import tempfile
from pathlib import Path

import pytest

from parsepy.cache import Marks, PrivateMarks
from parsepy.cache.shared_marks import SharedMarks
from parsepy.options.load import load_options
from parsepy.storage.marks import open_marks

MONGODB = "mongodb://user:secret@db.example/app"


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def _opened(uri: str, **options: object) -> Marks:
    keys = {"appId": "app", "masterKey": "m", "databaseURI": uri}
    return open_marks(load_options({**keys, **options}).options)


def _are_one(first: Marks, second: Marks) -> bool:
    first.touch([5])
    same = first.view[5] == second.view[5]
    first.close()
    second.close()
    return same


def test_those_of_a_file_lie_beside_it(tmp_path: Path) -> None:
    uri = f"sqlite:///{tmp_path}/app.sqlite"

    held = _opened(uri)

    assert _are_one(_opened(uri), _opened(uri))
    assert [path.name for path in tmp_path.iterdir()] == ["app.sqlite-marks"]
    held.close()
    assert list(tmp_path.iterdir()) == []


def test_a_file_called_by_another_name_is_the_same_store(tmp_path: Path) -> None:
    (tmp_path / "app.sqlite").touch()
    (tmp_path / "link.sqlite").symlink_to(tmp_path / "app.sqlite")

    assert _are_one(
        _opened(f"sqlite:///{tmp_path}/app.sqlite"), _opened(f"sqlite:///{tmp_path}/link.sqlite")
    )


def test_those_of_a_mongodb_lie_in_a_folder_of_this_user(temporary: Path) -> None:
    held = _opened(MONGODB)
    assert _are_one(_opened(MONGODB), _opened(MONGODB))

    (folder,) = temporary.iterdir()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    (file,) = folder.iterdir()
    assert "secret" not in file.name
    held.close()


@pytest.mark.parametrize(
    "other",
    [{"appId": "other"}, {"collectionPrefix": "x_"}, {"databaseURI": "mongodb://db.example/other"}],
)
def test_another_app_or_store_has_marks_of_its_own(
    temporary: Path, other: dict[str, object]
) -> None:
    assert not _are_one(_opened(MONGODB), _opened(MONGODB, **other))


@pytest.mark.parametrize("uri", ["sqlite::memory:"])
def test_a_store_that_nobody_else_opens_needs_no_file(uri: str) -> None:
    assert isinstance(_opened(uri), PrivateMarks)


def test_where_nothing_is_remembered_there_are_no_marks(temporary: Path) -> None:
    assert isinstance(_opened(MONGODB, cacheTTL=0), PrivateMarks)
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("mode", [0o755, 0o777])
def test_a_folder_that_others_may_enter_is_not_used(
    temporary: Path, mode: int, caplog: pytest.LogCaptureFixture
) -> None:
    folder = temporary / f"parsepy-{os.getuid()}"
    folder.mkdir()
    folder.chmod(mode)

    marks = _opened(MONGODB)

    assert isinstance(marks, PrivateMarks)
    assert list(folder.iterdir()) == []
    assert "cacheTTL" in caplog.text


def test_a_link_in_place_of_the_folder_is_not_followed(temporary: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o700)
    (temporary / f"parsepy-{os.getuid()}").symlink_to(elsewhere)

    assert not isinstance(_opened(MONGODB), SharedMarks)
    assert list(elsewhere.iterdir()) == []
