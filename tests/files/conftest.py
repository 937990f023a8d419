"""Every file store there is, empty, and opened anew on the same place."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import pytest

from parsepy.files.base import FileStore
from parsepy.files.embedded import EmbeddedFiles
from parsepy.files.encrypted import EncryptedFiles
from parsepy.files.encryption import key_of
from parsepy.files.folder import FolderFiles
from parsepy.files.memory import MemoryFiles
from parsepy.files.objectstore import open_object_store
from tests.files.samples import Opening
from tests.files.stores import embedded_contents, gridfs
from tests.support.availability import MissingComponentError, component_missing
from tests.support.azure_server import AzureServer, running_azure
from tests.support.gcs_server import GcsServer, running_gcs
from tests.support.s3_server import S3Server, find_s3, running_s3


@asynccontextmanager
async def _closing(store: FileStore) -> AsyncIterator[FileStore]:
    yield store
    await store.close()


def _opening(kind: str, request: pytest.FixtureRequest) -> Opening:
    if kind == "gridfs":
        uri: str = request.getfixturevalue("mongodb_database_uri")
        return lambda: gridfs(uri)
    if kind == "memory":
        return lambda: _closing(MemoryFiles())
    if kind == "s3":
        settings = request.getfixturevalue("s3_settings")
        return lambda: _closing(open_object_store("s3", "filesAdapter.options", settings))
    if kind == "gcs":
        gcs_settings = {**request.getfixturevalue("gcs_server").options, "bucketPrefix": "a/b_"}
        return lambda: _closing(open_object_store("gcs", "filesAdapter.options", gcs_settings))
    if kind == "azure":
        azure_settings = {**request.getfixturevalue("azure_server").options, "bucketPrefix": "a/b_"}
        return lambda: _closing(open_object_store("azure", "filesAdapter.options", azure_settings))
    folder: Path = request.getfixturevalue("tmp_path")
    if kind == "folder":
        return lambda: _closing(FolderFiles(folder / "files" / "app"))
    if kind == "encrypted":
        below = FolderFiles(folder / "files")
        return lambda: _closing(EncryptedFiles(below, key_of("secret")))
    return lambda: _closing(EmbeddedFiles(folder / "app.sqlite.files"))


@pytest.fixture(
    params=["embedded", "memory", "gridfs", "folder", "encrypted", "s3", "gcs", "azure"]
)
async def files(request: pytest.FixtureRequest) -> AsyncIterator[FileStore]:
    async with _opening(request.param, request)() as store:
        yield store


@pytest.fixture(params=["embedded", "gridfs", "folder", "encrypted", "s3", "gcs", "azure"])
def lasting(request: pytest.FixtureRequest) -> Opening:
    """Opens one and the same store, as often as it is called: what restarts and twins see."""
    return _opening(request.param, request)


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    try:
        find_s3()
    except MissingComponentError as missing:
        component_missing(missing)
    with running_s3(tmp_path_factory.mktemp("s3")) as server:
        yield server


@pytest.fixture
def gcs_server() -> Iterator[GcsServer]:
    with running_gcs() as server:
        yield server


@pytest.fixture
def azure_server() -> Iterator[AzureServer]:
    with running_azure() as server:
        yield server


@pytest.fixture
def s3_settings(s3_server: S3Server) -> dict[str, object]:
    """A part of the bucket that is this test's own."""
    return {**s3_server.options, "bucketPrefix": f"{uuid4().hex}/of_"}


@pytest.fixture
def content_count(tmp_path: Path) -> Callable[[], int]:
    return lambda: embedded_contents(tmp_path / "app.sqlite.files")
