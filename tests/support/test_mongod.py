"""The database server that the other tests rely on."""

from pathlib import Path

import pytest
from pymongo import MongoClient

from tests.support.mongod import RunningMongod, running_mongod


def test_server_is_a_primary_with_transactions(mongod: RunningMongod, database_name: str) -> None:
    with MongoClient[dict[str, object]](mongod.uri) as client:
        rows = client[database_name]["Row"]
        with client.start_session() as session, session.start_transaction():
            rows.insert_one({"_id": 1}, session=session)
        assert rows.count_documents({}) == 1


def test_database_uri_keeps_the_options_of_the_address() -> None:
    server = RunningMongod("mongodb://user:secret@127.0.0.1:27018/?replicaSet=rs0")

    assert server.port == 27018
    assert server.database_uri("app") == "mongodb://user:secret@127.0.0.1:27018/app?replicaSet=rs0"


def test_leaving_the_block_ends_the_process_and_removes_its_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mongod: RunningMongod
) -> None:
    if mongod.process is None:
        pytest.skip("MONGODB_URI names a server, so none is started here")
    monkeypatch.delenv("MONGODB_URI", raising=False)

    with running_mongod(tmp_path) as own:
        assert own.process is not None
        assert own.process.poll() is None

    assert own.process.poll() is not None
    assert list(tmp_path.iterdir()) == []


def test_existing_server_is_used_and_left_running(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MONGODB_URI", "mongodb://127.0.0.1:1/?replicaSet=other")

    with running_mongod(tmp_path) as server:
        assert server == RunningMongod("mongodb://127.0.0.1:1/?replicaSet=other")
