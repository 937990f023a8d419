"""Chunks that belong to no file."""

from datetime import UTC, datetime

import pytest
from bson import Binary, ObjectId
from pymongo import MongoClient

from parsepy.files.base import FileStore, Leftover
from parsepy.storage.mongodb.documents import Document
from tests.files.samples import LARGE, later, parts, whole
from tests.files.stores import gridfs

pytestmark = pytest.mark.anyio

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


async def test_chunks_without_a_file_are_left_over(mongodb_database_uri: str) -> None:
    lost = ObjectId()
    _write_chunks(mongodb_database_uri, lost, numbers=(1, 2))
    async with gridfs(mongodb_database_uri) as files:
        await files.save("f", parts(LARGE), {})

        assert await _leftovers(files, LONG_AGO) == []
        (leftover,) = await _leftovers(files, datetime(2021, 1, 1, tzinfo=UTC))
        assert leftover == Leftover(str(lost), 8, LONG_AGO)
        _write_chunks(mongodb_database_uri, lost, numbers=(3,), at=datetime(2022, 1, 1, tzinfo=UTC))
        assert not await files.remove_leftover(leftover)
        (leftover,) = await _leftovers(files, later())
        assert await files.remove_leftover(leftover)
        assert not await files.remove_leftover(leftover)

        assert await _leftovers(files, later()) == []
        assert await whole(files, "f") == LARGE


async def test_chunks_that_became_a_file_are_none(mongodb_database_uri: str) -> None:
    found = ObjectId()
    _write_chunks(mongodb_database_uri, found, numbers=(0,))
    async with gridfs(mongodb_database_uri) as files:
        (leftover,) = await _leftovers(files, later())
        file = {"_id": found, "filename": "f", "length": 4, "chunkSize": 4}
        with MongoClient[Document](mongodb_database_uri) as client:
            client.get_default_database()["fs.files"].insert_one(file)

        assert not await files.remove_leftover(leftover)
        assert await whole(files, "f") == b"lost"


async def test_chunks_of_a_program_with_ids_of_its_own_are_left_alone(
    mongodb_database_uri: str,
) -> None:
    _write_chunks(mongodb_database_uri, "its own", numbers=(0,))
    async with gridfs(mongodb_database_uri) as files:
        assert await _leftovers(files, later()) == []


async def _leftovers(files: FileStore, before: datetime) -> list[Leftover]:
    return [leftover async for leftover in files.leftovers(before)]


def _write_chunks(
    uri: str, file_id: object, *, numbers: tuple[int, ...], at: datetime = LONG_AGO
) -> None:
    with MongoClient[Document](uri) as client:
        client.get_default_database()["fs.chunks"].insert_many(
            {
                "_id": ObjectId(f"{int(at.timestamp()):08x}{number:016x}"),
                "files_id": file_id,
                "n": number,
                "data": Binary(b"lost"),
            }
            for number in numbers
        )
