"""Two server processes on one store: what one changes, the next request to the other knows.

The processes share memory on this host, or, as on two hosts, nothing but a Redis.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from parsepy.types import JSONMapping, JSONObject
from tests.support.parsepy_server import RunningParsepy, running_parsepy
from tests.support.redis_server import running_redis

TIMES = 200
# Long enough that nothing in this file could pass because an entry became too old.
OPTIONS: JSONMapping = {"cacheTTL": 600_000, "databaseOptions": {"schemaCacheTtl": 600_000}}


@dataclass(frozen=True, slots=True)
class Server:
    running: RunningParsepy
    client: httpx.Client

    def send(
        self, method: str, path: str, body: Any = None, token: str | None = None
    ) -> httpx.Response:
        keys = self.running.keys
        headers = {"X-Parse-Application-Id": keys.app_id, "X-Parse-REST-API-Key": keys.rest_key}
        if token is None:
            headers["X-Parse-Master-Key"] = keys.master_key
        elif token:
            headers["X-Parse-Session-Token"] = token
        return self.client.request(method, f"{self.running.url}{path}", json=body, headers=headers)

    def ok(self, method: str, path: str, body: Any = None, token: str | None = None) -> Any:
        answer = self.send(method, path, body, token)
        assert answer.is_success, answer.text
        return answer.json()


@pytest.fixture(scope="module", params=["sqlite", "mongodb"])
def database_uri(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path_factory.mktemp('store')}/app.sqlite"
        return
    mongod = request.getfixturevalue("mongod")
    name = f"parsepy_test_{uuid4().hex}"
    yield mongod.database_uri(name)
    mongod.drop_database(name)


@pytest.fixture(scope="module", params=["memory", "redis"])
def servers(
    request: pytest.FixtureRequest,
    database_uri: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Server, Server]]:
    folder = tmp_path_factory.mktemp("servers")
    with ExitStack() as stack:
        options, apart = OPTIONS, False
        if request.param == "redis":
            request.getfixturevalue("redis_installed")
            redis = stack.enter_context(running_redis(folder))
            options, apart = {**OPTIONS, "redisUrl": redis.uri}, True
        yield (
            stack.enter_context(_server(database_uri, folder / "a", options, folder, apart)),
            stack.enter_context(_server(database_uri, folder / "b", options, folder, apart)),
        )


@contextmanager
def _server(
    database_uri: str, own: Path, options: JSONMapping, shared: Path, apart: bool
) -> Iterator[Server]:
    """`apart`: with a temporary folder of its own, so without memory that both would map (but
    beside an SQLite file, which two hosts do not share)."""
    own.mkdir()
    environment = {"TMPDIR": str(own if apart else shared)}
    with (
        running_parsepy(database_uri, own, options, environment) as running,
        httpx.Client(timeout=30) as client,
    ):
        yield Server(running, client)


def _user(server: Server) -> tuple[str, str]:
    body = {"authData": {"anonymous": {"id": uuid4().hex}}}
    answer = server.ok("POST", "/users", body, token="")
    return answer["objectId"], answer["sessionToken"]


def _pointer(user_id: str) -> JSONObject:
    return {"__type": "Pointer", "className": "_User", "objectId": user_id}


def test_a_changed_role_is_known_to_the_next_request(servers: tuple[Server, Server]) -> None:
    writer, reader = servers
    user_id, token = _user(writer)
    name = f"r{uuid4().hex}"
    role = writer.ok("POST", "/roles", {"name": name, "ACL": {}})["objectId"]
    acl = {f"role:{name}": {"read": True}}
    secret = writer.ok("POST", "/classes/Secret", {"ACL": acl})["objectId"]
    seen = []
    for number in range(TIMES):
        operation = "RemoveRelation" if number % 2 else "AddRelation"
        members = {"__op": operation, "objects": [_pointer(user_id)]}
        writer.ok("PUT", f"/roles/{role}", {"users": members})
        seen.append(reader.send("GET", f"/classes/Secret/{secret}", token=token).is_success)

    assert seen == [True, False] * (TIMES // 2)


def test_what_both_change_in_turns_both_know(servers: tuple[Server, Server]) -> None:
    name = f"r{uuid4().hex}"
    user_id, token = _user(servers[0])
    role = servers[0].ok("POST", "/roles", {"name": name, "ACL": {}})["objectId"]
    acl = {f"role:{name}": {"read": True}}
    secret = servers[0].ok("POST", "/classes/Secret", {"ACL": acl})["objectId"]
    path, seen = f"/classes/Secret/{secret}", []
    for number in range(TIMES // 4):
        writer = servers[number % 2]
        for operation in ("AddRelation", "RemoveRelation"):
            members = {"__op": operation, "objects": [_pointer(user_id)]}
            writer.ok("PUT", f"/roles/{role}", {"users": members})
            seen += [server.send("GET", path, token=token).is_success for server in servers]

    assert seen == [True, True, False, False] * (TIMES // 4)


def _log_out(server: Server, user_id: str, token: str) -> None:
    server.ok("POST", "/logout", {}, token=token)


def _session_path(server: Server, user_id: str) -> str:
    body = {"_method": "GET", "where": {"user": _pointer(user_id)}}
    (session,) = server.ok("POST", "/classes/_Session", body)["results"]
    return f"/sessions/{session['objectId']}"


def _delete_session(server: Server, user_id: str, token: str) -> None:
    server.ok("DELETE", _session_path(server, user_id))


def _delete_own_session(server: Server, user_id: str, token: str) -> None:
    server.ok("DELETE", _session_path(server, user_id), token=token)


def _let_session_expire(server: Server, user_id: str, token: str) -> None:
    expired = {"expiresAt": {"__type": "Date", "iso": "2001-01-01T00:00:00.000Z"}}
    server.ok("PUT", _session_path(server, user_id), expired)


def _delete_user(server: Server, user_id: str, token: str) -> None:
    server.ok("DELETE", f"/users/{user_id}")


def _set_password(server: Server, user_id: str, token: str) -> None:
    server.ok("PUT", f"/users/{user_id}", {"password": "new"})


End = Callable[[Server, str, str], None]


ENDS: list[End] = [
    _log_out,
    _delete_session,
    _delete_own_session,
    _let_session_expire,
    _delete_user,
    _set_password,
]


@pytest.mark.parametrize("end", ENDS)
def test_an_ended_session_is_refused_by_the_next_request(
    servers: tuple[Server, Server], end: End
) -> None:
    for number in range(TIMES // 20):
        here, there = servers if number % 2 else servers[::-1]
        user_id, token = _user(here)
        assert there.ok("GET", "/users/me", token=token)["objectId"] == user_id

        end(here, user_id, token)

        assert there.send("GET", "/users/me", token=token).json()["code"] == 209


def test_a_changed_class_is_known_to_the_next_request(servers: tuple[Server, Server]) -> None:
    writer, reader = servers
    name = f"C{uuid4().hex}"
    writer.ok("POST", f"/classes/{name}", {"a": 1})
    reader.ok("GET", f"/classes/{name}", token="")
    seen = []
    for number in range(TIMES // 4):
        permissions = {"find": {} if number % 2 else {"*": True}}
        writer.ok("PUT", f"/schemas/{name}", {"classLevelPermissions": permissions})
        seen.append(reader.send("GET", f"/classes/{name}", token="").is_success)

    assert seen == [True, False] * (TIMES // 8)
