"""Which store an app gets, and what stops its start."""

import subprocess
import sys
from pathlib import Path

import pytest

from parsepy.files.base import FileStore
from parsepy.files.embedded import EmbeddedFiles
from parsepy.files.encrypted import EncryptedFiles
from parsepy.files.folder import FolderFiles
from parsepy.files.gridfs import GridFSFiles
from parsepy.files.memory import MemoryFiles
from parsepy.files.objectstore.store import ObjectStoreFiles
from parsepy.files.opening import open_files
from parsepy.files.own import OwnFiles
from parsepy.options.errors import OptionsError
from parsepy.options.load import load_options
from parsepy.storage.opening import open_storage
from tests.files.samples import parts, whole

SQLITE = "sqlite:///parse.sqlite"
MONGODB = "mongodb://localhost/app"
BUCKET = {"bucket": "b", "endpoint": "http://127.0.0.1:1", "accessKey": "k", "secretKey": "s"}


class Shelf:
    def __init__(self, options: object) -> None:
        self.options = options

    def create_file(self) -> None: ...
    def get_file_data(self) -> None: ...
    def delete_file(self) -> None: ...


def _opened(database_uri: str = SQLITE, **given: object) -> FileStore:
    keys = {"appId": "app", "masterKey": "master", "databaseURI": database_uri}
    options = load_options({**keys, **given}).options
    return open_files(options, open_storage(options))


@pytest.mark.parametrize(
    ("database_uri", "adapter", "expected"),
    [
        (SQLITE, None, EmbeddedFiles),
        ("sqlite::memory:", None, MemoryFiles),
        (MONGODB, None, GridFSFiles),
        (MONGODB, "gridfs", GridFSFiles),
        (MONGODB, {"module": "gridfs", "options": {}}, GridFSFiles),
        (SQLITE, "folder", FolderFiles),
        (SQLITE, "@parse/fs-files-adapter", FolderFiles),
        (MONGODB, {"module": "@parse/fs-files-adapter"}, FolderFiles),
        (SQLITE, {"adapter": "s3", "options": BUCKET}, ObjectStoreFiles),
        (SQLITE, {"module": "@parse/s3-files-adapter", "options": BUCKET}, ObjectStoreFiles),
        (SQLITE, "tests.files.test_opening:Shelf", OwnFiles),
        (SQLITE, {"module": "tests.files.test_opening:Shelf", "options": {"a": 1}}, OwnFiles),
        (SQLITE, {"class": Shelf}, OwnFiles),
        (SQLITE, Shelf(None), OwnFiles),
    ],
)
def test_the_option_chooses(database_uri: str, adapter: object, expected: type) -> None:
    assert type(_opened(database_uri, filesAdapter=adapter)) is expected


def test_a_store_of_our_contract_is_used_as_it_is() -> None:
    store = MemoryFiles()

    assert _opened(filesAdapter=store) is store


@pytest.mark.parametrize(
    ("adapter", "message"),
    [
        ({}, "must have a module: gridfs, folder, s3, gcs, azure, an object or class, or"),
        ({"module": "folder", "option": {}}, "filesAdapter has no option; it has module, class"),
        ({"module": "folder", "options": []}, "filesAdapter.options must be an object"),
        ({"module": 5}, "filesAdapter must be a module name or an object"),
        ("gridfs", "gridfs needs a databaseURI that names a MongoDB"),
        ("@parse/other-adapter", "@parse/other-adapter cannot be loaded"),
        ("nowhere:Store", "nowhere:Store cannot be loaded"),
        ("tests.files.test_opening:BUCKET", "create_file must be a function"),
        ({"module": "folder", "options": {"directory": "x"}}, "has no directory; it has path"),
        ({"module": "folder", "options": {"path": 1}}, "path must be a text that is not empty"),
        (
            {"module": "folder", "options": {"path": "/x", "filesSubDirectory": "y"}},
            "must have path or filesSubDirectory, not both",
        ),
        ("s3", "filesAdapter.options.bucket is required, or the variable S3_BUCKET"),
    ],
)
def test_nonsense_stops_the_start(
    adapter: object, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("S3_BUCKET", raising=False)
    with pytest.raises(OptionsError, match="Option filesAdapter") as raised:
        _opened(filesAdapter=adapter)
    assert message in str(raised.value)


@pytest.mark.parametrize(
    ("database_uri", "given"),
    [
        (SQLITE, {"fileKey": "k"}),
        (MONGODB, {"fileKey": "k"}),
        (MONGODB, {"fileKey": "k", "filesAdapter": "gridfs"}),
        (SQLITE, {"filesAdapter": {"module": "folder", "options": {"encryptionKey": "k"}}}),
    ],
)
def test_a_key_encrypts(database_uri: str, given: dict[str, object]) -> None:
    assert type(_opened(database_uri, **given)) is EncryptedFiles


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("options", "folder"),
    [
        ({}, "files"),
        ({"filesSubDirectory": "my/app"}, "files/my/app"),
        ({"filesSubDirectory": "/my"}, "files/my"),
        ({"path": "elsewhere"}, "elsewhere"),
    ],
)
async def test_a_folder_lies_where_npm_s_adapter_has_it(
    options: dict[str, object], folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    files = _opened(filesAdapter={"module": "@parse/fs-files-adapter", "options": options})
    assert list(tmp_path.iterdir()) == []

    await files.save("f", parts(b"x"), {})

    assert (tmp_path / folder / "f").read_bytes() == b"x"


@pytest.mark.anyio
async def test_file_key_is_not_the_key_of_a_folder(tmp_path: Path) -> None:
    adapter = {"module": "folder", "options": {"path": str(tmp_path)}}
    files = _opened(fileKey="k", filesAdapter=adapter)

    await files.save("f", parts(b"plain"), {})

    assert (tmp_path / "f").read_bytes() == b"plain"
    assert await whole(files, "f") == b"plain"


def test_the_environment_names_it_too(monkeypatch: pytest.MonkeyPatch) -> None:
    from parsepy.options.load import resolve

    environment = {
        "PARSE_SERVER_APPLICATION_ID": "app",
        "PARSE_SERVER_MASTER_KEY": "master",
        "PARSE_SERVER_DATABASE_URI": SQLITE,
        "PARSE_SERVER_FILES_ADAPTER": '{"module": "folder", "options": {"path": "x"}}',
    }
    options = resolve({}, None, environment).options
    assert type(open_files(options, open_storage(options))) is FolderFiles
    environment["PARSE_SERVER_FILES_ADAPTER"] = "@parse/fs-files-adapter"
    options = resolve({}, None, environment).options
    assert type(open_files(options, open_storage(options))) is FolderFiles


def test_obstore_is_imported_only_where_it_is_asked_for() -> None:
    code = (
        "import sys; from tests.files.test_opening import _opened; sys.modules.pop('obstore', 0);"
        "_opened(); _opened(filesAdapter='folder'); assert 'obstore' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_without_obstore_the_start_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "obstore", None)
    with pytest.raises(OptionsError, match=r"pip install 'parsepy-server\[objectstore\]'"):
        _opened(filesAdapter={"module": "s3", "options": BUCKET})
