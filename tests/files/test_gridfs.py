"""GridFS as parse-server and every driver have it."""

import math

import pytest
from gridfs import GridFSBucket
from pymongo import MongoClient

from parsepy.errors import ParseError
from parsepy.files.base import FileStore
from parsepy.files.gridfs import CHUNK
from parsepy.storage.mongodb.documents import Document
from tests.files.samples import LARGE, BrokenUpload, broken, parts, whole
from tests.files.stores import gridfs

pytestmark = pytest.mark.anyio


async def _saved(uri: str, content: bytes) -> None:
    async with gridfs(uri) as files:
        await files.save("f.bin", parts(content), {"m": "1"})


async def test_the_documents_are_those_of_parse_server(mongodb_database_uri: str) -> None:
    await _saved(mongodb_database_uri, LARGE)

    with MongoClient[Document](mongodb_database_uri) as client:
        database = client.get_default_database()
        file = database["fs.files"].find_one() or {}
        chunks = list(database["fs.chunks"].find().sort("n"))
        indexes = {
            name
            for name in ("fs.files", "fs.chunks")
            for name in database[name].index_information()
        }
    assert list(file) == ["_id", "length", "chunkSize", "uploadDate", "filename", "metadata"]
    assert file["length"] == len(LARGE)
    assert file["chunkSize"] == CHUNK
    assert [chunk["n"] for chunk in chunks] == list(range(math.ceil(len(LARGE) / CHUNK)))
    assert {chunk["files_id"] for chunk in chunks} == {file["_id"]}
    assert {len(chunk["data"]) for chunk in chunks[:-1]} == {CHUNK}
    assert indexes == {"_id_", "filename_1_uploadDate_1", "files_id_1_n_1"}


async def test_the_driver_reads_what_is_saved(mongodb_database_uri: str) -> None:
    await _saved(mongodb_database_uri, LARGE)

    with MongoClient[Document](mongodb_database_uri) as client:
        bucket = GridFSBucket(client.get_default_database())
        assert bucket.open_download_stream_by_name("f.bin").read() == LARGE


async def test_what_the_driver_saved_is_read(mongodb_database_uri: str) -> None:
    with MongoClient[Document](mongodb_database_uri) as client:
        bucket = GridFSBucket(client.get_default_database(), chunk_size_bytes=1000)
        bucket.upload_from_stream("f.bin", LARGE[:10_500])
        bucket.upload_from_stream("f.bin", LARGE[:9_500], metadata=None)

    async with gridfs(mongodb_database_uri) as files:
        assert await whole(files, "f.bin") == LARGE[:9_500]
        stored = await files.find("f.bin")
        assert stored is not None
        assert stored.metadata == {}


async def test_an_upload_that_breaks_off_leaves_no_chunk(mongodb_database_uri: str) -> None:
    async with gridfs(mongodb_database_uri) as files:
        with pytest.raises(BrokenUpload):
            await files.save("f.bin", broken(LARGE), {})

    with MongoClient[Document](mongodb_database_uri) as client:
        assert client.get_default_database()["fs.chunks"].count_documents({}) == 0


async def test_a_file_without_a_chunk_breaks_off_where_it_is_missing(
    mongodb_database_uri: str,
) -> None:
    await _saved(mongodb_database_uri, LARGE)
    with MongoClient[Document](mongodb_database_uri) as client:
        client.get_default_database()["fs.chunks"].delete_one({"n": 1})

    async with gridfs(mongodb_database_uri) as files:
        await _breaks_off(files)


async def _breaks_off(files: FileStore) -> None:
    with pytest.raises(ParseError, match="Database error"):
        await whole(files, "f.bin")
