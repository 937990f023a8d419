"""Stores as they are found by options."""

import json
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest

from parsepy.errors import ParseError
from parsepy.files.copy.opening import Side, opened_source, opened_target
from parsepy.files.encryption import key_of
from parsepy.options.load import load_options
from tests.files.samples import LARGE, parts, whole

pytestmark = pytest.mark.anyio


class Listless:
    """A store of an app's own that cannot tell what it has."""

    def __init__(self, options: object) -> None:
        pass

    async def create_file(self, *_: object) -> None: ...
    async def get_file_data(self, *_: object) -> None: ...
    async def delete_file(self, *_: object) -> None: ...


def _source(**options: Any) -> AbstractAsyncContextManager[Side]:
    return opened_source(load_options({"appId": "a", "masterKey": "m", **options}).options)


def _target(**options: Any) -> AbstractAsyncContextManager[Side]:
    loaded = load_options({"appId": "a", "masterKey": "m", **options}).options
    return opened_target(loaded, to_write=True)


def _folder(path: Path, **options: object) -> dict[str, object]:
    return {"module": "folder", "options": {"path": str(path), **options}}


async def _identity(**options: Any) -> str:
    async with _target(**options) as side:
        return side.identity


async def test_a_store_is_the_same_whatever_its_key_and_prefix(
    tmp_path: Path, mongodb_database_uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for one, other in (
        ({"databaseURI": "sqlite:///a.sqlite"}, {"databaseURI": f"sqlite:///{tmp_path}/a.sqlite"}),
        (
            {"databaseURI": mongodb_database_uri, "fileKey": "k", "collectionPrefix": "p_"},
            {"databaseURI": mongodb_database_uri, "filesAdapter": "gridfs"},
        ),
        (
            {"filesAdapter": _folder(Path("files"))},
            {"filesAdapter": _folder(tmp_path / "files", encryptionKey="k")},
        ),
    ):
        assert await _identity(**one) == await _identity(**other)


async def test_stores_are_told_apart(
    tmp_path: Path, mongodb_database_uri: str, s3_settings: dict[str, object]
) -> None:
    here = {"databaseURI": f"sqlite:///{tmp_path}/a.sqlite"}
    own = {"module": Listless, "options": {"secret": "not to be shown"}}
    identities = [
        await _identity(**here),
        await _identity(databaseURI=f"sqlite:///{tmp_path}/b.sqlite"),
        await _identity(databaseURI=mongodb_database_uri),
        await _identity(**here, filesAdapter=_folder(tmp_path / "a")),
        await _identity(**here, filesAdapter=_folder(tmp_path / "b")),
        await _identity(**here, filesAdapter={"module": "s3", "options": s3_settings}),
        await _identity(
            **here, filesAdapter={"module": "s3", "options": {**s3_settings, "bucketPrefix": "b_"}}
        ),
        await _identity(**here, filesAdapter=own),
        await _identity(**here, filesAdapter={**own, "options": {"secret": "another"}}),
    ]

    assert len({*identities}) == len(identities)
    assert "not to be shown" not in json.dumps(identities)


async def test_a_key_encrypts_what_is_stored(tmp_path: Path) -> None:
    for options in (
        {"databaseURI": f"sqlite:///{tmp_path}/a.sqlite", "fileKey": "k"},
        {"filesAdapter": _folder(tmp_path / "files", encryptionKey="k")},
    ):
        async with _target(**options) as side:
            await side.store.save("a", parts(LARGE), {})

            assert await whole(side.store, "a") == LARGE
            below = await whole(side.below, "a")
        assert below is not None
        assert len(below) == len(LARGE) + 32
        assert repr(key_of("k")) not in repr(side)


async def test_a_target_needs_no_folder_above_it(tmp_path: Path) -> None:
    async with _target(databaseURI=f"sqlite:///{tmp_path}/new/place/a.sqlite") as side:
        await side.store.save("a", parts(LARGE), {})

        assert await whole(side.store, "a") == LARGE


async def test_a_source_that_is_not_there_is_refused(tmp_path: Path) -> None:
    for options, message in (
        ({"databaseURI": f"sqlite:///{tmp_path}/no.sqlite"}, "There is no file"),
        ({"databaseURI": "sqlite::memory:"}, "A store in memory"),
        ({"filesAdapter": _folder(tmp_path / "no")}, "There is no folder"),
        ({"filesAdapter": {"module": Listless, "options": {}}}, "list_files"),
    ):
        with pytest.raises(ParseError, match=message):
            async with _source(**options):
                raise AssertionError(options)
    assert list(tmp_path.iterdir()) == []
